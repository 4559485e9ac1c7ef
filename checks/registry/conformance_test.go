package registry

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// What every registry must hold to; a new one is tested by being in All.

func known(text string) workflow.Claim { return workflow.Claim{Text: text, Known: true} }

// presented are the claims of a job that runs under an identity.
func presented(i identity.Identity) workflow.ClaimSet {
	ref := known(i.Owner + "/" + i.Repository + "/.github/workflows/" + i.Workflow + "@refs/tags/v1")
	return workflow.ClaimSet{
		Repository: known(i.Owner + "/" + i.Repository), RepositoryOwner: known(i.Owner), RepositoryOwnerID: known(i.Text(identity.FieldOwnerID)),
		WorkflowRef: ref, JobWorkflowRef: ref, WorkflowFile: known(i.Workflow), JobWorkflowFile: known(i.Workflow),
		Environment: known(i.Environment), EventName: known("push"), Ref: known("refs/tags/v1"), SHA: known("abc"),
	}
}

func drawIdentity(t *rapid.T, label string) identity.Identity {
	return identity.Identity{
		Owner:       rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9-]{0,8}`).Draw(t, label+" owner"),
		OwnerID:     rapid.Int64Range(1, 1<<30).Draw(t, label+" owner id"),
		Repository:  rapid.StringMatching(`[a-zA-Z0-9_.-]{1,10}`).Draw(t, label+" repository"),
		Workflow:    rapid.StringMatching(`[a-zA-Z0-9_-]{1,8}\.ya?ml`).Draw(t, label+" workflow"),
		Environment: rapid.StringMatching(`([a-zA-Z][a-zA-Z0-9_-]{0,8})?`).Draw(t, label+" environment"),
	}
}

// eachRegistry runs a property over every registry.
func eachRegistry(t *testing.T, property func(t *rapid.T, r trust.Registry)) {
	for _, r := range All() {
		t.Run(string(r.ID), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { property(t, r) })
		})
	}
}

func TestAJobMatchesItsOwnIdentity(t *testing.T) {
	eachRegistry(t, func(t *rapid.T, r trust.Registry) {
		i := drawIdentity(t, "job")
		if problems := r.Validate(identity.Publisher{Registry: r.ID, Package: "p", Identity: i}); len(problems) > 0 {
			t.Fatalf("the form refuses %+v: %v", i, problems)
		}
		o := r.Match(presented(i), []identity.Publisher{{Registry: r.ID, Package: "p", Identity: i}})
		if o.Verdict != trust.Matched || len(o.Publishers) != 1 {
			t.Fatalf("%+v", o)
		}
	})
}

// One field that differs, by more than case, is refused, and named.
func TestOneDifferenceIsNamed(t *testing.T) {
	eachRegistry(t, func(t *rapid.T, r trust.Registry) {
		i := drawIdentity(t, "job")
		p := identity.Publisher{Registry: r.ID, Package: "p", Identity: i}
		field := rapid.SampledFrom(identity.Fields()).Draw(t, "field")
		switch field {
		case identity.FieldOwner:
			p.Owner += "x"
		case identity.FieldOwnerID:
			p.OwnerID++
		case identity.FieldRepository:
			p.Repository += "x"
		case identity.FieldWorkflow:
			p.Workflow = "x" + p.Workflow
		case identity.FieldEnvironment:
			p.Environment += "x"
		}
		o := r.Match(presented(i), []identity.Publisher{p})
		if o.Verdict != trust.Refused || o.Field != field || o.Text == "" {
			t.Fatalf("%s changed: %+v", field, o)
		}
		if len(o.Differences) != 1 || o.Differences[0].Field != field || o.Differences[0].Registered != p.Text(field) || o.Differences[0].Presented != i.Text(field) {
			t.Fatalf("%s changed: differences %+v", field, o.Differences)
		}
	})
}

// Publishers that do not match change nothing for one that does.
func TestOthersDoNotDisturb(t *testing.T) {
	eachRegistry(t, func(t *rapid.T, r trust.Registry) {
		i := drawIdentity(t, "job")
		others := []identity.Publisher{{Registry: r.ID, Package: "p", Identity: i}}
		for range rapid.IntRange(0, 4).Draw(t, "others") {
			others = append(others, identity.Publisher{Registry: r.ID, Package: "q", Identity: drawIdentity(t, "other")})
		}
		if o := r.Match(presented(i), rapid.Permutation(others).Draw(t, "order")); o.Verdict != trust.Matched {
			t.Fatalf("%+v", o)
		}
	})
}

// A claim that is not known is never taken to match.
func TestNotKnownIsNoMatch(t *testing.T) {
	eachRegistry(t, func(t *rapid.T, r trust.Registry) {
		i := drawIdentity(t, "job")
		i.Environment += "e"
		claims := presented(i)
		open := workflow.Claim{Why: "not known"}
		for _, c := range []*workflow.Claim{&claims.Repository, &claims.RepositoryOwnerID, &claims.Environment, &claims.EventName} {
			before := *c
			*c = open
			if o := r.Match(claims, []identity.Publisher{{Registry: r.ID, Identity: i}}); o.Verdict != trust.Unknown || o.Why == "" {
				t.Fatalf("%+v", o)
			}
			*c = before
		}
	})
}

func TestRefusedEvents(t *testing.T) {
	i := identity.Identity{Owner: "o", OwnerID: 1, Repository: "r", Workflow: "w.yml"}
	for _, r := range All() {
		for _, event := range []string{"push", "release", "workflow_dispatch", "schedule", "workflow_run", "pull_request_target"} {
			claims := presented(i)
			claims.EventName = known(event)
			o := r.Match(claims, []identity.Publisher{{Registry: r.ID, Identity: i}})
			refused := strings.Contains(strings.Join(r.RefusedEvents, " "), event)
			if (o.Verdict == trust.Refused) != refused || refused && !strings.Contains(o.Text, event) {
				t.Errorf("%s, %s: %+v", r.ID, event, o)
			}
		}
	}
}

func TestRegistriesAreComplete(t *testing.T) {
	p := identity.Publisher{Package: "a b/../c", Identity: identity.Identity{Owner: "o", Repository: "r", Workflow: "w.yml", Environment: "e"}}
	if len(All()) != len(identity.Registries()) {
		t.Errorf("%d registries are described, %d exist", len(All()), len(identity.Registries()))
	}
	for _, id := range identity.Registries() {
		r, ok := Of(id)
		if !ok {
			t.Fatalf("%s is not described", id)
		}
		forms := []trust.Form{r.Pages.Publisher(p)}
		if r.Pages.Pending != nil {
			forms = append(forms, r.Pages.Pending(p))
		}
		addresses := []string{r.Pages.NewToken, r.Pages.Tokens, r.Pages.Account, r.Pages.Package(p.Package), r.Pages.Settings(p.Package)}
		for _, f := range forms {
			addresses = append(addresses, f.URL)
			if len(f.Fields) < 4 {
				t.Errorf("%s: form %+v", id, f)
			}
		}
		for _, a := range addresses {
			u, err := url.Parse(a)
			if err != nil || u.Scheme != "https" || u.Host != id.Host() || strings.Contains(u.EscapedPath(), "/../") {
				t.Errorf("%s: address %q", id, a)
			}
		}
		if r.Title != id.Title() || r.TokenLife == 0 || len(r.Limits) == 0 || r.ValidName("x") != nil {
			t.Errorf("%s: %+v", id, r)
		}
		for _, l := range r.Limits {
			if found, ok := r.Limit(l.ID); !ok || found != l || l.Count == 0 || l.Source == "" || l.What == "" {
				t.Errorf("%s: limit %+v", id, l)
			}
		}
	}
	if _, ok := Of("npm"); ok {
		t.Error("npm is described")
	}
}
