package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// instance is one job at work: one combination of a matrix.
type instance struct {
	frame       *frame
	job         *workflow.Job
	scope       expr.Scope
	permissions *workflow.Permissions
	environment string
	labels      []string
	id          int64
	name        string
}

func (f *frame) combinations(j *workflow.Job, scope expr.Scope) ([]*expr.Object, error) {
	matrix, err := scope.RenderAll(j.Mapping("strategy").Get("matrix"))
	if err != nil {
		return nil, fmt.Errorf("matrix: %w", err)
	}
	return workflow.Combinations(matrix)
}

// matrixName puts the values of a matrix after a job's name, as GitHub does
// where the name itself does not use the matrix.
func matrixName(j *workflow.Job, name string, matrix *expr.Object) string {
	if matrix == nil || strings.Contains(expr.String(j.Field("name")), "matrix.") {
		return name
	}
	var values []string
	for _, k := range matrix.Keys() {
		if v := matrix.Get(k); v != nil {
			values = append(values, expr.String(v))
		}
	}
	return name + " (" + strings.Join(values, ", ") + ")"
}

// matrix runs every combination of a job's matrix, or its one instance.
func (f *frame) matrix(ctx context.Context, j *workflow.Job, scope expr.Scope, needs map[string]*outcome) *outcome {
	fail := func(err error) *outcome { return f.broken(f.path+j.ID, f.prefix+f.shownName(j, scope), err) }
	combinations, err := f.combinations(j, scope)
	if err != nil {
		return fail(err)
	}
	rendered, err := scope.RenderAll(j.Mapping("strategy"))
	if err != nil {
		return fail(fmt.Errorf("strategy: %w", err))
	}
	strategy, _ := rendered.(*expr.Object)
	failFast := true
	if v, ok := strategy.Lookup("fail-fast"); ok {
		failFast = expr.Truthy(v)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	room := make(chan struct{}, limit(strategy, len(combinations)))
	outcomes := make([]*outcome, len(combinations))
	var wg sync.WaitGroup
	for i, matrix := range combinations {
		wg.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			context := expr.NewObject("fail-fast", failFast, "job-index", float64(i), "job-total", float64(len(combinations)), "max-parallel", float64(cap(room)))
			one := scope.With("matrix", orEmpty(matrix)).With("strategy", context)
			outcomes[i] = f.instance(ctx, j, one, matrix)
			if outcomes[i].result == github.Failure && failFast {
				cancel(errCancelled)
			}
		})
	}
	wg.Wait()
	return merge(outcomes)
}

func limit(strategy *expr.Object, all int) int {
	if n, ok := strategy.Get("max-parallel").(float64); ok && n >= 1 {
		return int(n)
	}
	return all
}

// merge makes one outcome of a matrix: the last output of a name that is not
// empty counts.
func merge(outcomes []*outcome) *outcome {
	results := map[string]*outcome{}
	outputs := expr.NewObject()
	for i, o := range outcomes {
		results[fmt.Sprint(i)] = o
		for _, k := range o.outputs.Keys() {
			if v := o.outputs.Get(k); expr.String(v) != "" || outputs.Get(k) == nil {
				outputs.Set(k, v)
			}
		}
	}
	return &outcome{result: overall(results), outputs: outputs}
}

// instance runs one job: its environment, its seat, its steps.
func (f *frame) instance(ctx context.Context, j *workflow.Job, scope expr.Scope, matrix *expr.Object) *outcome {
	in := &instance{frame: f, job: j, scope: scope, permissions: workflow.Effective(f.outer, f.file, j), name: f.prefix + matrixName(j, f.shownName(j, scope), matrix)}
	if err := in.render(); err != nil {
		return f.broken(f.path+j.ID, in.name, err)
	}
	in.id = f.record(in.record())
	if in.id == 0 {
		return &outcome{result: github.Failure, outputs: expr.NewObject()}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	leave, err := in.group(ctx, cancel)
	if err != nil {
		return in.end(github.Cancelled, nil)
	}
	defer leave()
	if err := f.flow.r.host.EnterEnvironment(ctx, f.flow.run.ID, in.id); err != nil {
		return in.refused(ctx, err)
	}
	select {
	case f.flow.seats <- struct{}{}:
		defer func() { <-f.flow.seats }()
	case <-ctx.Done():
		return in.end(github.Cancelled, nil)
	}
	return in.work(ctx)
}

func (in *instance) group(ctx context.Context, cancel func(error)) (func(), error) {
	spec := in.job.Field("concurrency")
	if spec == nil {
		return func() {}, nil
	}
	rendered, err := in.scope.RenderAll(spec)
	if err != nil {
		return nil, err
	}
	return in.frame.flow.r.enter(ctx, in.frame.flow.repo.FullName(), rendered, cancel)
}

// render works out the job's environment and runner.
func (in *instance) render() error {
	env := in.job.Field("environment")
	if o, ok := env.(*expr.Object); ok {
		env = o.Get("name")
	}
	name, err := in.scope.Text(expr.String(env))
	if err != nil {
		return fmt.Errorf("environment: %w", err)
	}
	in.environment = name
	labels := in.job.Field("runs-on")
	if o, ok := labels.(*expr.Object); ok {
		labels = o.Get("labels")
	}
	rendered, err := in.scope.RenderAll(labels)
	if err != nil {
		return fmt.Errorf("runs-on: %w", err)
	}
	if in.labels = workflow.Strings(rendered); len(in.labels) == 0 {
		return errors.New("runs-on: no runner is named")
	}
	return nil
}

func (in *instance) record() github.Job {
	f := in.frame
	j := github.Job{Key: f.path + in.job.ID, Name: in.name, Environment: in.environment, RunnerLabels: in.labels, Status: github.Queued, Permissions: map[string]string{}}
	for _, s := range in.permissions.Scopes() {
		j.Permissions[s] = in.permissions.Of(s).String()
	}
	for _, n := range in.job.Needs {
		j.Needs = append(j.Needs, f.path+n)
	}
	if f.depth > 1 {
		j.WorkflowPath, j.WorkflowRef, j.WorkflowSHA = f.at.owner+"/"+f.at.name+"/"+f.file.Path, f.at.ref, f.at.sha
	}
	return j
}

// refused ends a job that its environment does not let start.
func (in *instance) refused(ctx context.Context, err error) *outcome {
	var no *github.Refused
	switch {
	case errors.As(err, &no):
		return in.end(github.Failure, no.Annotations)
	case ctx.Err() != nil:
		return in.end(github.Cancelled, []string{errCancelled.Error()})
	}
	return in.end(github.Failure, []string{err.Error()})
}

// end records how the job ended; texts that it shows already are not repeated.
func (in *instance) end(conclusion github.Conclusion, annotations []string) *outcome {
	in.update(func(j *github.Job) {
		for _, a := range annotations {
			if !slices.Contains(j.Annotations, a) {
				j.Annotations = append(j.Annotations, a)
			}
		}
		j.Status, j.Conclusion = github.Completed, conclusion
	})
	return &outcome{result: conclusion, outputs: expr.NewObject()}
}

func (in *instance) update(change func(*github.Job)) {
	f := in.frame.flow
	if err := f.r.host.UpdateJob(f.run.ID, in.id, change); err != nil {
		f.r.opt.Problem(fmt.Errorf("job %d of run %d: %w", in.id, f.run.ID, err))
	}
}

// work runs the job's steps and gives its outcome.
func (in *instance) work(ctx context.Context) *outcome {
	f := in.frame.flow
	in.update(func(j *github.Job) { j.Status = github.InProgress })
	f.update(func(r *github.Run) {
		if r.Status == github.Queued || r.Status == github.Waiting && len(r.Pending) == 0 {
			r.Status = github.InProgress
		}
	})
	if limit := in.timeout(in.job.Field("timeout-minutes"), in.scope, 360); limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, errors.New("The job has exceeded the maximum execution time")) //nolint:staticcheck // GitHub's own text
		defer stop()
	}
	m, err := newMachine(ctx, in)
	if err != nil {
		return in.end(github.Failure, []string{err.Error()})
	}
	defer m.remove()
	conclusion := m.run(ctx)
	outputs := m.outputs()
	out := in.end(conclusion, m.log.annotations())
	out.outputs = outputs
	tolerated, err := in.scope.RenderAll(in.job.Field("continue-on-error"))
	if err == nil && expr.Truthy(tolerated) && conclusion == github.Failure {
		out.result = github.Success
	}
	return out
}

// timeout is a `timeout-minutes` as the world's time, the fallback in minutes
// where there is none.
func (in *instance) timeout(v any, scope expr.Scope, fallback float64) time.Duration {
	rendered, err := scope.RenderAll(v)
	minutes, ok := rendered.(float64)
	if err != nil || !ok || minutes <= 0 {
		minutes = fallback
	}
	return time.Duration(minutes * float64(in.frame.flow.r.opt.Minute))
}
