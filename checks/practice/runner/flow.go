package runner

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/actions"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// flow is one attempt of a run while it goes on.
type flow struct {
	r     *Runner
	cause cause
	file  *workflow.File
	run   *github.Run
	repo  *github.Repository

	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
	seats  chan struct{} // one for each job that may go on

	artifacts *actions.Artifacts
	// kept are the outcomes of jobs that are not run again.
	kept map[string]*outcome

	mu       sync.Mutex
	outcomes map[string]*outcome // of the top file's jobs, by lower-case id
}

// outcome is how a job of a file ended, as `needs` shows it.
type outcome struct {
	result  github.Conclusion
	outputs *expr.Object
	// needs are the outcomes of the jobs before, for the status functions.
	needs []*outcome
}

func newFlow(r *Runner, c cause, file *workflow.File, run *github.Run) *flow {
	f := &flow{r: r, cause: c, file: file, run: run, done: make(chan struct{}), seats: make(chan struct{}, r.opt.Parallel), outcomes: map[string]*outcome{},
		artifacts: actions.NewArtifacts(filepath.Join(r.opt.Dir, "artifacts", strconv.FormatInt(run.ID, 10)))}
	f.ctx, f.cancel = context.WithCancelCause(r.ctx)
	return f
}

// successes are the jobs that a re-run of failed jobs leaves alone.
func (f *flow) successes() map[string]*outcome {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := maps.Clone(f.outcomes)
	for id, o := range out {
		if o.result != github.Success {
			delete(out, id)
		}
	}
	return out
}

// execute takes the run from queued to completed.
func (f *flow) execute() {
	defer f.cancel(nil)
	conclusion, err := f.perform()
	if err != nil {
		f.r.opt.Problem(fmt.Errorf("run %d: %w", f.run.ID, err))
	}
	if f.ctx.Err() != nil {
		f.r.abandon(f.run.ID, errCancelled.Error())
	}
	f.update(func(run *github.Run) {
		run.Status, run.Conclusion = github.Completed, conclusion
		if err != nil {
			run.Problem = err.Error()
		}
	})
	f.r.followed(f, "completed")
}

func (f *flow) perform() (github.Conclusion, error) {
	var err error
	if f.repo, err = f.r.host.Repository(f.run.Owner, f.run.Name); err != nil {
		return github.Failure, err
	}
	top := f.top()
	leave := func() {}
	if spec := f.file.Concurrency; spec != nil {
		rendered, err := top.scope(nil, nil).RenderAll(spec)
		if err != nil {
			return github.Failure, fmt.Errorf("concurrency: %w", err)
		}
		if leave, err = f.r.enter(f.ctx, f.repo.FullName(), rendered, f.cancel); err != nil {
			return github.Cancelled, nil
		}
	}
	defer leave()
	f.update(func(run *github.Run) { run.Status = github.InProgress })
	f.r.followed(f, "requested")
	results := top.execute(f.ctx)
	f.mu.Lock()
	f.outcomes = results
	f.mu.Unlock()
	if f.ctx.Err() != nil {
		return github.Cancelled, nil
	}
	return overall(results), nil
}

// overall is how a set of jobs ended: failed if one failed, skipped if all
// were.
func overall(results map[string]*outcome) github.Conclusion {
	conclusion := github.Skipped
	for _, o := range results {
		switch {
		case o.result == github.Failure || conclusion == github.Failure:
			conclusion = github.Failure
		case o.result == github.Cancelled || conclusion == github.Cancelled:
			conclusion = github.Cancelled
		case o.result == github.Success:
			conclusion = github.Success
		}
	}
	return conclusion
}

func (f *flow) update(change func(*github.Run)) {
	if err := f.r.host.UpdateRun(f.run.ID, change); err != nil {
		f.r.opt.Problem(fmt.Errorf("run %d: %w", f.run.ID, err))
	}
}

// top is the frame of the run's own file.
func (f *flow) top() *frame {
	inputs := expr.NewObject()
	if declared, err := f.file.Inputs(f.cause.inputs); err == nil && f.cause.event.Name == "workflow_dispatch" {
		inputs = declared
	}
	return &frame{flow: f, file: f.file, inputs: inputs, outer: defaultPermissions(f.repo), inherits: true, depth: 1,
		at: place{owner: f.repo.Owner, name: f.repo.Name, ref: f.run.Ref, sha: f.run.SHA}}
}

// title is the run's name: `run-name:`, or what the event would show.
func (r *Runner) title(c cause, file *workflow.File) string {
	if file.RunName == "" {
		if c.event.Name == "workflow_dispatch" {
			return file.Name
		}
		return ""
	}
	repo, err := r.host.Repository(c.owner, c.name)
	if err != nil {
		return ""
	}
	run := c.record(file.Path, file.Name)
	f := &flow{r: r, cause: c, file: file, run: &run, repo: repo}
	text, err := f.top().scope(nil, nil).Text(file.RunName)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(text)
}
