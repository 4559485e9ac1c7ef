package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// consent shows what would change and asks. No is what enter says until the
// maintainer moves to yes.
type consent struct {
	title   string
	changes []change.Change
	yes     func() tea.Cmd
	chosen  bool
	scroll  int
}

func (c *consent) start() tea.Cmd { return nil }

func (c *consent) update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	k := newKeys()
	switch {
	case pressed.String() == "ctrl+c", key.Matches(pressed, k.no):
		return closeThen(notice("Nothing was changed."))
	case key.Matches(pressed, k.yes):
		return closeThen(c.yes())
	case key.Matches(pressed, k.choose) && c.chosen:
		return closeThen(c.yes())
	case key.Matches(pressed, k.choose):
		return closeThen(notice("Nothing was changed."))
	case pressed.String() == "pgup":
		c.scroll = max(0, c.scroll-5)
	case key.Matches(pressed, k.scroll):
		c.scroll += 5
	case key.Matches(pressed, k.up):
		c.scroll = max(0, c.scroll-1)
	case key.Matches(pressed, k.down):
		c.scroll++
	case key.Matches(pressed, k.previous), key.Matches(pressed, k.forward), pressed.String() == "tab":
		c.chosen = !c.chosen
	}
	return nil
}

func (c *consent) view(width, height int, t theme) string {
	var body []string
	for _, ch := range c.changes {
		body = append(body, wrap(t.strong.Render(evidence.CleanLine(ch.Title)), width)...)
		body = append(body, preview(ch.Preview, width, t)...)
		if ch.Lasting != "" {
			body = append(body, wrap(t.warn.Render("Cannot be taken back: "+evidence.CleanLine(ch.Lasting)), width)...)
		}
		body = append(body, "")
	}
	head := t.title.Render(cut(fmt.Sprintf("%s: %s", c.title, count(len(c.changes), "change")), width))
	window, scroll := scrolled(body, c.scroll, height-4, t)
	c.scroll = scroll
	return head + "\n\n" + strings.Join(window, "\n") + "\n" + c.buttons(t)
}

func (c *consent) buttons(t theme) string {
	yes, no := "  Yes, do it  ", "❯ No"
	if c.chosen {
		yes, no = "❯ Yes, do it  ", "  No"
		return t.accent.Bold(true).Render(yes) + no
	}
	return yes + t.accent.Bold(true).Render(no)
}

func (c *consent) hints(t theme, k keys) string {
	return hint(t, k.yes, k.no, binding("←→", "choose", "left"), k.scroll)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
