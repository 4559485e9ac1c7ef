// Package practice is the practice world: a small internet in a box, with
// GitHub, its workflow runner and the registries under their real names, and
// a repository to take to trusted publishing in it.
package practice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/checks/practice/runner"
	"github.com/trustpub/gh-trustpub/checks/practice/scenario"
)

// Options say which world to open.
type Options struct {
	// Scenario names how a new world begins; a world that is taken up again
	// goes on as it stood.
	Scenario string
	// Dir keeps the world; "" is a temporary folder that goes when it closes.
	Dir string
	// Record, if not nil, is told of every exchange with the world's servers,
	// from any goroutine: for tests.
	Record func(box.Exchange)
	// Through, if not nil, is put around every server for what comes in through
	// the proxy: for tests.
	Through func(http.Handler) http.Handler
}

// World is a running practice world.
type World struct {
	// GitHub, Crates, PyPI and TestPyPI are the servers, for tests that break
	// the world on purpose.
	GitHub         *github.Store
	Crates         *cratesio.Service
	PyPI, TestPyPI *pypi.Service

	box       *box.Box
	runner    *runner.Runner
	setting   scenario.Setting
	scenario  string
	dir       string
	temporary bool
	lock      *flock.Flock
	record    func(box.Exchange)
	through   func(http.Handler) http.Handler
	state     box.State
	stop      context.CancelFunc
}

// kept is what a world remembers of itself.
type kept struct {
	Scenario string
	Setting  scenario.Setting
}

// Open starts a world, a new one or the one that Dir holds.
func Open(ctx context.Context, o Options) (*World, error) {
	w := &World{scenario: o.Scenario, dir: o.Dir, record: o.Record, through: o.Through}
	if err := w.settle(); err != nil {
		return nil, err
	}
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the practice world: %w", err), w.Close())
	}
	return w, nil
}

// settle makes the folder of the world.
func (w *World) settle() (err error) {
	if w.temporary = w.dir == ""; w.temporary {
		w.dir, err = os.MkdirTemp("", "trustpub-practice-")
	} else if w.dir, err = filepath.Abs(w.dir); err == nil {
		err = os.MkdirAll(w.dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("making a folder for the practice world: %w", err)
	}
	// git and cargo show real paths, and the temporary folder may be a link.
	if w.dir, err = filepath.EvalSymlinks(w.dir); err != nil {
		return fmt.Errorf("finding the folder of the practice world: %w", err)
	}
	return w.hold()
}

// hold keeps a second process out: both would write the same state.
func (w *World) hold() error {
	w.lock = flock.New(filepath.Join(w.dir, "lock"))
	held, err := w.lock.TryLock()
	if err != nil {
		return fmt.Errorf("locking the practice world in %s: %w", w.dir, err)
	}
	if !held {
		return fmt.Errorf("the practice world in %s is open already: close it, or name another folder", w.dir)
	}
	return nil
}

func (w *World) open(ctx context.Context) error {
	state, err := box.NewFileState(filepath.Join(w.dir, "state"))
	if err != nil {
		return err
	}
	w.state = state
	wanted, before := w.scenario, kept{}
	known, err := state.Load("world", &before)
	if err != nil {
		return err
	}
	if known && wanted != "" && wanted != before.Scenario {
		return fmt.Errorf("%s holds the scenario %s, not %s: name another folder", w.dir, before.Scenario, wanted)
	}
	if w.scenario = before.Scenario; !known {
		w.scenario = cmp.Or(wanted, "fresh")
	}
	if err := w.serve(state); err != nil {
		return err
	}
	if w.setting = before.Setting; known {
		return w.start(ctx)
	}
	return w.begin(ctx, state)
}

// serve makes the servers, each with its own state.
func (w *World) serve(state box.State) (err error) {
	people, err := scenario.People(w.scenario)
	if err != nil {
		return err
	}
	w.box = box.New(box.Options{Dir: w.dir, People: people, Record: w.record, Through: w.through})
	issuer, err := oidc.NewIssuer(state)
	if err != nil {
		return err
	}
	if w.GitHub, err = github.New(github.Options{State: state, Dir: filepath.Join(w.dir, "git"), Issuer: issuer, Pusher: people[0]}); err != nil {
		return err
	}
	client := w.box.Client()
	if w.Crates, err = cratesio.New(cratesio.Options{State: state, Client: client, NewCrates: scenario.Pace(w.scenario)}); err != nil {
		return err
	}
	if w.PyPI, err = pypi.New(pypi.Options{Instance: pypi.PyPI, State: state, Client: client}); err != nil {
		return err
	}
	if w.TestPyPI, err = pypi.New(pypi.Options{Instance: pypi.TestPyPI, State: state, Client: client}); err != nil {
		return err
	}
	if w.runner, err = runner.New(w.GitHub, client, runner.Options{Dir: filepath.Join(w.dir, "runner")}); err != nil {
		return err
	}
	for _, s := range append(w.GitHub.Services(), issuer, w.Crates, w.PyPI, w.TestPyPI) {
		w.box.Add(s)
	}
	return nil
}

// begin fills a new world by its scenario, starts it, and keeps it once all
// that belongs to its beginning has happened.
func (w *World) begin(ctx context.Context, state box.State) (err error) {
	if w.setting, err = scenario.Build(ctx, w.scenario, w.Stage().Place); err != nil {
		return err
	}
	if err := w.start(ctx); err != nil {
		return err
	}
	if err := scenario.Enliven(ctx, w.scenario, w.Stage()); err != nil {
		return err
	}
	return state.Save("world", kept{Scenario: w.scenario, Setting: w.setting})
}

func (w *World) start(ctx context.Context) error {
	w.GitHub.SetHooks(w.runner.Hooks())
	if err := w.box.Start(ctx); err != nil {
		return err
	}
	w.runner.Resume()
	if err := w.GitHub.Accept(ctx); err != nil {
		return err
	}
	go func() { _ = w.GitHub.Watch(ctx) }()
	return nil
}

// Setting is what the person has in this world.
func (w *World) Setting() scenario.Setting { return w.setting }

// Stage is what lets things happen in the world, as people there would.
func (w *World) Stage() scenario.Stage {
	return scenario.Stage{Setting: w.setting, Place: scenario.Place{
		GitHub: w.GitHub, Crates: w.Crates, PyPI: w.PyPI, TestPyPI: w.TestPyPI, Dir: w.dir, Client: w.box.Client(),
	}}
}

// Dir is the folder of the world.
func (w *World) Dir() string { return w.dir }

// Pages is the address of the browser pages, with the secret of the run.
func (w *World) Pages() string { return w.box.Pages() }

// Break lets a host of the world fail until it is repaired, for tests of what a
// program makes of that.
func (w *World) Break(host string, f box.Fault) { w.box.Break(host, f) }

// Repair lets a host answer again.
func (w *World) Repair(host string) { w.box.Repair(host) }

// Close stops the servers; a world without a folder of its own is gone then.
func (w *World) Close() error {
	w.stop()
	var errs []error
	if w.runner != nil {
		w.runner.Close()
	}
	if w.box != nil {
		errs = append(errs, w.box.Close())
	}
	errs = append(errs, w.lock.Unlock())
	if w.temporary {
		errs = append(errs, os.RemoveAll(w.dir))
	}
	return errors.Join(errs...)
}
