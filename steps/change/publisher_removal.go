package change

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// RemovePublisher makes a change that takes a registered publisher away from
// crates.io. why is what shows that nothing needs it; lasting says what registering
// it again would not bring back, "" where that brings back all.
func (t *Tools) RemovePublisher(q identity.Publisher, why, lasting string) Change {
	before := stateOf(q)
	preview := append([]DiffLine{{' ', "publisher of " + q.Package + " on crates.io", ""}}, before.lines('-', nil)...)
	if why != "" {
		preview = append(preview, DiffLine{' ', why, ""})
	}
	return Change{
		ID:    "publisher-removal:crates.io:" + q.Package + "/" + strconv.FormatInt(q.ID, 10),
		Title: fmt.Sprintf("Take the publisher %s/%s, %s, of %s away from crates.io", q.Owner, q.Repository, q.Workflow, q.Package), Apart: true,
		Preview: append(preview, DiffLine{' ', "crates.io tells the crate's owners by mail", ""}), Lasting: lasting,
		Before: before, After: PublisherState{Crate: q.Package},
		Perform: func(ctx context.Context, h Hands) error {
			return t.listing("", []identity.Publisher{q}).remove(ctx, h, q)
		},
	}
}

// remove deletes a publisher that stands as it was seen.
func (l *listing) remove(ctx context.Context, h Hands, q identity.Publisher) error {
	there, err := l.of(ctx, h, q.Package)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(there, func(p identity.Publisher) bool { return p.ID == q.ID })
	switch {
	case i < 0:
		h.stoodSo("was gone")
		return nil
	case stateOf(there[i]) != stateOf(q):
		return &MovedOnError{What: "the publisher of " + q.Package, Diff: append(stateOf(q).lines('-', nil), stateOf(there[i]).lines('+', nil)...)}
	}
	err = l.write(ctx, h, http.MethodDelete, "trusted_publishing/github_configs/"+strconv.FormatInt(q.ID, 10), nil, nil)
	if err != nil && !transport.Is(err, transport.KindNotFound) {
		return l.refused("take away a publisher of", q.Package, err)
	}
	h.tally("Reading back the publishers of %s", q.Package)
	l.facts = nil
	if there, err = l.of(ctx, h, q.Package); err != nil {
		return fmt.Errorf("it was taken away; reading back: %w", err)
	}
	if slices.ContainsFunc(there, func(p identity.Publisher) bool { return p.ID == q.ID }) {
		return fmt.Errorf("crates.io took the request, and still lists the publisher of %s: look at %s", q.Package, cratesPage(q.Package))
	}
	h.cameTo("removed")
	return nil
}
