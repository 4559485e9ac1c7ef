package trust

import (
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Registry is what has to be known of a registry to set up trusted publishing
// there. A new registry fills one of these in, and has the tests of
// checks/registry run over it.
type Registry struct {
	ID    identity.Registry
	Title string
	// Match decides as the registry's server does.
	Match func(claims workflow.ClaimSet, publishers []identity.Publisher) Outcome
	// Validate lists what the registry's form would refuse.
	Validate func(p identity.Publisher) []FieldError
	// ValidName says why a package cannot have a name; nil if it can.
	ValidName func(name string) error
	Pages     Pages
	Limits    []Limit
	// RefusedEvents are the events whose runs the registry mints no token for.
	RefusedEvents []string
	// TokenLife is how long a minted token can be used.
	TokenLife time.Duration
}

// Pages are the registry's web pages that a maintainer needs. Names of
// packages are put in escaped.
type Pages struct {
	// Package and Settings are a package's public page and its settings.
	Package, Settings func(name string) string
	// Publisher is the form for a publisher of a package that exists.
	Publisher func(p identity.Publisher) Form
	// Pending is the form for a publisher of a package that does not exist yet;
	// nil where a registry has none.
	Pending func(p identity.Publisher) Form
	// NewToken is where a token is made, Tokens where tokens are revoked.
	NewToken, Tokens string
	// Account is where the e-mail address is verified.
	Account string
}

// Form is a page with a form on it.
type Form struct {
	URL string
	// Fields are the values to enter, in the order of the form.
	Fields []FormField
	// Filled is whether the address fills the form in.
	Filled bool
}

// FormField is one field of a form.
type FormField struct {
	// Label is the field's title on the page.
	Label string
	Value string
}

// FieldError is a value that a form would refuse.
type FieldError struct {
	Field identity.Field
	// Message is the registry's own text.
	Message string
}

// Error is the message with its field.
func (e FieldError) Error() string { return string(e.Field) + ": " + e.Message }

// Limit is a number that a registry does not let be passed.
type Limit struct {
	// ID names the limit in code; What in a sentence.
	ID, What string
	// Count is how many are allowed: at once, or in a period of Per.
	Count int
	// Burst is how many are allowed at once before the rate of Count in Per
	// holds; 0 when there is no such allowance.
	Burst int
	Per   time.Duration
	// Source is where the number was read.
	Source string
}

// Limit returns the limit with an id.
func (r Registry) Limit(id string) (Limit, bool) {
	for _, l := range r.Limits {
		if l.ID == id {
			return l, true
		}
	}
	return Limit{}, false
}
