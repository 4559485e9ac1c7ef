package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	narrowest = 40
	wordWidth = 8 // "problem" and a space
	indent    = "    "
)

// Text writes the report for people: a group for each step, a mark and a word
// for each result, and what to do. width is in cells, 0 is 80; color adds
// colours, which say nothing that the words do not.
func Text(w io.Writer, r checks.Report, width int, color bool) error {
	if width == 0 {
		width = 80
	}
	p := &printer{width: max(width, narrowest), color: color}
	for _, step := range checks.Steps() {
		p.step(step, r.Results)
	}
	p.closing(r)
	if _, err := io.WriteString(w, p.out.String()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

type printer struct {
	out   strings.Builder
	width int
	color bool
}

func (p *printer) step(step checks.Step, all []checks.Result) {
	var idle, dark []string
	why := ""
	first := true
	folds := foldsOf(all)
	for _, res := range all {
		switch {
		case res.Check.Step != step:
		case res.Verdict == checks.NotApplicable:
			idle = append(idle, res.Check.ID)
		case res.Verdict == checks.Unknown && res.Subject == "" && res.Because == why:
			dark = append(dark, res.Check.ID)
		default:
			if res.Verdict == checks.Unknown && res.Subject == "" && why == "" {
				why = res.Because
			}
			if first {
				p.heading(step)
				first = false
			}
			switch hidden, here := folds.take(res); {
			case hidden == 0:
				p.result(res)
			case here:
				p.wrapped("  - ", fmt.Sprintf("%s: %d more like these are %s; --json names each", res.Check.ID, hidden, res.Verdict))
			}
		}
	}
	if len(dark) > 0 {
		p.wrapped("  - ", "not judged for the same reason: "+strings.Join(slices.Compact(dark), ", "))
	}
	if len(idle) > 0 {
		if first {
			p.heading(step)
		}
		p.wrapped("  - ", "nothing to judge: "+strings.Join(slices.Compact(idle), ", "))
	}
}

func (p *printer) heading(step checks.Step) {
	if p.out.Len() > 0 {
		p.out.WriteByte('\n')
	}
	title := strings.ReplaceAll(string(step), "-", " ")
	title = strings.ToUpper(title[:1]) + title[1:]
	p.out.WriteString(p.styled(title, ansi.NewStyle().Bold()) + "\n")
}

func (p *printer) result(res checks.Result) {
	title := res.Check.ID
	if res.Subject != "" {
		title += "  " + line(res.Subject)
	}
	if res.Level == checks.Advice {
		title += "  (advice)"
	}
	p.marked(res.Verdict, title)
	p.wrapped(indent, line(res.Because)+sources(res))
	if res.Fix != "" {
		p.wrapped(indent, "fix: "+line(res.Fix))
	}
	if res.Where != nil {
		p.wrapped(indent, fmt.Sprintf("at:  %s:%d", line(res.Where.File), res.Where.Line))
	}
}

// sources names where the verdict was seen.
func sources(res checks.Result) string {
	var names []string
	for _, s := range res.Seen {
		if n := line(s.String()); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " [" + strings.Join(names, ", ") + "]"
}

func (p *printer) marked(v checks.Verdict, title string) {
	m := marks[v]
	word := m.sign + " " + m.word
	lead := "  " + p.styled(word, m.style) + strings.Repeat(" ", max(1, 2+wordWidth-ansi.StringWidth(word)))
	p.block(lead, title, strings.Repeat(" ", 2+2+wordWidth))
}

func (p *printer) wrapped(lead, text string) {
	p.block(lead, text, strings.Repeat(" ", len(lead)))
}

// block writes text behind a lead, its further lines indented.
func (p *printer) block(lead, text, further string) {
	lines := strings.Split(ansi.Wrap(text, p.width-ansi.StringWidth(further), ""), "\n")
	for i, l := range lines {
		if i == 0 {
			p.out.WriteString(lead)
		} else {
			p.out.WriteString(further)
		}
		p.out.WriteString(strings.TrimRight(l, " ") + "\n")
	}
}

func (p *printer) styled(s string, style ansi.Style) string {
	if !p.color {
		return s
	}
	return style.Styled(s)
}

func (p *printer) closing(r checks.Report) {
	p.out.WriteByte('\n')
	p.wrapped("", Summary(r))
	p.wrapped("", judgedLine(r))
	p.wrapped("", Conclusion(r))
}

// Summary counts the results of the levels works and safe in one line.
func Summary(r checks.Report) string {
	parts := []string{fmt.Sprintf("%d ok", r.Count(checks.OK)), fmt.Sprintf("%d to fix", r.Count(checks.Wrong))}
	for _, c := range []struct {
		verdict checks.Verdict
		word    string
	}{{checks.Waiting, "waiting"}, {checks.Said, "said"}, {checks.Unknown, "cannot see"}} {
		if n := r.Count(c.verdict); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, c.word))
		}
	}
	return strings.Join(parts, " · ")
}

func judgedLine(r checks.Report) string {
	if r.World == nil {
		return "Nothing was looked at."
	}
	what := "the working tree"
	if r.Mode != evidence.Offline {
		what = "the workflow files"
	}
	c, ok := r.World.Judged.Get()
	if !ok {
		return fmt.Sprintf("Judged %s (%s); at which commit is not known.", what, r.Mode)
	}
	ref := line(c.Ref)
	if ref == "" {
		ref = "a detached HEAD"
	}
	return fmt.Sprintf("Judged %s (%s) at %s %s.", what, r.Mode, ref, line(c.SHA))
}

// Conclusion is the verdict as a sentence.
func Conclusion(r checks.Report) string {
	switch v := r.Verdict(); {
	case r.Narrowed && v == checks.Ready:
		return "The checks that were asked for are ok; the others were not judged."
	case r.Narrowed && v == checks.Unproven:
		return "The checks that were asked for find nothing wrong, but not all of it was seen; the others were not judged."
	case v == checks.Ready:
		return "Ready: only this repository's workflow publishes, and it was seen to."
	case v == checks.Problems:
		return "Not ready: something is to be fixed."
	}
	return "Not proven: nothing is wrong, but not all of it was seen."
}
