package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Cover is what active rulesets do in one respect for the tags of a pattern.
type Cover struct {
	// Verdict is ok when all of the tags are covered, problem when some are not,
	// and unknown when it cannot be told.
	Verdict Verdict
	// By is the ruleset that covers them, or comes near.
	By evidence.Ruleset
	// Example is a tag that is not covered.
	Example string
}

// TagRule says whether a kind of rule ("creation", "update", "deletion") is in
// force for every tag that a pattern of a trigger takes. It is unknown without
// rulesets that were seen.
func (c *Case) TagRule(pattern, kind string) Cover {
	sets, seen := c.World.GitHub.Rulesets.Get()
	if !seen {
		return Cover{Verdict: Unknown}
	}
	sets = slices.DeleteFunc(slices.Clone(sets), func(s evidence.Ruleset) bool {
		return s.Target != "tag" || s.Enforcement != "active" || passedByAll(s) ||
			!slices.ContainsFunc(s.Rules, func(r evidence.Rule) bool { return r.Type == kind })
	})
	for _, s := range sets {
		if coversAll(s, pattern) {
			return Cover{Verdict: OK, By: s}
		}
	}
	return byExample(sets, pattern)
}

// byExample judges by examples, where the patterns alone prove nothing.
func byExample(sets []evidence.Ruleset, pattern string) Cover {
	cover := Cover{Verdict: Wrong}
	for _, tag := range workflow.Examples(pattern) {
		i := slices.IndexFunc(sets, func(s evidence.Ruleset) bool { return matchesRef(s, "refs/tags/"+tag) })
		switch {
		case i >= 0:
			cover.By = sets[i]
		case cover.Example == "":
			cover.Example = tag
		}
	}
	if cover.Example == "" && cover.By.Name != "" {
		cover.Verdict = Unknown
	}
	return cover
}

// The ids of GitHub's own repository roles in rulesets (docs.github.com, "REST
// API endpoints for rules", read 2026-08).
const writeRole = 4

// passedByAll says whether everybody who may push passes a ruleset by, so that
// it keeps nobody from anything.
func passedByAll(s evidence.Ruleset) bool {
	return slices.ContainsFunc(s.Bypass.Or(nil), func(a evidence.BypassActor) bool {
		return a.Type == "RepositoryRole" && a.ID == writeRole && a.Mode != "pull_request"
	})
}

const everyRef = "~ALL"

// coversAll says whether a ruleset covers every tag of a pattern for certain: one of
// its conditions does, and none of its exceptions can touch them.
func coversAll(s evidence.Ruleset, pattern string) bool {
	var policies []string
	for _, condition := range s.Include {
		if policy, ofTags := strings.CutPrefix(condition, "refs/tags/"); ofTags {
			policies = append(policies, policy)
		}
	}
	included := slices.Contains(s.Include, everyRef) || workflow.WithinAll(pattern, policies)
	return included && !slices.ContainsFunc(s.Exclude, func(condition string) bool {
		return mayMeet(pattern, strings.TrimPrefix(condition, "refs/tags/"))
	})
}

// mayMeet says whether two patterns can have a tag in common, by what they begin
// with.
func mayMeet(a, b string) bool {
	a, b = plainPrefix(a), plainPrefix(b)
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// plainPrefix is what a pattern begins with, without what a repetition could
// take away.
func plainPrefix(pattern string) string {
	end := strings.IndexAny(pattern, `*?+[\~{`)
	if end < 0 {
		return pattern
	}
	if end > 0 && strings.IndexByte("?+", pattern[end]) >= 0 {
		end--
	}
	return pattern[:end]
}

// matchesRef says whether a ruleset's conditions take a full ref.
func matchesRef(s evidence.Ruleset, ref string) bool {
	match := func(condition string) bool {
		return condition == everyRef || workflow.MatchPolicy(condition, ref)
	}
	return slices.ContainsFunc(s.Include, match) && !slices.ContainsFunc(s.Exclude, match)
}
