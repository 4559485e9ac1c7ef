package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func environmentHasReviewers() Check {
	return Check{
		ID: "environment-has-reviewers", Step: Environment, Level: Safe,
		Claim: "Somebody must approve before a job may use the environment.",
		Why:   "Without a reviewer, whoever can start the workflow can publish.",
		Judge: func(c *Case) []Finding {
			return c.eachEnvironment("whether the environment asks for a review", judgeReviewers)
		},
	}
}

func judgeReviewers(c *Case, e evidence.Environment, src evidence.Source) Finding {
	limits := c.Limits()
	switch {
	case limits.NoReviews && len(e.Reviewers) == 0:
		return finding(Wrong, e.Name, "nobody has to approve in %s, and nobody can be made to: %s, which has no required reviewers for private repositories", e.Name, limits.On()).seen(src, limits.Source).
			advise("make the repository public, or take GitHub Enterprise; until then let administrators alone create release tags, by a tag ruleset")
	case limits.NoReviews:
		return finding(Unknown, e.Name, "%s should approve in %s: %s, which has no required reviewers for private repositories, so whether GitHub still asks them is not known", plainNames(e.Reviewers), e.Name, limits.On()).seen(src, limits.Source)
	case len(e.Reviewers) == 0:
		return finding(Wrong, e.Name, "nobody has to approve: the environment %s has no required reviewers", e.Name).seen(src).
			advise("add required reviewers to the environment; a private repository needs a plan that has them")
	}
	return finding(OK, e.Name, "one of %s must approve", plainNames(e.Reviewers)).seen(src)
}

func plainNames(reviewers []evidence.Reviewer) string {
	var names []string
	for _, r := range reviewers {
		names = append(names, reviewerName(r))
	}
	return strings.Join(names, ", ")
}

func reviewerName(r evidence.Reviewer) string {
	if r.Type == "Team" {
		return "the team " + r.Name
	}
	return r.Name
}
