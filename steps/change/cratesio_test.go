package change

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// registry is the practice crates.io, which changes reach through the program's
// own transport, in a time of its own.
type registry struct {
	*cratesio.Service
	t *testing.T
	// asked are the requests to the API, answers what is answered instead of the
	// registry, by method and path.
	asked   []string
	answers map[string]func() *http.Response
	token   string
}

// onCrates runs a test against the practice crates.io, where ana owns crates.
func onCrates(t *testing.T, test func(t *testing.T, r *registry, tools *Tools), names ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &registry{t: t, answers: map[string]func() *http.Response{}}
		s, err := cratesio.New(cratesio.Options{State: &box.MemoryState{}, Client: &http.Client{Transport: r}})
		if err != nil {
			t.Fatal(err)
		}
		r.Service = s
		r.must(s.SetEmail("ana", "ana@example.com", true))
		for _, name := range names {
			r.must(s.AddCrate(cratesio.Seed{Owner: "ana", Name: name, Version: "0.1.0"}))
		}
		r.token = r.give(cratesio.TrustedPublishing)
		test(t, r, r.tools())
	})
}

func (r *registry) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *registry) give(scopes ...cratesio.Scope) string {
	token, err := r.AddToken("ana", cratesio.Token{Name: "t", Scopes: scopes})
	r.must(err)
	return token
}

// tools are those of a program that has just been started.
func (r *registry) tools() *Tools {
	api, err := contract.CratesIO()
	r.must(err)
	way, err := transport.New(transport.Options{Base: &contract.Transport{API: api, Next: r, Report: func(err error) { r.t.Error(err) }}})
	r.must(err)
	return &Tools{Crates: OnCratesIO(way), CratesToken: r.token, Secrets: &Redactor{}}
}

// RoundTrip is the network: GitHub, which knows acme, and crates.io.
func (r *registry) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == "api.github.com" {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"login":"acme","id":42}`)), Request: req}, nil
	}
	key := req.Method + " " + strings.TrimPrefix(req.URL.Path, "/api/v1/")
	r.asked = append(r.asked, key)
	if answer := r.answers[key]; answer != nil {
		if res := answer(); res != nil {
			res.Request = req
			return res, nil
		}
	}
	in := req.Clone(req.Context())
	in.Host = req.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, in)
	return w.Result(), nil
}

func (r *registry) count(kind string) int {
	n := 0
	for _, a := range r.asked {
		if strings.HasPrefix(a, kind) {
			n++
		}
	}
	return n
}

func answered(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

func publisherOf(crate string) identity.Publisher {
	return identity.Publisher{Registry: identity.CratesIO, Package: crate, Identity: identity.Identity{
		Owner: "acme", OwnerID: 42, Repository: "grid", Workflow: "publish.yml", Environment: "release"}}
}

func publishersOf(names ...string) (all []identity.Publisher) {
	for _, n := range names {
		all = append(all, publisherOf(n))
	}
	return all
}

func grid(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("grid-%02d", i))
	}
	return names
}

// perform makes changes as a session does, and gives what became of each.
func (p *person) perform(ctx context.Context, changes []Change) (became []string, errs []error) {
	for i, c := range changes {
		h, what := p.hands(), "done"
		h.Nth, h.Of, h.Became = i+1, len(changes), func(s string) { what = s }
		err := c.Perform(ctx, h)
		if err != nil {
			what = "failed"
		}
		became, errs = append(became, c.ID[strings.LastIndexByte(c.ID, ':')+1:]+" "+what), append(errs, err)
	}
	return became, errs
}

// TestSixtyPublishersAtTheRegistrysPace: one look before, a request for each, and
// no crate keeps the others from theirs.
func TestSixtyPublishersAtTheRegistrysPace(t *testing.T) {
	names := grid(60)
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		r.must(r.AddOwner("grid-07", "bo"))
		r.must(r.RemoveOwner("grid-07", "ana"))
		environment := "release"
		seed := cratesio.Publisher{RepositoryOwner: "acme", RepositoryOwnerID: 42, RepositoryName: "grid", WorkflowFilename: "publish.yml", Environment: &environment}
		seed.Crate = "grid-11"
		_, err := r.AddPublisher(seed)
		r.must(err)
		for i := range 5 {
			full := seed
			full.Crate, full.WorkflowFilename = "grid-23", fmt.Sprintf("other%d.yml", i)
			_, err := r.AddPublisher(full)
			r.must(err)
		}
		p, begin := &person{}, time.Now()
		became, errs := p.perform(t.Context(), tools.RegisterPublishers(publishersOf(names...), "", nil))
		counts := map[string]int{}
		for i, b := range became {
			_, what, _ := strings.Cut(b, " ")
			counts[what]++
			if errs[i] != nil && !MayGoOn(errs[i]) {
				t.Errorf("%s stops the others: %v", b, errs[i])
			}
		}
		if counts["created"] != 57 || counts["was there"] != 1 || counts["failed"] != 2 {
			t.Errorf("%v", counts)
		}
		if e := errs[7]; e == nil || !strings.Contains(e.Error(), "not an owner") {
			t.Errorf("somebody else's crate: %v", e)
		}
		if e := errs[23]; e == nil || !strings.Contains(e.Error(), "https://crates.io/crates/grid-23/settings") {
			t.Errorf("a full crate: %v", e)
		}
		if n := r.count("POST"); n != 58 {
			t.Errorf("%d requests to register", n)
		}
		if lists := r.count("GET trusted_publishing"); lists > 61 {
			t.Errorf("%d requests for lists", lists)
		}
		if took := time.Since(begin); took > time.Duration(len(r.asked))*time.Second || took < time.Duration(len(r.asked)-2)*time.Second {
			t.Errorf("%d requests in %v", len(r.asked), took)
		}
		if !strings.Contains(p.heard(), "crates.io registered the publisher of grid-16 (17 of 60 · about 43s left)") {
			t.Error(p.heard())
		}

		// Again, as after a stop: the list of the person tells of all but two.
		r.asked = nil
		became, _ = p.perform(t.Context(), r.tools().RegisterPublishers(publishersOf(names...), "", nil))
		if n := r.count("POST"); n != 1 || !slices.Contains(became, "grid-30 was there") {
			t.Errorf("%d requests to register, %v", n, became)
		}
		if len(r.asked) > 6 {
			t.Errorf("a look that finds all takes %d requests: %v", len(r.asked), r.asked)
		}
	}, names...)
}

// TestALookJustMadeIsNotMadeAgain, and an older one is.
func TestALookJustMadeIsNotMadeAgain(t *testing.T) {
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		look := func() map[string]evidence.Fact[[]identity.Publisher] {
			return tools.Crates.Publishers(t.Context(), tools.CratesToken, []string{"grid-00", "grid-01"})
		}
		seen := look()
		r.asked = nil
		_, errs := (&person{}).perform(t.Context(), tools.RegisterPublishers(publishersOf("grid-00", "grid-01"), "", seen))
		if errors.Join(errs...) != nil || r.count("GET") != 0 || r.count("POST") != 2 {
			t.Errorf("%v %v", errs, r.asked)
		}
		seen["grid-00"] = evidence.Unknown[[]identity.Publisher](evidence.Source{}, "not seen")
		for range 2 { // not all was seen; then all, and long ago
			r.asked = nil
			became, _ := (&person{}).perform(t.Context(), tools.RegisterPublishers(publishersOf("grid-00", "grid-01"), "", seen))
			if strings.Join(became, ", ") != "grid-00 was there, grid-01 was there" || r.count("POST") != 0 {
				t.Errorf("%v %v", became, r.asked)
			}
			seen = map[string]evidence.Fact[[]identity.Publisher]{"grid-00": evidence.Seen([]identity.Publisher{}, evidence.Source{At: time.Now()}), "grid-01": evidence.Seen([]identity.Publisher{}, evidence.Source{At: time.Now()})}
			time.Sleep(justSeen + time.Second)
		}
	}, "grid-00", "grid-01")
}

// TestNothingIsRegisteredTwice: stopped after every request in turn, and begun
// anew, each crate has one publisher.
func TestNothingIsRegisteredTwice(t *testing.T) {
	names := grid(4)
	for stop := range 9 {
		onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
			ctx, cancel := context.WithCancel(t.Context())
			for _, key := range []string{"GET crates/grid-00/owners", "GET trusted_publishing/github_configs", "POST trusted_publishing/github_configs"} {
				r.answers[key] = func() *http.Response {
					if len(r.asked) == stop+1 {
						cancel()
					}
					return nil
				}
			}
			_, errs := (&person{}).perform(ctx, tools.RegisterPublishers(publishersOf(names...), "", nil))
			if ctx.Err() != nil && stop < 7 && errors.Join(errs...) == nil {
				t.Errorf("stopped at %d: no error", stop)
			}
			if _, errs := (&person{}).perform(t.Context(), r.tools().RegisterPublishers(publishersOf(names...), "", nil)); errors.Join(errs...) != nil {
				t.Errorf("stopped at %d, then: %v", stop, errs)
			}
			for _, n := range names {
				if got := r.Publishers(n); len(got) != 1 {
					t.Errorf("stopped at %d: %s has %d publishers", stop, n, len(got))
				}
			}
			cancel()
		}, names...)
	}
}

func TestWhatCratesIORefuses(t *testing.T) {
	const post = "POST trusted_publishing/github_configs"
	for _, row := range []struct {
		name  string
		set   func(r *registry, tools *Tools)
		says  string
		stops bool
	}{
		{"no token", func(_ *registry, tools *Tools) { tools.CratesToken = "" }, "CARGO_REGISTRY_TOKEN", true},
		{"a token that is none", func(_ *registry, tools *Tools) { tools.CratesToken = "cio-nonsense-0123456789" }, "settings/tokens/new", true},
		{"without the scope", func(r *registry, tools *Tools) { tools.CratesToken = r.give(cratesio.PublishNew) }, "scope trusted-publishing", true},
		{"an address not verified", func(r *registry, _ *Tools) { r.must(r.SetEmail("ana", "a@example.com", false)) }, "https://crates.io/settings/profile", true},
		{"another's crate", func(r *registry, _ *Tools) {
			r.must(r.AddOwner("grid-00", "bo"))
			r.must(r.RemoveOwner("grid-00", "ana"))
		}, "not an owner", false},
		{"a limit that ends late", func(r *registry, _ *Tools) {
			r.answers[post] = func() *http.Response {
				return answered(429, http.Header{"Retry-After": {"3600"}}, `{"errors":[{"detail":"slow down"}]}`)
			}
		}, "allows no more requests until", true},
		{"a server that fails", func(r *registry, _ *Tools) {
			r.answers[post] = func() *http.Response { return answered(500, nil, `{"errors":[{"detail":"Internal Server Error"}]}`) }
		}, "failed with 500", false},
		{"an owner that GitHub shows otherwise", func(r *registry, _ *Tools) {
			r.answers[post] = func() *http.Response {
				return answered(200, nil, `{"github_config":{"id":9,"crate":"grid-00","repository_owner":"acme","repository_owner_id":77,"repository_name":"grid","workflow_filename":"publish.yml","environment":"release","created_at":"2026-01-01T00:00:00Z"}}`)
			}
		}, "owner id 77", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
				row.set(r, tools)
				_, errs := (&person{}).perform(t.Context(), tools.RegisterPublishers(publishersOf("grid-00", "grid-01", "grid-02"), "", nil)[:1])
				err := errs[0]
				if err == nil || !strings.Contains(err.Error(), row.says) || MayGoOn(err) == row.stops {
					t.Errorf("stops %v: %v", !MayGoOn(err), err)
				}
				if err != nil && r.token != "" && (strings.Contains(err.Error(), r.token) || tools.CratesToken != "" && strings.Contains(err.Error(), tools.CratesToken)) {
					t.Error("the token is in the error")
				}
				if n := len(r.Publishers("grid-00")); n != 0 {
					t.Errorf("%d publishers", n)
				}
			}, grid(3)...)
		})
	}
}

// TestALimitThatEndsSoonIsWaitedFor and the request is made once more.
func TestALimitThatEndsSoonIsWaitedFor(t *testing.T) {
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		asked := 0
		r.answers["POST trusted_publishing/github_configs"] = func() *http.Response {
			if asked++; asked == 1 {
				return answered(429, http.Header{"Retry-After": {"30"}}, `{"errors":[{"detail":"slow down"}]}`)
			}
			return nil
		}
		p, begin := &person{}, time.Now()
		if _, errs := p.perform(t.Context(), tools.RegisterPublishers(publishersOf("grid-00"), "", nil)); errs[0] != nil || time.Since(begin) < 30*time.Second {
			t.Errorf("%v after %v", errs, time.Since(begin))
		}
		if !strings.Contains(p.heard(), "crates.io asks to wait until") || len(r.Publishers("grid-00")) != 1 {
			t.Error(p.heard())
		}
	}, "grid-00")
}

// journalled is what the journal has of a change.
func journalled(t *testing.T, c Change) journal.Entry {
	t.Helper()
	e := journal.Entry{ID: c.ID, Lasting: c.Lasting}
	e.Before, e.After = marshalled(t, c.Before), marshalled(t, c.After)
	return e
}

func TestPublishersAreTakenAwayAndBroughtBack(t *testing.T) {
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		made := tools.RegisterPublishers(publishersOf("grid-00"), "", nil)[0]
		inverse := func(c Change) (Change, error) { return tools.Inverse(t.Context(), journalled(t, c)) }
		if _, err := inverse(made); !errors.Is(err, ErrAsBefore) {
			t.Errorf("not registered yet: %v", err)
		}
		r.must(made.Perform(t.Context(), Hands{}))
		away, err := inverse(made)
		r.must(err)
		if !strings.HasPrefix(away.ID, "publisher-removal:crates.io:grid-00/") {
			t.Error(away.ID)
		}
		r.must(away.Perform(t.Context(), Hands{}))
		if n := len(r.Publishers("grid-00")); n != 0 {
			t.Errorf("%d publishers", n)
		}
		back, err := inverse(away)
		r.must(err)
		r.must(back.Perform(t.Context(), Hands{}))
		if got := r.Publishers("grid-00"); len(got) != 1 || got[0].RepositoryName != "grid" || *got[0].Environment != "release" {
			t.Errorf("%+v", got)
		}
		if _, err := inverse(away); !errors.Is(err, ErrAsBefore) {
			t.Errorf("brought back: %v", err)
		}
		untouched := false
		r.must(away.Perform(t.Context(), Hands{Untouched: func() { untouched = true }}))
		if len(r.Publishers("grid-00")) != 1 || !untouched {
			t.Error("another publisher than the one meant was taken away")
		}
		lasting := new(LastingError)
		gone := tools.RemovePublisher(publisherOf("grid-00"), "", "that owner id is no more")
		r.must(r.RemovePublisher(r.Publishers("grid-00")[0].ID))
		if _, err := inverse(gone); !errors.As(err, &lasting) {
			t.Errorf("what cannot be registered again: %v", err)
		}
		tools.CratesToken = ""
		if _, err := inverse(made); !errors.As(err, &lasting) || !strings.Contains(err.Error(), "CARGO_REGISTRY_TOKEN") {
			t.Errorf("without a token: %v", err)
		}
	}, "grid-00")
}

func TestAPublisherThatWasChangedIsLeft(t *testing.T) {
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		r.must(tools.RegisterPublishers(publishersOf("grid-00"), "", nil)[0].Perform(t.Context(), Hands{}))
		there := r.Publishers("grid-00")[0]
		seen := publisherOf("grid-00")
		seen.ID = int64(there.ID)
		there.WorkflowFilename = "other.yml"
		r.must(r.SetPublisher(there))
		moved := new(MovedOnError)
		if err := tools.RemovePublisher(seen, "", "").Perform(t.Context(), Hands{}); !errors.As(err, &moved) || len(r.Publishers("grid-00")) != 1 {
			t.Errorf("%v", err)
		}
	}, "grid-00")
}

func TestTrustedPublishingOnly(t *testing.T) {
	onCrates(t, func(t *testing.T, r *registry, tools *Tools) {
		only := tools.TrustedPublishingOnly(publishersOf("grid-00"))[0]
		if err := only.Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "would let nobody publish") || r.TrustpubOnly("grid-00") {
			t.Errorf("without a publisher: %v", err)
		}
		r.must(tools.RegisterPublishers(publishersOf("grid-00"), "", nil)[0].Perform(t.Context(), Hands{}))
		only = tools.TrustedPublishingOnly(publishersOf("grid-00"))[0]
		if _, err := tools.Inverse(t.Context(), journalled(t, only)); !errors.Is(err, ErrAsBefore) {
			t.Errorf("not set yet: %v", err)
		}
		r.must(only.Perform(t.Context(), Hands{}))
		if !r.TrustpubOnly("grid-00") {
			t.Error("it is not on")
		}
		made := tools.RegisterPublishers(publishersOf("grid-00"), "", nil)[0]
		if away, err := tools.Inverse(t.Context(), journalled(t, made)); err != nil || !strings.Contains(away.Preview[len(away.Preview)-1].Text, "nobody can publish") {
			t.Errorf("no warning: %v %+v", err, away.Preview)
		}
		back, err := tools.Inverse(t.Context(), journalled(t, only))
		r.must(err)
		tools.CratesToken = r.give()
		if _, err := tools.Inverse(t.Context(), journalled(t, only)); err != nil {
			t.Error(err)
		}
		old := tools.TrustedPublishingOnly(publishersOf("grid-00"))[0]
		if err := old.Perform(t.Context(), Hands{}); err == nil || MayGoOn(err) || !strings.Contains(err.Error(), "scope trusted-publishing") {
			t.Errorf("with an old token: %v", err)
		}
		r.must(back.Perform(t.Context(), Hands{}))
		if r.TrustpubOnly("grid-00") {
			t.Error("it is on")
		}
	}, "grid-00")
}

func marshalled(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
