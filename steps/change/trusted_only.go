package change

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// OnlyState is whether crates.io takes new versions of a crate by trusted
// publishing alone.
type OnlyState struct {
	Crate string `json:"crate"`
	Only  bool   `json:"trustpub_only"`
}

const onlyLine = "new versions by trusted publishing alone: every token is refused"

// TrustedPublishingOnly makes changes after which crates.io takes new versions of
// crates by trusted publishing alone, one for each. crates.io does not ask whether
// a publisher stands: without the one that is given nothing is changed.
func (t *Tools) TrustedPublishingOnly(list []identity.Publisher) []Change {
	l := t.listing("", list)
	var changes []Change
	for _, p := range list {
		changes = append(changes, Change{
			ID: "trusted-publishing-only:" + p.Package, Title: "Take new versions of " + p.Package + " by trusted publishing alone", Apart: true,
			Preview: []DiffLine{{'+', onlyLine, ""}, {' ', "crates.io tells the crate's owners by mail", ""}},
			Before:  OnlyState{p.Package, false}, After: OnlyState{p.Package, true},
			Perform: func(ctx context.Context, h Hands) error { return l.lock(ctx, h, p) },
		})
	}
	return changes
}

func (l *listing) lock(ctx context.Context, h Hands, p identity.Publisher) error {
	there, err := l.of(ctx, h, p.Package)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(there, func(q identity.Publisher) bool { return SamePublisher(p, q) }) {
		return fmt.Errorf("take new versions of %s by trusted publishing alone: crates.io does not list the publisher that works (any more), and would let nobody publish: nothing was changed; look at %s", p.Package, cratesPage(p.Package))
	}
	return l.setOnly(ctx, h, OnlyState{p.Package, true})
}

// setOnly sets the switch, and compares what crates.io answers that it is.
func (c *errand) setOnly(ctx context.Context, h Hands, want OnlyState) error {
	var answer struct{ Crate struct{ OnlyState } }
	body := map[string]any{"crate": map[string]any{"trustpub_only": want.Only}}
	if err := c.write(ctx, h, http.MethodPatch, "crates/"+url.PathEscape(want.Crate), body, &answer); err != nil {
		return c.refused("set trusted publishing only for", want.Crate, err)
	}
	c.worked = true
	if answer.Crate.Only != want.Only {
		return fmt.Errorf("crates.io took the request, and says that trusted publishing only is %v for %s: look at %s", answer.Crate.Only, want.Crate, cratesPage(want.Crate))
	}
	h.tally("crates.io takes new versions of %s by trusted publishing alone: %v", want.Crate, want.Only)
	return nil
}

// only reads the switch, which everybody may.
func (t *Tools) only(ctx context.Context, crate string) (OnlyState, error) {
	var answer struct {
		Crate struct {
			Only *bool `json:"trustpub_only"`
		}
	}
	if err := t.Crates.Do(ctx, "", http.MethodGet, "crates/"+url.PathEscape(crate), nil, &answer); err != nil {
		return OnlyState{}, fmt.Errorf("read how crates.io takes %s: %w", crate, err)
	}
	if answer.Crate.Only == nil {
		return OnlyState{}, fmt.Errorf("read how crates.io takes %s: the answer does not tell", crate)
	}
	return OnlyState{crate, *answer.Crate.Only}, nil
}
