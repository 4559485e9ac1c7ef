package github

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// readImmutableReleases reads the setting. To an admin 404 means that it is off
// (GitHub's description of its REST API, "repos/check-immutable-releases", read
// 2026-11); to others it may mean that they may not see it.
func (l *look) readImmutableReleases(ctx context.Context) evidence.Fact[evidence.ImmutableReleases] {
	path := l.base + "/immutable-releases"
	if !l.SignedIn() {
		return anonymous[evidence.ImmutableReleases](l.Source(path), rightAdmin)
	}
	var s struct {
		Enabled  *bool
		Enforced bool `json:"enforced_by_owner"`
	}
	answer, err := l.Get(ctx, path, &s)
	if err == nil && s.Enabled == nil {
		err = answer.Shape("it does not say whether it is on")
	}
	switch {
	case transport.Is(err, transport.KindNotFound) && l.repo.Admin:
		return evidence.Seen(evidence.ImmutableReleases{}, transport.SourceOf(err, l.Source(path)))
	case err != nil:
		return withheld[evidence.ImmutableReleases](ctx, l, l.Source(path), err, rightAdmin)
	}
	return evidence.Seen(evidence.ImmutableReleases{Enabled: *s.Enabled, Enforced: s.Enforced}, answer.Source())
}
