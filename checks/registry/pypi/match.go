// Package pypi knows how PyPI and TestPyPI decide about trusted publishing:
// which claims they compare, in which order and with which words, their pages,
// their forms and their limits. It is pure; its client is a package of its own.
package pypi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// The stages, in the order in which the server goes through them (warehouse
// commit 6b62157, 2026-08-21, warehouse/oidc/models/github.py).
const (
	StageClaims = "claims"
	// StageChecks looks at what the lookup did not compare, claim by claim.
	StageChecks = "checks"
	// StageLookup finds the publishers by owner, repository, owner id, file and
	// environment at once; its refusal names no field.
	StageLookup      = "lookup"
	StageWorkflowRef = "job_workflow_ref"
	StageEvent       = "event"
)

// RefusedEvents are the events that PyPI mints nothing for.
var RefusedEvents = []string{"pull_request_target"}

// notFound is the text of a lookup without result, which names no field.
const notFound = "Publisher with matching claims was not found"

// Match decides as PyPI does about its own publishers; publishers of other
// registries are left out. Pending publishers are matched in the same way.
func Match(claims workflow.ClaimSet, publishers []identity.Publisher) trust.Outcome {
	return matchAt(identity.PyPI, claims, publishers)
}

// MatchTest is Match for TestPyPI.
func MatchTest(claims workflow.ClaimSet, publishers []identity.Publisher) trust.Outcome {
	return matchAt(identity.TestPyPI, claims, publishers)
}

func matchAt(at identity.Registry, claims workflow.ClaimSet, publishers []identity.Publisher) trust.Outcome {
	var own []identity.Publisher
	for _, p := range publishers {
		if p.Registry == at {
			own = append(own, p)
		}
	}
	var outcomes []trust.Outcome
	for _, c := range claims.Cases() {
		outcomes = append(outcomes, match(c, own))
	}
	return trust.Combine(outcomes, "the environment is not certain: "+claims.Environment.Why)
}

// exchange is one run through the stages.
type exchange struct {
	claims  workflow.ClaimSet
	job     identity.Identity
	all     []identity.Publisher
	unknown []string
}

func match(claims workflow.ClaimSet, publishers []identity.Publisher) trust.Outcome {
	e := &exchange{claims: claims, all: publishers}
	if refused := e.read(); refused != nil {
		return *refused
	}
	found, refused := e.lookUp()
	if refused != nil {
		return *refused
	}
	for _, verify := range []func(identity.Publisher) *trust.Outcome{e.owner, e.workflowRef, e.event} {
		if refused := verify(found[0]); refused != nil {
			return *refused
		}
	}
	if len(e.unknown) > 0 {
		return trust.Outcome{Verdict: trust.Unknown, Why: strings.Join(e.unknown, "; ")}
	}
	return trust.Outcome{Verdict: trust.Matched, Publishers: found}
}

// refuse words a refusal as the mint-token address answers it.
func (e *exchange) refuse(stage string, d trust.Difference, registered []string, text string) *trust.Outcome {
	_, differences := trust.Nearest(e.job, e.all, same)
	o := &trust.Outcome{
		Verdict: trust.Refused, Stage: stage, Field: d.Field, Presented: d.Presented, Registered: registered, Differences: differences,
		Text: "invalid-publisher: valid token, but no corresponding publisher (" + text + ")",
	}
	if len(e.unknown) > 0 {
		o.Why = "an earlier stage could refuse with other words: " + strings.Join(e.unknown, "; ")
	}
	return o
}

// fileOf takes the file's name out of a reference, as the server's regular
// expression does.
var fileOf = regexp.MustCompile(`([^/]+\.(?:yml|yaml))@`)

func (e *exchange) read() *trust.Outcome {
	c := e.claims
	if missing := e.missing(); missing != "" {
		return e.refuse(StageClaims, trust.Difference{}, nil, "Missing claim '"+missing+"'")
	}
	if c.Repository.Known {
		e.job.Owner, e.job.Repository, _ = strings.Cut(c.Repository.Text, "/")
	} else {
		e.unknown = append(e.unknown, c.Repository.Why)
	}
	if c.RepositoryOwnerID.Known {
		if _, err := fmt.Sscan(c.RepositoryOwnerID.Text, &e.job.OwnerID); err != nil {
			e.unknown = append(e.unknown, "the owner id "+c.RepositoryOwnerID.Text+" is no number")
		}
	} else {
		e.unknown = append(e.unknown, c.RepositoryOwnerID.Why)
	}
	if c.JobWorkflowRef.Known {
		m := fileOf.FindStringSubmatch(c.JobWorkflowRef.Text)
		if m == nil {
			return e.refuse(StageClaims, trust.Difference{Field: identity.FieldWorkflow, Presented: c.JobWorkflowRef.Text}, nil,
				"Could not job extract workflow filename from OIDC claims")
		}
		e.job.Workflow = m[1]
	} else if c.JobWorkflowFile.Known {
		e.job.Workflow = c.JobWorkflowFile.Text
	}
	e.job.Environment = c.Environment.Text
	return nil
}

// missing names a claim that must be there and is not: GitHub sends them all.
func (e *exchange) missing() string {
	c := e.claims
	for _, required := range []struct {
		name  string
		claim workflow.Claim
	}{
		{"repository", c.Repository}, {"repository_owner", c.RepositoryOwner}, {"repository_owner_id", c.RepositoryOwnerID},
		{"job_workflow_ref", c.JobWorkflowRef}, {"event_name", c.EventName},
	} {
		if required.claim.Known && required.claim.Text == "" {
			return required.name
		}
	}
	return ""
}

// lookUp finds the publishers of the job, one for each project: with its
// environment first, else without any.
func (e *exchange) lookUp() ([]identity.Publisher, *trust.Outcome) {
	var fitting []identity.Publisher
	for _, p := range e.all {
		fits := func(f identity.Field) bool {
			return e.job.Text(f) == "" || p.Text(f) == "" || e.job.Text(f) == p.Text(f)
		}
		if fits(identity.FieldOwner) && fits(identity.FieldRepository) && fits(identity.FieldOwnerID) && fits(identity.FieldWorkflow) {
			fitting = append(fitting, p)
		}
	}
	chosen := e.byEnvironment(fitting)
	if len(chosen) > 0 {
		return chosen, nil
	}
	return nil, e.notFound()
}

func (e *exchange) byEnvironment(fitting []identity.Publisher) []identity.Publisher {
	var specific, general []identity.Publisher
	for _, p := range fitting {
		switch {
		case p.Environment == "":
			general = append(general, p)
		case !e.claims.Environment.Known, strings.EqualFold(p.Environment, e.claims.Environment.Text):
			specific = append(specific, p)
		}
	}
	if !e.claims.Environment.Known && len(specific) > 0 {
		e.unknown = append(e.unknown, "the environment is not known: "+e.claims.Environment.Why)
	}
	if len(specific) > 0 {
		return specific
	}
	return general
}

// notFound names the field that PyPI does not: the first in which the nearest
// publisher differs.
func (e *exchange) notFound() *trust.Outcome {
	var first trust.Difference
	var registered []string
	if _, differences := trust.Nearest(e.job, e.all, same); len(differences) > 0 {
		first = differences[0]
		for _, p := range e.all {
			if v := p.Text(first.Field); v != "" && !slices.Contains(registered, v) {
				registered = append(registered, v)
			}
		}
	}
	o := e.refuse(StageLookup, first, registered, notFound)
	if called := e.claims.WorkflowFile; first.Field == identity.FieldWorkflow && called.Known && called.Text != e.job.Workflow && slices.Contains(registered, called.Text) {
		o.Why = "PyPI compares the file that the job is written in, " + e.job.Workflow + ", and not " + called.Text + ", which calls it"
	}
	return o
}

// owner: the owner's own claim must be that of the repository's.
func (e *exchange) owner(p identity.Publisher) *trust.Outcome {
	if c := e.claims.RepositoryOwner; c.Known && p.Owner != "" && c.Text != p.Owner {
		return e.refuse(StageChecks, trust.Difference{Field: identity.FieldOwner, Presented: c.Text}, []string{p.Owner}, "Check failed for required claim 'repository_owner'")
	}
	return nil
}

// workflowRef: the job's file must be the publisher's own file, at the run's
// ref or commit. A reusable workflow of another repository never is.
func (e *exchange) workflowRef(p identity.Publisher) *trust.Outcome {
	c := e.claims
	if !c.JobWorkflowRef.Known {
		e.unknown = append(e.unknown, c.JobWorkflowRef.Why)
		return nil
	}
	var expected []string
	for _, ref := range []workflow.Claim{c.Ref, c.SHA} {
		if ref.Text != "" {
			expected = append(expected, fmt.Sprintf("%s/%s/.github/workflows/%s@%s", p.Owner, p.Repository, p.Workflow, ref.Text))
		}
	}
	slices.Sort(expected)
	expected = slices.Compact(expected)
	switch {
	case slices.Contains(expected, c.JobWorkflowRef.Text):
		return nil
	case len(expected) == 0 && !c.Ref.Known:
		e.unknown = append(e.unknown, c.Ref.Why)
		return nil
	case len(expected) == 0:
		return e.refuse(StageClaims, trust.Difference{}, nil, "The ref and sha claims are empty")
	}
	return e.refuse(StageWorkflowRef, trust.Difference{Field: identity.FieldWorkflow, Presented: c.JobWorkflowRef.Text}, expected,
		fmt.Sprintf("The job_workflow_ref claim does not match, expecting one of %s, got %s", pythonList(expected), pythonString(c.JobWorkflowRef.Text)))
}

func (e *exchange) event(identity.Publisher) *trust.Outcome {
	c := e.claims.EventName
	switch {
	case !c.Known:
		e.unknown = append(e.unknown, c.Why)
	case slices.Contains(RefusedEvents, c.Text):
		return e.refuse(StageEvent, trust.Difference{Presented: c.Text}, nil, "Publishing from a workflow invoked via 'pull_request_target' is not supported.")
	}
	return nil
}

// pythonList and pythonString write values as Python's repr does for text
// without odd characters, which refs and file names are.
func pythonList(list []string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, pythonString(s))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func pythonString(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	return quote + strings.NewReplacer(`\`, `\\`).Replace(s) + quote
}

// same compares a field as PyPI's lookup does: owner and repository with case.
func same(f identity.Field, presented, registered string) bool {
	if f == identity.FieldEnvironment {
		return registered == "" || strings.EqualFold(presented, registered)
	}
	return presented == registered
}
