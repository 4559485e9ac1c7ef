// Package cratesio knows how crates.io decides about trusted publishing: which
// claims it compares, in which order and with which words, its pages, its forms
// and its limits. It is pure; its client is a package of its own.
package cratesio

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// The stages, in the order in which the server goes through them (crates.io
// commit 57fa000, 2026-08-21, controllers/trustpub/tokens/exchange).
const (
	StageEvent       = "event"
	StageClaims      = "claims"
	StageRepository  = "repository"
	StageOwnerID     = "owner id"
	StageWorkflow    = "workflow file"
	StageEnvironment = "environment"
)

// RefusedEvents are the events that crates.io mints nothing for.
var RefusedEvents = []string{"pull_request_target", "workflow_run"}

// Match decides as crates.io does. Publishers of other registries are left out.
// A publisher without owner id is held to have the job's.
func Match(claims workflow.ClaimSet, publishers []identity.Publisher) trust.Outcome {
	var configs []identity.Publisher
	for _, p := range publishers {
		if p.Registry == identity.CratesIO {
			configs = append(configs, p)
		}
	}
	var outcomes []trust.Outcome
	for _, c := range claims.Cases() {
		outcomes = append(outcomes, match(c, configs))
	}
	return trust.Combine(outcomes, "the environment is not certain: "+claims.Environment.Why)
}

// exchange is one run through the stages.
type exchange struct {
	claims workflow.ClaimSet
	job    identity.Identity
	repo   string
	left   []identity.Publisher
	all    []identity.Publisher
	// unknown are the claims that a stage would have needed.
	unknown []string
}

func match(claims workflow.ClaimSet, configs []identity.Publisher) trust.Outcome {
	e := &exchange{claims: claims, left: configs, all: configs}
	for _, stage := range []func(*exchange) *trust.Outcome{
		(*exchange).event, (*exchange).read, (*exchange).repository, (*exchange).ownerID, (*exchange).workflow, (*exchange).environment,
	} {
		if refused := stage(e); refused != nil {
			return *refused
		}
	}
	if len(e.unknown) > 0 {
		return trust.Outcome{Verdict: trust.Unknown, Why: strings.Join(e.unknown, "; ")}
	}
	return trust.Outcome{Verdict: trust.Matched, Publishers: e.left}
}

func (e *exchange) refuse(stage string, field identity.Field, presented string, registered []string, format string, args ...any) *trust.Outcome {
	_, differences := trust.Nearest(e.job, e.all, same)
	o := &trust.Outcome{
		Verdict: trust.Refused, Stage: stage, Field: field, Presented: presented, Registered: registered,
		Differences: differences, Text: fmt.Sprintf(format, args...),
	}
	if len(e.unknown) > 0 {
		o.Why = "an earlier stage could refuse with other words: " + strings.Join(e.unknown, "; ")
	}
	return o
}

func (e *exchange) event() *trust.Outcome {
	c := e.claims.EventName
	switch {
	case !c.Known:
		e.unknown = append(e.unknown, c.Why)
	case slices.Contains(RefusedEvents, c.Text):
		return e.refuse(StageEvent, "", c.Text, nil, "Trusted Publishing does not support the `%s` event trigger due to security concerns. Please use a different trigger such as `push`, `release`, or `workflow_dispatch`.", c.Text)
	}
	return nil
}

// fileOf takes the file's name out of a reference, as the server's regular
// expression does.
var fileOf = regexp.MustCompile(`([^/]+\.(yml|yaml))(@.+)`)

// read splits the claims up.
func (e *exchange) read() *trust.Outcome {
	c := e.claims
	if c.Repository.Known {
		owner, name, ok := strings.Cut(c.Repository.Text, "/")
		if !ok {
			return e.refuse(StageClaims, "", c.Repository.Text, nil, "Unexpected `repository` value")
		}
		e.repo, e.job.Owner, e.job.Repository = c.Repository.Text, owner, name
	}
	if c.WorkflowRef.Known {
		m := fileOf.FindStringSubmatch(c.WorkflowRef.Text)
		if m == nil {
			return e.refuse(StageClaims, identity.FieldWorkflow, c.WorkflowRef.Text, nil, "Unexpected `workflow_ref` value")
		}
		e.job.Workflow = m[1]
	} else if c.WorkflowFile.Known {
		e.job.Workflow = c.WorkflowFile.Text
	}
	if c.RepositoryOwnerID.Known {
		id, err := strconv.ParseInt(c.RepositoryOwnerID.Text, 10, 32)
		if err != nil {
			return e.refuse(StageClaims, identity.FieldOwnerID, c.RepositoryOwnerID.Text, nil, "Unexpected `repository_owner_id` value")
		}
		e.job.OwnerID = id
	}
	e.job.Environment = c.Environment.Text
	return nil
}

func (e *exchange) repository() *trust.Outcome {
	if !e.claims.Repository.Known {
		e.unknown = append(e.unknown, e.claims.Repository.Why)
		return nil
	}
	e.keep(func(p identity.Publisher) bool {
		return strings.EqualFold(p.Owner, e.job.Owner) && strings.EqualFold(p.Repository, e.job.Repository)
	})
	if len(e.left) > 0 {
		return nil
	}
	field, presented := identity.Field(""), e.repo
	_, differences := trust.Nearest(e.job, e.all, same)
	for _, d := range differences {
		if d.Field == identity.FieldOwner || d.Field == identity.FieldRepository {
			field, presented = d.Field, d.Presented
			break
		}
	}
	return e.refuse(StageRepository, field, presented, values(e.all, field), "No Trusted Publishing config found for repository `%s`.", e.repo)
}

func (e *exchange) ownerID() *trust.Outcome {
	if e.job.OwnerID == 0 {
		e.unknown = append(e.unknown, e.claims.RepositoryOwnerID.Why)
		return nil
	}
	before := e.keep(func(p identity.Publisher) bool { return p.OwnerID == 0 || p.OwnerID == e.job.OwnerID })
	if len(e.left) > 0 {
		return nil
	}
	ids := values(before, identity.FieldOwnerID)
	return e.refuse(StageOwnerID, identity.FieldOwnerID, e.job.Text(identity.FieldOwnerID), ids,
		"The Trusted Publishing config for repository `%s` does not match the repository owner ID (%d) in the JWT. Expected owner IDs: %s. Please recreate the Trusted Publishing config to update the repository owner ID.",
		e.repo, e.job.OwnerID, strings.Join(ids, ", "))
}

func (e *exchange) workflow() *trust.Outcome {
	if e.job.Workflow == "" {
		e.unknown = append(e.unknown, e.claims.WorkflowFile.Why)
		return nil
	}
	before := e.keep(func(p identity.Publisher) bool { return p.Workflow == e.job.Workflow })
	if len(e.left) > 0 {
		return nil
	}
	files := values(before, identity.FieldWorkflow)
	return e.refuse(StageWorkflow, identity.FieldWorkflow, e.job.Workflow, files,
		"The Trusted Publishing config for repository `%s` does not match the workflow filename `%s` in the JWT. Expected workflow filenames: %s",
		e.repo, e.job.Workflow, ticked(files))
}

func (e *exchange) environment() *trust.Outcome {
	if !e.claims.Environment.Known {
		return e.openEnvironment()
	}
	environment := e.claims.Environment.Text
	before := e.keep(func(p identity.Publisher) bool {
		return p.Environment == "" || strings.EqualFold(p.Environment, environment)
	})
	if len(e.left) > 0 {
		return nil
	}
	wanted := values(before, identity.FieldEnvironment)
	if environment == "" {
		return e.refuse(StageEnvironment, identity.FieldEnvironment, "", wanted,
			"The Trusted Publishing config for repository `%s` requires an environment, but the JWT does not specify one. Expected environments: %s",
			e.repo, ticked(wanted))
	}
	return e.refuse(StageEnvironment, identity.FieldEnvironment, environment, wanted,
		"The Trusted Publishing config for repository `%s` does not match the environment `%s` in the JWT. Expected environments: %s",
		e.repo, environment, ticked(wanted))
}

// openEnvironment: whatever the environment is, publishers without one match.
func (e *exchange) openEnvironment() *trust.Outcome {
	for _, p := range e.left {
		if p.Environment != "" {
			e.unknown = append(e.unknown, "the environment is not known: "+e.claims.Environment.Why)
			return nil
		}
	}
	return nil
}

// keep narrows what is left and returns what was left before.
func (e *exchange) keep(fits func(identity.Publisher) bool) []identity.Publisher {
	before := e.left
	e.left = nil
	for _, p := range before {
		if fits(p) {
			e.left = append(e.left, p)
		}
	}
	return before
}

func values(publishers []identity.Publisher, f identity.Field) []string {
	var found []string
	for _, p := range publishers {
		if v := p.Text(f); f != "" && v != "" {
			found = append(found, v)
		}
	}
	return found
}

func ticked(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "`" + strings.Join(list, "`, `") + "`"
}

// same compares a field as crates.io does.
func same(f identity.Field, presented, registered string) bool {
	switch f {
	case identity.FieldWorkflow, identity.FieldOwnerID:
		return presented == registered
	case identity.FieldEnvironment:
		return registered == "" || strings.EqualFold(presented, registered)
	}
	return strings.EqualFold(presented, registered)
}

// NotCovered is the refusal of an upload whose token was minted for other
// crates (crates.io commit 57fa000, 2026-08-21).
func NotCovered(crate string) string {
	return fmt.Sprintf("The provided access token is not valid for crate `%s`", crate)
}
