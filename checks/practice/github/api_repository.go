package github

import (
	"maps"
	"net/http"
	"slices"
)

var repositoryEndpoints = []endpoint{
	{pattern: "GET /repos/{owner}/{repo}", need: need{Read, "metadata", "read"}, do: (*call).repository},
	{pattern: "GET /repos/{owner}/{repo}/collaborators", need: need{Write, "metadata", "read"}, do: (*call).collaborators},
	{pattern: "GET /repos/{owner}/{repo}/collaborators/{user}/permission", need: need{Write, "metadata", "read"}, do: (*call).permission},
	{pattern: "GET /repos/{owner}/{repo}/teams", need: need{Write, "administration", "read"}, do: (*call).teams},
	{pattern: "GET /repos/{owner}/{repo}/immutable-releases", need: need{Admin, "administration", "read"}, do: (*call).immutableReleases},
	{pattern: "PUT /repos/{owner}/{repo}/immutable-releases", need: need{Admin, "administration", "write"}, do: (*call).setImmutableReleases},
	{pattern: "DELETE /repos/{owner}/{repo}/immutable-releases", need: need{Admin, "administration", "write"}, do: (*call).setImmutableReleases},
}

func (c *call) repository() (answer, error) { return ok(c.s.drawFull(c.repo, c.role)) }

// people lists who has more than what everybody has in the repository: the
// owner, an organisation's members, collaborators.
func (c *call) people() []string {
	logins := slices.Collect(maps.Keys(c.repo.Collaborators))
	owner := c.s.account(c.repo.Owner)
	if owner != nil && !owner.Organization {
		logins = append(logins, owner.Login)
	}
	if owner != nil {
		for login := range owner.Members {
			if c.s.roleOf(login, c.repo) > Read {
				logins = append(logins, login)
			}
		}
	}
	slices.Sort(logins)
	return slices.Compact(logins)
}

func (c *call) drawCollaborator(login string) obj {
	u := c.s.user(login)
	role := c.s.roleOf(login, c.repo)
	u["role_name"], u["permissions"] = role.String(), permissions(role)
	return u
}

func (c *call) collaborators() (answer, error) {
	people := c.people()
	if want := c.r.URL.Query().Get("permission"); want != "" {
		least := map[string]Role{"pull": Read, "triage": Triage, "push": Write, "maintain": Maintain, "admin": Admin}[want]
		people = slices.DeleteFunc(people, func(l string) bool { return c.s.roleOf(l, c.repo) < least })
	}
	return list(c, people, c.drawCollaborator)
}

func (c *call) permission() (answer, error) {
	login := c.r.PathValue("user")
	a := c.s.account(login)
	if a == nil {
		return refuse(http.StatusNotFound, "%s is not a user", login)
	}
	role := c.s.roleOf(a.Login, c.repo)
	return ok(obj{"permission": role.Permission(), "role_name": role.String(), "user": c.drawCollaborator(a.Login)})
}

// teamPermissions are the older words in which the list of teams tells roles.
var teamPermissions = map[Role]string{Read: "pull", Triage: "triage", Write: "push", Maintain: "maintain", Admin: "admin"}

// teams lists those with access to the repository that the caller sees: an
// organisation's members see its teams.
func (c *call) teams() (answer, error) {
	var teams []*Team
	for _, t := range c.s.w.Teams {
		member := c.s.account(t.Organization).Members[c.login] != ""
		if t.Roles[c.repo.ID] > NoRole && member {
			teams = append(teams, t)
		}
	}
	return list(c, teams, func(t *Team) obj {
		o := drawTeam(c.s, t)
		o["permission"] = teamPermissions[t.Roles[c.repo.ID]]
		return o
	})
}

func (c *call) immutableReleases() (answer, error) {
	if !c.repo.ImmutableReleases && !c.repo.ReleasesByOwner {
		return notFound()
	}
	return ok(obj{"enabled": true, "enforced_by_owner": c.repo.ReleasesByOwner})
}

func (c *call) setImmutableReleases() (answer, error) {
	if c.repo.ReleasesByOwner {
		return refuse(http.StatusConflict, "Conflict: immutable releases are enforced by the owner of the repository")
	}
	c.repo.ImmutableReleases = c.r.Method == http.MethodPut
	return c.saved(noContent())
}

// saved keeps the state before a change is answered.
func (c *call) saved(a answer, err error) (answer, error) {
	if err != nil {
		return a, err
	}
	return a, c.s.save()
}
