package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// page shows a page's address and the values that belong into it, one by one
// ready to copy, while the wizard goes on looking.
type page struct {
	ctx     context.Context
	session walk.Session
	link    steps.PageLink
	// local copies to the machine's clipboard; nil where there is none.
	local   func(string) error
	address string
	err     error
	values  shelf
	events  chan tea.Msg
}

type openedMsg struct {
	address string
	err     error
}

func (p *page) start() tea.Cmd {
	p.events = make(chan tea.Msg)
	work := &performing{ctx: p.ctx, events: p.events}
	go func() {
		address, err := p.session.Open(p.ctx, p.link, change.Hands{Terminal: work.hands().Terminal, Progress: func(string) {}})
		p.events <- openedMsg{address, err}
	}()
	return p.next()
}

func (p *page) next() tea.Cmd { return func() tea.Msg { return <-p.events } }

func (p *page) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		p.address, p.err = msg.address, msg.err
		return changed("")
	case terminalMsg:
		return tea.Batch(p.next(), tea.ExecProcess(msg.child, func(err error) tea.Msg { msg.done <- err; return nil }))
	case tea.KeyPressMsg:
		return p.pressed(msg)
	}
	return nil
}

func (p *page) pressed(msg tea.KeyPressMsg) tea.Cmd {
	k := newKeys()
	switch {
	case key.Matches(msg, k.quit), key.Matches(msg, k.back), key.Matches(msg, k.choose):
		return closeThen(changed(""))
	case key.Matches(msg, k.up):
		p.values.move(-1)
	case key.Matches(msg, k.down):
		p.values.move(1)
	case msg.String() == "o":
		return p.start()
	case key.Matches(msg, k.copy):
		return p.copy()
	}
	return nil
}

// copy copies the value under the cursor and goes on to the next; a page without
// values has its address copied.
func (p *page) copy() tea.Cmd {
	if len(p.values.fields) == 0 {
		p.values.last = "Copied: the address"
		return clip(p.shown(), p.local)
	}
	if value, ok := p.values.next(); ok {
		return clip(value, p.local)
	}
	return nil
}

func (p *page) view(width, height int, t theme) string {
	lines := []string{t.title.Render(cut(evidence.CleanLine(p.link.Title), width)), ""}
	lines = append(lines, wrap(t.accent.Render(evidence.CleanLine(p.shown())), width)...)
	if p.err != nil {
		lines = append(lines, wrap(t.bad.Render("✗ The browser did not open: ")+evidence.CleanLine(p.err.Error()), width)...)
	}
	if p.link.Note != "" {
		lines = append(append(lines, ""), wrap(evidence.Clean(p.link.Note), width)...)
	}
	at := 0
	if len(p.values.fields) > 0 {
		var fields []string
		fields, at = p.fields(width, t)
		lines, at = append(append(lines, ""), fields...), len(lines)+1+at
	}
	lines = append(lines, "", t.faint.Render("The step turns green by itself when the change can be seen."))
	if p.values.last != "" {
		height--
	}
	window := around(lines, at, height, t)
	if p.values.last != "" {
		window = append(window, cut(t.good.Render("✓ ")+evidence.CleanLine(p.values.last), width))
	}
	return strings.Join(window, "\n")
}

func (p *page) shown() string {
	if p.address != "" {
		return p.address
	}
	return p.link.URL
}

// fields lists the values in the form's order, and tells at which line the cursor
// is. Where a value came from is told as far as there is room.
func (p *page) fields(width int, t theme) (lines []string, at int) {
	label := 0
	for _, f := range p.values.fields {
		label = max(label, len(f.Label))
	}
	for i, f := range p.values.fields {
		cursor := "  "
		if i == p.values.at {
			cursor, at = t.accent.Render("❯ "), len(lines)
		}
		mark := "  "
		if p.values.copied[i] {
			mark = t.good.Render("✓ ")
		}
		value := t.strong.Render(evidence.CleanLine(f.Value))
		if f.Value == "" {
			value = t.faint.Render("(leave empty)")
		}
		row := indent(cursor+mark+t.faint.Render(pad(f.Label, label))+"  ", value, width)
		if origin := t.faint.Render("  from " + evidence.CleanLine(f.Origin)); f.Origin != "" && len(row) == 1 && ansi.StringWidth(row[0]+origin) <= width {
			row[0] += origin
		}
		lines = append(lines, row...)
	}
	return lines, at
}

func (p *page) hints(t theme, k keys) string {
	what := "copy, go on to the next"
	if len(p.values.fields) == 0 {
		what = "copy the address"
	}
	return hint(t, binding("c", what, "c"), binding("↑↓", "field", "up"), binding("o", "open again", "o"), k.back)
}
