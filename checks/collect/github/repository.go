package github

import (
	"context"
	"errors"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

type repository struct {
	ID    int64
	Name  string
	Owner struct {
		Login, Type string
		ID          int64
	}
	Private, Archived, Fork bool
	Visibility              string
	DefaultBranch           string `json:"default_branch"`
	Permissions             struct{ Admin, Maintain, Push bool }
}

// Elsewhere reads what a repository is that is not the one looked at; of one that
// was renamed its present name.
func Elsewhere(ctx context.Context, r *rest.Reader, name evidence.RepoName) evidence.Fact[evidence.Repository] {
	return (&look{Reader: r, request: Request{Repo: name}}).readRepository(ctx)
}

// readRepository follows a rename and notes it: requests and registries must
// then use the new name.
func (l *look) readRepository(ctx context.Context) evidence.Fact[evidence.Repository] {
	asked := l.request.Repo
	path := "repos/" + rest.Path(asked.Owner, asked.Name)
	var r repository
	answer, err := l.Get(ctx, path, &r)
	if err != nil {
		return l.noRepository(l.Source(path), err)
	}
	if r.ID == 0 || r.Name == "" || r.Owner.Login == "" || r.DefaultBranch == "" {
		return transport.Unknown[evidence.Repository](l.Source(path), answer.Shape("it describes no repository"))
	}
	seen := evidence.Repository{ID: r.ID, OwnerID: r.Owner.ID, OwnerType: r.Owner.Type, DefaultBranch: r.DefaultBranch,
		Name:    evidence.RepoName{Host: asked.Host, Owner: r.Owner.Login, Name: r.Name},
		Private: r.Private, Visibility: r.Visibility, Archived: r.Archived, Fork: r.Fork,
		Admin: r.Permissions.Admin, Maintain: r.Permissions.Maintain, Push: r.Permissions.Push}
	if answer.Moved || !strings.EqualFold(seen.Name.String(), asked.String()) {
		seen.MovedFrom = asked
	}
	return evidence.Seen(seen, answer.Source())
}

// noRepository tells a repository that is not there from one that this reader
// may not see: only a token that sees all that its owner sees can tell.
func (l *look) noRepository(src evidence.Source, err error) evidence.Fact[evidence.Repository] {
	e, ok := errors.AsType[*transport.Error](err)
	if !ok || e.Kind != transport.KindNotFound {
		return transport.Unknown[evidence.Repository](src, err)
	}
	switch {
	case e.Anonymous:
		return evidence.Unknown[evidence.Repository](e.Source(), "there is no public repository %s; a private one is shown only to those signed in", l.request.Repo)
	case !e.Classic:
		return evidence.Unknown[evidence.Repository](e.Source(), "%s was not found, or this token does not cover it", l.request.Repo)
	}
	return evidence.Absent[evidence.Repository](e.Source())
}

func (l *look) readCollaborators(ctx context.Context) evidence.Fact[[]evidence.Collaborator] {
	path := l.base + "/collaborators"
	if !l.SignedIn() {
		return anonymous[[]evidence.Collaborator](l.Source(path), rightWrite)
	}
	type collaborator struct {
		Login    string
		ID       int64
		RoleName string `json:"role_name"`
	}
	list, src, err := rest.List[collaborator](ctx, l.Reader, path, "")
	if err != nil {
		return withheld[[]evidence.Collaborator](ctx, l, src, err, rightWrite)
	}
	out := make([]evidence.Collaborator, len(list))
	for i, c := range list {
		out[i] = evidence.Collaborator{User: evidence.User{Login: c.Login, ID: c.ID}, Role: c.RoleName}
	}
	return evidence.Seen(out, src)
}
