package cratesio

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// The texts are those of crates.io commit 57fa000, 2026-08-21.
func TestValidate(t *testing.T) {
	long := strings.Repeat("x", 256)
	odd := "Environment name must not contain non-printable characters or the characters \"'\", \"\"\", \"`\", \",\", \";\", \"\\\""
	for want, change := range map[string]func(*identity.Publisher){
		"": nil,
		"owner: GitHub repository owner name may not be empty":                        func(p *identity.Publisher) { p.Owner = "" },
		"owner: GitHub repository owner name is too long (maximum is 255 characters)": func(p *identity.Publisher) { p.Owner = long },
		"owner: Invalid GitHub repository owner name":                                 func(p *identity.Publisher) { p.Owner = "-a" },
		"repository: GitHub repository name may not be empty":                         func(p *identity.Publisher) { p.Repository = "" },
		"repository: Invalid GitHub repository name":                                  func(p *identity.Publisher) { p.Repository = "a/b" },
		"workflow: Workflow filename may not be empty":                                file(""),
		"workflow: Workflow filename must end with `.yml` or `.yaml`":                 file("publish"),
		"workflow: Workflow filename must be a filename only, without directories":    file(".github/workflows/publish.yml"),
		"workflow: Workflow filename is too long (maximum is 255 characters)":         file(long + ".yml"),
		"environment: Environment name is too long (maximum is 255 characters)":       environment(long),
		"environment: Environment name may not start with whitespace":                 environment(" a"),
		"environment: Environment name may not end with whitespace":                   environment("a "),
		"environment: " + odd: environment("a;b"),
	} {
		var got []string
		for _, e := range Validate(config(change)) {
			got = append(got, e.Error())
		}
		if strings.Join(got, "|") != want {
			t.Errorf("refused with %q, want %q", got, want)
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"serde": true, "a_b-C9": true, strings.Repeat("x", 64): true,
		"": false, "9a": false, "_a": false, "a.b": false, "ä": false, strings.Repeat("x", 65): false,
	} {
		if err := ValidName(name); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPublisherForm(t *testing.T) {
	form := newPublisher(config(nil))
	if form.URL != "https://crates.io/crates/market-data/settings/new-trusted-publisher" || form.Filled {
		t.Errorf("form %+v", form)
	}
	var values []string
	for _, f := range form.Fields {
		values = append(values, f.Label+"="+f.Value)
	}
	if got := strings.Join(values, "; "); got != "Repository owner=Acme; Repository name=market-data; Workflow filename=publish.yml; Environment name (optional)=release" {
		t.Error(got)
	}
}
