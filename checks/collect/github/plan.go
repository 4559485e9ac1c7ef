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
	switch plan := l.plan(ctx); {
	case plan == "":
		return evidence.Unknown[[]evidence.Environment](src, "GitHub answered 404: a private repository has environments only on some plans, or the token may not see them")
	case strings.EqualFold(plan, "free"):
		return evidence.Unknown[[]evidence.Environment](src, "%s is on the plan %s, which has no environments for private repositories", l.repo.Name.Owner, plan)
	default:
		return evidence.Unknown[[]evidence.Environment](src, "GitHub answered 404 although %s is on the plan %s, which has environments: the token may not see them", l.repo.Name.Owner, plan)
	}
}

// plan is the owner's plan as GitHub names it, "" where it does not tell: an
// organisation's is shown to its owners, a person's to that person.
func (l *look) plan(ctx context.Context) string {
	path := "orgs/" + rest.Path(l.repo.Name.Owner)
	if l.repo.OwnerType == "User" {
		path = "user"
		if u, ok := l.user.Get(); !ok || !strings.EqualFold(u.Login, l.repo.Name.Owner) {
			return ""
		}
	}
	var owner struct{ Plan struct{ Name string } }
	if _, err := l.Get(ctx, path, &owner); err != nil {
		return "" // what stands in the way is told of the environments already
	}
	return owner.Plan.Name
}
