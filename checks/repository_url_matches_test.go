package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func TestRepositoryURLMatches(t *testing.T) {
	const id = "repository-url-matches"
	address := func(fact evidence.Fact[string]) func(*testing.T, *evidence.World) {
		return changedCrate(func(p *evidence.Package) { p.Repository = fact })
	}
	at := func(text string) func(*testing.T, *evidence.World) {
		return address(evidence.Seen(text, line("Cargo.toml", 6)))
	}
	off := func(_ *testing.T, w *evidence.World) { offline(w) }
	runRows(t, []row{
		{"this one", id, nothing, "Cargo.toml", OK, "this repository"},
		{"in another case, as git writes it", id, at("git@github.com:Acme/Data.git"), "Cargo.toml", OK, "this repository"},
		{"a folder of it", id, at("https://www.github.com/acme/data/tree/main/crates/data"), "Cargo.toml", OK, "this repository"},
		{"without a scheme", id, at("github.com/acme/data"), "Cargo.toml", OK, "this repository"},
		{"another one", id, at("https://github.com/old/data"), "Cargo.toml", Wrong, `set repository = "https://github.com/acme/data" in Cargo.toml`},
		{"another host", id, at("https://gitlab.com/acme/data"), "Cargo.toml", Wrong, "this repository is acme/data"},
		{"no repository's address", id, at("https://data.example/"), "Cargo.toml", Wrong, "https://data.example/"},
		{"none", id, address(evidence.Absent[string](line("Cargo.toml", 1))), "Cargo.toml", Wrong, "names no repository"},
		{"computed", id, address(evidence.Unknown[string](line("Cargo.toml", 1), "setup.py computes it")), "Cargo.toml", Unknown, "setup.py computes it"},
		{"a Python package's", id, changedProject(func(p *evidence.Package) { p.Repository = evidence.Absent[string](line("pyproject.toml", 1)) }), "pyproject.toml", Wrong, "[project.urls]"},
		{"offline, as the remote says", id, off, "Cargo.toml", OK, "this repository"},
		{"offline, and the remote may be an old name", id, then(at("https://github.com/old/data"), off), "Cargo.toml", Unknown, "whether both are one repository cannot be told: offline"},
		{"no remote", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "no repository")
			w.Repo = evidence.Absent[evidence.RepoName](evidence.Source{Name: "git remote", At: now})
		}, "Cargo.toml", Unknown, "no git remote names one"},
		{"the newest release shows another one", id, func(t *testing.T, w *evidence.World) {
			standing(identity.CratesIO, shows("https://github.com/old/data"))(t, w)
		}, ofCrate, Wrong, "correct owner and repository when crates.io fills its publisher form in"},
	})
}

func TestAnAddressOfARepository(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/a/b": "github.com a/b", "http://github.com/a/b.git#readme": "github.com a/b", "git+https://github.com/a/b": "github.com a/b",
		"ssh://git@github.com/a/b.git": "github.com a/b", "git://github.com/a/b/": "github.com a/b", "GitHub.com/a/b": "github.com a/b",
		"https://github.com/a": "", "https://github.com": "", "": "", "a b": "", "https://": "", "/a/b": "", "%zz://a/b/c": "", "C:\\a\\b": "",
	} {
		got, ok := repositoryIn(address)
		text := got.Host + " " + got.String()
		if !ok {
			text = ""
		}
		if text != want {
			t.Errorf("%q: %q, want %q", address, text, want)
		}
	}
}

func FuzzAddressOfARepository(f *testing.F) {
	for _, s := range []string{"git@github.com:a/b.git", "https://github.com/a/b/tree/x", "git+ssh://x@y/z/w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, ok := repositoryIn(s); ok && (r.Host == "" || r.Owner == "" || strings.Contains(r.Owner+r.Name, "/")) {
			t.Errorf("%q: %+v", s, r)
		}
	})
}
