// Package plain is the wizard line by line: full sentences and numbered
// choices, for screen readers, dumb terminals and scripts that drive a
// terminal. It moves no cursor and uses no colour.
package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// ErrQuit says that the maintainer left before the end of the route; nothing
// is lost by it.
var ErrQuit = errors.New("left before the end of the route")

// Options is what the plain wizard needs.
type Options struct {
	Session walk.Session
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	// Label is shown behind the repository, "practice" in the practice world.
	Label string
	// Every is how often the world is looked at while something is under way
	// elsewhere; 0 means three seconds.
	Every time.Duration
	// Copy puts a text into the person's clipboard; nil where there is none.
	Copy func(string) error
}

// Run walks the route until its end or until the maintainer leaves, which is
// ErrQuit. It returns the route as last seen.
func Run(ctx context.Context, opts Options) (*steps.Route, error) {
	if opts.Every == 0 {
		opts.Every = 3 * time.Second
	}
	w := &wizard{Options: opts, lines: newReader(opts.In, opts.Out), follow: true}
	err := w.run(ctx)
	if errors.Is(err, io.EOF) || errors.Is(err, ErrQuit) {
		w.say(walk.Kept)
		err = ErrQuit
	}
	return w.route, err
}

type wizard struct {
	Options
	lines  *reader
	route  *steps.Route
	step   int
	follow bool
	greet  bool
}

func (w *wizard) say(format string, args ...any) {
	fmt.Fprintf(w.Out, format+"\n", args...)
}

func (w *wizard) run(ctx context.Context) error {
	w.say("gh trustpub, step by step. %s", walk.ReadsOnly)
	w.say("Looking at the repository, GitHub and the registries.")
	for {
		if err := w.look(ctx); err != nil {
			return err
		}
		if w.follow && w.route.Current >= len(w.route.Scenes) {
			w.end()
			return nil
		}
		if err := w.visit(ctx); err != nil {
			return err
		}
	}
}

// look reads the world; a look that fails is told, and asked again on request.
func (w *wizard) look(ctx context.Context) error {
	for {
		route, err := w.Session.Look(ctx)
		if err == nil {
			w.arrive(route)
			return nil
		}
		if w.route == nil || ctx.Err() != nil {
			return err
		}
		w.say("The last look failed: %v", err)
		if _, err := w.lines.ask(ctx, "Press Enter to look again, or q to quit: "); err != nil {
			return err
		}
	}
}

func (w *wizard) arrive(route *steps.Route) {
	w.route = route
	if w.follow {
		w.step = min(route.Current, len(route.Scenes)-1)
	}
	if !w.greet {
		w.greet = true
		w.overview()
	}
}

func (w *wizard) scene() steps.Scene { return w.route.Scenes[w.step] }
