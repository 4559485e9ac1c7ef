package checks

import "github.com/trustpub/gh-trustpub/checks/evidence"

func youCanAdminister() Check {
	return Check{
		ID: "you-can-administer", Step: Survey, Level: Advice,
		Claim: "The account that is signed in administers the repository.",
		Why:   "Environments, rulesets and secrets are an administrator's: others neither see all of them nor change any.",
		Judge: judgeRights,
	}
}

func judgeRights(c *Case) []Finding {
	g := c.World.GitHub
	repo, ok := g.Repository.Get()
	role, told := g.Role.Get()
	who := "the token that is used"
	if u, known := g.User.Get(); known {
		who = u.Login
	}
	switch {
	case !ok && g.Repository.Absent():
		return nil // repository-on-github says so
	case !ok:
		return []Finding{c.blind("", "what the signed-in account may do", g.Repository)}
	case repo.Admin, role == "admin":
		return []Finding{finding(OK, "", "%s administers %s", who, repo.Name).seen(rightsSource(g))}
	case g.User.Absent():
		return []Finding{finding(Unknown, "", "nobody is signed in").seen(g.User.Source()).advise("sign in with `gh auth login`")}
	}
	may := "may read"
	switch {
	case told:
		may = "has the role " + role + " in"
	case repo.Push:
		may = "may push to"
	}
	return []Finding{finding(Wrong, "", "%s %s %s and cannot change its settings", who, may, repo.Name).seen(rightsSource(g)).
		advise("ask an administrator to run `gh trustpub`, or to make you one: until then what needs the right is unknown here")}
}

func rightsSource(g evidence.GitHub) evidence.Source {
	if g.Role.Seen() {
		return g.Role.Source()
	}
	return g.Repository.Source()
}
