package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Limits is what the plan of a private repository's owner does not have for it.
type Limits struct {
	// Owner and Plan name them; "" where nothing is known to be limited.
	Owner, Plan string
	// NoEnvironments is whether there are none, and NoReviews whether they have no
	// required reviewers and no wait timers.
	NoEnvironments, NoReviews bool
	Source                    evidence.Source
}

// Limits judges by the owner's plan, as far as GitHub tells it: Free has no
// environments for private repositories, Pro and Team have them without required
// reviewers and wait timers (docs.github.com, "Managing environments for
// deployment", read 2026-08). A plan of another name is not taken to lack
// anything.
func (c *Case) Limits() Limits {
	repo := c.World.GitHub.Repository.Or(evidence.Repository{})
	plan, known := c.World.GitHub.Plan.Get()
	if !known || !repo.Private {
		return Limits{}
	}
	l := Limits{Owner: repo.Name.Owner, Plan: plan, Source: c.World.GitHub.Plan.Source()}
	l.NoEnvironments = plan == "free"
	l.NoReviews = slices.Contains([]string{"free", "pro", "team"}, plan)
	return l
}

// On names the plan: "acme is on the plan team".
func (l Limits) On() string { return l.Owner + " is on the plan " + l.Plan }

// blindByPlan is blind, as advice where the plan does not have what is asked
// for: then no change of settings would help.
func (c *Case) blindByPlan(subject, what string, fact unseen) Finding {
	f := c.blind(subject, what, fact)
	if lacksPlan(fact.Reason()) {
		return f.as(Advice).advise("make the repository public, or take a plan that has rulesets for private ones: until then the environment is the only gate")
	}
	return f
}

// lacksPlan says whether GitHub refused because of the plan: "Upgrade to GitHub
// Pro or make this repository public to enable this feature." (its answer 403
// for rulesets and branch protection of a private repository on Free).
func lacksPlan(reason string) bool {
	return slices.ContainsFunc([]string{"Upgrade to GitHub", "billing plan"}, func(s string) bool { return strings.Contains(reason, s) })
}
