// Package trust holds what the registries have in common where trusted
// publishing is concerned: the outcome of matching a job's claims with the
// registered publishers, their pages, forms and limits. It is pure data.
package trust

import "github.com/trustpub/gh-trustpub/checks/identity"

// Verdict is what a registry makes of a token.
type Verdict string

// The verdicts.
const (
	// Matched: it mints a token.
	Matched Verdict = "matched"
	// Refused: it refuses, with Text.
	Refused Verdict = "refused"
	// Unknown: it depends on a claim that is not known.
	Unknown Verdict = "unknown"
)

// Outcome is a registry's answer to the claims of a job.
type Outcome struct {
	Verdict Verdict
	// Publishers are those that matched: all that the minted token covers.
	Publishers []identity.Publisher
	// Stage names the step of the registry's own procedure that refused.
	Stage string
	// Field is the field that differs; "" when none does, as for a refused
	// event or when nothing is registered.
	Field identity.Field
	// Presented is the job's value in that field; Registered are the values
	// that the publishers left at that stage have.
	Presented  string
	Registered []string
	// Differences compares the job with the nearest publisher, field by field.
	Differences []Difference
	// Text is what the registry sends.
	Text string
	// Why says what is not known, for Unknown; for Refused it adds what the
	// text does not say, or "".
	Why string
}

// Difference is one field in which a job and a publisher differ.
type Difference struct {
	Field                 identity.Field
	Presented, Registered string
}

// Combine joins the outcomes of the cases that a job can turn into, such as a
// matrix of environments. Only if all agree is the verdict certain.
func Combine(outcomes []Outcome, why string) Outcome {
	if len(outcomes) == 0 {
		return Outcome{Verdict: Unknown, Why: why}
	}
	first := outcomes[0]
	for _, o := range outcomes[1:] {
		if o.Verdict != first.Verdict {
			return Outcome{Verdict: Unknown, Why: why}
		}
		for _, p := range o.Publishers {
			if !has(first.Publishers, p) {
				first.Publishers = append(first.Publishers, p)
			}
		}
	}
	return first
}

func has(list []identity.Publisher, p identity.Publisher) bool {
	for _, l := range list {
		if l.Package == p.Package && l.Owner == p.Owner && l.Repository == p.Repository &&
			l.Workflow == p.Workflow && l.Environment == p.Environment {
			return true
		}
	}
	return false
}
