package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// consent shows what would change and asks: once for all that can be taken back,
// and once for each change that cannot. No is what enter says until the
// maintainer moves to yes.
type consent struct {
	title  string
	ask    *change.Consent
	yes    func(agreed, leftOut []change.Change) tea.Cmd
	chosen bool
	scroll int
}

func (c *consent) start() tea.Cmd { return nil }

func (c *consent) update(msg tea.Msg) tea.Cmd {
	pressed, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return nil
	}
	k := newKeys()
	switch {
	case pressed.String() == "ctrl+c":
		return closeThen(notice(nothing))
	case key.Matches(pressed, k.no):
		return c.answer(false)
	case key.Matches(pressed, k.yes):
		return c.answer(true)
	case key.Matches(pressed, k.choose):
		return c.answer(c.chosen)
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

const nothing = "Nothing was changed."

// answer goes on to the next question, or to the work when there is none.
func (c *consent) answer(yes bool) tea.Cmd {
	c.ask.Answer(yes)
	c.chosen, c.scroll = false, 0
	if c.ask.Next() != nil {
		return nil
	}
	if agreed := c.ask.Agreed(); len(agreed) > 0 {
		return closeThen(c.yes(agreed, c.ask.LeftOut()))
	}
	return closeThen(notice(nothing))
}

func (c *consent) view(width, height int, t theme) string {
	about := c.ask.Next()
	body := c.later(about, width, t)
	for i, ch := range about {
		body = append(body, wrap(t.strong.Render(evidence.CleanLine(ch.Title)), width)...)
		if change.LikeNext(about, i) {
			continue // what they show stands after the last of them
		}
		if ch.Lasting != "" {
			body = append(body, wrap(t.warn.Render("Cannot be taken back: "+evidence.CleanLine(ch.Lasting)), width)...)
		}
		body = append(append(body, preview(ch.Preview, width, t)...), "")
	}
	head := t.title.Render(cut(fmt.Sprintf("%s: %s", c.title, count(len(about), "change")), width))
	window, scroll := scrolled(body, c.scroll, height-4, t)
	c.scroll = scroll
	return head + "\n\n" + strings.Join(window, "\n") + "\n" + c.buttons(t)
}

// later names what will be asked about by itself.
func (c *consent) later(about []change.Change, width int, t theme) []string {
	var lines []string
	for _, ch := range c.ask.Later() {
		if slices.ContainsFunc(about, func(o change.Change) bool { return o.ID == ch.ID }) {
			continue
		}
		lines = append(lines, wrap(t.warn.Render("Asked by itself afterwards: "+evidence.CleanLine(ch.Title)+". It cannot be taken back: "+evidence.CleanLine(ch.Lasting)), width)...)
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines
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
