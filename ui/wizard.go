// Package ui holds the full-screen interfaces on Bubble Tea: the wizard and
// the live checklist. They draw what the steps and checks say, and decide
// nothing themselves.
package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// Options is what the wizard needs.
type Options struct {
	Session walk.Session
	// Repository is shown in the header until the first look names it.
	Repository string
	// Label is a badge in the header, "practice" in the practice world.
	Label string
	// NoColor draws without colours, whatever the terminal can.
	NoColor bool
	// Copy copies to the machine's own clipboard; nil where there is none. The
	// terminal's is always tried.
	Copy func(string) error
}

// program starts Bubble Tea with what all of our screens share.
func program(ctx context.Context, model tea.Model, noColor bool) (tea.Model, error) {
	options := []tea.ProgramOption{tea.WithContext(ctx)}
	if noColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return tea.NewProgram(model, options...).Run()
}

// Run walks the route on the terminal until the maintainer leaves. It returns
// the route as last seen, nil when there was no look that succeeded.
func Run(ctx context.Context, opts Options) (*steps.Route, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newWizard(ctx, opts)
	last, err := program(ctx, w, opts.NoColor)
	if done, ok := last.(*wizard); ok {
		w = done
	}
	return w.route, err
}

// wizard is the root model: the route as last seen, the step that is looked
// at, and at most one screen on top.
type wizard struct {
	ctx           context.Context
	opts          Options
	keys          keys
	theme         theme
	width, height int
	now           time.Time

	route   *steps.Route
	err     error
	looking bool
	// again asks for another look at the end of the one under way.
	again bool
	// due is when the world is looked at next.
	due time.Time

	// step is the index of the step on the screen; follow keeps it at the
	// open one.
	step   int
	follow bool
	// way is the index of the way under the cursor.
	way    int
	scroll int
	// top is the screen on top of the step, nil for none.
	top screen
	// notice is one sentence about what just happened.
	notice string
}

func newWizard(ctx context.Context, opts Options) *wizard {
	return &wizard{ctx: ctx, opts: opts, keys: newKeys(), theme: newTheme(true), follow: true, width: 80, height: 24}
}

// Init asks for the background and begins the first look.
func (w *wizard) Init() tea.Cmd {
	w.looking = true
	return tea.Batch(tea.RequestBackgroundColor, w.look(), tick())
}

// Update keeps to dispatching: each message has its own method.
func (w *wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		w.theme = newTheme(msg.IsDark())
	case tickMsg:
		return w, tea.Batch(tick(), w.ticked(time.Time(msg)))
	case lookedMsg:
		return w, w.looked(msg)
	case noticeMsg:
		return w, w.noticed(msg)
	case closeMsg:
		w.top = nil
		return w, msg.then
	case openMsg:
		w.top = msg.screen
		return w, msg.screen.start()
	case tea.KeyPressMsg:
		if w.top == nil {
			return w, w.pressed(msg)
		}
	}
	return w, w.pass(msg)
}

// pass hands a message to the screen on top.
func (w *wizard) pass(msg tea.Msg) tea.Cmd {
	if w.top == nil {
		return nil
	}
	return w.top.update(msg)
}
