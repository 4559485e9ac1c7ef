package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// View draws the rows, or the evidence of one.
func (c *checklist) View() tea.View {
	rows := c.head()
	foot := c.foot()
	body := c.body(max(1, c.height-len(rows)-len(foot)))
	v := tea.NewView(strings.Join(append(append(rows, body...), foot...), "\n"))
	v.AltScreen, v.WindowTitle = true, "gh trustpub verify "+c.repository()
	return v
}

func (c *checklist) repository() string {
	if c.report.World != nil {
		if name, ok := c.report.World.Repo.Get(); ok {
			return evidence.CleanLine(name.String())
		}
	}
	return c.opts.Repository
}

func (c *checklist) head() []string {
	title := c.theme.strong.Render("gh trustpub verify") + "  " + c.repository()
	if c.opts.Label != "" {
		title = spread(title, c.theme.badge.Render(c.opts.Label), c.width-2)
	}
	return []string{cut(" "+title, c.width), c.rule()}
}

func (c *checklist) rule() string {
	return " " + c.theme.rule.Render(strings.Repeat("─", max(0, c.width-2)))
}

func (c *checklist) foot() []string {
	status := "looking"
	if c.seen {
		status = walk.Tally(c.report) + " · " + string(c.report.Verdict())
	}
	if c.seen && c.looking {
		status += " · looking"
	}
	keys := hint(c.theme, binding("enter", "evidence", "enter"), binding("n", "next open", "n"), binding("o", "page", "o"), c.keys.look, c.keys.quit)
	rows := []string{c.rule()}
	if c.seen && c.err != nil {
		rows = append(rows, cut(" "+c.theme.bad.Render("✗ The last look failed: "+evidence.CleanLine(c.err.Error())), c.width))
	}
	if c.notice != "" {
		rows = append(rows, cut(" "+c.theme.warn.Render(evidence.CleanLine(c.notice)), c.width))
	}
	return append(rows, cut(" "+c.theme.faint.Render(status), c.width), cut(" "+keys, c.width))
}

func (c *checklist) body(height int) []string {
	var lines []string
	switch {
	case !c.seen && c.err != nil:
		lines = wrap(c.theme.bad.Render("✗ ")+evidence.Clean(c.err.Error()), c.width-2)
	case !c.seen:
		lines = []string{" Looking at the repository, GitHub and the registries."}
	case c.detail:
		lines = c.evidence(c.report.Results[c.row], max(8, c.width-2))
		lines, c.scroll = scrolled(lines, c.scroll, height, c.theme)
	default:
		var at int
		lines, at = c.rows()
		lines = around(lines, at, height, c.theme)
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return lines
}

// rows lists the results under their steps, and tells at which line the
// cursor is.
func (c *checklist) rows() (lines []string, at int) {
	step := checks.Step("")
	for i, r := range c.report.Results {
		if r.Check.Step != step {
			step = r.Check.Step
			lines = append(lines, " "+c.theme.title.Render(string(step)))
		}
		if i == c.row {
			at = len(lines)
		}
		lines = append(lines, cut(c.line(i, r), c.width))
	}
	return lines, at
}

func (c *checklist) line(i int, r checks.Result) string {
	cursor, id := "   ", r.Check.ID
	if i == c.row {
		cursor, id = c.theme.accent.Render(" ❯ "), c.theme.strong.Render(id)
	}
	mark := c.theme.verdict(r.Verdict).Render(walk.VerdictMark(r.Verdict) + " " + pad(walk.VerdictWord(r.Verdict), 10))
	line := cursor + mark + " " + id
	if r.Subject != "" {
		line += "  " + strings.ReplaceAll(evidence.CleanLine(r.Subject), ".github/workflows/", "")
	}
	return line + c.theme.faint.Render("  "+evidence.CleanLine(r.Because))
}

// evidence is all that is known of one result.
func (c *checklist) evidence(r checks.Result, width int) []string {
	t := c.theme
	lines := []string{" " + t.title.Render(r.Check.ID) + t.faint.Render("  "+string(r.Level)), ""}
	add := func(word, text string) {
		if text != "" {
			lines = append(lines, indent(" "+t.faint.Render(pad(word, 9)), evidence.Clean(text), width)...)
		}
	}
	add("claim", r.Check.Claim)
	add("why", r.Check.Why)
	lines = append(lines, indent(" "+t.faint.Render(pad("verdict", 9)), t.verdict(r.Verdict).Render(walk.VerdictMark(r.Verdict)+" "+walk.VerdictWord(r.Verdict)), width)...)
	add("subject", r.Subject)
	add("because", r.Because)
	add("fix", r.Fix)
	if r.Where != nil {
		add("where", evidence.Source{Name: r.Where.File, Line: r.Where.Line}.String())
	}
	for _, s := range r.Seen {
		add("seen", walk.Source(s, c.now))
	}
	add("docs", "docs/checks.md#"+r.Check.ID)
	return lines
}
