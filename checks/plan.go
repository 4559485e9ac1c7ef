package checks

import (
	"slices"
	"strings"
)

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
