package ui

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/ui/walk"
)

// sidebar is the route beside the step.
func (w *wizard) sidebar() []string {
	if w.route == nil {
		return nil
	}
	rows := make([]string, 0, len(w.route.Standings))
	for i, s := range w.route.Standings {
		mark, name := w.theme.state(s.State).Render(w.mark(i)), s.Step.Title
		if i == w.step {
			name = w.theme.title.Render(name)
		}
		rows = append(rows, mark+" "+name)
	}
	return rows
}

// mark is the sign of a step in the route: its state, or where we are.
func (w *wizard) mark(i int) string {
	if i == w.route.Current && w.route.Standings[i].State != "" {
		return "●"
	}
	return walk.StateMark(w.route.Standings[i].State)
}

// folded is the route in one line, for narrow terminals.
func (w *wizard) folded() string {
	marks := make([]string, 0, len(w.route.Standings))
	for i, s := range w.route.Standings {
		marks = append(marks, w.theme.state(s.State).Render(w.mark(i)))
	}
	place := fmt.Sprintf("%d of %d  ", w.step+1, len(w.route.Standings))
	return w.theme.faint.Render(place) + w.theme.title.Render(w.scene().Step.Title) + "  " + strings.Join(marks, "")
}
