package github

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

var peopleEndpoints = []endpoint{
	{pattern: "GET /user", do: (*call).me},
	{pattern: "GET /user/repos", do: (*call).myRepositories},
	{pattern: "GET /users/{user}", do: (*call).publicUser},
	{pattern: "GET /users/{user}/repos", do: (*call).repositoriesOf},
	{pattern: "GET /orgs/{org}", do: (*call).organization},
	{pattern: "GET /orgs/{org}/repos", do: (*call).repositoriesOf},
	{pattern: "GET /orgs/{org}/teams/{team}", do: (*call).team},
	{pattern: "GET /orgs/{org}/teams/{team}/members", do: (*call).teamMembers},
	{pattern: "GET /orgs/{org}/rulesets", do: (*call).organizationRulesets},
	{pattern: "GET /orgs/{org}/actions/oidc/customization/sub", do: (*call).organizationSubject},
	{pattern: "GET /rate_limit", do: (*call).rateLimit},
}

func unauthenticated() (answer, error) {
	return refuse(http.StatusUnauthorized, "Requires authentication")
}

func (c *call) me() (answer, error) {
	if c.token == nil {
		return unauthenticated()
	}
	a := c.s.account(c.login)
	if a == nil {
		return refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	me := drawProfile(a)
	maps.Copy(me, obj{
		"collaborators": 0, "disk_usage": 0, "owned_private_repos": 0, "private_gists": 0, "total_private_repos": 0,
		"two_factor_authentication": true, "user_view_type": "private",
		"plan": obj{"name": a.plan(), "space": 976562499, "private_repos": 9999, "collaborators": 0},
	})
	return ok(me)
}

func drawProfile(a *Account) obj {
	u := drawUser(a)
	maps.Copy(u, obj{
		"user_view_type": "public",
		"name":           orNull(a.Name), "bio": nil, "blog": "", "company": nil, "email": nil, "hireable": nil, "location": nil,
		"followers": 0, "following": 0, "public_gists": 0, "public_repos": 0,
		"created_at": stamp(a.CreatedAt), "updated_at": stamp(a.CreatedAt),
	})
	return u
}

func (c *call) publicUser() (answer, error) {
	a := c.s.account(c.r.PathValue("user"))
	if a == nil {
		return notFound()
	}
	return ok(drawProfile(a))
}

// visible lists repositories that the caller can read and that fit, by name.
func (c *call) visible(fits func(*Repository) bool) []*Repository {
	var seen []*Repository
	for _, r := range c.s.w.Repositories {
		if c.roleIn(r) >= Read && fits(r) {
			seen = append(seen, r)
		}
	}
	slices.SortFunc(seen, func(a, b *Repository) int { return strings.Compare(a.FullName(), b.FullName()) })
	return seen
}

func (c *call) drawListed(r *Repository) obj { return c.s.drawFull(r, c.roleIn(r)) }

func (c *call) myRepositories() (answer, error) {
	if c.token == nil {
		return unauthenticated()
	}
	mine := func(r *Repository) bool {
		_, works := r.Collaborators[c.login]
		owner := c.s.account(r.Owner)
		return works || strings.EqualFold(r.Owner, c.login) || (owner != nil && owner.Members[c.login] != "")
	}
	return list(c, c.visible(mine), c.drawListed)
}

func (c *call) repositoriesOf() (answer, error) {
	owner := c.s.account(c.r.PathValue("user") + c.r.PathValue("org"))
	if owner == nil {
		return notFound()
	}
	return list(c, c.visible(func(r *Repository) bool { return r.Owner == owner.Login }), c.drawListed)
}

// org finds the organisation of the path, or nil.
func (c *call) org() *Account {
	if a := c.s.account(c.r.PathValue("org")); a != nil && a.Organization {
		return a
	}
	return nil
}

func drawOrganization(a *Account) obj {
	base := apiURL + "/orgs/" + a.Login
	return obj{
		"login": a.Login, "id": a.ID, "node_id": nodeID("Organization", a.ID), "url": base, "repos_url": base + "/repos",
		"events_url": base + "/events", "hooks_url": base + "/hooks", "issues_url": base + "/issues",
		"members_url": base + "/members{/member}", "public_members_url": base + "/public_members{/member}",
		"avatar_url": drawUser(a)["avatar_url"], "description": nil, "html_url": siteURL + "/" + a.Login,
		"has_organization_projects": true, "has_repository_projects": true, "public_repos": 0, "public_gists": 0,
		"followers": 0, "following": 0, "type": "Organization", "created_at": stamp(a.CreatedAt),
		"updated_at": stamp(a.CreatedAt), "archived_at": nil,
	}
}

func (c *call) organization() (answer, error) {
	org := c.org()
	if org == nil {
		return notFound()
	}
	o := drawOrganization(org)
	if c.token != nil && org.Members[c.login] == "admin" { // owners alone see the plan
		o["plan"] = obj{"name": org.plan(), "space": 976562499, "private_repos": 9999, "filled_seats": len(org.Members), "seats": len(org.Members)}
	}
	return ok(o)
}

// findTeam is the team of the path, for those who may know of it: members of
// the organisation, with read:org.
func (c *call) findTeam() *Team {
	org := c.org()
	if org == nil || c.token == nil || org.Members[c.login] == "" || !c.token.readsOrganizations() {
		return nil
	}
	for _, t := range c.s.w.Teams {
		if t.Organization == org.Login && t.Slug == c.r.PathValue("team") {
			return t
		}
	}
	return nil
}

func (t *Token) readsOrganizations() bool {
	return slices.ContainsFunc(t.Scopes, func(s string) bool { return strings.HasSuffix(s, ":org") }) || t.Permissions["members"] != ""
}

func (c *call) team() (answer, error) {
	t := c.findTeam()
	if t == nil {
		return notFound()
	}
	full := drawTeam(c.s, t)
	maps.Copy(full, obj{
		"created_at": stamp(c.org().CreatedAt), "updated_at": stamp(c.org().CreatedAt), "members_count": len(t.Members),
		"repos_count": len(t.Roles), "organization": drawOrganization(c.org()),
	})
	return ok(full)
}

func (c *call) teamMembers() (answer, error) {
	t := c.findTeam()
	if t == nil {
		return notFound()
	}
	return list(c, t.Members, func(login string) obj { return c.s.user(login) })
}

func (c *call) organizationSubject() (answer, error) {
	org := c.org()
	if org == nil || c.token == nil || !c.token.readsOrganizations() {
		return notFound()
	}
	return ok(obj{"include_claim_keys": orEmpty(org.Subject.Keys), "use_immutable_subject": org.Subject.Immutable})
}

func (c *call) rateLimit() (answer, error) {
	rate := c.rate()
	return ok(obj{"resources": obj{"core": rate, "search": rate}, "rate": rate})
}
