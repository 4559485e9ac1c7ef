package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/actions"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// run takes the job from "Set up job" to "Complete job".
func (m *machine) run(ctx context.Context) github.Conclusion {
	m.plan()
	m.begin(0)
	err := m.setUp()
	if err != nil {
		m.log.note("error", err.Error())
		m.failed = true
	}
	m.finish(0, conclusionOf(m.ctx(), err))
	top := &level{m: m, inputs: m.in.frame.inputs, steps: m.steps, env: m.env}
	for i, step := range m.in.job.Steps {
		if err != nil {
			m.finish(i+1, github.Skipped)
			continue
		}
		m.step(ctx, top, i+1, step)
	}
	m.runPosts()
	last := len(m.shown)
	m.shown = append(m.shown, github.Step{Number: last + 1, Name: "Complete job"})
	m.begin(last)
	m.log.print("Cleaning up orphan processes")
	m.finish(last, github.Success)
	if ctx.Err() != nil {
		m.log.note("error", context.Cause(ctx).Error())
		return github.Cancelled
	}
	if m.failed {
		return github.Failure
	}
	return github.Success
}

// plan shows all steps as waiting, before the first begins.
func (m *machine) plan() {
	m.shown = []github.Step{{Number: 1, Name: "Set up job"}}
	for i, step := range m.in.job.Steps {
		m.shown = append(m.shown, github.Step{Number: i + 2, Name: m.stepName(step)})
	}
	for i := range m.shown {
		m.shown[i].Status = github.Queued
	}
	m.publish()
}

// stepName is what GitHub shows for a step.
func (m *machine) stepName(step *expr.Object) string {
	if name := expr.String(step.Get("name")); name != "" {
		if text, err := m.scope.Text(name); err == nil {
			return text
		}
		return name
	}
	if uses := expr.String(step.Get("uses")); uses != "" {
		return "Run " + uses
	}
	first, _, _ := strings.Cut(strings.TrimLeft(expr.String(step.Get("run")), "\n "), "\n")
	if text, err := m.scope.Text(first); err == nil {
		first = text
	}
	return "Run " + m.log.hide(first)
}

func (m *machine) publish() {
	steps := slices.Clone(m.shown)
	m.in.update(func(j *github.Job) { j.Steps = steps })
}

func (m *machine) begin(i int) {
	m.shown[i].Status, m.shown[i].StartedAt = github.InProgress, m.in.frame.flow.r.opt.Now().UTC()
	m.publish()
}

func (m *machine) finish(i int, conclusion github.Conclusion) {
	now := m.in.frame.flow.r.opt.Now().UTC()
	if m.shown[i].StartedAt.IsZero() {
		m.shown[i].StartedAt = now
	}
	m.shown[i].Status, m.shown[i].Conclusion, m.shown[i].CompletedAt = github.Completed, conclusion, now
	m.publish()
}

// setUp is the first step: it says what the job may do, and refuses actions
// before anything runs.
func (m *machine) setUp() error {
	m.log.print("Current runner version: '2.336.0'")
	m.log.print("##[group]Runner Image\nImage: practice (%s)\n##[endgroup]", strings.Join(m.in.labels, ", "))
	m.log.print("##[group]GITHUB_TOKEN Permissions")
	for _, s := range m.in.permissions.Scopes() {
		m.log.print("%s: %s", title(s), m.in.permissions.Of(s))
	}
	m.log.print("Metadata: read\n##[endgroup]\nSecret source: Actions\nPrepare workflow directory\nPrepare all required actions")
	for _, s := range m.in.job.Steps {
		uses := expr.String(s.Get("uses"))
		if uses == "" || local(uses) {
			continue
		}
		if m.in.frame.flow.repo.Actions.SHAPinning && !pinned(uses) {
			return fmt.Errorf("The action %s is not allowed in %s because all actions must be pinned to a full-length commit SHA.", uses, m.in.frame.flow.repo.FullName()) //nolint:staticcheck // GitHub's own text
		}
		m.log.print("Download action repository '%s'", uses)
	}
	if c := m.in.job.Field("container"); c != nil {
		m.log.note("warning", "practice runner: containers are not started; the steps run on the runner itself")
	}
	m.log.print("Complete job name: %s", m.in.name)
	return nil
}

// title writes id-token as GitHub's log does: IdToken.
func title(scope string) string {
	var out strings.Builder
	for _, part := range strings.Split(scope, "-") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

func local(uses string) bool { return strings.HasPrefix(uses, "./") || strings.HasPrefix(uses, "$/") }

func pinned(uses string) bool {
	_, ref, _ := strings.Cut(uses, "@")
	return len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == ""
}

// step runs one step of the job and shows how it ended.
func (m *machine) step(ctx context.Context, top *level, i int, step *expr.Object) {
	ctx, outlived := m.beyondCancel(ctx)
	defer outlived()
	r := top.run(ctx, step, func() { m.begin(i) })
	if r.conclusion == github.Failure {
		m.failed = true
	}
	m.scope = m.scope.With("job", expr.NewObject("status", string(m.status(ctx))))
	m.finish(i, r.conclusion)
}

type cancelledKey struct{}

// beyondCancel lets steps that want to run after a cancel do so: they get a
// minute of their own.
func (m *machine) beyondCancel(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	ctx = context.WithValue(m.ctx(), cancelledKey{}, true)
	return context.WithTimeout(ctx, time.Minute)
}

func wasCancelled(ctx context.Context) bool {
	v, _ := ctx.Value(cancelledKey{}).(bool)
	return v || ctx.Err() != nil
}

func (m *machine) status(ctx context.Context) github.Conclusion {
	switch {
	case wasCancelled(ctx):
		return github.Cancelled
	case m.failed:
		return github.Failure
	}
	return github.Success
}

// runPosts runs the actions' post steps, the last first. They run whatever
// happened before.
func (m *machine) runPosts() {
	ctx, cancel := context.WithTimeout(m.ctx(), time.Minute)
	defer cancel()
	for _, p := range slices.Backward(m.posts) {
		i := len(m.shown)
		m.shown = append(m.shown, github.Step{Number: i + 1, Name: p.name})
		m.begin(i)
		err := p.do(ctx)
		if err != nil {
			m.log.note("error", err.Error())
			m.failed = true
		}
		m.finish(i, conclusionOf(m.ctx(), err))
	}
}

// ctx is the runner's own: it ends only with the world.
func (m *machine) ctx() context.Context { return m.in.frame.flow.r.ctx }

func conclusionOf(ctx context.Context, err error) github.Conclusion {
	switch {
	case err == nil:
		return github.Success
	case wasCancelled(ctx):
		return github.Cancelled
	}
	return github.Failure
}

// repository is what actions/checkout gets to know.
func (m *machine) repository() actions.Repository {
	f := m.in.frame.flow
	return actions.Repository{Owner: f.repo.Owner, Name: f.repo.Name, Private: f.repo.Private, CanRead: m.in.permissions.Of("contents") > 0,
		CanAttest: m.in.permissions.Of("attestations").String() == "write",
		Ref:       f.run.Ref, SHA: f.run.SHA, Locate: func(owner, name string) (string, bool, error) {
			repo, err := f.r.host.Repository(owner, name)
			if err != nil {
				return "", false, err
			}
			dir, err := f.r.host.GitDir(owner, name)
			return dir, repo.Private, err
		}}
}
