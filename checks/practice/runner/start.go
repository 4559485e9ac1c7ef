package runner

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// cause is what happened, with all that the runs it starts need to know.
type cause struct {
	owner, name string
	event       workflow.Event
	// sha is the commit at which the workflow files are read, and the run's.
	sha, actor string
	// before is the commit that a push replaced.
	before string
	inputs map[string]string
	// prerelease is the release's own word.
	prerelease bool
	// from is the run that a workflow_run event is about, depth how many such
	// runs came before.
	from  *github.Run
	depth int
}

// maxChain is how many workflow_run events may follow each other
// (docs.github.com, "Events that trigger workflows", read August 2026).
const maxChain = 3

// Pushed starts the workflows that a push of a branch or tag starts. A push by
// a job's own token starts none.
func (r *Runner) Pushed(_ context.Context, p github.Push) {
	if p.ByJob || p.Deleted() {
		return
	}
	c := cause{owner: p.Owner, name: p.Name, sha: p.After, before: p.Before, actor: p.Pusher, event: workflow.Event{Name: "push", Ref: p.Ref}}
	dir, err := r.host.GitDir(p.Owner, p.Name)
	if err != nil {
		r.opt.Problem(err)
		return
	}
	if skips(r.ctx, dir, p.After) {
		return
	}
	if !p.Created() && strings.HasPrefix(p.Ref, "refs/heads/") {
		if out, err := gitrun.Output(r.ctx, dir, "diff", "--name-only", "-z", p.Before, p.After); err == nil {
			c.event.Changed = strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
		}
	}
	r.trigger(c)
}

var skipMark = regexp.MustCompile(`\[(skip ci|ci skip|no ci|skip actions|actions skip)\]`)

// skips tells a commit whose message asks for no runs (docs.github.com,
// "Skipping workflow runs"; it holds for push and pull_request events).
func skips(ctx context.Context, dir, sha string) bool {
	message, err := gitrun.Output(ctx, dir, "log", "-1", "--format=%B", sha)
	return err == nil && skipMark.MatchString(message)
}

// Released starts the workflows that a published release starts: published,
// and released or prereleased. A release by a job's own token starts none.
func (r *Runner) Released(_ context.Context, rel github.Released) {
	if rel.ByJob {
		return
	}
	second := "released"
	if rel.Prerelease {
		second = "prereleased"
	}
	for _, action := range []string{"published", second} {
		r.trigger(cause{owner: rel.Owner, name: rel.Name, sha: rel.SHA, actor: rel.Actor, prerelease: rel.Prerelease,
			event: workflow.Event{Name: "release", Ref: "refs/tags/" + rel.Tag, Action: action}})
	}
}

// Dispatch starts one workflow by hand and returns the run's id. The error is a
// *github.Refusal where GitHub would answer 422.
func (r *Runner) Dispatch(ctx context.Context, d github.Dispatch) (int64, error) {
	dir, err := r.host.GitDir(d.Owner, d.Name)
	if err != nil {
		return 0, err
	}
	text, err := gitrun.Output(ctx, dir, "show", d.SHA+":"+d.WorkflowPath)
	if err != nil {
		return 0, unprocessable("No ref found for: " + d.Ref)
	}
	file, err := workflow.Read(d.WorkflowPath, []byte(text))
	if err != nil {
		return 0, unprocessable("failed to parse workflow: " + err.Error())
	}
	inputs, err := file.Inputs(d.Inputs)
	if err != nil {
		return 0, unprocessable(err.Error())
	}
	c := cause{owner: d.Owner, name: d.Name, sha: d.SHA, actor: d.Actor, event: workflow.Event{Name: "workflow_dispatch", Ref: d.Ref}, inputs: map[string]string{}}
	for _, k := range inputs.Keys() {
		c.inputs[k] = expr.String(inputs.Get(k))
	}
	return r.launch(c, file)
}

func unprocessable(text string) error {
	return &github.Refusal{Status: http.StatusUnprocessableEntity, Message: text}
}

// trigger starts every workflow whose file, at the commit, names the event.
func (r *Runner) trigger(c cause) {
	files, err := r.files(c)
	if err != nil {
		r.opt.Problem(err)
		return
	}
	repo, err := r.host.Repository(c.owner, c.name)
	if err != nil || repo.Actions.Disabled {
		return
	}
	for _, path := range files {
		if disabled(repo, path) {
			continue
		}
		if err := r.consider(c, path); err != nil {
			r.opt.Problem(fmt.Errorf("%s in %s/%s: %w", path, c.owner, c.name, err))
		}
	}
}

func disabled(repo *github.Repository, path string) bool {
	for _, w := range repo.Workflows {
		if w.Path == path && w.State != "" && w.State != "active" && w.State != "deleted" {
			return true
		}
	}
	return false
}

func (r *Runner) files(c cause) ([]string, error) {
	dir, err := r.host.GitDir(c.owner, c.name)
	if err != nil {
		return nil, err
	}
	out, err := gitrun.Output(r.ctx, dir, "ls-tree", "-z", "--name-only", c.sha, ".github/workflows/")
	if err != nil {
		return nil, err
	}
	var files []string
	for _, p := range strings.Split(out, "\x00") {
		if workflow.IsWorkflowPath(p) {
			files = append(files, p)
		}
	}
	return files, nil
}

func (r *Runner) consider(c cause, path string) error {
	dir, err := r.host.GitDir(c.owner, c.name)
	if err != nil {
		return err
	}
	text, err := gitrun.Output(r.ctx, dir, "show", c.sha+":"+path)
	if err != nil {
		return err
	}
	file, err := workflow.Read(path, []byte(text))
	var starts bool
	if err == nil {
		starts, _, err = file.Starts(c.event)
	}
	if err != nil {
		if c.event.Name != "push" {
			return nil // GitHub cannot know that the file would have started
		}
		_, err = r.refuse(c, path, path, err)
		return err
	}
	if starts {
		_, err = r.launch(c, file)
	}
	return err
}

// refuse records a run that could not begin, as GitHub shows a workflow file
// that is not valid.
func (r *Runner) refuse(c cause, path, name string, why error) (int64, error) {
	run := c.record(path, name)
	run.Status, run.Conclusion = github.Completed, github.StartupFailure
	run.Problem = "Invalid workflow file: " + path + "\n" + why.Error()
	made, err := r.host.CreateRun(r.ctx, run)
	if err != nil {
		return 0, err
	}
	return made.ID, nil
}

func (c cause) record(path, name string) github.Run {
	return github.Run{Owner: c.owner, Name: c.name, WorkflowPath: path, WorkflowName: name, Event: c.event.Name, Ref: c.event.Ref,
		SHA: c.sha, Actor: c.actor, Inputs: c.inputs, Status: github.Queued}
}

func (r *Runner) launch(c cause, file *workflow.File) (int64, error) {
	called, err := r.checkCalls(c, file)
	if err != nil {
		return r.refuse(c, file.Path, file.Name, err)
	}
	run := c.record(file.Path, file.Name)
	run.Title = r.title(c, file)
	run.Referenced = called
	made, err := r.host.CreateRun(r.ctx, run)
	if err != nil {
		return 0, fmt.Errorf("recording a run of %s: %w", file.Path, err)
	}
	r.begin(newFlow(r, c, file, made))
	return made.ID, nil
}

// begin starts a recorded run.
func (r *Runner) begin(f *flow) {
	r.mu.Lock()
	r.going[f.run.ID] = f
	r.mu.Unlock()
	go func() {
		defer close(f.done)
		f.execute()
		r.mu.Lock()
		delete(r.going, f.run.ID)
		r.ended[f.run.ID] = f
		r.mu.Unlock()
	}()
}

// Rerun starts another attempt of a completed run. What its successful jobs
// made is kept when only the failed ones are asked for and this runner did the
// first attempt; else all jobs run again.
func (r *Runner) Rerun(ctx context.Context, runID int64, onlyFailed bool, actor string) error {
	run, err := r.host.Run(runID)
	if err != nil {
		return err
	}
	r.mu.Lock()
	before := r.ended[runID]
	r.mu.Unlock()
	c := causeOf(run)
	if before != nil {
		c = before.cause
	}
	dir, err := r.host.GitDir(run.Owner, run.Name)
	if err != nil {
		return err
	}
	text, err := gitrun.Output(ctx, dir, "show", run.SHA+":"+run.WorkflowPath)
	if err != nil {
		return unprocessable("The workflow run cannot be rerun: its workflow file is gone")
	}
	file, err := workflow.Read(run.WorkflowPath, []byte(text))
	if err != nil {
		return unprocessable("The workflow run cannot be rerun: its workflow file may be broken")
	}
	kept := map[string]*outcome{}
	if onlyFailed && before != nil {
		kept = before.successes()
	}
	again, err := r.reopen(run, actor, kept)
	if err != nil {
		return err
	}
	f := newFlow(r, c, file, again)
	f.kept = kept
	r.begin(f)
	return nil
}

func causeOf(run *github.Run) cause {
	c := cause{owner: run.Owner, name: run.Name, sha: run.SHA, actor: run.Actor, inputs: run.Inputs, before: github.NoCommit,
		event: workflow.Event{Name: run.Event, Ref: run.Ref}}
	if run.Event == "release" {
		c.event.Action = "published"
	}
	return c
}

// reopen records the new attempt: the jobs that are kept stay, the others go.
func (r *Runner) reopen(run *github.Run, actor string, kept map[string]*outcome) (*github.Run, error) {
	err := r.host.UpdateRun(run.ID, func(run *github.Run) {
		var jobs []github.Job
		for _, j := range run.Jobs {
			if top, _, _ := strings.Cut(strings.ToLower(j.Key), "/"); kept[top] != nil {
				jobs = append(jobs, j)
			}
		}
		run.Jobs, run.Attempt, run.TriggeringActor = jobs, run.Attempt+1, actor
		run.Status, run.Conclusion, run.Problem, run.Reviews = github.Queued, "", "", nil
		run.StartedAt = r.opt.Now().UTC()
	})
	if err != nil {
		return nil, fmt.Errorf("recording another attempt of run %d: %w", run.ID, err)
	}
	return r.host.Run(run.ID)
}

// followed starts the workflows that wait for this one: `on: workflow_run`,
// read on the default branch.
func (r *Runner) followed(f *flow, action string) {
	if f.cause.depth >= maxChain || r.ctx.Err() != nil {
		return
	}
	repo, err := r.host.Repository(f.cause.owner, f.cause.name)
	if err != nil {
		r.opt.Problem(err)
		return
	}
	dir, err := r.host.GitDir(repo.Owner, repo.Name)
	if err != nil {
		r.opt.Problem(err)
		return
	}
	ref := "refs/heads/" + repo.DefaultBranch
	sha, err := gitrun.Output(r.ctx, dir, "rev-parse", "--verify", ref)
	if err != nil {
		return // nothing on the default branch, so nothing follows
	}
	run, err := r.host.Run(f.run.ID)
	if err != nil {
		r.opt.Problem(err)
		return
	}
	r.trigger(cause{owner: repo.Owner, name: repo.Name, sha: strings.TrimSpace(sha), actor: f.cause.actor, from: run, depth: f.cause.depth + 1,
		event: workflow.Event{Name: "workflow_run", Ref: ref, Action: action, Workflow: run.WorkflowName}})
}
