package checks

import "github.com/trustpub/gh-trustpub/checks/evidence"

func adminsCannotBypass() Check {
	return Check{
		ID: "admins-cannot-bypass", Step: Environment, Level: Safe,
		Claim: "Administrators cannot pass the environment's rules by.",
		Why:   "One stolen account of an administrator would be enough to publish, whoever else should have approved.",
		Judge: func(c *Case) []Finding {
			return c.eachEnvironment("whether administrators may pass the environment's rules by", judgeBypass)
		},
	}
}

func judgeBypass(c *Case, e evidence.Environment, src evidence.Source) Finding {
	may, ok := e.AdminsBypass.Get()
	from := named(e.AdminsBypass.Source(), src)
	switch {
	case !ok:
		return finding(Unknown, e.Name, "whether administrators may pass the rules of %s by: %s", e.Name, c.reason(e.AdminsBypass)).seen(from)
	case may:
		return finding(Wrong, e.Name, "an administrator may pass the rules of %s by", e.Name).seen(from).
			advise("turn “Allow administrators to bypass configured protection rules” off in the environment")
	}
	return finding(OK, e.Name, "administrators cannot pass the rules of %s by", e.Name).seen(from)
}
