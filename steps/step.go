// Package steps holds the route as data: the eight steps with their questions,
// changes and the checks that end them, and the session that walks it.
package steps

import "github.com/trustpub/gh-trustpub/checks"

// Step is one of the eight steps of the route.
type Step struct {
	ID    checks.Step
	Title string
	// Why says in one sentence why the step matters.
	Why string
}

// All lists the steps in order.
func All() []Step {
	return []Step{
		{checks.Survey, "Survey", "Which packages go to which registry, and under which identity: everything else is built on it."},
		{checks.FirstRelease, "First release", "A registry can trust a publisher only for a name that is yours: crates.io wants a first version by hand, PyPI takes a pending publisher instead."},
		{checks.Workflow, "Workflow", "The file that publishes is half of the identity: registries trust this file in this repository, and nothing else."},
		{checks.Environment, "Environment", "Anyone who can push a tag can publish, until this environment says who may."},
		{checks.Publishers, "Publishers", "Each registry must be told, field by field, which workflow it may trust."},
		{checks.Rehearsal, "Rehearsal", "The real exchange of tokens in the real environment, publishing nothing: what fails, fails now."},
		{checks.Proof, "Proof", "The first trusted release, read back from the registries' own record."},
		{checks.Lock, "Lock", "A token that still works can still be stolen."},
	}
}
