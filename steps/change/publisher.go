package change

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// PublisherState is a publisher as it is, or was, registered on crates.io.
type PublisherState struct {
	Exists      bool   `json:"exists"`
	ID          int64  `json:"id,omitempty"`
	Crate       string `json:"crate"`
	Owner       string `json:"repository_owner,omitempty"`
	OwnerID     int64  `json:"repository_owner_id,omitempty"`
	Repository  string `json:"repository_name,omitempty"`
	Workflow    string `json:"workflow_filename,omitempty"`
	Environment string `json:"environment,omitempty"`
}

func stateOf(p identity.Publisher) PublisherState {
	return PublisherState{Exists: true, ID: p.ID, Crate: p.Package, Owner: p.Owner, OwnerID: p.OwnerID, Repository: p.Repository, Workflow: p.Workflow, Environment: p.Environment}
}

func (s PublisherState) publisher() identity.Publisher {
	return identity.Publisher{Registry: identity.CratesIO, Package: s.Crate, ID: s.ID,
		Identity: identity.Identity{Owner: s.Owner, OwnerID: s.OwnerID, Repository: s.Repository, Workflow: s.Workflow, Environment: s.Environment}}
}

// lines are the fields of the form, with their origins.
func (s PublisherState) lines(op byte, origin map[identity.Field]string) []DiffLine {
	lines := []DiffLine{
		{op, "repository owner " + s.Owner, origin[identity.FieldOwner]}, {op, "repository name " + s.Repository, origin[identity.FieldRepository]},
		{op, "workflow file " + s.Workflow, origin[identity.FieldWorkflow]}}
	if s.Environment != "" {
		return append(lines, DiffLine{op, "environment " + s.Environment, origin[identity.FieldEnvironment]})
	}
	return append(lines, DiffLine{op, "any environment, or none", origin[identity.FieldEnvironment]})
}

// SamePublisher says whether a registered publisher is the wanted one: each field
// as crates.io compares it, and the environment named alike.
func SamePublisher(wanted, registered identity.Publisher) bool {
	return strings.EqualFold(wanted.Owner, registered.Owner) && strings.EqualFold(wanted.Repository, registered.Repository) &&
		(wanted.OwnerID == 0 || registered.OwnerID == 0 || wanted.OwnerID == registered.OwnerID) &&
		wanted.Workflow == registered.Workflow && strings.EqualFold(wanted.Environment, registered.Environment)
}

// listing are the publishers of some crates, read once for a whole series of
// changes, just before the first is made.
type listing struct {
	errand
	names []string
	facts map[string][]identity.Publisher
	why   map[string]string
	// seen is what a look has shown of the crates.
	seen map[string]evidence.Fact[[]identity.Publisher]
}

// justSeen is how old a look may be to stand for one of our own.
const justSeen = 3 * time.Minute

func (t *Tools) listing(token string, list []identity.Publisher) *listing {
	l := &listing{errand: errand{tools: t, token: cmp.Or(token, t.CratesToken)}}
	for _, p := range list {
		l.names = append(l.names, p.Package)
	}
	t.Secrets.Add(l.token)
	return l
}

// of gives the publishers that a crate has.
func (l *listing) of(ctx context.Context, h Hands, crate string) ([]identity.Publisher, error) {
	if l.tools.Crates == nil || l.token == "" {
		return nil, &AllError{fmt.Errorf("look for the publishers of %s: %s", crate, NoTokenText)}
	}
	if l.facts == nil && !l.take() {
		h.progress("Looking at the publishers that crates.io has")
		l.read(ctx)
		if err := context.Cause(ctx); err != nil {
			l.facts = nil
			return nil, err
		}
	}
	if why, blind := l.why[crate]; blind {
		return nil, l.blind(crate, why)
	}
	return l.facts[crate], nil
}

// take uses what a look has just shown, if it has shown all.
func (l *listing) take() bool {
	facts := map[string][]identity.Publisher{}
	for _, name := range l.names {
		list, ok := l.seen[name].Get()
		if !ok || l.tools.Clock().Sub(l.seen[name].Source().At) > justSeen {
			return false
		}
		facts[name] = list
	}
	l.facts, l.worked = facts, true
	return true
}

func (l *listing) read(ctx context.Context) {
	l.facts, l.why = map[string][]identity.Publisher{}, map[string]string{}
	for name, fact := range l.tools.Crates.Publishers(ctx, l.token, l.names) {
		if list, ok := fact.Get(); ok {
			l.facts[name], l.worked = list, true
		} else {
			l.why[name] = fact.Reason()
		}
	}
}

// blind is the error of a crate whose publishers crates.io does not show. Where it
// shows none at all it is not this crate's matter.
func (l *listing) blind(crate, why string) error {
	err := fmt.Errorf("look for the publishers of %s: %s; make a token of an owner with the scope trusted-publishing at %s", crate, why, tokenPage)
	if !l.worked {
		return &AllError{err}
	}
	return err
}

// RegisterPublishers makes changes that register publishers on crates.io, one for
// each, in series with one look before, which seen may stand for if it was made
// just now. token is used instead of the tools' own; "" is that one. What is
// registered already is left as it is.
func (t *Tools) RegisterPublishers(list []identity.Publisher, token string, seen map[string]evidence.Fact[[]identity.Publisher]) []Change {
	l := t.listing(token, list)
	l.seen = seen
	var changes []Change
	for _, p := range list {
		after := stateOf(p)
		after.ID = 0
		changes = append(changes, Change{
			ID: "publisher:crates.io:" + p.Package, Title: "Register the publisher of " + p.Package + " on crates.io", Apart: true,
			Preview: append(after.lines('+', p.Origin), DiffLine{' ', "crates.io tells the crate's owners by mail", ""}),
			Before:  PublisherState{Crate: p.Package}, After: after,
			Perform: func(ctx context.Context, h Hands) error { return l.register(ctx, h, p) },
		})
	}
	return changes
}

func (l *listing) register(ctx context.Context, h Hands, p identity.Publisher) error {
	there, err := l.of(ctx, h, p.Package)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(there, func(q identity.Publisher) bool { return SamePublisher(p, q) }) {
		h.stoodSo("was there")
		h.tally("%s has this publisher already", p.Package)
		return nil
	}
	made, err := l.create(ctx, h, p)
	if err != nil {
		return err
	}
	l.facts[p.Package] = append(there, made)
	h.cameTo("created")
	h.tally("crates.io registered the publisher of %s", p.Package)
	return nil
}

// create registers a publisher and compares what crates.io stored, which its
// answer tells: it looks the owner up by itself.
func (l *listing) create(ctx context.Context, h Hands, p identity.Publisher) (identity.Publisher, error) {
	fields := map[string]any{"crate": p.Package, "repository_owner": p.Owner, "repository_name": p.Repository, "workflow_filename": p.Workflow, "environment": nil}
	if p.Environment != "" {
		fields["environment"] = p.Environment
	}
	var answer struct {
		Config PublisherState `json:"github_config"`
	}
	if err := l.write(ctx, h, http.MethodPost, "trusted_publishing/github_configs", map[string]any{"github_config": fields}, &answer); err != nil {
		return p, l.refused("register a publisher of", p.Package, err)
	}
	l.worked = true
	made := answer.Config.publisher()
	if !SamePublisher(p, made) {
		return made, fmt.Errorf("crates.io registered another publisher of %s than was asked for: %s/%s (owner id %d), %s, environment %q; look at %s",
			p.Package, made.Owner, made.Repository, made.OwnerID, made.Workflow, made.Environment, cratesPage(p.Package))
	}
	return made, nil
}
