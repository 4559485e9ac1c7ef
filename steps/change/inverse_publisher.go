package change

import (
	"context"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// noToken is why a change at crates.io is not taken back without a token.
func noToken(crate string) error {
	return &LastingError{Why: NoTokenText, ByHand: "at " + cratesPage(crate) + "; or run undo again with a token in " + TokenName}
}

// registered reads the publishers of one crate.
func (t *Tools) registered(ctx context.Context, crate string) ([]identity.Publisher, error) {
	if t.Crates == nil || t.CratesToken == "" {
		return nil, noToken(crate)
	}
	return t.listing("", []identity.Publisher{{Package: crate}}).of(ctx, Hands{}, crate)
}

// inversePublisher takes away a publisher that was registered, and warns where
// crates.io takes nothing else than trusted publishing.
func (t *Tools) inversePublisher(ctx context.Context, e journal.Entry) (Change, error) {
	after, err := decoded[PublisherState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	there, err := t.registered(ctx, after.Crate)
	if err != nil {
		return Change{}, err
	}
	found := slices.DeleteFunc(slices.Clone(there), func(q identity.Publisher) bool { return !SamePublisher(after.publisher(), q) })
	if len(found) == 0 {
		return Change{}, ErrAsBefore
	}
	c := t.RemovePublisher(found[len(found)-1], "", "")
	now, err := t.only(ctx, after.Crate)
	if err == nil && now.Only {
		c.Preview = append(c.Preview, DiffLine{Op: ' ', Text: "crates.io takes new versions of " + after.Crate + " by trusted publishing alone: without a publisher that works nobody can publish it"})
	}
	return c, err
}

// inverseRemoval registers a publisher again that was taken away.
func (t *Tools) inverseRemoval(ctx context.Context, e journal.Entry) (Change, error) {
	before, err := decoded[PublisherState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	there, err := t.registered(ctx, before.Crate)
	switch {
	case err != nil:
		return Change{}, err
	case slices.ContainsFunc(there, func(q identity.Publisher) bool { return SamePublisher(before.publisher(), q) }):
		return Change{}, ErrAsBefore
	case e.Lasting != "":
		return Change{}, &LastingError{Why: e.Lasting, ByHand: "nothing is to be done: no run could present it. A new one is registered at " + cratesPage(before.Crate)}
	}
	return t.RegisterPublishers([]identity.Publisher{before.publisher()}, "", nil)[0], nil
}

// inverseOnly sets the switch back.
func (t *Tools) inverseOnly(ctx context.Context, e journal.Entry) (Change, error) {
	before, err := decoded[OnlyState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	if t.Crates == nil {
		return Change{}, noToken(before.Crate)
	}
	now, err := t.only(ctx, before.Crate)
	switch {
	case err != nil:
		return Change{}, err
	case now == before:
		return Change{}, ErrAsBefore
	case t.CratesToken == "":
		return Change{}, noToken(before.Crate)
	}
	c := &errand{tools: t, token: t.CratesToken}
	return Change{
		ID: e.ID, Title: "Let tokens publish " + before.Crate + " again", Before: now, After: before, Apart: true,
		Preview: []DiffLine{{'-', onlyLine, ""}},
		Perform: func(ctx context.Context, h Hands) error { return c.setOnly(ctx, h, before) },
	}, nil
}
