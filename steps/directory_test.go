package steps

import (
	"net/url"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func page(t *testing.T, pages []Named, name string) PageLink {
	t.Helper()
	for _, n := range pages {
		if n.Name == name {
			return n.Link
		}
	}
	t.Fatalf("no page %s", name)
	return PageLink{}
}

func TestDirectoryCarriesTheIdentity(t *testing.T) {
	pages := Directory(fresh(t).write().guard(guarded()).released("pypi", byTrust("0.1.0")).basis())
	for name, part := range map[string]string{
		"crates.io":   "https://crates.io/crates/market-data/settings/new-trusted-publisher",
		"pypi":        "workflow_filename=publish.yml",
		"testpypi":    "https://test.pypi.org/manage/account/publishing/", // not there yet: a pending publisher
		"workflow":    "https://github.com/acme/market-data/actions/workflows/publish.yml",
		"environment": "https://github.com/acme/market-data/settings/environments",
		"secrets":     "https://github.com/acme/market-data/settings/secrets/actions",
		"rulesets":    "https://github.com/acme/market-data/settings/rules",
		"pypi-tokens": "https://pypi.org/manage/account/",
	} {
		if link := page(t, pages, name); !strings.Contains(link.URL, part) || link.Title == "" {
			t.Errorf("%s: %+v", name, link)
		}
	}
	form := page(t, pages, "crates.io")
	var values []string
	for _, f := range form.Fields {
		values = append(values, f.Value)
		if f.Origin == "" {
			t.Errorf("%s has no origin", f.Label)
		}
	}
	if got := strings.Join(values, " "); got != "acme market-data publish.yml release" {
		t.Errorf("the form of crates.io: %s", got)
	}
}

func TestDirectoryWithoutARepository(t *testing.T) {
	s := fresh(t)
	s.world.Repo = evidence.Absent[evidence.RepoName](src)
	s.world.GitHub = evidence.GitHub{}
	for _, n := range Directory(s.basis()) {
		if strings.Contains(n.Link.URL, "github.com") {
			t.Errorf("%s: %s", n.Name, n.Link.URL)
		}
	}
}

// TestEveryResultHasItsPage: whatever the checks find, there is somewhere to go
// with it, and the address is one that a browser may be given.
func TestEveryResultHasItsPage(t *testing.T) {
	for name, s := range map[string]*stage{"fresh": fresh(t), "written": fresh(t).write().guard(guarded()).runs(rehearsal())} {
		in := s.basis()
		for _, r := range in.Report.Results {
			link, ok := Settles(in, r)
			address, err := url.Parse(link.URL)
			if !ok || err != nil || address.Scheme != "https" || address.Host == "" {
				t.Errorf("%s: %s %s: %q (%v)", name, r.Check.ID, r.Subject, link.URL, err)
			}
		}
	}
}

func TestAResultLeadsToWhereItIsSettled(t *testing.T) {
	in := fresh(t).write().guard(guarded()).basis()
	at := func(id, subject string, step checks.Step, where *checks.Where) string {
		link, _ := Settles(in, checks.Result{Check: checks.Check{ID: id, Step: step}, Finding: checks.Finding{Subject: subject, Where: where}})
		return link.URL
	}
	for _, row := range []struct{ got, want string }{
		{at("actions-pinned", "x", checks.Workflow, &checks.Where{File: ".github/workflows/publish.yml", Line: 41}),
			"https://github.com/acme/market-data/blob/" + headSHA + "/.github/workflows/publish.yml#L41"},
		{at("publisher-matches", "crates.io:market-data", checks.Publishers, nil), "https://crates.io/crates/market-data/settings/new-trusted-publisher"},
		{at("last-release-trusted", "crates.io:market-data", checks.Proof, nil), "https://crates.io/crates/market-data"},
		{at("name-available", "pypi:market-data", checks.FirstRelease, nil), "https://pypi.org/manage/account/publishing/"},
		{at("pending-publisher-alive", "", checks.FirstRelease, nil), "https://pypi.org/manage/account/publishing/"},
		{at("publishers-not-too-many", "", checks.Publishers, nil), "https://crates.io/crates/market-data/settings/new-trusted-publisher"},
		{at("trusted-publishing-only", "crates.io:market-data", checks.Lock, nil), "https://crates.io/crates/market-data/settings"},
		{at("release-tags-protected", "v*", checks.Environment, nil), "https://github.com/acme/market-data/settings/rules"},
		{at("environment-has-reviewers", "release", checks.Environment, nil), "https://github.com/acme/market-data/settings/environments"},
		{at("no-publishing-secrets", "repository", checks.Lock, nil), "https://github.com/acme/market-data/settings/secrets/actions"},
	} {
		if row.got != row.want {
			t.Errorf("%s, want %s", row.got, row.want)
		}
	}
}
