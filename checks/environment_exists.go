package checks

import "github.com/trustpub/gh-trustpub/checks/evidence"

func environmentExists() Check {
	return Check{
		ID: "environment-exists", Step: Environment, Level: Safe,
		Claim: "The environment that the publishing job names exists.",
		Why:   "A run that names an environment which is not there creates it bare: it looks like a gate and lets everybody through.",
		Judge: func(c *Case) []Finding {
			return c.eachEnvironment("whether the environment exists", func(_ *Case, e evidence.Environment, src evidence.Source) Finding {
				return finding(OK, e.Name, "the environment %s exists", e.Name).seen(src)
			})
		},
	}
}
