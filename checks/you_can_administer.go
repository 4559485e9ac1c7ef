package checks

func youCanAdminister() Check {
	return Check{
		ID: "you-can-administer", Step: Survey, Level: Advice,
		Claim: "The account that is signed in administers the repository.",
		Why:   "Environments, rulesets and secrets are an administrator's: others neither see all of them nor change any.",
		Judge: judgeRights,
	}
}

func judgeRights(c *Case) []Finding {
	user, fact := c.World.GitHub.User, c.World.GitHub.Repository
	repo, ok := fact.Get()
	who := "the token that is used"
	if u, known := user.Get(); known {
		who = u.Login
	}
	switch {
	case !ok && fact.Absent():
		return nil // repository-on-github says so
	case !ok:
		return []Finding{c.blind("", "what the signed-in account may do", fact)}
	case repo.Admin:
		return []Finding{finding(OK, "", "%s administers %s", who, repo.Name).seen(fact.Source())}
	case user.Absent():
		return []Finding{finding(Unknown, "", "nobody is signed in").seen(user.Source()).advise("sign in with `gh auth login`")}
	}
	may := "read"
	if repo.Push {
		may = "push to"
	}
	return []Finding{finding(Wrong, "", "%s may %s %s and not change its settings", who, may, repo.Name).seen(fact.Source()).
		advise("ask an administrator to run `gh trustpub`, or to make you one: until then what needs the right is unknown here")}
}
