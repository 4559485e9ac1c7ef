package pypi

import (
	"net/url"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// The texts are those of warehouse commit 6b62157, 2026-08-21.
func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*identity.Publisher){
		"": nil,
		"owner: Specify GitHub repository owner (username or organization)":        func(p *identity.Publisher) { p.Owner = "" },
		"owner: Invalid GitHub user or organization name.":                         func(p *identity.Publisher) { p.Owner = "a_b" },
		"repository: Specify repository name":                                      func(p *identity.Publisher) { p.Repository = "" },
		"repository: Invalid repository name":                                      func(p *identity.Publisher) { p.Repository = "a b" },
		"workflow: Specify workflow filename":                                      file(" "),
		"workflow: Workflow name must end with .yml or .yaml":                      file("publish"),
		"workflow: Workflow filename must be a filename only, without directories": file("a/b.yml"),
		"environment: Environment name may not end with whitespace":                environment("a "),
	} {
		var got []string
		for _, e := range Validate(publisher(change)) {
			got = append(got, e.Error())
		}
		if strings.Join(got, "|") != want {
			t.Errorf("refused with %q, want %q", got, want)
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"requests": true, "A.b_c-9": true, "x": true, "": false, "-a": false, "a-": false, "a b": false, "ä": false, "a\n": false,
	} {
		if err := ValidName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The project's page is filled in by its address, the pending page by hand.
func TestForms(t *testing.T) {
	p := publisher(func(p *identity.Publisher) { p.Package, p.Repository = "Market_Data", "r.x" })
	form := Registry().Pages.Publisher(p)
	u, err := url.Parse(form.URL)
	if err != nil || u.Host != "pypi.org" || u.Path != "/manage/project/market-data/settings/publishing/" || !form.Filled {
		t.Fatalf("%s, %v", form.URL, err)
	}
	for key, want := range map[string]string{"provider": "github", "owner": "Acme", "repository": "r.x", "workflow_filename": "publish.yml", "environment": "release"} {
		if got := u.Query().Get(key); got != want {
			t.Errorf("%s=%q, want %q", key, got, want)
		}
	}
	if pending := TestRegistry().Pages.Pending(p); pending.URL != "https://test.pypi.org/manage/account/publishing/" || pending.Filled ||
		pending.Fields[0].Value != "Market_Data" || len(pending.Fields) != 5 {
		t.Errorf("pending %+v", pending)
	}
	none := Registry().Pages.Publisher(publisher(environment("")))
	if strings.Contains(none.URL, "environment") {
		t.Errorf("%s names an environment", none.URL)
	}
}
