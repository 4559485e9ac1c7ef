package github

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// team is one as GET /repos/{owner}/{repo}/teams tells it. permission is the
// older word, in which pull is read and push is write.
type team struct {
	ID         int64
	Slug       string
	Permission string
}

func (t team) evidence() evidence.Team {
	role := t.Permission
	switch role {
	case "pull":
		role = "read"
	case "push":
		role = "write"
	}
	return evidence.Team{ID: t.ID, Slug: t.Slug, Role: role}
}

// readTeams reads the teams with access to the repository, and who is in them:
// whether a team is one person alone decides whom a rule would lock out.
func (l *look) readTeams(ctx context.Context) evidence.Fact[[]evidence.Team] {
	path := l.base + "/teams"
	if l.repo.OwnerType != "Organization" {
		return evidence.Absent[[]evidence.Team](l.Source(l.base))
	}
	if !l.SignedIn() {
		return evidence.Unknown[[]evidence.Team](l.Source(path), "not signed in; only the organisation's members see its teams")
	}
	list, src, err := rest.List[team](ctx, l.Reader, path, "")
	if err != nil {
		f := withheld[[]evidence.Team](ctx, l, src, err, rightWrite)
		if transport.Is(err, transport.KindNotFound, transport.KindForbidden) {
			return noTeams(f)
		}
		return f
	}
	out := make([]evidence.Team, len(list))
	each(len(list), func(i int) {
		out[i] = list[i].evidence()
		out[i].Members = l.readTeamMembers(ctx, out[i].Slug, i)
	})
	return evidence.Seen(out, src)
}

func (l *look) readTeamMembers(ctx context.Context, slug string, i int) evidence.Fact[[]string] {
	if i >= maxTeams {
		return evidence.Unknown[[]string](l.Source("orgs/"+rest.Path(l.repo.Name.Owner)+"/teams/"+rest.Path(slug)+"/members"), "there are more than %d teams", maxTeams)
	}
	r := evidence.Reviewer{Type: "Team", Name: slug}
	l.readMembers(ctx, &r)
	return r.Members
}

// noTeams adds the way out to a refusal: gh's own token has read:org unless it
// was taken away.
func noTeams(f evidence.Fact[[]evidence.Team]) evidence.Fact[[]evidence.Team] {
	if strings.Contains(f.Reason(), "read:org") {
		return f
	}
	return evidence.Unknown[[]evidence.Team](f.Source(), "%s; teams are shown to the organisation's members whose token has read:org: gh auth refresh --scopes read:org", f.Reason())
}

// readMembers fills who stands behind a team that reviews.
func (l *look) readMembers(ctx context.Context, r *evidence.Reviewer) {
	if r.Type != "Team" {
		return
	}
	path := "orgs/" + rest.Path(l.repo.Name.Owner) + "/teams/" + rest.Path(r.Name) + "/members"
	if !l.SignedIn() {
		r.Members = evidence.Unknown[[]string](l.Source(path), "not signed in; only the organisation's members see its teams")
		return
	}
	list, src, err := rest.List[struct{ Login string }](ctx, l.Reader, path, "")
	if err != nil {
		r.Members = transport.Unknown[[]string](src, err)
		return
	}
	logins := make([]string, len(list))
	for i, m := range list {
		logins[i] = m.Login
	}
	r.Members = evidence.Seen(logins, src)
}
