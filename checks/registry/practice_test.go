package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	practicecrates "github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	practicepypi "github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// The practice registries decide by code of their own, written after the
// servers' sources. Here the same jobs and publishers are put to both: they
// must agree on the verdict and on every word of a refusal.

// world is the three practice registries and the issuer that they trust.
type world struct {
	issuer *oidc.Issuer
	now    time.Time
	crates *practicecrates.Service
	pypi   map[identity.Registry]*practicepypi.Service
}

// inside answers for hosts without a network.
type inside map[string]http.Handler

func (hosts inside) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := hosts[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("nothing answers for %s", r.URL.Host)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	issuer, err := oidc.NewIssuer(&box.MemoryState{})
	must(t, err)
	w := &world{issuer: issuer, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), pypi: map[identity.Registry]*practicepypi.Service{}}
	client, clock := &http.Client{Transport: inside{oidc.Host: issuer}}, func() time.Time { return w.now }
	w.crates, err = practicecrates.New(practicecrates.Options{State: &box.MemoryState{}, Client: client, Now: clock})
	must(t, err)
	_, err = w.crates.AddUser("ana")
	must(t, err)
	must(t, w.crates.SetEmail("ana", "ana@example.org", true))
	for id, instance := range map[identity.Registry]practicepypi.Instance{identity.PyPI: practicepypi.PyPI, identity.TestPyPI: practicepypi.TestPyPI} {
		w.pypi[id], err = practicepypi.New(practicepypi.Options{Instance: instance, State: &box.MemoryState{}, Client: client, Now: clock})
		must(t, err)
		must(t, w.pypi[id].AddUser(practicepypi.User{Username: "ana", Email: "ana@example.org", Verified: true}))
	}
	for _, name := range packages {
		must(t, w.crates.AddCrate(practicecrates.Seed{Owner: "ana", Name: name, Version: "0.1.0"}))
		must(t, w.pypi[identity.PyPI].AddProject(name, "ana"))
		must(t, w.pypi[identity.TestPyPI].AddProject(name, "ana"))
	}
	return w
}

func must(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

var packages = []string{"alpha", "beta", "gamma"}

// register replaces the publishers of a registry.
func (w *world) register(t *rapid.T, at identity.Registry, publishers []identity.Publisher) {
	if at == identity.CratesIO {
		for _, old := range w.crates.Publishers("") {
			must(t, w.crates.RemovePublisher(old.ID))
		}
		for _, p := range publishers {
			_, err := w.crates.AddPublisher(practicecrates.Publisher{
				Crate: p.Package, RepositoryOwner: p.Owner, RepositoryOwnerID: int(p.OwnerID), RepositoryName: p.Repository,
				WorkflowFilename: p.Workflow, Environment: optional(p.Environment),
			})
			must(t, err)
		}
		return
	}
	index := w.pypi[at]
	for _, name := range packages {
		for _, old := range index.Publishers(name) {
			must(t, index.RemovePublisher(name, old.ID))
		}
	}
	for _, p := range publishers {
		_, err := index.AddPublisher(p.Package, practicepypi.Identity{
			Owner: p.Owner, OwnerID: strconv.FormatInt(p.OwnerID, 10), Repository: p.Repository, Workflow: p.Workflow, Environment: strings.ToLower(p.Environment),
		})
		must(t, err)
	}
}

// possible takes away what cannot stand at an index together: publishers that
// differ in nothing but the owner's id are one there (warehouse commit 6b62157,
// 2026-08-21, the unique constraint of GitHub publishers).
func possible(publishers []identity.Publisher) []identity.Publisher {
	for i := range publishers {
		for _, before := range publishers[:i] {
			p := &publishers[i]
			if p.Registry != identity.CratesIO && p.Owner == before.Owner && p.Repository == before.Repository && p.Workflow == before.Workflow && p.Environment == before.Environment {
				p.OwnerID = before.OwnerID
			}
		}
	}
	return publishers
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// exchange asks a practice registry for a token; refusal is "" when it gives
// one.
func (w *world) exchange(t *rapid.T, at identity.Registry, c workflow.ClaimSet) (refusal string) {
	w.now = w.now.Add(time.Second)
	claims := oidc.Claims{
		Repository: c.Repository.Text, RepositoryOwner: c.RepositoryOwner.Text, RepositoryOwnerID: c.RepositoryOwnerID.Text,
		WorkflowRef: c.WorkflowRef.Text, JobWorkflowRef: c.JobWorkflowRef.Text, Environment: c.Environment.Text,
		EventName: c.EventName.Text, Ref: c.Ref.Text, SHA: c.SHA.Text, RunID: "1",
	}
	claims.Audience = jwt.ClaimStrings{at.Audience()}
	token, err := w.issuer.Sign(claims, w.now)
	must(t, err)
	if at == identity.CratesIO {
		var answer struct{ Errors []struct{ Detail string } }
		post(t, w.crates, "https://crates.io/api/v1/trusted_publishing/tokens", map[string]string{"jwt": token}, &answer)
		if len(answer.Errors) > 0 {
			return answer.Errors[0].Detail
		}
		return ""
	}
	var answer struct {
		Errors []struct{ Code, Description string }
	}
	post(t, w.pypi[at], "https://"+at.Host()+"/_/oidc/mint-token", map[string]string{"token": token}, &answer)
	if len(answer.Errors) > 0 {
		return answer.Errors[0].Code + ": " + answer.Errors[0].Description
	}
	return ""
}

func post(t *rapid.T, s http.Handler, address string, body, answer any) {
	text, err := json.Marshal(body)
	must(t, err)
	r := httptest.NewRequest(http.MethodPost, address, bytes.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "test (test@example.org)")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	raw, err := io.ReadAll(w.Result().Body)
	must(t, err)
	if err := json.Unmarshal(raw, answer); err != nil || (w.Code != 200) != strings.Contains(string(raw), "errors") {
		t.Fatalf("%s answers %d %s", address, w.Code, raw)
	}
}

// Few values each, so that jobs and publishers often nearly agree.
func near(t *rapid.T, label string) identity.Identity {
	pick := func(what string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label+" "+what) }
	return identity.Identity{
		Owner: pick("owner", "Acme", "acme", "other"), OwnerID: rapid.SampledFrom([]int64{65, 65, 66}).Draw(t, label+" id"),
		Repository: pick("repository", "x", "X", "y"), Workflow: pick("workflow", "publish.yml", "Publish.yml", "ci.yaml", "a@b.yml"),
		Environment: pick("environment", "", "release", "Release", "pypi"),
	}
}

// nearClaims are a job's: half of them start from one of the publishers, so that
// matches are no rarity.
func nearClaims(t *rapid.T, publishers []identity.Publisher) workflow.ClaimSet {
	i := near(t, "job")
	if len(publishers) > 0 && rapid.Bool().Draw(t, "a publisher's job") {
		i = rapid.SampledFrom(publishers).Draw(t, "the publisher").Identity
	}
	c := presented(i)
	ref := rapid.SampledFrom([]string{"refs/tags/v1", "refs/heads/main", "refs/heads/x@y.yml"}).Draw(t, "ref")
	c.Ref = known(ref)
	inside := func(repository, file, at string) workflow.Claim {
		return known(repository + "/.github/workflows/" + file + "@" + at)
	}
	own := c.Repository.Text
	c.WorkflowRef = inside(own, i.Workflow, ref)
	c.JobWorkflowRef = c.WorkflowRef
	switch rapid.SampledFrom([]string{"direct", "direct", "called", "remote", "commit", "odd"}).Draw(t, "way") {
	case "called":
		c.JobWorkflowRef = inside(own, "upload.yml", ref)
	case "remote":
		c.JobWorkflowRef = inside("org/shared", i.Workflow, "refs/tags/v2")
	case "commit":
		c.JobWorkflowRef = inside(own, i.Workflow, c.SHA.Text)
	case "odd":
		c.WorkflowRef, c.JobWorkflowRef = known("Acme/x/nothing@"+ref), known("Acme/x/nothing@"+ref)
	}
	c.EventName = known(rapid.SampledFrom([]string{"push", "push", "push", "release", "workflow_run", "pull_request_target"}).Draw(t, "event"))
	return c
}

func TestAgreesWithThePracticeWorld(t *testing.T) {
	w := newWorld(t)
	verdicts := map[trust.Verdict]int{}
	stages := map[string]int{}
	eachRegistry(t, func(t *rapid.T, r trust.Registry) {
		publishers := []identity.Publisher{}
		for n := range rapid.IntRange(0, 3).Draw(t, "publishers") {
			p := identity.Publisher{Registry: r.ID, Package: packages[n], Identity: near(t, "publisher")}
			if r.ID != identity.CratesIO {
				p.Environment = strings.ToLower(p.Environment)
			}
			publishers = append(publishers, p)
		}
		publishers = possible(publishers)
		w.register(t, r.ID, publishers)
		claims := nearClaims(t, publishers)
		got, want := r.Match(claims, publishers), w.exchange(t, r.ID, claims)
		verdicts[got.Verdict]++
		stages[got.Stage]++
		if got.Verdict == trust.Unknown || (got.Verdict == trust.Matched) != (want == "") || got.Text != want {
			t.Fatalf("publishers %+v\nclaims %+v\nwe say       %s %q\npractice says %q", publishers, claims, got.Verdict, got.Text, want)
		}
	})
	if verdicts[trust.Matched] == 0 || len(stages) < 6 {
		t.Errorf("the cases are one-sided: %v, %v", verdicts, slices.Sorted(maps.Keys(stages)))
	}
}
