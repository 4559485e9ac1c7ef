package steps

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/repair"
)

const repairMessage = "Repair the workflow that publishes"

// repair offers the edits that put the workflow files right, and says what no
// edit can. What is advice alone is offered and is no part of a plan. It gives
// what all that is to be done waits for; "" for nothing.
func (l *layout) repair(s *Scene) (waits string) {
	if !needsRepair(s.Results) {
		return ""
	}
	found := repair.Propose(repair.Basis{World: l.World, Pin: l.pin})
	var edits []fileEdit
	advice := true
	for _, f := range found.Files {
		e := fileEdit{path: f.Path, before: f.Before, after: f.After, preview: l.reasons(f)}
		edits = append(edits, e)
		s.Preview = append(s.Preview, e.preview...)
		s.Wanted = append(s.Wanted, mended(f)...)
		advice = advice && adviceAlone(s.Results, f)
	}
	left := byHand(found.ByHand)
	s.Now = append(s.Now, left...)
	if len(edits) == 0 {
		return ""
	}
	s.Ways = l.deliver(settlesWorkflow, repairMessage, edits)
	if s.State == Todo && len(left) == 0 {
		waits = awaits(s.Ways)
	}
	for i, w := range s.Ways {
		s.Ways[i].Offer = w.Offer || advice && w.Waits == ""
	}
	return waits
}

// reasons shows the edits of a file with the checks that they answer, and where
// the commit of an action comes from.
func (l *layout) reasons(f repair.File) []change.DiffLine {
	lines := change.DiffBecause(f.Path, string(f.Before), string(f.After), f.Added, f.Dropped)
	for i, pinned := range l.withOrigins(change.Diff(f.Path, string(f.Before), string(f.After))) {
		if pinned.Origin != "" {
			lines[i].Origin += "; " + pinned.Origin
		}
	}
	return lines
}

func needsRepair(results []checks.Result) bool {
	for _, r := range results {
		if r.Verdict == checks.Wrong {
			return true
		}
	}
	return false
}

// adviceAlone says whether a file is repaired for nothing but advice.
func adviceAlone(results []checks.Result, f repair.File) bool {
	for _, m := range f.Mended {
		for _, r := range results {
			if r.Check.ID == m.Check && r.Verdict == checks.Wrong && r.Level != checks.Advice {
				return false
			}
		}
	}
	return true
}

// mended tells what the repairs of a file do, and what has to be known of them.
func mended(f repair.File) []Line {
	var lines []Line
	told := map[string]bool{}
	for _, m := range f.Mended {
		lines = append(lines, wanted("repair", m.Done, m.Check))
		for _, note := range m.Notes {
			if !told[note] {
				told[note] = true
				lines = append(lines, Line{Text: note})
			}
		}
	}
	return lines
}

// byHand tells what no edit repairs, and why, with the thing to do.
func byHand(left []repair.ByHand) []Line {
	var lines []Line
	for _, h := range left {
		if h.Result.Level == checks.Advice {
			continue
		}
		text := fmt.Sprintf("By hand: %s: %s", h.Result.Check.ID, strings.TrimSuffix(h.Why, "."))
		if h.Do != "" {
			text += ". " + h.Do
		}
		lines = append(lines, Line{Text: text})
	}
	return lines
}
