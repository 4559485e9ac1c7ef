package steps

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// limits is what cannot be had here: by the owner's plan, or because GitHub did
// not store it when it was asked to.
type limits struct {
	checks.Limits
	// noBypass is whether GitHub does not keep administrators from passing the
	// rules by.
	noBypass bool
	// why is a sentence on it; "" for no limits.
	why    string
	source evidence.Source
}

func (l *layout) limits() limits {
	lim := limits{Limits: l.Case.Limits()}
	lim.source = lim.Source
	switch {
	case lim.NoEnvironments:
		lim.why = lim.On() + ", which has no environments for private repositories: nothing can hold a release up there"
		return lim
	case lim.NoReviews:
		lim.why = lim.On() + ", which has no required reviewers and no wait timers for private repositories; what it has is set up"
	}
	missing := l.notStored()
	if len(missing) == 0 || !l.World.GitHub.Repository.Or(evidence.Repository{}).Private {
		return lim
	}
	lim.noBypass = slices.ContainsFunc(missing, isBypass)
	lim.NoReviews = lim.NoReviews || slices.ContainsFunc(missing, func(what string) bool { return !isBypass(what) })
	if lim.why == "" {
		lim.why = "GitHub did not store " + strings.Join(missing, ", ") + " when it was asked to; the plan of a private repository's owner may not have that"
	}
	return lim
}

func isBypass(what string) bool { return strings.HasPrefix(what, change.MissingBypass) }

// notStored is what GitHub left out of the environments when they were written
// last.
func (l *layout) notStored() []string {
	var all []string
	for _, name := range l.environments() {
		for _, what := range l.Memory.Missing["environment:"+name] {
			if !slices.Contains(all, what) {
				all = append(all, what)
			}
		}
	}
	return all
}

// beyondPlan are the checks that nothing can make ok under the limits.
func (lim limits) beyondPlan() []string {
	var out []string
	if lim.NoReviews {
		out = append(out, "environment-has-reviewers")
	}
	if lim.noBypass {
		out = append(out, "admins-cannot-bypass")
	}
	return out
}

// planPage is where the plan is changed, and leaves that to a person.
func (l *layout) planPage(lim limits) Way {
	address := "https://" + l.repo.Host + "/settings/billing/plans"
	if l.World.GitHub.Repository.Or(evidence.Repository{}).OwnerType == "Organization" {
		address = "https://" + l.repo.Host + "/organizations/" + l.repo.Owner + "/billing/plans"
	}
	page := &PageLink{Title: "Plans of " + l.repo.Owner, URL: address, Note: lim.why + ". A public repository has all of it."}
	return Way{Kind: Page, Settles: "plan", Label: "Open the page of plans", Help: page.Note, Open: page}
}
