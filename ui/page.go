package ui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

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
	address string
	err     error
	field   int
	copied  string
	scroll  int
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
		p.field = max(0, p.field-1)
	case key.Matches(msg, k.down):
		p.field = max(0, min(len(p.link.Fields)-1, p.field+1))
	case msg.String() == "o":
		return p.start()
	case key.Matches(msg, k.copy):
		return p.copy()
	}
	return nil
}

// copy puts the field under the cursor, or the address of a page without
// fields, on the clipboard of the terminal (OSC 52).
func (p *page) copy() tea.Cmd {
	p.copied, p.scroll = "the address", 0
	value := p.address
	if p.field < len(p.link.Fields) {
		p.copied, value = p.link.Fields[p.field].Label, p.link.Fields[p.field].Value
	}
	return tea.SetClipboard(value)
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
	if len(p.link.Fields) > 0 {
		lines = append(append(lines, ""), p.fields(width, t)...)
	}
	if p.copied != "" {
		lines = append(lines, "", t.faint.Render("Copied: "+p.copied))
	}
	lines = append(lines, "", t.faint.Render("The step turns green by itself when the change can be seen."))
	window, scroll := scrolled(lines, p.scroll, height, t)
	p.scroll = scroll
	return strings.Join(window, "\n")
}

func (p *page) shown() string {
	if p.address != "" {
		return p.address
	}
	return p.link.URL
}

func (p *page) fields(width int, t theme) []string {
	label := 0
	for _, f := range p.link.Fields {
		label = max(label, len(f.Label))
	}
	var lines []string
	for i, f := range p.link.Fields {
		cursor := "  "
		if i == p.field {
			cursor = t.accent.Render("❯ ")
		}
		value := t.strong.Render(evidence.CleanLine(f.Value))
		if f.Value == "" {
			value = t.faint.Render("(leave empty)")
		}
		line := cursor + t.faint.Render(pad(f.Label, label)) + "  " + value
		if f.Origin != "" {
			line += t.faint.Render("  from " + evidence.CleanLine(f.Origin))
		}
		lines = append(lines, cut(line, width))
	}
	return lines
}

func (p *page) hints(t theme, k keys) string {
	return hint(t, k.copy, binding("↑↓", "field", "up"), binding("o", "open again", "o"), k.back)
}
