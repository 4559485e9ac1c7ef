package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// asking is what the work has shown and waits with: it goes on at a yes.
type asking struct {
	title  string
	lines  []change.DiffLine
	answer chan<- error
	scroll int
}

// confirm puts a question of the work to the person.
func (p *performing) confirm(ctx context.Context, title string, lines []change.DiffLine) error {
	answer := make(chan error, 1)
	p.tell(&asking{title: title, lines: lines, answer: answer})
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// press answers, or moves. It reports whether the question is answered.
func (a *asking) press(msg tea.KeyPressMsg) bool {
	k := newKeys()
	switch {
	case key.Matches(msg, k.yes):
		a.answer <- nil
		return true
	case key.Matches(msg, k.no), msg.String() == "ctrl+c":
		a.answer <- change.ErrDeclined
		return true
	case key.Matches(msg, k.down), key.Matches(msg, k.scroll):
		a.scroll++
	case key.Matches(msg, k.up), msg.String() == "pgup":
		a.scroll = max(0, a.scroll-1)
	}
	return false
}

func (a *asking) view(width, height int, t theme) string {
	body := preview(a.lines, width, t)
	window, scroll := scrolled(body, a.scroll, height-4, t)
	a.scroll = scroll
	head := t.title.Render(cut(evidence.CleanLine(a.title), width))
	return head + "\n\n" + strings.Join(window, "\n") + "\n\n" + t.accent.Bold(true).Render(cut("Go on with this?  y yes · n no", width))
}

func (a *asking) hints(t theme, k keys) string { return hint(t, k.yes, k.no, k.scroll) }
