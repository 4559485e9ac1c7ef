package runner

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// frame is a workflow file at work: the run's own, or a reusable one that a job
// calls.
type frame struct {
	flow   *flow
	file   *workflow.File
	at     place
	inputs *expr.Object
	// outer are the permissions given from outside.
	outer *workflow.Permissions
	// inherits tells that the jobs read the repository's secrets; passed are
	// those handed over instead.
	inherits bool
	passed   map[string]string
	// prefix comes before the jobs' names, path before their keys.
	prefix, path string
	depth        int
}

// execute runs all jobs of the file, each when those it needs have ended.
func (f *frame) execute(ctx context.Context) map[string]*outcome {
	results := map[string]*outcome{}
	ended := map[string]chan struct{}{}
	for _, j := range f.file.Jobs {
		ended[strings.ToLower(j.ID)] = make(chan struct{})
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, j := range f.file.Jobs {
		wg.Go(func() {
			defer close(ended[strings.ToLower(j.ID)])
			needs := map[string]*outcome{}
			for _, n := range j.Needs {
				<-ended[strings.ToLower(n)]
				mu.Lock()
				needs[strings.ToLower(n)] = results[strings.ToLower(n)]
				mu.Unlock()
			}
			o := f.job(ctx, j, needs)
			for _, n := range needs {
				o.needs = append(o.needs, n)
			}
			mu.Lock()
			results[strings.ToLower(j.ID)] = o
			mu.Unlock()
		})
	}
	wg.Wait()
	return results
}

// job decides whether a job runs, and takes it through.
func (f *frame) job(ctx context.Context, j *workflow.Job, needs map[string]*outcome) *outcome {
	key := f.path + j.ID
	if kept := f.flow.kept[strings.ToLower(key)]; kept != nil {
		return kept
	}
	scope := f.scope(j, needs)
	scope.Functions = jobStatus(ctx, needs)
	runs, err := scope.Condition(j.If)
	if err != nil {
		return f.broken(key, f.prefix+j.ID, fmt.Errorf("the job's `if`: %w", err))
	}
	if !runs {
		result := github.Skipped
		if ctx.Err() != nil {
			result = github.Cancelled
		}
		f.record(github.Job{Key: key, Name: f.prefix + f.shownName(j, scope), Status: github.Completed, Conclusion: result})
		return &outcome{result: result, outputs: expr.NewObject()}
	}
	if j.Uses != "" {
		return f.call(ctx, j, scope)
	}
	return f.matrix(ctx, j, scope, needs)
}

// shownName is a job's name where its matrix is not unfolded.
func (f *frame) shownName(j *workflow.Job, scope expr.Scope) string {
	name, err := scope.Text(expr.String(j.Field("name")))
	if err != nil || name == "" {
		return j.ID
	}
	return name
}

// jobStatus are the status functions of a job's `if`: they look at every job
// before it, not only at those it names.
func jobStatus(ctx context.Context, needs map[string]*outcome) map[string]expr.Function {
	all, failed := true, false
	var look func(o *outcome)
	look = func(o *outcome) {
		all = all && o.result == github.Success
		failed = failed || o.result == github.Failure
		for _, n := range o.needs {
			look(n)
		}
	}
	for _, o := range needs {
		look(o)
	}
	return statusFunctions(all && ctx.Err() == nil, failed && ctx.Err() == nil, ctx.Err() != nil)
}

func statusFunctions(success, failure, cancelled bool) map[string]expr.Function {
	give := func(v bool) expr.Function { return func([]any) (any, error) { return v, nil } }
	return map[string]expr.Function{"success": give(success), "failure": give(failure), "always": give(true), "cancelled": give(cancelled)}
}

// record adds a job to the run and returns its id, 0 if it could not be kept.
func (f *frame) record(j github.Job) int64 {
	var id int64
	before := map[int64]bool{}
	run := f.flow
	err := run.r.host.UpdateRun(run.run.ID, func(r *github.Run) {
		for _, old := range r.Jobs {
			before[old.ID] = true
		}
		if j.Status == github.Completed {
			j.CreatedAt, j.StartedAt, j.CompletedAt = run.r.opt.Now(), run.r.opt.Now(), run.r.opt.Now()
		}
		r.Jobs = append(r.Jobs, j)
	})
	if err == nil {
		id, err = run.newest(before, j)
	}
	if err != nil {
		run.r.opt.Problem(fmt.Errorf("recording the job %s: %w", j.Name, err))
	}
	return id
}

func (f *flow) newest(before map[int64]bool, j github.Job) (int64, error) {
	run, err := f.r.host.Run(f.run.ID)
	if err != nil {
		return 0, err
	}
	for _, one := range run.Jobs {
		if !before[one.ID] && one.Key == j.Key && one.Name == j.Name {
			return one.ID, nil
		}
	}
	return 0, fmt.Errorf("the job is not in run %d", run.ID)
}

// broken records a job that fails before its first step.
func (f *frame) broken(key, name string, why error) *outcome {
	f.record(github.Job{Key: key, Name: name, Status: github.Completed, Conclusion: github.Failure, Annotations: []string{why.Error()}})
	return &outcome{result: github.Failure, outputs: expr.NewObject()}
}

// call runs the reusable workflow that a job names.
func (f *frame) call(ctx context.Context, j *workflow.Job, scope expr.Scope) *outcome {
	fail := func(err error) *outcome { return f.broken(f.path+j.ID, f.prefix+f.shownName(j, scope), err) }
	next, err := f.flow.r.lookup(ctx, f.at, j.Uses)
	if err != nil {
		return fail(err)
	}
	combinations, err := f.combinations(j, scope)
	if err != nil {
		return fail(err)
	}
	results := map[string]*outcome{}
	outputs := expr.NewObject()
	for i, matrix := range combinations {
		inner, err := f.enter(j, scope.With("matrix", orEmpty(matrix)), next, matrix)
		if err != nil {
			return fail(err)
		}
		jobs := inner.execute(ctx)
		results[fmt.Sprint(i)] = &outcome{result: overall(jobs)}
		if outputs, err = inner.outputs(jobs); err != nil {
			return fail(err)
		}
	}
	return &outcome{result: overall(results), outputs: outputs}
}

// enter makes the frame of a called file.
func (f *frame) enter(j *workflow.Job, scope expr.Scope, next *called, matrix *expr.Object) (*frame, error) {
	given, err := scope.RenderAll(j.Mapping("with"))
	if err != nil {
		return nil, fmt.Errorf("with: %w", err)
	}
	with, _ := given.(*expr.Object)
	inputs, err := next.file.CallInputs(with)
	if err != nil {
		return nil, err
	}
	inner := &frame{flow: f.flow, file: next.file, at: next.at, inputs: inputs, outer: workflow.Effective(f.outer, f.file, j),
		prefix: f.prefix + matrixName(j, f.shownName(j, scope), matrix) + " / ", path: f.path + j.ID + "/", depth: f.depth + 1}
	if expr.String(j.Field("secrets")) == "inherit" {
		inner.inherits, inner.passed = f.inherits, f.passed
		return inner, nil
	}
	inner.passed = map[string]string{}
	scope = scope.With("secrets", f.secrets("", ""))
	for _, name := range j.Mapping("secrets").Keys() {
		value, err := scope.Text(expr.String(j.Mapping("secrets").Get(name)))
		if err != nil {
			return nil, fmt.Errorf("secrets: %w", err)
		}
		inner.passed[strings.ToUpper(name)] = value
	}
	return inner, nil
}

// outputs are those of a called file, rendered from its jobs'.
func (f *frame) outputs(jobs map[string]*outcome) (*expr.Object, error) {
	context := expr.NewObject()
	for _, j := range f.file.Jobs {
		o := jobs[strings.ToLower(j.ID)]
		context.Set(j.ID, expr.NewObject("result", string(o.result), "outputs", o.outputs))
	}
	scope := f.scope(nil, nil).With("jobs", context)
	out := expr.NewObject()
	declared, _ := f.file.On("workflow_call").Get("outputs").(*expr.Object)
	for _, name := range declared.Keys() {
		spec, _ := declared.Get(name).(*expr.Object)
		text, err := scope.Text(expr.String(spec.Get("value")))
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", name, err)
		}
		out.Set(name, text)
	}
	return out, nil
}
