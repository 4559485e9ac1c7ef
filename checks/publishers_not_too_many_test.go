package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func TestPublishersNotTooMany(t *testing.T) {
	const id = "publishers-not-too-many"
	ours := registered(identity.CratesIO)
	fork := with(ours, func(p *identity.Publisher) { p.Owner, p.OwnerID = "eve", 66 })
	list := func(publishers ...identity.Publisher) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { listed(w, publishers...) }
	}
	runRows(t, []row{
		{"ours alone", id, list(ours), ofCrate, OK, "lists 1 of at most 5"},
		{"none", id, list(), ofCrate, OK, "lists 0 of at most 5"},
		{"another repository's", id, list(ours, fork), ofCrate, Wrong, "eve/data, publish.yml, environment release"},
		{"an old file of ours", id, list(ours, with(ours, otherFile)), ofCrate, Wrong, "acme/data, release.yml, environment release"},
		{"one without environment", id, list(ours, with(ours, func(p *identity.Publisher) { p.Environment = "" })), ofCrate, Wrong, "no environment"},
		{"an owner id of an earlier account", id, list(with(ours, func(p *identity.Publisher) { p.OwnerID = 41 })), ofCrate, Wrong, "acme/data"},
		{"as many as can be", id, list(ours, fork, with(ours, otherFile), with(fork, otherFile), with(fork, otherEnvironment)), ofCrate, Wrong, "which is as many as crates.io takes"},
		{"out of sight", id, nothing, ofCrate, Unknown, "https://crates.io/crates/data/settings"},
		{"PyPI shows none", id, nothing, ofProject, Unknown, "https://pypi.org/manage/project/data/settings/publishing/"},
		{"no repository", id, then(list(ours), func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "no repository")
			w.Repo = evidence.Absent[evidence.RepoName](evidence.Source{Name: "git remote", At: now})
		}), ofCrate, Unknown, "no git remote names one"},
	})
	w := ready(t)
	w.Wanted.Registries = []identity.Registry{identity.PyPI}
	absentProject(w, identity.PyPI)
	notApplicable(t, w, id)
}
