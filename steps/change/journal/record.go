// Package journal keeps what the world cannot show: what we changed, for undo;
// what the maintainer told us; choices and skips. Losing it loses undo and what
// was said, nothing else. It never holds a secret.
package journal

import (
	"encoding/json"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// schema is the version of the records; within it fields are only added.
const schema = 1

// Kind says what a record records.
type Kind string

// The kinds of record.
const (
	// Choice replaces all choices.
	Choice Kind = "choice"
	// Said is a statement about what nobody can see.
	Said Kind = "said"
	// Skip and Unskip pass a step by and take it up again.
	Skip   Kind = "skip"
	Unskip Kind = "unskip"
	// Before is written before a change is made, After when it has ended.
	Before Kind = "before"
	After  Kind = "after"
)

// Record is one line of the journal.
type Record struct {
	Schema int       `json:"schema"`
	At     time.Time `json:"at"`
	Kind   Kind      `json:"kind"`

	Choices *Choices   `json:"choices,omitempty"`
	Said    *Statement `json:"said,omitempty"`
	// Step and Reason belong to Skip and Unskip.
	Step   string `json:"step,omitempty"`
	Reason string `json:"reason,omitempty"`

	Change *Entry `json:"change,omitempty"`
	// Error is why a change failed, in a record of kind After.
	Error string `json:"error,omitempty"`
	// Missing is what the server did not store of a change that was made
	// otherwise, in a record of kind After.
	Missing []string `json:"missing,omitempty"`
	// Untouched is whether all stood as asked for before, so that nothing was
	// changed, in a record of kind After.
	Untouched bool `json:"untouched,omitempty"`
	// Undoes is the time of the Before record whose change this one takes back.
	Undoes *time.Time `json:"undoes,omitempty"`
}

// Choices are decisions not yet carried out.
type Choices struct {
	// Profile is "start", "solo" or "team".
	Profile     string `json:"profile,omitempty"`
	Workflow    string `json:"workflow,omitempty"`
	Environment string `json:"environment,omitempty"`
	TagPattern  string `json:"tag_pattern,omitempty"`
	// Packages are names, Registries the registries; empty means all.
	Packages   []string            `json:"packages,omitempty"`
	Registries []identity.Registry `json:"registries,omitempty"`
	// Routes are how projects get to PyPI and TestPyPI for the first time, where
	// that is not by a pending publisher: "token", by "REGISTRY:NAME".
	Routes map[string]string `json:"routes,omitempty"`
	// Attest is whether GitHub is to attest which run packaged the crates.
	Attest bool `json:"attest,omitempty"`
}

// Statement is an evidence.Said as the journal spells it.
type Statement struct {
	What        string            `json:"what"`
	Registry    identity.Registry `json:"registry"`
	Package     string            `json:"package"`
	Owner       string            `json:"owner"`
	OwnerID     int64             `json:"owner_id,omitempty"`
	Repository  string            `json:"repository"`
	Workflow    string            `json:"workflow"`
	Environment string            `json:"environment,omitempty"`
}

// Entry is a change as journalled.
type Entry struct {
	ID      string          `json:"id"`
	Title   string          `json:"title,omitempty"`
	Lasting string          `json:"lasting,omitempty"`
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
}

// StatementOf turns what was said into what is kept.
func StatementOf(s evidence.Said) *Statement {
	p := s.Publisher
	return &Statement{What: s.What, Registry: p.Registry, Package: p.Package, Owner: p.Owner, OwnerID: p.OwnerID,
		Repository: p.Repository, Workflow: p.Workflow, Environment: p.Environment}
}

// Evidence is what was said at a time.
func (s *Statement) Evidence(at time.Time) evidence.Said {
	return evidence.Said{What: s.What, At: at, Publisher: identity.Publisher{Registry: s.Registry, Package: s.Package,
		Identity: identity.Identity{Owner: s.Owner, OwnerID: s.OwnerID, Repository: s.Repository, Workflow: s.Workflow, Environment: s.Environment}}}
}
