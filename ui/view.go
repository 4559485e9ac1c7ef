package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// Under narrow columns the route folds into one line; under tiny ones rules
// and margins go as well.
const (
	narrow = 72
	tiny   = 40
)

// low is the height under which rules and counts make room for the step.
const low = 14

// sidebar is the width of the route when it stands beside the step.
const sidebar = 20

// View draws header, route, step and footer.
func (w *wizard) View() tea.View {
	v := tea.NewView(w.draw())
	v.AltScreen = true
	v.WindowTitle = "gh trustpub " + w.repository()
	return v
}

func (w *wizard) draw() string {
	head, foot := w.header(), w.footer()
	r := w.room()
	body := strings.Split(w.body(r), "\n")
	if w.width >= narrow {
		body = beside(w.sidebar(), body)
	}
	rows := append([]string{}, head...)
	for i := range r.height {
		line := ""
		if i < len(body) {
			line = body[i]
		}
		rows = append(rows, cut(w.margin()+line, w.width))
	}
	rows = append(rows, foot...)
	return strings.Join(rows[:min(len(rows), max(1, w.height))], "\n")
}

// room is the space that header, route and footer leave.
func (w *wizard) room() room {
	width := w.width - 2*len(w.margin())
	if w.width >= narrow {
		width -= sidebar
	}
	return room{width: max(8, width), height: max(1, w.height-len(w.header())-len(w.footer()))}
}

func (w *wizard) margin() string {
	if w.width < tiny {
		return ""
	}
	return " "
}

func (w *wizard) repository() string {
	if w.route != nil && w.route.World != nil {
		if name, ok := w.route.World.Repo.Get(); ok {
			return evidence.CleanLine(name.String())
		}
	}
	return w.opts.Repository
}

func (w *wizard) header() []string {
	left := w.theme.strong.Render("gh trustpub") + "  " + w.repository()
	if w.opts.Label != "" {
		left = spread(left, w.theme.badge.Render(w.opts.Label), w.width-2*len(w.margin()))
	}
	rows := []string{cut(w.margin()+left, w.width)}
	if w.width < narrow && w.route != nil {
		rows = append(rows, cut(w.margin()+w.folded(), w.width))
	}
	if w.height < low {
		return rows
	}
	return append(rows, w.rule())
}

func (w *wizard) rule() string {
	return w.margin() + w.theme.rule.Render(strings.Repeat("─", max(0, w.width-2*len(w.margin()))))
}

func (w *wizard) footer() []string {
	width := w.width - 2*len(w.margin())
	keys := w.stepHints()
	if w.top != nil {
		keys = w.top.hints(w.theme, w.keys)
	}
	if w.height < low {
		return []string{w.margin() + cut(keys, width)}
	}
	rows := []string{w.rule()}
	tally := w.tally()
	if tally != "" && ansi.StringWidth(tally)+ansi.StringWidth(keys)+3 <= width {
		return append(rows, w.margin()+spread(tally, keys, width))
	}
	if tally != "" {
		rows = append(rows, w.margin()+cut(tally, width))
	}
	return append(rows, w.margin()+cut(keys, width))
}

func (w *wizard) tally() string {
	if w.route == nil {
		return ""
	}
	tally := walk.Tally(w.route.Report)
	if w.looking {
		tally += " · looking"
	}
	return w.theme.faint.Render(tally)
}

func (w *wizard) stepHints() string {
	if w.route == nil {
		return hint(w.theme, w.keys.look, w.keys.quit)
	}
	if len(w.scene().Ways) == 0 {
		return hint(w.theme, binding("←→", "steps", "left"), w.keys.look, w.keys.help, w.keys.quit)
	}
	return hint(w.theme, w.keys.choose, binding("←→", "steps", "left"), w.keys.look, w.keys.help, w.keys.quit)
}

func spread(left, right string, width int) string {
	return left + strings.Repeat(" ", max(1, width-ansi.StringWidth(left)-ansi.StringWidth(right))) + right
}

func beside(left, right []string) []string {
	rows := make([]string, max(len(left), len(right)))
	for i := range rows {
		l, r := "", ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		rows[i] = pad(cut(l, sidebar-1), sidebar) + r
	}
	return rows
}
