package scenario

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// private is the project of fresh in a private repository, of an organisation
// whose plan has no reviews of deployments there.
func private(ctx context.Context, place Place, s Setting) (Setting, error) {
	p := marketData
	p.private, p.plan = true, github.PlanTeam
	return p.lay(ctx, place, s)
}

func privateReleases(ctx context.Context, s Stage) error { return byHand(ctx, s, "v0.1.0") }
