package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// A publisher without environment takes every job of its file.
func TestLoosePublisher(t *testing.T) {
	const id, crate, pypi = "publisher-matches", ofCrate + " environment", ofProject + " environment"
	loose := func(p *identity.Publisher) { p.Environment = "" }
	runRows(t, []row{
		{"crates.io lists it", id, func(_ *testing.T, w *evidence.World) { listed(w, with(registered(identity.CratesIO), loose)) }, crate, Wrong, "the publisher that crates.io lists names no environment: every job of publish.yml may publish"},
		{"PyPI's record shows it", id, func(_ *testing.T, w *evidence.World) { setProject(w, identity.PyPI, trustedProject("0.3.0", 1, "")) }, pypi, Wrong, "data 0.3.0 was published by a publisher that names no environment"},
		{"said", id, then(earlier(), func(_ *testing.T, w *evidence.World) { says(w, 1, with(registered(identity.PyPI), loose)) }), pypi, Wrong, "the publisher that you registered names no environment"},
	})
	for name, change := range map[string]func(*testing.T, *evidence.World){
		"with one":        nothing,
		"listed with one": func(_ *testing.T, w *evidence.World) { listed(w, registered(identity.CratesIO)) },
		"of another file": func(_ *testing.T, w *evidence.World) {
			listed(w, with(with(registered(identity.CratesIO), loose), otherFile))
		},
		"the job names none":  edited("    environment: release\n", ""),
		"said, with one":      func(_ *testing.T, w *evidence.World) { says(w, 1, registered(identity.PyPI)) },
		"of other publishers": func(_ *testing.T, w *evidence.World) { listed(w) },
	} {
		w := ready(t)
		change(t, w)
		for _, r := range Judge(NewCase(w), All(), []string{id}).Results {
			if r.Subject == crate || r.Subject == pypi {
				t.Errorf("%s: %s: %s", name, r.Verdict, r.Because)
			}
		}
	}
}
