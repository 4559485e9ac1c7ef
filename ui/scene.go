package ui

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/report"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk"
)

// body is what stands between header and footer: the screen on top, or the
// step with its ways always in sight.
func (w *wizard) body(r room) string {
	switch {
	case w.top != nil:
		return w.top.view(r.width, r.height, w.theme)
	case w.route == nil:
		return strings.Join(w.first(r.width), "\n")
	}
	above := w.about(w.scene(), r.width)
	ways, at := w.ways(r.width)
	ways = around(ways, at, r.height-1-min(len(above), r.forAbout()), w.theme)
	window, scroll := scrolled(above, w.scroll, r.height-len(ways)-1, w.theme)
	w.scroll = scroll
	return strings.Join(append(append(window, ""), ways...), "\n")
}

// cramped is a room in which the ways on matter more than what is told above them.
const cramped = 12

// forAbout is how many lines what is seen may take before the list of ways gives
// way to it: what one decides on comes first.
func (r room) forAbout() int {
	if r.height < cramped {
		return r.height * 2 / 5
	}
	return r.height * 3 / 5
}

// first is the screen before anything was seen.
func (w *wizard) first(width int) []string {
	lines := wrap("Looking at the repository, GitHub and the registries.", width)
	lines = append(append(lines, ""), wrap(w.theme.faint.Render(walk.ReadsOnly), width)...)
	if w.err != nil {
		lines = append(append(lines, ""), wrap(w.theme.bad.Render("✗ ")+evidence.Clean(w.err.Error()), width)...)
	}
	return lines
}

// about is all of a step but its ways.
func (w *wizard) about(s steps.Scene, width int) []string {
	t := w.theme
	title := fmt.Sprintf("%d  %s", w.step+1, s.Step.Title)
	lines := []string{t.title.Render(title) + t.faint.Render("  "+string(s.State))}
	lines = append(append(lines, wrap(s.Step.Why, width)...), "")
	if w.step == 0 && w.route.Current == 0 {
		lines = append(append(lines, wrap(t.faint.Render(walk.ReadsOnly), width)...), "")
	}
	if w.route.Current >= len(w.route.Scenes) {
		lines = append(append(lines, wrap(w.conclusion(), width)...), "")
	}
	if w.err != nil {
		lines = append(append(lines, wrap(t.bad.Render("✗ The last look failed: ")+evidence.Clean(w.err.Error()), width)...), "")
	}
	lines = append(lines, w.block("now", s.Now, width)...)
	lines = append(lines, w.block("wanted", s.Wanted, width)...)
	if len(s.Preview) > 0 {
		lines = append(append(lines, ""), boxed(preview(s.Preview, width-4, t), width, t)...)
	}
	return lines
}

// conclusion is what the whole route came to.
func (w *wizard) conclusion() string {
	verdict := w.route.Report.Verdict()
	style := w.theme.warn
	if verdict == checks.Ready {
		style = w.theme.good
	}
	return style.Render("The route is done. " + report.Conclusion(w.route.Report))
}

// block is a list of lines under a word at the left.
func (w *wizard) block(word string, lines []steps.Line, width int) []string {
	var out []string
	for i, l := range lines {
		head := strings.Repeat(" ", 8)
		if i == 0 {
			head = pad(w.theme.faint.Render(word), 8)
		}
		if width < tiny {
			head = ""
		}
		out = append(out, indent(head, w.line(l), width)...)
	}
	return out
}

func (w *wizard) line(l steps.Line) string {
	text := evidence.CleanLine(l.Text)
	if l.Mark != "" {
		text = w.theme.verdict(l.Mark).Render(walk.VerdictMark(l.Mark)) + " " + text
	}
	if source := walk.Source(l.Source, w.now); source != "" {
		text += "  " + w.theme.faint.Render(source)
	}
	return text
}

// ways is the list of ways on, with the help of the one under the cursor and
// what just happened, and the line at which the cursor is.
func (w *wizard) ways(width int) (lines []string, at int) {
	if w.notice != "" {
		lines = append(append(lines, wrap(w.theme.warn.Render(evidence.Clean(w.notice)), width)...), "")
	}
	for i, way := range w.scene().Ways {
		number := fmt.Sprintf("%d ", i+1)
		if i != w.way {
			lines = append(lines, cut("  "+w.theme.faint.Render(number)+evidence.CleanLine(way.Label), width))
			continue
		}
		at = len(lines)
		lines = append(lines, cut(w.theme.accent.Render("❯ "+number)+w.theme.strong.Render(evidence.CleanLine(way.Label)), width))
		if way.Help != "" && width >= tiny {
			lines = append(lines, indent("    ", w.theme.faint.Render(evidence.Clean(way.Help)), width)...)
		}
	}
	return lines, at
}

// preview draws a diff; + and - carry the meaning, colour repeats it.
func preview(diff []change.DiffLine, width int, t theme) []string {
	var lines []string
	for _, d := range change.Briefly(diff) {
		text := string(d.Op) + " " + evidence.Clean(strings.ReplaceAll(d.Text, "\t", "    "))
		switch d.Op {
		case '+':
			text = t.good.Render(text)
		case '-':
			text = t.bad.Render(text)
		}
		if d.Origin != "" {
			text += "  " + t.faint.Render("from "+evidence.CleanLine(d.Origin))
		}
		lines = append(lines, indentAll(text, width)...)
	}
	return lines
}

// indentAll wraps a diff line so that its text stays behind the sign.
func indentAll(text string, width int) []string {
	lines := wrap(text, width)
	for i := 1; i < len(lines); i++ {
		lines[i] = cut("  "+lines[i], width)
	}
	return lines
}

func boxed(lines []string, width int, t theme) []string {
	return strings.Split(t.box.Width(width).Render(strings.Join(lines, "\n")), "\n")
}
