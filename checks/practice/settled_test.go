package practice_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// The names of the scenario "fresh", and of what is set up here.
const (
	owner, name, environment = "acme", "market-data", "release"
	file                     = "publish.yml"
	workflowFile             = ".github/workflows/" + file
)

// settled is a practice world in which everything is done and proven: the
// program calls it ready.
type settled struct {
	*practice.World
	env []string
	// only narrows the packages to those of one ecosystem, as --registry does.
	only []identity.Registry
	// crate, project and test are the publishers as they should stand.
	crate   cratesio.Publisher
	project pypi.Publisher
	test    pypi.Publisher
	// workflow is the text of the workflow file as it should be.
	workflow string
	// cratesToken may list publishers on crates.io.
	cratesToken string
	// open and shut are looks with and without that token, from which narrower
	// looks take what they do not ask for again.
	open, shut *evidence.World
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func settle(t *testing.T, only ...identity.Registry) *settled {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	world, err := practice.Open(t.Context(), practice.Options{Scenario: "fresh", Dir: t.TempDir(), Record: contract.Hold(t)})
	must(t, err)
	t.Cleanup(func() { _ = world.Close() })
	w := &settled{World: world, env: world.Env(os.Environ()), only: only}
	w.register(t)
	w.guard(t)
	w.render(t)
	w.push(t, w.workflow)
	w.release(t)
	w.rehearse(t, "main")
	w.open = w.look(t, collect.Request{CratesToken: w.cratesToken})
	w.shut = w.look(t, collect.Request{})
	w.ready(t, before)
	return w
}

// render writes the workflow as the program does.
func (w *settled) render(t *testing.T) {
	t.Helper()
	plan := template.Plan{Repository: owner + "/" + name, Environment: environment, TagPattern: "v*"}
	if slices.Contains(w.only, identity.CratesIO) {
		plan.Workspace, plan.Crates = true, []template.Crate{{Name: name, Manifest: "Cargo.toml"}}
	} else {
		plan.TestPyPI, plan.Projects = true, []template.Project{{Name: name, Dir: ".", Builder: template.Maturin, Version: "Cargo.toml"}}
		plan.Upload = true
	}
	var err error
	w.workflow, err = template.Render(plan)
	must(t, err)
}

// register puts the first releases and the publishers into the registries.
func (w *settled) register(t *testing.T) {
	t.Helper()
	id := w.GitHub.AccountID(owner)
	inEnvironment := environment
	must(t, w.Crates.AddCrate(cratesio.Seed{Owner: "ana", Name: name, Version: "0.0.9", Repository: "https://github.com/" + owner + "/" + name}))
	var err error
	w.crate, err = w.Crates.AddPublisher(cratesio.Publisher{Crate: name, RepositoryOwner: owner, RepositoryOwnerID: int(id),
		RepositoryName: name, WorkflowFilename: file, Environment: &inEnvironment})
	must(t, err)
	w.cratesToken, err = w.Crates.AddToken("ana", cratesio.Token{Name: "gh-trustpub", Scopes: []cratesio.Scope{cratesio.TrustedPublishing}})
	must(t, err)
	same := pypi.Identity{Owner: owner, OwnerID: strconv.FormatInt(id, 10), Repository: name, Workflow: file, Environment: environment}
	for index, publisher := range map[*pypi.Service]*pypi.Publisher{w.PyPI: &w.project, w.TestPyPI: &w.test} {
		must(t, index.AddProject(name, "ana"))
		*publisher, err = index.AddPublisher(name, same)
		must(t, err)
	}
}

// guard makes the environment that lets main and release tags in after a review.
func (w *settled) guard(t *testing.T) {
	t.Helper()
	reviewers := []github.Reviewer{{Type: "User", ID: w.GitHub.AccountID("ana")}, {Type: "User", ID: w.GitHub.AccountID("bo")}}
	w.edit(t, func(r *github.Repository) {
		r.Environments = []*github.Environment{{
			Name: environment, Reviewers: reviewers, PreventSelfReview: true, AdminsCannotBypass: true, Policy: github.CustomRefs,
			Policies: []github.DeploymentPolicy{{Type: "branch", Name: "main"}, {Type: "tag", Name: "v*"}},
		}}
		r.Rulesets = rulesets()
	})
}

// rulesets keep what is released: administrators alone create, move and delete
// release tags, and nobody rewrites the default branch.
func rulesets() []*github.Ruleset {
	admin := int64(5)
	return []*github.Ruleset{
		{Name: "Release tags", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"},
			Rules:  []github.Rule{{Type: "creation"}, {Type: "update"}, {Type: "deletion"}},
			Bypass: []github.BypassActor{{ActorID: &admin, ActorType: "RepositoryRole", Mode: "always"}}},
		{Name: "Default branch", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"},
			Rules: []github.Rule{{Type: "deletion"}, {Type: "non_fast_forward"}}},
	}
}

func (w *settled) edit(t *testing.T, change func(*github.Repository)) {
	t.Helper()
	must(t, w.GitHub.Edit(owner, name, func(r *github.Repository) error { change(r); return nil }))
}

func (w *settled) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// push commits the workflow file to main.
func (w *settled) push(t *testing.T, text string) {
	t.Helper()
	path := filepath.Join(w.Setting().Checkout, filepath.FromSlash(workflowFile))
	must(t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(t, os.WriteFile(path, []byte(text), 0o600))
	w.git(t, "add", "--", workflowFile)
	w.git(t, "commit", "--quiet", "-m", "Change how it is published")
	w.git(t, "push", "--quiet", "origin", "main")
}

// release pushes a tag and waits for the trusted release that it starts.
func (w *settled) release(t *testing.T) {
	t.Helper()
	run, err := w.Stage().Release(t.Context(), "v0.1.0")
	must(t, err)
	if run.Conclusion != github.Success {
		t.Fatalf("the release: %s\n%s", run.Conclusion, logs(run))
	}
}

// rehearse dispatches the workflow at a ref and returns the run when it has
// ended; bo approves what waits.
func (w *settled) rehearse(t *testing.T, ref string) *github.Run {
	t.Helper()
	run, err := w.Stage().Rehearse(t.Context(), file, ref)
	must(t, err)
	return run
}

func logs(run *github.Run) string {
	var b strings.Builder
	for _, j := range run.Jobs {
		b.WriteString("--- " + j.Key + ": " + string(j.Conclusion) + " " + strings.Join(j.Annotations, " ") + "\n" + j.Log)
	}
	return b.String()
}

func (w *settled) getenv(name string) string {
	for _, v := range slices.Backward(w.env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// way is the program's own way out, into the box by proxy and roots. A new one
// for each look leaves its pace between looks out.
func (w *settled) way(t *testing.T) *transport.Transport {
	t.Helper()
	way, err := transport.New(transport.Options{Version: "test", Getenv: w.getenv})
	must(t, err)
	return way
}

func (w *settled) look(t *testing.T, r collect.Request) *evidence.World {
	t.Helper()
	return w.through(t, w.way(t), r)
}

func (w *settled) through(t *testing.T, way *transport.Transport, r collect.Request) *evidence.World {
	t.Helper()
	r.Dir, r.Wanted.Registries = w.Setting().Checkout, w.only
	collector := collect.New(collect.Options{Transport: way, Getenv: w.getenv, Hosts: []string{"github.com"},
		Token: func(string) string { return w.Setting().Token }})
	world, err := collector.Live(t.Context(), r)
	must(t, err)
	return world
}

// view is what a look can see of crates.io's publishers.
type view int

const (
	// before: as in the look of the beginning, for what is not about crates.io.
	before view = iota
	// listed: crates.io's own list, asked anew with a token.
	listed
	// hidden: no token, so that runs alone can tell.
	hidden
)

// judge looks and judges as the program does.
func (w *settled) judge(t *testing.T, v view, said ...evidence.Said) checks.Report {
	t.Helper()
	r := collect.Request{Before: w.open, Parts: []collect.Part{collect.GitHub, collect.PyPI}, Said: said}
	switch v {
	case listed:
		r = collect.Request{CratesToken: w.cratesToken, Said: said}
	case hidden:
		r.Before = w.shut
	}
	return checks.Judge(checks.NewCase(w.look(t, r)), checks.All(), nil)
}
