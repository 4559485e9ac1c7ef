package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

type double struct {
	t       *testing.T
	answers map[string]string
	mu      sync.Mutex
	asked   []string
}

func (d *double) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.Host + r.URL.RequestURI()
	d.mu.Lock()
	d.asked = append(d.asked, address)
	d.mu.Unlock()
	if strings.Contains(address, "/simple/") && r.Header.Get("Accept") != simpleJSON {
		d.t.Errorf("%s asked for as %q", address, r.Header.Get("Accept"))
	}
	body, ok := d.answers[address]
	if !ok {
		body = "404 Not Found"
	}
	status := 200
	if n, err := fmt.Sscanf(body, "%3d ", &status); n == 1 && err == nil {
		body = body[4:]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (d *double) read(registry identity.Registry, names ...string) map[string]evidence.Fact[evidence.Project] {
	d.t.Helper()
	tr, err := transport.New(transport.Options{Base: d})
	if err != nil {
		d.t.Fatal(err)
	}
	return Projects(d.t.Context(), tr.Pass(d.t.Context()), registry, names)
}

const (
	simple   = "pypi.org/simple/market-data/"
	about    = "pypi.org/pypi/market-data/json"
	wheel    = "pypi.org/integrity/market-data/0.2.0/market_data-0.2.0-py3-none-any.whl/provenance"
	sdist    = "pypi.org/integrity/market-data/0.2.0/market_data-0.2.0.tar.gz/provenance"
	byGitHub = `{"version":1,"attestation_bundles":[{"publisher":{"kind":"GitHub","repository":"acme/market-data","workflow":"publish.yml","environment":"release"},"attestations":[{}]}]}`
)

func marketData(t *testing.T) *double {
	return &double{t: t, answers: map[string]string{
		simple: `{"meta":{"api-version":"1.4"},"name":"market-data","project-status":{"status":"archived"},"versions":["0.1.0","0.2.0","0.1.1"],"files":[
			{"filename":"market_data-0.1.0.tar.gz","url":"https://files.example/a","upload-time":"2026-01-01T00:00:00Z","yanked":"broken","provenance":null},
			{"filename":"market_data-0.2.0-py3-none-any.whl","upload-time":"2026-02-01T00:00:05.123456Z","yanked":false,"provenance":"https://` + wheel + `"},
			{"filename":"market_data-0.2.0.tar.gz","upload-time":"2026-02-01T00:00:07Z","yanked":false,"provenance":"https://` + sdist + `"},
			{"filename":"market-data-0.1.1.zip","upload-time":"2026-01-15T00:00:00Z","yanked":false}]}`,
		about: `{"info":{"name":"Market.Data","home_page":"","project_urls":{"Documentation":"https://docs.example","Source Code":"https://github.com/acme/market-data"}},
			"ownership":{"roles":[{"role":"Owner","user":"ana"},{"role":"Maintainer","user":"bo"},{"role":"Owner","user":"cy"}],"organization":null}}`,
		wheel: byGitHub, sdist: byGitHub,
	}}
}

func TestAProjectIsReadWhole(t *testing.T) {
	d := marketData(t)
	p, ok := d.read(identity.PyPI, "Market.Data")["Market.Data"].Get()
	if !ok || p.Name != "Market.Data" || p.Status != "archived" || p.Repository.Or("") != "https://github.com/acme/market-data" {
		t.Fatalf("%+v", p)
	}
	if diff := cmp.Diff([]string{"ana", "cy"}, p.Owners.Or(nil)); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, v := range p.Versions {
		got = append(got, fmt.Sprintf("%s %s %v", v.Number, v.CreatedAt.Format(time.RFC3339), v.Yanked))
	}
	if diff := cmp.Diff([]string{"0.2.0 2026-02-01T00:00:07Z false", "0.1.1 2026-01-15T00:00:00Z false", "0.1.0 2026-01-01T00:00:00Z true"}, got); diff != "" {
		t.Error(diff)
	}
	want := evidence.Provenance{Repository: "acme/market-data", Workflow: "publish.yml", Environment: "release"}
	if got := p.Versions[0].Trusted.Or(evidence.Provenance{}); got != want {
		t.Errorf("%+v", got)
	}
	if whole, ok := p.Versions[0].Attested.Get(); !ok || !whole || !p.Versions[1].Attested.Unknown() {
		t.Errorf("attested: %+v", p.Versions)
	}
	if !p.Versions[1].Trusted.Unknown() || !p.TrustpubOnly.Unknown() || !p.Publishers.Unknown() {
		t.Errorf("%+v", p)
	}
}

func TestWhoPublishedTheNewestVersion(t *testing.T) {
	swap := func(old, with string) func(*double) {
		return func(d *double) { d.answers[simple] = strings.Replace(d.answers[simple], old, with, 1) }
	}
	for _, row := range []struct {
		name  string
		setup func(*double)
		says  string
	}{
		{"no attestation", func(d *double) {
			swap(`"provenance":"https://`+wheel+`"`, `"provenance":null`)(d)
			swap(`"provenance":"https://`+sdist+`"`, `"provenance":null`)(d)
		}, "no attestation was uploaded, which does not prove that a token was used"},
		{"some files without", swap(`"provenance":"https://`+sdist+`"`, `"provenance":null`), "only 1 of 2 files"},
		{"gone meanwhile", func(d *double) { d.answers[wheel] = "404 " }, "no attestation was uploaded"},
		{"integrity is down", func(d *double) { d.answers[sdist] = "501 " }, "failed with 501"},
		{"different publishers", func(d *double) { d.answers[sdist] = strings.Replace(byGitHub, "publish.yml", "other.yml", 1) }, "different publishers"},
		{"another kind", func(d *double) {
			d.answers[wheel] = `{"attestation_bundles":[{"publisher":{"kind":"GitLab","repository":"a/b"}}]}`
		}, "another kind (GitLab)"},
		{"no bundle", func(d *double) { d.answers[wheel] = `{"attestation_bundles":[]}` }, "names no publisher"},
		{"no repository", func(d *double) { d.answers[wheel] = `{"attestation_bundles":[{"publisher":{"kind":"GitHub"}}]}` }, "no repository"},
		{"an address elsewhere", swap("https://"+wheel, "https://evil.example/integrity/x"), "address that we do not know"},
		{"a version without files of its own", swap(`"0.1.1"]`, `"0.1.1","9.0"]`), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := marketData(t)
			row.setup(d)
			p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{})
			f := p.Versions[0].Trusted
			if part := strings.HasPrefix(row.name, "no attestation") || strings.HasPrefix(row.name, "some files"); part == p.Versions[0].Attested.Or(false) {
				t.Errorf("attested: %v", !part)
			}
			if row.says == "" {
				if !f.Seen() {
					t.Errorf("%q", f.Reason())
				}
				return
			}
			if !f.Unknown() || !strings.Contains(f.Reason(), row.says) {
				t.Errorf("%v: %q", f.State(), f.Reason())
			}
			for _, a := range d.asked {
				if strings.Contains(a, "evil") {
					t.Errorf("asked for %s", a)
				}
			}
		})
	}
}

func TestAPublisherWithoutEnvironment(t *testing.T) {
	d := marketData(t)
	d.answers[wheel] = strings.Replace(byGitHub, `"release"`, `null`, 1)
	d.answers[sdist] = strings.Replace(byGitHub, `"release"`, `""`, 1)
	p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{})
	if got, ok := p.Versions[0].Trusted.Get(); !ok || got.Environment != "" {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestWhatIsNotThereAndWhatCouldNotBeSeen(t *testing.T) {
	for answer, want := range map[string]struct {
		state evidence.State
		says  string
	}{
		"404 ":                       {evidence.StateAbsent, ""},
		"501 ":                       {evidence.StateUnknown, "failed with 501"},
		"<html>":                     {evidence.StateUnknown, "not JSON"},
		"{}":                         {evidence.StateUnknown, "no list of files"},
		`{"files":[`:                 {evidence.StateUnknown, "breaks off"},
		`{"files":"many"}`:           {evidence.StateUnknown, "unexpected shape"},
		`{"files":[],"versions":[]}`: {evidence.StateSeen, ""},
	} {
		d := marketData(t)
		d.answers[simple] = answer
		f := d.read(identity.PyPI, "market-data")["market-data"]
		if f.State() != want.state || !strings.Contains(f.Reason(), want.says) {
			t.Errorf("%s: %v, %q", answer, f.State(), f.Reason())
		}
	}
}

func TestAProjectWithoutARelease(t *testing.T) {
	d := &double{t: t, answers: map[string]string{simple: `{"files":[],"versions":[],"project-status":{"status":"active"}}`}}
	p, ok := d.read(identity.PyPI, "market-data")["market-data"].Get()
	if !ok || len(p.Versions) != 0 || !p.Owners.Unknown() || !strings.Contains(p.Owners.Reason(), "with a release") {
		t.Errorf("%+v", p)
	}
}

func TestTestPyPIIsAnotherIndex(t *testing.T) {
	d := marketData(t)
	if f := d.read(identity.TestPyPI, "market-data")["market-data"]; !f.Absent() || f.Source().Name != "test.pypi.org/simple/market-data/" {
		t.Errorf("%v from %v", f.State(), f.Source())
	}
}

func TestOwnersThatCannotBeSeen(t *testing.T) {
	for answer, says := range map[string]string{"501 ": "failed with 501", `{"info":{}}`: "describes no project", `{"info":{"name":"x"}}`: "tells no owners"} {
		d := marketData(t)
		d.answers[about] = answer
		p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{})
		for _, reason := range []string{p.Owners.Reason(), p.Roles.Reason(), p.Organization.Reason()} {
			if !strings.Contains(reason, says) {
				t.Errorf("%s: %q", answer, reason)
			}
		}
	}
}

func TestWhoHoldsAProject(t *testing.T) {
	d := marketData(t)
	p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{})
	want := []evidence.ProjectRole{{Role: "Owner", User: "ana"}, {Role: "Maintainer", User: "bo"}, {Role: "Owner", User: "cy"}}
	if diff := cmp.Diff(want, p.Roles.Or(nil)); diff != "" || !p.Organization.Absent() || !p.Teams.Absent() {
		t.Errorf("%s, organisation %v", diff, p.Organization)
	}
	d.answers[about] = strings.Replace(d.answers[about], `"organization":null`, `"organization":"acme"`, 1)
	if p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{}); p.Organization.Or("") != "acme" {
		t.Errorf("%v", p.Organization)
	}
}

func TestAProjectInQuarantine(t *testing.T) {
	d := marketData(t)
	d.answers[simple] = `{"files":[],"versions":[],"project-status":{"status":"quarantined","reason":"malware was reported"}}`
	delete(d.answers, about)
	p := d.read(identity.PyPI, "market-data")["market-data"].Or(evidence.Project{})
	if p.Status != "quarantined" || p.StatusReason != "malware was reported" || !strings.Contains(p.Owners.Reason(), "in quarantine") {
		t.Errorf("%+v", p)
	}
}

func TestNamesThatAreNoneAreNotAskedFor(t *testing.T) {
	d := &double{t: t}
	for name, f := range d.read(identity.PyPI, "", "../x", "a b") {
		if !f.Unknown() || !strings.Contains(f.Reason(), "no name for a project") {
			t.Errorf("%q: %q", name, f.Reason())
		}
	}
	if len(d.asked) != 0 {
		t.Errorf("asked for %v", d.asked)
	}
}

func TestVersionOf(t *testing.T) {
	for name, want := range map[string]string{
		"market_data-0.2.0-py3-none-any.whl": "0.2.0", "market_data-0.2.0.tar.gz": "0.2.0", "market-data-0.1.1.zip": "0.1.1",
		"x-1.0rc1-1-cp312-abi3-linux_x86_64.whl": "1.0rc1", "x-1.0.tar.bz2": "1.0", "x-2.0-py2.7.egg": "2.0", "notes.txt": "", "x.whl": "", "": "",
	} {
		if got := versionOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
