package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// performing makes changes outside of the event loop and shows how it goes.
type performing struct {
	ctx     context.Context
	cancel  context.CancelFunc
	session walk.Session
	changes []change.Change
	// leftOut are the changes that got a no.
	leftOut []change.Change
	events  chan tea.Msg
	spinner spinner.Model
	said    []string
	detail  string
	// outcomes are told as the changes end.
	outcomes []change.Outcome
	// up is how many lines the end of a long table is scrolled out of sight.
	up    int
	ended bool
	// stop is whether ctrl+c was pressed: the work ends at the next place where
	// nothing is half done.
	stop *atomic.Bool
	// question is what the work waits with; nil for nothing.
	question *asking
	err      error
}

type (
	progressMsg string
	outcomeMsg  change.Outcome
)

// detailMsg is shown until the next message.
type detailMsg string

// terminalMsg asks for the terminal for a child; the answer goes to done.
type terminalMsg struct {
	child *exec.Cmd
	done  chan<- error
}

type performedMsg struct{ err error }

func newPerforming(ctx context.Context, session walk.Session, changes []change.Change) *performing {
	ctx, cancel := context.WithCancel(ctx)
	return &performing{ctx: ctx, cancel: cancel, session: session, changes: changes,
		events: make(chan tea.Msg), stop: new(atomic.Bool), spinner: spinner.New(spinner.WithSpinner(spinner.MiniDot))}
}

func (p *performing) start() tea.Cmd {
	go func() {
		err := p.session.Perform(p.ctx, p.changes, p.hands())
		p.events <- performedMsg{err}
	}()
	return tea.Batch(p.next(), p.spinner.Tick)
}

// next waits for one event of the work.
func (p *performing) next() tea.Cmd {
	return func() tea.Msg { return <-p.events }
}

func (p *performing) hands() change.Hands {
	return change.Hands{
		Progress: func(text string) { p.tell(progressMsg(text)) },
		Detail:   func(text string) { p.tell(detailMsg(text)) },
		Stopping: p.stop.Load,
		Confirm:  p.confirm,
		Outcome:  func(o change.Outcome) { p.tell(outcomeMsg(o)) },
		Terminal: func(child *exec.Cmd) error {
			done := make(chan error, 1)
			p.tell(terminalMsg{child, done})
			select {
			case err := <-done:
				return err
			case <-p.ctx.Done():
				return p.ctx.Err()
			}
		},
	}
}

func (p *performing) tell(msg tea.Msg) {
	select {
	case p.events <- msg:
	case <-p.ctx.Done():
	}
}

func (p *performing) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case progressMsg:
		p.said, p.detail = append(p.said, evidence.CleanLine(string(msg))), ""
		return p.next()
	case detailMsg:
		p.detail = evidence.CleanLine(string(msg))
		return p.next()
	case *asking:
		p.question = msg
		return p.next()
	case outcomeMsg:
		p.outcomes = append(p.outcomes, change.Outcome(msg))
		return p.next()
	case terminalMsg:
		if copied := msg.child.Stderr; copied != nil {
			msg.child.Stderr = io.MultiWriter(os.Stderr, copied)
		}
		return tea.Batch(p.next(), tea.ExecProcess(msg.child, func(err error) tea.Msg { msg.done <- err; return nil }))
	case performedMsg:
		return p.finish(msg.err)
	case spinner.TickMsg:
		var cmd tea.Cmd
		p.spinner, cmd = p.spinner.Update(msg)
		return cmd
	case tea.KeyPressMsg:
		return p.pressed(msg)
	}
	return nil
}

func (p *performing) finish(err error) tea.Cmd {
	p.cancel()
	p.ended, p.err = true, err
	if err != nil || walk.Table(p.outcomes) != nil {
		return changed("") // it stays, to be read
	}
	return closeThen(changed(strings.TrimSpace("Done: " + p.changes[len(p.changes)-1].Title + ". " + walk.LeftOut(p.leftOut))))
}

// pressed: an end is acknowledged by any key but those that scroll; before it,
// ctrl+c stops when nothing is half done, and once more at once.
func (p *performing) pressed(msg tea.KeyPressMsg) tea.Cmd {
	by, scrolls := map[string]int{"up": 1, "down": -1, "pgup": 5, "pgdown": -5}[msg.String()]
	switch {
	case p.question != nil:
		if p.question.press(msg) {
			p.question = nil
		}
	case p.ended && scrolls && len(p.outcomes) > 0:
		p.up = max(0, p.up+by)
	case p.ended:
		return closeThen(changed(""))
	case msg.String() == "ctrl+c" && p.stop.Load():
		p.cancel()
	case msg.String() == "ctrl+c":
		p.stop.Store(true)
	}
	return nil
}

// fewTitles is how many titles of changes head the screen.
const fewTitles = 4

func (p *performing) view(width, height int, t theme) string {
	if p.question != nil {
		return p.question.view(width, height, t)
	}
	lines := []string{}
	for i, c := range p.changes {
		if i == fewTitles && len(p.changes) > fewTitles+1 {
			lines = append(lines, t.title.Render(fmt.Sprintf("… and %d more", len(p.changes)-i)))
			break
		}
		lines = append(lines, t.title.Render(cut(evidence.CleanLine(c.Title), width)))
	}
	lines = append(lines, "")
	for i, said := range p.said {
		mark := t.good.Render("✓ ")
		if i == len(p.said)-1 && !p.ended {
			mark = t.accent.Render(p.spinner.View() + " ")
		}
		lines = append(lines, indent(mark, said, width)...)
	}
	if p.detail != "" && !p.ended {
		lines = append(lines, t.faint.Render(cut("  "+p.detail, width)))
	}
	if p.err != nil {
		head := t.bad.Render("✗ It did not work:")
		if errors.Is(p.err, change.ErrStopped) || errors.Is(p.err, change.ErrDeclined) {
			head = t.warn.Render("Stopped:")
		}
		if _, short := errors.AsType[*change.ShortError](p.err); short {
			head = t.warn.Render("Done, but for what is not there:")
		}
		lines = append(lines, "", head)
		for _, l := range strings.Split(evidence.Clean(p.err.Error()), "\n") {
			lines = append(lines, indent("  ", l, width)...)
		}
	}
	if p.ended {
		for _, l := range walk.Table(p.outcomes) {
			lines = append(lines, indent("", l, width)...)
		}
	}
	if p.stop.Load() && !p.ended {
		lines = append(lines, wrap(t.warn.Render("Stopping when what is under way is done. Press ctrl+c again to stop at once; what is done stays, and you can go on later."), width)...)
	}
	p.up = min(p.up, max(0, len(lines)-height))
	window, _ := scrolled(lines, len(lines)-height-p.up, height, t)
	return strings.Join(window, "\n")
}

func (p *performing) hints(t theme, k keys) string {
	if p.question != nil {
		return p.question.hints(t, k)
	}
	if p.ended && len(p.outcomes) > 0 {
		return hint(t, binding("any key", "back", "enter"), binding("↑↓", "scroll", "up"))
	}
	if p.ended {
		return hint(t, binding("any key", "back", "enter"))
	}
	return hint(t, binding("ctrl+c", "stop", "ctrl+c"))
}
