// Package walk is what every user interface needs of the route's session,
// and what they say in the same words.
package walk

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// Session is one maintainer's walk along the route.
type Session interface {
	// Look reads the world anew and lays out the route.
	Look(ctx context.Context) (*steps.Route, error)
	// Perform makes the changes, one after the other, and journals each. It
	// stops at the first that fails.
	Perform(ctx context.Context, changes []change.Change, hands change.Hands) error
	// Say records what the maintainer did where nobody can look.
	Say(said ...evidence.Said) error
	// Skip passes a step by; Unskip takes that back.
	Skip(step checks.Step, reason string) error
	Unskip(step checks.Step) error
	// Open opens a page in the browser and returns the address to show.
	Open(ctx context.Context, page steps.PageLink, hands change.Hands) (address string, err error)
}
