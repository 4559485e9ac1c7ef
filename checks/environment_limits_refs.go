package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func environmentLimitsRefs() Check {
	return Check{
		ID: "environment-limits-refs", Step: Environment, Level: Safe,
		Claim: "Only chosen branches and tags may use the environment.",
		Why:   "A dispatch runs the workflow file of the ref that it names, so anybody who can push a branch brings a file of their own: only the environment's policy binds.",
		Judge: func(c *Case) []Finding {
			return c.eachEnvironment("which refs the environment lets in", judgeRefs)
		},
	}
}

func judgeRefs(c *Case, e evidence.Environment, src evidence.Source) Finding {
	switch e.Policy {
	case evidence.RefsProtected:
		return c.judgeProtectedOnly(e, src)
	case evidence.RefsCustom:
		return c.judgeCustomRefs(e, src)
	case evidence.RefsAll:
		return finding(Wrong, e.Name, "every branch and tag may use the environment %s", e.Name).seen(src).
			advise("choose “Selected branches and tags” in the environment, with the default branch and the release tags")
	}
	return finding(Unknown, e.Name, "which refs the environment lets in: GitHub's answer does not tell").seen(src)
}

// judgeProtectedOnly: while no branch is protected, the policy "protected
// branches" lets all branches in (GitHub's documentation, deployment branches
// and tags, 2026-08).
func (c *Case) judgeProtectedOnly(e evidence.Environment, src evidence.Source) Finding {
	branch, ok := c.World.GitHub.DefaultBranch.Get()
	guard := branch.Protected
	if !ok {
		guard = evidence.Carry[bool](c.World.GitHub.DefaultBranch)
	}
	if protected, ok := guard.Get(); ok && protected {
		return finding(OK, e.Name, "only protected branches may use it, and %s is one", branch.Branch).seen(src, guard.Source())
	}
	why := "the default branch is not protected"
	if guard.Unknown() {
		why = "whether the default branch is protected: " + c.reason(guard)
	}
	return finding(Unknown, e.Name, "only protected branches may use it; while there is none, that is every branch (%s)", why).
		seen(src, guard.Source()).advise("protect the default branch, or choose selected branches and tags")
}

func (c *Case) judgeCustomRefs(e evidence.Environment, src evidence.Source) Finding {
	rules, ok := e.Refs.Get()
	if e.Refs.Unknown() {
		return c.blind(e.Name, "which branches and tags are selected", e.Refs)
	}
	from := named(e.Refs.Source(), src)
	if !ok || len(rules) == 0 {
		return finding(Wrong, e.Name, "selected branches and tags only, and none is selected: nothing can publish").seen(from).
			advise("add the default branch and the release tags to the environment's deployment branches and tags")
	}
	var shown []string
	for _, r := range rules {
		if r.Type == "branch" && strings.Trim(r.Pattern, "*/") == "" {
			return finding(Wrong, e.Name, "the rule %s %s lets any branch in", r.Type, r.Pattern).seen(from).
				advise("replace it by the branches that may publish")
		}
		shown = append(shown, r.Type+" "+r.Pattern)
	}
	return finding(OK, e.Name, "only %s", strings.Join(shown, ", ")).seen(from)
}
