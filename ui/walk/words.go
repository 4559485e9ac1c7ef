package walk

import (
	"fmt"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// ReadsOnly is the promise of the first screen.
const ReadsOnly = "This only reads, until you say yes to a change that you have seen."

// Kept is said when the maintainer leaves.
const Kept = "Everything is kept: what is done stands in the world, and the next start goes on from there."

// LeftOut says what was not done because of a no; "" for nothing.
func LeftOut(changes []change.Change) string {
	if len(changes) == 0 {
		return ""
	}
	var titles []string
	for _, c := range changes {
		titles = append(titles, evidence.CleanLine(c.Title))
	}
	return "Not done, as you said: " + strings.Join(titles, "; ") + "."
}

// VerdictMark is the sign of a verdict; each verdict has one of its own.
func VerdictMark(v checks.Verdict) string {
	switch v {
	case checks.OK:
		return "✓"
	case checks.Wrong:
		return "✗"
	case checks.Waiting:
		return "…"
	case checks.Said:
		return "“"
	case checks.Unknown:
		return "?"
	case checks.NotApplicable:
		return "-"
	}
	return " "
}

// VerdictWord is the verdict as screens spell it.
func VerdictWord(v checks.Verdict) string {
	switch v {
	case checks.Wrong:
		return "to fix"
	case checks.Unknown:
		return "cannot see"
	case checks.NotApplicable:
		return "not here"
	}
	return string(v)
}

// StateMark is the sign of a step's state.
func StateMark(s steps.State) string {
	switch s {
	case steps.Done:
		return "✓"
	case steps.Waiting:
		return "…"
	case steps.Skipped:
		return "»"
	case steps.Blind:
		return "?"
	}
	return "·"
}

// Tally is the closing line of every screen: "19 ok · 3 to fix · …".
func Tally(r checks.Report) string {
	line := fmt.Sprintf("%d ok", r.Count(checks.OK))
	for _, v := range []checks.Verdict{checks.Wrong, checks.Waiting, checks.Said, checks.Unknown} {
		if n := r.Count(v); n > 0 {
			line += fmt.Sprintf(" · %d %s", n, VerdictWord(v))
		}
	}
	return line
}

// Source is a place and the age of what was seen there.
func Source(s evidence.Source, now time.Time) string {
	name := evidence.CleanLine(s.String())
	if s.At.IsZero() || name == "" {
		return name
	}
	return name + " " + Age(now.Sub(s.At))
}

// Age is a duration as a person says it: "2s ago".
func Age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%ds ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm ago", int(d.Minutes()))
	}
	return fmt.Sprintf("%dh ago", int(d.Hours()))
}
