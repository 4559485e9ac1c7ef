package steps

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// stricter offers what stricter profiles add, once a trusted release was proven:
// before that, less can stand in its way.
func (l *layout) stricter() []Way {
	if !l.proven() {
		return nil
	}
	var ways []Way
	for _, profile := range l.above() {
		strict := *l
		strict.profile, strict.profileOrigin = profile, chosen
		if w, ok := strict.raise(); ok {
			ways = append(ways, w)
		}
	}
	return ways
}

// proven says whether every package's last release was a trusted one.
func (l *layout) proven() bool {
	results := l.Report.Of("last-release-trusted")
	return len(results) > 0 && !slices.ContainsFunc(results, func(r checks.Result) bool { return r.Verdict != checks.OK })
}

// above are the profiles that are stricter than the one that is chosen, and do
// not lock the maintainer out.
func (l *layout) above() []Profile {
	var profiles []Profile
	if l.profile == Start {
		profiles = append(profiles, Solo)
	}
	if l.profile != Team && len(l.possibleReviewers()) >= 2 {
		profiles = append(profiles, Team)
	}
	return profiles
}

// raise is the way to the layout's own profile; none where that adds nothing.
func (l *layout) raise() (Way, bool) {
	defaults := l.environmentDefaults()
	changes, err := l.hardenings(defaults)
	if err != nil || len(changes) == 0 {
		return Way{}, false
	}
	name := string(l.profile)
	w := l.harden(defaults)
	w.Label, w.Offer = "Make it as strict as the profile "+name+" asks", true
	w.Help = "Adds " + added(changes) + ". A release was proven, so that less can go wrong now. The choice is remembered."
	w.Prepare = func(a Answers) ([]change.Change, error) {
		changes, err := l.hardenings(a)
		if err != nil {
			return nil, err
		}
		choices := l.choices()
		choices.Profile = name
		return append(changes, l.Remember(choices)), nil
	}
	return w, true
}

// added names what changes would add, and nothing that is there.
func added(changes []change.Change) string {
	var all []string
	for _, c := range changes {
		for _, line := range c.Preview {
			if line.Op == '+' {
				all = with(all, line.Text)
			}
		}
	}
	return strings.Join(all, "; ")
}
