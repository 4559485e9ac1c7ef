package checks

func defaultTokenReadOnly() Check {
	return Check{
		ID: "default-token-read-only", Step: Environment, Level: Advice,
		Claim: "A job that names no permissions gets a token that can only read.",
		Why:   "With the permissive default every job of every workflow, and every action in it, can push code and move tags.",
		Judge: judgeDefaultToken,
	}
}

func judgeDefaultToken(c *Case) []Finding {
	fact := c.World.GitHub.DefaultTokenPermission
	level, ok := fact.Get()
	switch {
	case !ok:
		return []Finding{c.blind("", "what a job gets that names no permissions", fact)}
	case level == "read":
		return []Finding{finding(OK, "", "the default permission of GITHUB_TOKEN is read").seen(fact.Source())}
	}
	return []Finding{finding(Wrong, "", "the default permission of GITHUB_TOKEN is %s", level).seen(fact.Source()).
		advise("let each job that has to write name it under permissions, then choose “Read repository contents and packages permissions” in the settings, under Actions, General, Workflow permissions")}
}
