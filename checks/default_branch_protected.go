package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func defaultBranchProtected() Check {
	return Check{
		ID: "default-branch-protected", Step: Environment, Level: Safe,
		Claim: "The default branch cannot be rewritten by everybody who may push.",
		Why:   "The workflow that publishes is read from it, and rehearsals run on it: its history is what a review of a release can be held against.",
		Judge: judgeBranch,
	}
}

func judgeBranch(c *Case) []Finding {
	fact := c.World.GitHub.DefaultBranch
	branch, ok := fact.Get()
	if !ok {
		return []Finding{c.blindByPlan("", "what guards the default branch", fact)}
	}
	subject, guards := "branch "+branch.Branch, c.BranchGuards()
	switch {
	case len(guards) > 0:
		return []Finding{finding(OK, subject, "%s: %s", branch.Branch, strings.Join(guards, ", ")).seen(looked(branch)...)}
	case branch.Rules.Unknown():
		return []Finding{c.blindByPlan(subject, "which rules are in force on "+branch.Branch, branch.Rules)}
	case branch.Classic.Unknown():
		return []Finding{c.blindByPlan(subject, "no ruleset guards "+branch.Branch+"; whether branch protection does", branch.Classic)}
	}
	return []Finding{finding(Wrong, subject, "nothing keeps %s from being rewritten by a forced push", branch.Branch).seen(looked(branch)...).
		advise("add a branch ruleset for the default branch that blocks force pushes and restricts deletions; `gh trustpub` can add it")}
}

// looked are the places where guards of a branch were seen, or seen not to be.
func looked(b evidence.BranchProtection) []evidence.Source {
	sources := []evidence.Source{b.Rules.Source()}
	if !b.Classic.Unknown() {
		sources = append(sources, b.Classic.Source())
	}
	return sources
}

// BranchGuards names what keeps the default branch from being rewritten by a
// push, as far as it is seen; none when nothing is seen to.
func (c *Case) BranchGuards() []string {
	branch := c.World.GitHub.DefaultBranch.Or(evidence.BranchProtection{})
	var guards []string
	add := func(on bool, what string) {
		if on && !slices.Contains(guards, what) {
			guards = append(guards, what)
		}
	}
	for _, r := range branch.Rules.Or(nil) {
		set := c.ruleset(r.RulesetID)
		if passedByAll(set) {
			continue
		}
		add(r.Type == "non_fast_forward", byRuleset(set, "blocks force pushes"))
		add(r.Type == "pull_request", byRuleset(set, "asks for pull requests"))
		add(r.Type == "update", byRuleset(set, "restricts updates"))
	}
	if classic, ok := branch.Classic.Get(); ok {
		add(!classic.AllowForcePush, "branch protection blocks force pushes")
		add(classic.PullRequests, "branch protection asks for pull requests")
		add(classic.RestrictsPushes, "branch protection says who may push")
	}
	return guards
}

// ruleset is the ruleset of an id, as far as it was seen.
func (c *Case) ruleset(id int64) evidence.Ruleset {
	for _, s := range c.World.GitHub.Rulesets.Or(nil) {
		if s.ID == id {
			return s
		}
	}
	return evidence.Ruleset{}
}

func byRuleset(s evidence.Ruleset, what string) string {
	if s.Name == "" {
		return "a ruleset " + what
	}
	return fmt.Sprintf("the ruleset %q %s", s.Name, what)
}
