// Package checks judges evidence: pure functions that turn what was seen into
// verdicts with their reasons. A check has no network, no clock and nothing to
// write with.
package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Level says what a check's failure costs.
type Level string

// The levels: part of the command line's contract.
const (
	// Works: without it publishing fails.
	Works Level = "works"
	// Safe: it works, and somebody who should not could publish, or a secret
	// could leak.
	Safe Level = "safe"
	// Advice never changes verdict or exit status.
	Advice Level = "advice"
)

// Verdict is the outcome of a check for one subject.
type Verdict string

// The verdicts.
const (
	// OK means seen, just now, at a named source.
	OK Verdict = "ok"
	// Wrong means seen to be otherwise than the claim says; spelled "problem".
	Wrong Verdict = "problem"
	// Waiting means that it will be decided by something under way.
	Waiting Verdict = "waiting"
	// Said means that the maintainer said so and nothing shows it.
	Said Verdict = "said"
	// Unknown means that it could not be seen; the reason says why.
	Unknown Verdict = "unknown"
	// NotApplicable means that the claim has no subject here.
	NotApplicable Verdict = "not-applicable"
)

// Step names a step of the route; checks belong to the step that ends with
// them.
type Step string

// The eight steps, in order.
const (
	Survey       Step = "survey"
	FirstRelease Step = "first-release"
	Workflow     Step = "workflow"
	Environment  Step = "environment"
	Publishers   Step = "publishers"
	Rehearsal    Step = "rehearsal"
	Proof        Step = "proof"
	Lock         Step = "lock"
)

// Steps lists the steps in the order of the route.
func Steps() []Step {
	return []Step{Survey, FirstRelease, Workflow, Environment, Publishers, Rehearsal, Proof, Lock}
}

// Check is one claim that can be true.
type Check struct {
	// ID is the name in reports, in --only and in docs/checks.md.
	ID    string
	Step  Step
	Level Level
	// Claim is the sentence that is true when the check is ok.
	Claim string
	// Why says in one sentence why it matters.
	Why string
	// Judge gives a finding for each subject. No finding at all means that the
	// check does not apply.
	Judge func(*Case) []Finding
}

// Finding is a check's answer for one subject.
type Finding struct {
	// Subject is a job ("path#job"), a package, a secret, an environment; "" is
	// the repository as a whole.
	Subject string
	Verdict Verdict
	// Because says what was seen, with the values.
	Because string
	// Fix is the next thing to do; "" when there is nothing to do.
	Fix string
	// Seen are the sources that the verdict rests on.
	Seen []evidence.Source
	// Where is the place in a file to which the finding belongs.
	Where *Where
	// Level is set when this finding has another level than its check.
	Level Level
}

// Where is a place in a file of the repository.
type Where struct {
	File string `json:"file"`
	Line int    `json:"line"`
}
