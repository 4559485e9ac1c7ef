package github

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// noEnvironments: to a private repository on a plan without environments GitHub
// answers 404 (go-github v92 says so of its PUT), as it does to a token that may
// not see them. A second look at the plan tells them apart, for those to whom
// GitHub shows it.
func (l *look) noEnvironments(ctx context.Context, src evidence.Source, err error) evidence.Fact[[]evidence.Environment] {
	if !transport.Is(err, transport.KindNotFound) || !l.repo.Private {
		return transport.Unknown[[]evidence.Environment](src, err)
	}
	src = transport.SourceOf(err, src)
	switch plan := l.readPlan(ctx).Or(""); {
	case plan == "":
		return evidence.Unknown[[]evidence.Environment](src, "GitHub answered 404: a private repository has environments only on some plans, or the token may not see them")
	case strings.EqualFold(plan, "free"):
		return evidence.Unknown[[]evidence.Environment](src, "%s is on the plan %s, which has no environments for private repositories", l.repo.Name.Owner, plan)
	default:
		return evidence.Unknown[[]evidence.Environment](src, "GitHub answered 404 although %s is on the plan %s, which has environments: the token may not see them", l.repo.Name.Owner, plan)
	}
}

// readPlan reads the owner's plan where it matters: a public repository has
// everything on every plan, and so has one on a server of its own.
func (l *look) readPlan(ctx context.Context) evidence.Fact[string] {
	if !l.repo.Private || l.repo.Name.Host != "github.com" {
		return evidence.Absent[string](l.Source(l.base))
	}
	path, why := l.planPath()
	if why != "" {
		return evidence.Unknown[string](l.Source(path), "%s", why)
	}
	var owner struct{ Plan struct{ Name string } }
	answer, err := l.Get(ctx, path, &owner)
	switch {
	case err != nil:
		return transport.Unknown[string](l.Source(path), err)
	case owner.Plan.Name == "":
		return evidence.Unknown[string](l.Source(path), "GitHub shows the plan of %s to its owners only", l.repo.Name.Owner)
	}
	return evidence.Seen(strings.ToLower(owner.Plan.Name), answer.Source())
}

// planPath is where the owner's plan is told, or why it is not told to this
// reader: an organisation's is shown to its owners, a person's to that person.
func (l *look) planPath() (path, why string) {
	if l.repo.OwnerType != "User" {
		return "orgs/" + rest.Path(l.repo.Name.Owner), ""
	}
	if u, ok := l.user.Get(); !ok || !strings.EqualFold(u.Login, l.repo.Name.Owner) {
		return "user", "GitHub shows the plan of " + l.repo.Name.Owner + " to nobody else"
	}
	return "user", ""
}
