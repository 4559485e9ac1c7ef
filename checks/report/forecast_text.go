package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// fates are how a fate is shown: with the signs of verdicts, and words of its
// own.
var fates = map[checks.Fate]mark{
	checks.Passes:  {marks[checks.OK].sign, "passes", marks[checks.OK].style},
	checks.Waits:   {marks[checks.Waiting].sign, "waits", marks[checks.Waiting].style},
	checks.Refused: {marks[checks.Wrong].sign, "refused", marks[checks.Wrong].style},
	checks.Skipped: {marks[checks.NotApplicable].sign, "skipped", marks[checks.NotApplicable].style},
	checks.Open:    {marks[checks.Unknown].sign, "unknown", marks[checks.Unknown].style},
}

// ForecastText writes a forecast for people: run by run, job by job, registry
// by registry. width is in cells, 0 is 80.
func ForecastText(w io.Writer, f checks.Forecast, width int, color bool) error {
	if width == 0 {
		width = 80
	}
	p := &printer{width: max(width, narrowest), color: color}
	p.question(f)
	for _, r := range f.Runs {
		p.run(r)
	}
	if len(f.Runs) == 0 {
		p.out.WriteByte('\n')
		p.wrapped("", "No run that publishes would start.")
	}
	for _, i := range f.Idle {
		p.wrapped("  - ", "not started: "+line(i.File)+": "+line(i.Because))
	}
	p.out.WriteByte('\n')
	p.wrapped("", OutlookLine(f))
	if _, err := io.WriteString(w, p.out.String()); err != nil {
		return fmt.Errorf("writing the forecast: %w", err)
	}
	return nil
}

func (p *printer) question(f checks.Forecast) {
	p.wrapped("", questionLine(f))
	if f.Origin != "" {
		p.wrapped("  ", line(f.Origin))
	}
	p.wrapped("  ", line(f.Files))
	if len(f.Differs) > 0 {
		p.wrapped("  ", "not the same on the default branch: "+strings.Join(lines(f.Differs), ", "))
	}
	for _, r := range f.Remarks {
		lead := "  "
		if r.Verdict != checks.OK {
			lead += marks[r.Verdict].sign + " "
		}
		p.wrapped(lead, line(r.Text))
		if r.Fix != "" {
			p.wrapped(indent, "fix: "+line(r.Fix))
		}
	}
}

func questionLine(f checks.Forecast) string {
	kind := workflow.RefType(f.Ref)
	if strings.HasPrefix(f.Ref, "refs/pull/") {
		kind = "ref"
	}
	if f.Event != "" && f.Event != "push" {
		return fmt.Sprintf("If %s happened now at the %s %s:", line(f.Event), kind, line(workflow.ShortRef(f.Ref)))
	}
	return fmt.Sprintf("If the %s %s were pushed now:", kind, line(workflow.ShortRef(f.Ref)))
}

func (p *printer) run(r checks.RunForecast) {
	p.out.WriteByte('\n')
	m := fates[r.Fate]
	p.block(p.styled(m.sign, m.style)+" ", runTitle(r), "  ")
	p.wrapped("  ", line(r.Because))
	for _, j := range r.Jobs {
		p.fate("  ", j.Fate, line(j.Subject))
		p.reason(indent, j.Because, j.Text, "GitHub")
		if j.Fix != "" {
			p.wrapped(indent, "fix: "+line(j.Fix))
		}
		for _, reg := range j.Registries {
			p.registry(reg)
		}
	}
}

func runTitle(r checks.RunForecast) string {
	event, does := line(r.Event), " starts "
	switch {
	case r.Fate == checks.Refused:
		return line(r.File) + " is refused at " + line(r.Ref)
	case r.Fate == checks.Open:
		does = " may start "
	}
	if r.Event == "release" {
		event = "a release published for it"
	}
	return event + does + line(r.File) + " at " + line(r.Ref)
}

func (p *printer) registry(r checks.RegistryForecast) {
	title := r.Registry.Title()
	if !r.Uploads {
		title += ", token only: nothing is uploaded"
	}
	p.fate("    ", r.Fate, title)
	p.reason("      ", r.Because, r.Text, r.Registry.Title())
	for _, pkg := range r.Packages {
		name := line(pkg.Name)
		if r.Uploads {
			name = strings.TrimRight(name+" "+line(pkg.Version), " ")
		}
		p.fate("      ", pkg.Fate, name)
		p.reason("        ", pkg.Because, pkg.Text, r.Registry.Title())
	}
}

// reason writes why, and the words that somebody would use.
func (p *printer) reason(lead, because, text, who string) {
	if because != "" {
		p.wrapped(lead, line(because))
	}
	if text != "" {
		p.wrapped(lead, who+" would say: "+line(text))
	}
}

func (p *printer) fate(lead string, f checks.Fate, title string) {
	m := fates[f]
	word := m.sign + " " + m.word
	p.block(lead+p.styled(word, m.style)+"  ", title, strings.Repeat(" ", ansi.StringWidth(lead+word)+2))
}

// OutlookLine is the answer in one sentence.
func OutlookLine(f checks.Forecast) string {
	switch f.Outlook() {
	case checks.WouldPublish:
		if !uploads(f) {
			return "It would get its tokens and publish nothing."
		}
		return "It would publish."
	case checks.WouldFail:
		return "It would not publish all: something is refused, or fails."
	case checks.NothingPublishes:
		return "Nothing would be published: no run comes to a registry."
	}
	return "Nothing that was seen refuses it; a person must approve, or not all could be seen."
}

func uploads(f checks.Forecast) bool {
	for _, r := range f.Runs {
		for _, j := range r.Jobs {
			for _, reg := range j.Registries {
				if reg.Uploads {
					return true
				}
			}
		}
	}
	return false
}

// ForecastStatus is the process's exit status for a forecast: 0 it would
// publish, 1 something is refused or nothing publishes, 8 a person must approve
// or not all could be seen.
func ForecastStatus(f checks.Forecast) int {
	switch f.Outlook() {
	case checks.WouldPublish:
		return 0
	case checks.Uncertain:
		return 8
	}
	return 1
}
