package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// commands shows what to run elsewhere.
type commands struct {
	title, help string
	lines       []string
	scroll      int
	copied      bool
	// local copies to the machine's clipboard; nil where there is none.
	local func(string) error
}

func (c *commands) start() tea.Cmd { return nil }

func (c *commands) update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	k := newKeys()
	switch {
	case key.Matches(pressed, k.quit), key.Matches(pressed, k.back), key.Matches(pressed, k.choose):
		return closeThen(changed(""))
	case key.Matches(pressed, k.copy):
		c.copied = true
		return clip(strings.Join(c.lines, "\n")+"\n", c.local)
	case key.Matches(pressed, k.up):
		c.scroll = max(0, c.scroll-1)
	case key.Matches(pressed, k.down):
		c.scroll++
	}
	return nil
}

func (c *commands) view(width, height int, t theme) string {
	lines := []string{t.title.Render(cut(c.title, width)), ""}
	if c.help != "" {
		lines = append(append(lines, wrap(evidence.Clean(c.help), width)...), "")
	}
	for _, l := range c.lines {
		lines = append(lines, indent("  ", t.strong.Render(evidence.Clean(l)), width)...)
	}
	lines = append(lines, "", t.faint.Render("The step turns green by itself when the change can be seen."))
	if c.copied {
		lines = append(lines, t.faint.Render("Copied."))
	}
	window, scroll := scrolled(lines, c.scroll, height, t)
	c.scroll = scroll
	return strings.Join(window, "\n")
}

func (c *commands) hints(t theme, k keys) string {
	return hint(t, binding("c", "copy all", "c"), binding("↑↓", "scroll", "up"), k.back)
}
