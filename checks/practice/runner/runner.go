package runner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// Options say how a runner works.
type Options struct {
	// Dir is where jobs get their folders and runs keep their artifacts.
	Dir string
	// Now is the world's clock; nil means time.Now.
	Now func() time.Time
	// Minute is how long a minute of a `timeout-minutes` lasts; 0 means a
	// minute.
	Minute time.Duration
	// Poll is how long cargo waits between looks at the index; 0 means cargo's
	// own two seconds.
	Poll time.Duration
	// Parallel is how many jobs of one run go on at the same time; 0 means two.
	Parallel int
	// Problem is told about errors of the runner itself that no run can show;
	// nil drops them.
	Problem func(error)
}

// Runner runs workflows. Its methods may be called from any goroutine.
type Runner struct {
	host   Host
	client *http.Client
	opt    Options

	ctx  context.Context
	stop context.CancelFunc

	mu     sync.Mutex
	going  map[int64]*flow // by run id
	ended  map[int64]*flow // kept for re-runs
	groups map[string]*group
}

// New makes a runner that reaches the practice world with client. It starts
// nothing by itself: see [Runner.Hooks].
func New(host Host, client *http.Client, opt Options) (*Runner, error) {
	if host == nil || client == nil || opt.Dir == "" {
		return nil, errors.New("the practice runner needs a host, a client and a folder")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Minute == 0 {
		opt.Minute = time.Minute
	}
	if opt.Parallel == 0 {
		opt.Parallel = 2
	}
	if opt.Problem == nil {
		opt.Problem = func(error) {}
	}
	r := &Runner{host: host, client: client, opt: opt, going: map[int64]*flow{}, ended: map[int64]*flow{}, groups: map[string]*group{}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.opt.Problem = func(err error) {
		if r.ctx.Err() == nil || !brokenOff(err) {
			opt.Problem(err)
		}
	}
	return r, nil
}

// brokenOff says whether an error is that of work, or of a child process, which
// was ended before its own end, as closing does.
func brokenOff(err error) bool {
	var child interface {
		error
		Exited() bool
	}
	return errors.Is(err, context.Canceled) || errors.As(err, &child) && !child.Exited()
}

// Hooks are what the practice world's GitHub calls.
func (r *Runner) Hooks() github.Hooks {
	return github.Hooks{Pushed: r.Pushed, Dispatch: r.Dispatch, Released: r.Released, Cancel: r.Cancel, Rerun: r.Rerun}
}

// Wait returns when no run is going on any more, also none that waits for a
// review; or with the context's error.
func (r *Runner) Wait(ctx context.Context) error {
	for {
		id, any := r.anyGoing()
		if !any {
			return nil
		}
		if err := r.WaitRun(ctx, id); err != nil {
			return err
		}
	}
}

func (r *Runner) anyGoing() (id int64, any bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.going {
		return id, true
	}
	return 0, false
}

// WaitRun returns when one run has ended, or with the context's error.
func (r *Runner) WaitRun(ctx context.Context, id int64) error {
	r.mu.Lock()
	f := r.going[id]
	r.mu.Unlock()
	if f == nil {
		return nil
	}
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the practice run %d: %w", id, ctx.Err())
	}
}

// Close cancels all runs and waits until they have ended.
func (r *Runner) Close() {
	r.stop()
	for {
		id, any := r.anyGoing()
		if !any {
			return
		}
		if err := r.WaitRun(context.Background(), id); err != nil {
			r.opt.Problem(err)
		}
	}
}

// Cancel stops a run: its jobs end as cancelled.
func (r *Runner) Cancel(_ context.Context, runID int64) {
	r.mu.Lock()
	f := r.going[runID]
	r.mu.Unlock()
	if f != nil {
		f.cancel(errCancelled)
		return
	}
	r.abandon(runID, "The operation was canceled.")
}

// Resume ends the runs that were going on when the world was last left: what
// their jobs had on disk is gone, so they show as cancelled and can be re-run.
func (r *Runner) Resume() {
	for _, run := range r.host.OpenRuns() {
		r.mu.Lock()
		f := r.going[run.ID]
		r.mu.Unlock()
		if f == nil {
			r.abandon(run.ID, "The practice world was left while this run was going on. Re-run it to go on.")
		}
	}
}

func (r *Runner) abandon(runID int64, why string) {
	err := r.host.UpdateRun(runID, func(run *github.Run) {
		if run.Status == github.Completed {
			return
		}
		for i := range run.Jobs {
			if j := &run.Jobs[i]; j.Status != github.Completed {
				j.Status, j.Conclusion, j.CompletedAt = github.Completed, github.Cancelled, r.opt.Now()
				j.Annotations = append(j.Annotations, why)
			}
		}
		run.Status, run.Conclusion = github.Completed, github.Cancelled
	})
	if err != nil {
		r.opt.Problem(fmt.Errorf("ending run %d: %w", runID, err))
	}
}

var errCancelled = errors.New("The operation was canceled.") //nolint:staticcheck // GitHub's own text
