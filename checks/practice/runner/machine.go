package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/tools"
)

// machine is what one job runs on, and what it has done so far.
type machine struct {
	in        *instance
	place     shell.Place
	shell     *shell.Shell
	log       *jobLog
	workspace string
	creds     github.JobCredentials
	scope     expr.Scope

	base   map[string]string // what GitHub and the runner set
	env    *variables        // workflow's and job's `env:`, and GITHUB_ENV
	steps  *expr.Object      // the `steps` context
	shown  []github.Step
	posts  []post
	failed bool
	number int // of files made for steps
}

// post is what an action does when the job ends.
type post struct {
	name string
	do   func(context.Context) error
}

func newMachine(ctx context.Context, in *instance) (*machine, error) {
	f := in.frame.flow
	creds, err := f.r.host.Credentials(f.run.ID, in.id)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.r.opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("the runner's folder: %w", err)
	}
	root, err := os.MkdirTemp(f.r.opt.Dir, "job-")
	if err != nil {
		return nil, fmt.Errorf("the job's folder: %w", err)
	}
	place, err := shell.NewPlace(root)
	if err != nil {
		return nil, err
	}
	m := &machine{in: in, place: place, creds: creds, workspace: filepath.Join(place.Work(), filepath.FromSlash(f.workspace())), steps: expr.NewObject()}
	if err := os.MkdirAll(m.workspace, 0o755); err != nil {
		return nil, fmt.Errorf("the workspace: %w", err)
	}
	kit := tools.Kit{Client: f.r.client, Poll: f.r.opt.Poll, Platform: platform(in.labels)}
	if m.shell, err = shell.New(place, tools.Commands(kit)); err != nil {
		return nil, err
	}
	m.log = &jobLog{now: f.r.opt.Now, place: place, emit: func(text string) {
		if err := f.r.host.AppendLog(f.run.ID, in.id, text); err != nil {
			f.r.opt.Problem(err)
		}
	}}
	return m, m.settle()
}

// platform is what wheels are made for on a runner with these labels.
func platform(labels []string) build.Platform {
	switch system(labels) {
	case "Windows":
		return build.Platform{Tag: "win_amd64", Suffix: ".pyd"}
	case "macOS":
		return build.Platform{Tag: "macosx_11_0_arm64", Suffix: ".so"}
	}
	return build.Platform{}
}

func system(labels []string) string {
	for _, l := range labels {
		l = strings.ToLower(l)
		switch {
		case strings.HasPrefix(l, "windows"):
			return "Windows"
		case strings.HasPrefix(l, "macos"):
			return "macOS"
		}
	}
	return "Linux"
}

// settle fills the contexts and the environment of the job.
func (m *machine) settle() error {
	f := m.in.frame
	for _, v := range f.secretValues(m.in.environment) {
		m.log.mask(v)
	}
	m.log.mask(m.creds.GitHubToken)
	m.log.mask(m.creds.RequestToken)
	gh := f.flow.github()
	gh.Set("token", m.creds.GitHubToken)
	gh.Set("job", m.in.job.ID)
	gh.Set("workspace", m.workspace)
	gh.Set("event_path", filepath.Join(m.place.Temp(), "event.json"))
	runner := expr.NewObject("os", system(m.in.labels), "arch", "X64", "name", "GitHub Actions 1", "temp", m.place.Temp(),
		"tool_cache", filepath.Join(m.place.Home(), "toolcache"), "environment", "github-hosted", "debug", "")
	m.scope = m.in.scope.With("github", gh).With("runner", runner).With("secrets", f.secrets(m.in.environment, m.creds.GitHubToken)).
		With("vars", f.variables(m.in.environment)).With("job", expr.NewObject("status", "success")).With("env", expr.NewObject()).With("steps", m.steps)
	if err := os.WriteFile(filepath.Join(m.place.Temp(), "event.json"), []byte(expr.JSON(gh.Get("event"))), 0o600); err != nil {
		return fmt.Errorf("the event's file: %w", err)
	}
	m.base = m.environ(gh)
	return m.jobEnv()
}

// environ is what the runner sets for every step (docs.github.com, "Variables
// reference").
func (m *machine) environ(gh *expr.Object) map[string]string {
	env := map[string]string{"CI": "true", "GITHUB_ACTIONS": "true", "HOME": m.place.Home(), "USER": "runner",
		"RUNNER_OS": system(m.in.labels), "RUNNER_ARCH": "X64", "RUNNER_TEMP": m.place.Temp(), "RUNNER_NAME": "GitHub Actions 1", "RUNNER_ENVIRONMENT": "github-hosted"}
	for _, k := range gh.Keys() {
		switch k {
		case "token", "event", "repositoryUrl", "secret_source":
		default:
			env["GITHUB_"+strings.ToUpper(k)] = expr.String(gh.Get(k))
		}
	}
	if m.creds.RequestURL != "" {
		env["ACTIONS_ID_TOKEN_REQUEST_URL"], env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = m.creds.RequestURL, m.creds.RequestToken
	}
	return env
}

// jobEnv renders `env:` of the workflow and of the job.
func (m *machine) jobEnv() error {
	m.env = newVariables()
	for _, block := range []*expr.Object{m.in.frame.file.Env, m.in.job.Mapping("env")} {
		if err := m.env.render(m.scope, block); err != nil {
			return err
		}
		m.scope = m.scope.With("env", m.env.object())
	}
	return nil
}

func (m *machine) endpoint() exchange.Endpoint {
	return exchange.Endpoint{URL: m.creds.RequestURL, Token: m.creds.RequestToken}
}

// remove deletes the job's folder.
func (m *machine) remove() {
	if err := os.RemoveAll(m.place.Home()); err != nil {
		m.in.frame.flow.r.opt.Problem(fmt.Errorf("removing a job's folder: %w", err))
	}
}

// outputs are the job's, rendered; one that holds a secret is left out, as on
// GitHub.
func (m *machine) outputs() *expr.Object {
	out := expr.NewObject()
	declared := m.in.job.Mapping("outputs")
	for _, name := range declared.Keys() {
		value, err := m.scope.Text(expr.String(declared.Get(name)))
		if err != nil {
			m.log.note("error", "output "+name+": "+err.Error())
			continue
		}
		if m.log.hide(value) != value {
			m.log.note("warning", fmt.Sprintf("Skip output '%s' since it may contain secret.", name))
			continue
		}
		out.Set(name, value)
	}
	return out
}

// variables are environment variables in the order they were set.
type variables struct {
	names  []string
	values map[string]string
}

func newVariables() *variables { return &variables{values: map[string]string{}} }

func (v *variables) set(name, value string) {
	if _, there := v.values[name]; !there {
		v.names = append(v.names, name)
	}
	v.values[name] = value
}

func (v *variables) object() *expr.Object { return expr.FromStrings(v.names, v.values) }

func (v *variables) copy() *variables {
	c := newVariables()
	for _, n := range v.names {
		c.set(n, v.values[n])
	}
	return c
}

// render adds an `env:` mapping.
func (v *variables) render(scope expr.Scope, block *expr.Object) error {
	rendered, err := scope.RenderAll(block)
	if err != nil {
		return fmt.Errorf("env: %w", err)
	}
	o, _ := rendered.(*expr.Object)
	for _, k := range o.Keys() {
		v.set(k, expr.String(o.Get(k)))
	}
	return nil
}
