package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// double answers for crates.io and its index, and holds requests to the API
// against crates.io's own description of it.
type double struct {
	t       *testing.T
	answers map[string]string
	asked   []string
	tokens  map[string]string
	// hangs is an address that never answers.
	hangs string
}

func (d *double) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.Host + r.URL.RequestURI()
	d.asked = append(d.asked, address)
	if a := r.Header.Get("Authorization"); a != "" {
		d.tokens[address] = a
	}
	if r.URL.Host == "crates.io" {
		d.check(r)
	}
	if d.hangs != "" && address == d.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	body, ok := d.answers[address]
	if !ok {
		body = `404 {"errors":[{"detail":"Not Found"}]}`
	}
	status := 200
	if n, err := fmt.Sscanf(body, "%3d ", &status); n == 1 && err == nil {
		body = body[4:]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (d *double) check(r *http.Request) {
	api, err := contract.CratesIO()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := api.CheckRequest(r, nil); err != nil {
		d.t.Errorf("crates.io does not know this request: %v", err)
	}
	if r.Method != http.MethodGet || !strings.Contains(r.UserAgent(), "github.com/trustpub/gh-trustpub") {
		d.t.Errorf("%s %s as %q", r.Method, r.URL, r.UserAgent())
	}
}

// read runs in a bubble of its own time, since the API is asked once a second.
func (d *double) read(names []string, o Options) map[string]evidence.Fact[evidence.Project] {
	d.t.Helper()
	var out map[string]evidence.Fact[evidence.Project]
	d.inTime(func(ctx context.Context, p *pass) { out = Projects(ctx, p, names, o) })
	return out
}

type pass = transport.Pass

func (d *double) inTime(read func(context.Context, *pass)) {
	d.asked, d.tokens = nil, map[string]string{}
	synctest.Test(d.t, func(t *testing.T) {
		tr, err := transport.New(transport.Options{Base: serial(d)})
		if err != nil {
			t.Fatal(err)
		}
		read(t.Context(), tr.Pass(t.Context()))
	})
}

// serial lets one request through at a time, so that the double needs no lock.
func serial(next http.RoundTripper) http.RoundTripper {
	turn := make(chan struct{}, 1)
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		turn <- struct{}{}
		defer func() { <-turn }()
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

const (
	indexLines = `{"name":"Serde_X","vers":"0.1.0","deps":[],"cksum":"00","features":{},"yanked":true}
{"name":"Serde_X","vers":"0.2.0","deps":[],"cksum":"01","features":{},"yanked":false}
`
	crateJSON = `{"crate":{"id":"Serde_X","name":"Serde_X","repository":"https://github.com/acme/market-data","trustpub_only":false},
		"versions":[
		{"num":"0.1.0","created_at":"2026-01-01T00:00:00Z","yanked":true,"published_by":{"login":"ana"},"trustpub_data":null},
		{"num":"0.3.0","created_at":"2026-03-01T00:00:00Z","published_by":null,"trustpub_data":{"provider":"gitlab","project_path":"a/b","job_id":"1","sha":"x"}},
		{"num":"0.2.0","created_at":"2026-02-01T00:00:00Z","published_by":null,"trustpub_data":{"provider":"github","repository":"acme/market-data","run_id":"1234567890123","sha":"c0ffee"}},
		{"num":"0.0.1","created_at":"2015-01-01T00:00:00Z","published_by":null,"trustpub_data":null}]}`
	ownersJSON  = `{"users":[{"id":1,"login":"ana","kind":"user","github_username_matches":true},{"id":2,"login":"github:acme:core","kind":"team"},{"id":3,"login":"bo","kind":"user","github_username_matches":false}]}`
	configsJSON = `{"github_configs":[{"id":42,"crate":"Serde_X","repository_owner":"acme","repository_owner_id":2,"repository_name":"market-data","workflow_filename":"publish.yml","environment":"release"},
		{"id":43,"crate":"Serde_X","repository_owner":"acme","repository_owner_id":2,"repository_name":"market-data","workflow_filename":"old.yml","environment":null}],"meta":{"total":2,"next_page":null}}`
	configs = "crates.io/api/v1/trusted_publishing/github_configs?crate="
)

func serde(t *testing.T) *double {
	return &double{t: t, answers: map[string]string{
		"index.crates.io/se/rd/serde_x":          indexLines,
		"crates.io/api/v1/crates/serde_x":        crateJSON,
		"crates.io/api/v1/crates/Serde_X/owners": ownersJSON,
		configs + "Serde_X":                      configsJSON,
	}}
}

func TestACrateIsReadWhole(t *testing.T) {
	d := serde(t)
	p, ok := d.read([]string{"serde_x", "serde_x"}, Options{Token: "cio_secret"})["serde_x"].Get()
	if !ok || p.Name != "Serde_X" || p.Repository.Or("") != "https://github.com/acme/market-data" {
		t.Fatalf("%+v", p)
	}
	if only, ok := p.TrustpubOnly.Get(); !ok || only {
		t.Errorf("trustpub_only %v", p.TrustpubOnly)
	}
	if diff := cmp.Diff([]string{"ana", "bo"}, p.Owners.Or(nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"bo"}, p.Renamed); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"github:acme:core"}, p.Teams.Or(nil)); diff != "" || !p.Roles.Absent() || !p.Organization.Absent() {
		t.Errorf("teams %s, roles %v, organisation %v", diff, p.Roles, p.Organization)
	}
	var numbers []string
	for _, v := range p.Versions {
		numbers = append(numbers, v.Number)
	}
	if diff := cmp.Diff([]string{"0.3.0", "0.2.0", "0.1.0", "0.0.1"}, numbers); diff != "" {
		t.Errorf("newest first: %s", diff)
	}
	want := evidence.Provenance{Repository: "acme/market-data", RunID: 1234567890123, SHA: "c0ffee"}
	if got := p.Versions[1].Trusted.Or(evidence.Provenance{}); got != want {
		t.Errorf("0.2.0: %+v", got)
	}
	if v := p.Versions; !v[0].Trusted.Unknown() || !v[2].Trusted.Absent() || !v[2].Yanked || !v[3].Trusted.Unknown() {
		t.Errorf("%+v", v)
	}
	publishers := p.Publishers.Or(nil)
	if len(publishers) != 2 || publishers[0].Environment != "release" || publishers[1].Environment != "" ||
		publishers[0].Package != "serde_x" || publishers[0].OwnerID != 2 || publishers[0].Registry != identity.CratesIO {
		t.Errorf("%+v", publishers)
	}
	if want := map[string]string{configs + "Serde_X": "cio_secret"}; !cmp.Equal(want, d.tokens) {
		t.Errorf("the token went to %v", d.tokens)
	}
	if len(d.asked) != 4 {
		t.Errorf("asked for %v", d.asked)
	}
}

func TestWhatIsNotThereAndWhatCouldNotBeSeen(t *testing.T) {
	const crate = "crates.io/api/v1/crates/serde_x"
	const index = "index.crates.io/se/rd/serde_x"
	for _, row := range []struct {
		name    string
		answers map[string]string
		state   evidence.State
		says    string
	}{
		{"neither knows it", map[string]string{index: "404 ", crate: `404 {"errors":[{"detail":"crate does not exist"}]}`}, evidence.StateAbsent, ""},
		{"the index is empty and the API is down", map[string]string{index: "404 ", crate: "501 "}, evidence.StateUnknown, "failed with 501"},
		{"the index is down and the API does not know it", map[string]string{index: "501 ", crate: "404 "}, evidence.StateAbsent, ""},
		{"both are down", map[string]string{index: "501 ", crate: "403 no user agent"}, evidence.StateUnknown, "failed with 501"},
		{"the index is a web page", map[string]string{index: "<html>", crate: "501 "}, evidence.StateUnknown, "unexpected shape"},
		{"the index is down and the API knows it", map[string]string{index: "501 "}, evidence.StateSeen, ""},
		{"the API knows another spelling", map[string]string{index: "404 "}, evidence.StateSeen, ""},
		{"the API is a web page", map[string]string{crate: "<html>"}, evidence.StateSeen, ""},
		{"the API describes no crate", map[string]string{index: "404 ", crate: `{}`}, evidence.StateUnknown, "describes no crate"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := serde(t)
			for address, answer := range row.answers {
				d.answers[address] = answer
			}
			f := d.read([]string{"serde_x"}, Options{})["serde_x"]
			if f.State() != row.state || !strings.Contains(f.Reason(), row.says) {
				t.Errorf("state %v: %q", f.State(), f.Reason())
			}
		})
	}
}

func TestTheIndexStandsWhenTheAPIIsDown(t *testing.T) {
	d := serde(t)
	d.answers["crates.io/api/v1/crates/serde_x"] = "501 "
	d.answers["crates.io/api/v1/crates/Serde_X/owners"] = `{"oops":1}`
	p := d.read([]string{"serde_x"}, Options{})["serde_x"].Or(evidence.Project{})
	if len(p.Versions) != 2 || p.Versions[0].Number != "0.2.0" || !p.Versions[1].Yanked {
		t.Errorf("%+v", p.Versions)
	}
	for what, reason := range map[string]string{"trusted": p.Versions[0].Trusted.Reason(), "only": p.TrustpubOnly.Reason(), "repository": p.Repository.Reason()} {
		if !strings.Contains(reason, "failed with 501") {
			t.Errorf("%s: %q", what, reason)
		}
	}
	if !strings.Contains(p.Owners.Reason(), "no list of owners") || !strings.Contains(p.Publishers.Reason(), "CARGO_REGISTRY_TOKEN") {
		t.Errorf("owners %q, publishers %q", p.Owners.Reason(), p.Publishers.Reason())
	}
}

func TestPublishersThatCannotBeSeen(t *testing.T) {
	for answer, says := range map[string]string{
		`403 {"errors":[{"detail":"this token does not have the required permissions to perform this action"}]}`: "required permissions",
		`401 `: "does not accept the token",
		`{"github_configs":[],"meta":{"total":200,"next_page":"?seek=abc"}}`: "more than one page",
		`{"meta":{}}`: "no list of publishers",
	} {
		d := serde(t)
		d.answers[configs+"Serde_X"] = answer
		p := d.read([]string{"serde_x"}, Options{Token: "cio_secret"})["serde_x"].Or(evidence.Project{})
		if f := p.Publishers; !f.Unknown() || !strings.Contains(f.Reason(), says) || strings.Contains(f.Reason(), "cio_secret") {
			t.Errorf("%s: %q", answer, f.Reason())
		}
	}
}

func TestNoPublisherIsSeenAsNone(t *testing.T) {
	d := serde(t)
	d.answers[configs+"Serde_X"] = `{"github_configs":[],"meta":{"total":0,"next_page":null}}`
	p := d.read([]string{"serde_x"}, Options{Token: "t"})["serde_x"].Or(evidence.Project{})
	if list, ok := p.Publishers.Get(); !ok || len(list) != 0 {
		t.Errorf("%v", p.Publishers)
	}
}

func TestTheAPIIsAskedOnceASecondAndProgressIsTold(t *testing.T) {
	d := &double{t: t, answers: map[string]string{}}
	var names, told []string
	for n := range 40 {
		name := fmt.Sprintf("crate%d", n)
		names = append(names, name)
		d.answers["index.crates.io/"+indexPath(name)] = fmt.Sprintf(`{"name":%q,"vers":"1.0.0"}`, name)
		d.answers["crates.io/api/v1/crates/"+name] = fmt.Sprintf(`{"crate":{"name":%q},"versions":[]}`, name)
		d.answers["crates.io/api/v1/crates/"+name+"/owners"] = ownersJSON
	}
	var took time.Duration
	progress := func(done, total int) { told = append(told, fmt.Sprintf("%d/%d", done, total)) }
	out := map[string]evidence.Fact[evidence.Project]{}
	synctest.Test(t, func(t *testing.T) {
		tr, err := transport.New(transport.Options{Base: serial(d)})
		if err != nil {
			t.Fatal(err)
		}
		d.tokens = map[string]string{}
		begin := time.Now()
		out = Projects(t.Context(), tr.Pass(t.Context()), names, Options{Progress: progress})
		took = time.Since(begin)
	})
	if took != (leisure-1)*time.Second || len(told) != leisure || told[0] != "1/60" || told[59] != "60/60" {
		t.Errorf("%v, told %v", took, told)
	}
	slices.Sort(names)
	first, last := out[names[0]].Or(evidence.Project{}), out[names[39]].Or(evidence.Project{})
	if !first.Owners.Seen() || !last.TrustpubOnly.Unknown() || !strings.Contains(last.Owners.Reason(), "one request a second") {
		t.Errorf("first %v, last %q", first.Owners, last.Owners.Reason())
	}
}

func TestTimeRunsOut(t *testing.T) {
	d := serde(t)
	d.answers["index.crates.io/3/a/abc"] = `{"name":"abc","vers":"1.0.0"}`
	synctest.Test(t, func(t *testing.T) {
		d.tokens = map[string]string{}
		tr, err := transport.New(transport.Options{Base: serial(d)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		whole, stop := context.WithCancel(t.Context())
		defer stop()
		out := Projects(ctx, tr.Pass(whole), []string{"abc", "serde_x"}, Options{})
		p := out["serde_x"].Or(evidence.Project{})
		if len(p.Versions) != 2 || !strings.Contains(p.TrustpubOnly.Reason(), "no time left") || !strings.Contains(p.Owners.Reason(), "no time left") {
			t.Errorf("%d versions, %q, %q", len(p.Versions), p.TrustpubOnly.Reason(), p.Owners.Reason())
		}
	})
}

func TestNamesThatAreNoneAreNotAskedFor(t *testing.T) {
	d := &double{t: t}
	for name, f := range d.read([]string{"", "../../x", "a b", "ünï"}, Options{Token: "t"}) {
		if !f.Unknown() || !strings.Contains(f.Reason(), "no name for a crate") {
			t.Errorf("%q: %q", name, f.Reason())
		}
	}
	if len(d.asked) != 0 {
		t.Errorf("asked for %v", d.asked)
	}
}

func TestIndexPath(t *testing.T) {
	for name, want := range map[string]string{"A": "1/a", "ab": "2/ab", "AbC": "3/a/abc", "Serde": "se/rd/serde", "x": "1/x"} {
		if got := indexPath(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(indexLines))
	f.Add([]byte("\n\n{}"))
	f.Add([]byte("{\"name\":\"a\",\"vers\":\"\x1b[2J\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		lines, err := parseIndex(body)
		if (err == nil) != (len(lines) > 0) {
			t.Errorf("%d lines and %v", len(lines), err)
		}
		for _, l := range lines {
			if strings.ContainsAny(l.Name+l.Vers, "\x1b\n") {
				t.Errorf("%+v", l)
			}
		}
	})
}
