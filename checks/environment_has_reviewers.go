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

func judgeReviewers(_ *Case, e evidence.Environment, src evidence.Source) Finding {
	if len(e.Reviewers) == 0 {
		return finding(Wrong, e.Name, "nobody has to approve: the environment %s has no required reviewers", e.Name).seen(src).
			advise("add required reviewers to the environment; a private repository needs a plan that has them")
	}
	var names []string
	for _, r := range e.Reviewers {
		names = append(names, reviewerName(r))
	}
	return finding(OK, e.Name, "one of %s must approve", strings.Join(names, ", ")).seen(src)
}

func reviewerName(r evidence.Reviewer) string {
	if r.Type == "Team" {
		return "the team " + r.Name
	}
	return r.Name
}
