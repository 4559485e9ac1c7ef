package steps

import (
	"maps"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/repair"
)

const repairMessage = "Repair the workflow that publishes"

// settled are the publishers as the repairs leave the files; what a repair writes
// is told as its own.
func (l *layout) settled() []identity.Publisher {
	all := slices.Clone(l.repairs.Publishers)
	for i, p := range all {
		for _, before := range l.Report.Publishers {
			if before.Subject() == p.Subject() && before.Environment != p.Environment {
				all[i].Origin = maps.Clone(p.Origin)
				all[i].Origin[identity.FieldEnvironment] += " once it is repaired"
			}
		}
	}
	return all
}

// needsRepair says whether a workflow file has a problem, and whoever maintains
// it has not passed the step by.
func (l *layout) needsRepair() bool {
	_, skipped := l.Memory.Skips[string(checks.Workflow)]
	return !skipped && (l.publishes() || l.mayPublishUnseen()) && slices.ContainsFunc(l.results(checks.Workflow), func(r checks.Result) bool { return r.Verdict == checks.Wrong })
}

// repair offers the edits that put the workflow files right, and says what no
// edit can. What is advice alone is offered and is no part of a plan. It gives
// what all that is to be done waits for; "" for nothing.
func (l *layout) repair(s *Scene) (waits string) {
	left := byHand(l.byHand())
	s.Now = append(s.Now, left...)
	if edits, advice := l.edits(s); len(edits) > 0 {
		s.Ways = l.deliver(settlesWorkflow, repairMessage, edits)
		if s.State == Todo && len(left) == 0 {
			waits = awaits(s.Ways)
		}
		for i, w := range s.Ways {
			s.Ways[i].Offer = w.Offer || advice && w.Waits == ""
		}
	}
	s.Ways = append(s.Ways, l.correcting()...)
	return waits
}

// edits are the repaired files, shown in the scene, and whether they are for
// nothing but advice.
func (l *layout) edits(s *Scene) (edits []fileEdit, advice bool) {
	advice = true
	for _, f := range l.repairs.Files {
		e := fileEdit{path: f.Path, before: f.Before, after: f.After, preview: l.reasons(f)}
		edits = append(edits, e)
		s.Preview = append(s.Preview, e.preview...)
		s.Wanted = append(s.Wanted, mended(f)...)
		advice = advice && adviceAlone(s.Results, f)
	}
	return edits, advice
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

// byHand are the results that nothing here repairs: what the environment decides is
// the environment step's.
func (l *layout) byHand() []repair.ByHand {
	return slices.DeleteFunc(slices.Clone(l.repairs.ByHand), func(h repair.ByHand) bool { return h.Result.Check.ID == admission })
}

// byHand tells what no edit repairs, and why.
func byHand(left []repair.ByHand) []Line {
	var lines []Line
	for _, h := range left {
		if h.Result.Level != checks.Advice {
			lines = append(lines, Line{Text: "By hand: " + sentence(h)})
		}
	}
	return lines
}

func sentence(h repair.ByHand) string {
	text := h.Result.Check.ID + ": " + h.Result.Because + ". It is not repaired here: " + h.Why + "."
	if h.Do != "" {
		text += " To do: " + h.Do + "."
	}
	return text
}

// correcting are the pages on which files are edited whose problems nothing here
// repairs, one a file.
func (l *layout) correcting() []Way {
	var ways []Way
	notes := map[string]string{}
	for _, h := range l.byHand() {
		if w := h.Result.Where; w != nil && h.Result.Level != checks.Advice {
			notes[w.File] = strings.TrimSpace(notes[w.File] + " " + sentence(h))
		}
	}
	for _, file := range slices.Sorted(maps.Keys(notes)) {
		if slices.ContainsFunc(l.repairs.Files, func(f repair.File) bool { return f.Path == file }) {
			notes[file] = "Lines are those of the file once it is repaired. " + notes[file]
		}
		ways = append(ways, Way{Kind: Page, Settles: settlesWorkflow + ":" + file, Label: "Correct " + file + " by hand", Help: "Opens the file on GitHub, to be edited there.",
			Open: &PageLink{Title: file, URL: l.github("edit/" + l.branch + "/" + file), Note: notes[file]}})
	}
	return ways
}
