package checks

import (
	"slices"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func setPackages(w *evidence.World, list ...evidence.Package) {
	w.Tree.Packages = evidence.Seen(list, evidence.Source{Name: ".", At: now})
}

func changedCrate(change func(*evidence.Package)) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		c := crate("data")
		change(&c)
		setPackages(w, c, project("data"))
	}
}

func changedProject(change func(*evidence.Package)) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		p := project("data")
		change(&p)
		setPackages(w, crate("data"), p)
	}
}

func changedRepository(change func(*evidence.Repository)) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		r := w.GitHub.Repository.Or(evidence.Repository{})
		change(&r)
		w.GitHub.Repository = evidence.Seen(r, api)
	}
}

func TestRepositoryOnGitHub(t *testing.T) {
	const id = "repository-on-github"
	gone := func(_ *testing.T, w *evidence.World) { w.GitHub.Repository = evidence.Absent[evidence.Repository](api) }
	runRows(t, []row{
		{"there", id, nothing, "", OK, "acme/data is on GitHub"},
		{"no remote", id, func(t *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "no repository")
			w.Repo = evidence.Absent[evidence.RepoName](evidence.Source{Name: "git remote", At: now})
		}, "", Wrong, "gh repo create"},
		{"404 for somebody signed in", id, gone, "", Wrong, "shows no repository Acme/data to ana"},
		{"404 for nobody", id, func(t *testing.T, w *evidence.World) {
			gone(t, w)
			w.GitHub.User = evidence.Absent[evidence.User](api)
		}, "", Unknown, "gh auth login"},
		{"archived", id, changedRepository(func(r *evidence.Repository) { r.Archived = true }), "", Wrong, "archived"},
		{"another host", id, changedRepository(func(r *evidence.Repository) { r.Name.Host = "ghe.example.com" }), "", Wrong, "ghe.example.com, a GitHub Enterprise Server: its workflows get identity tokens of its own issuer"},
		{"data residency", id, changedRepository(func(r *evidence.Repository) { r.Name.Host = "acme.ghe.com" }), "", Wrong, "data residency"},
		{"failure 20: renamed", id, changedRepository(func(r *evidence.Repository) {
			r.MovedFrom = evidence.RepoName{Host: "github.com", Owner: "acme", Name: "old"}
		}),
			"git remote", Wrong, "git remote set-url origin https://github.com/acme/data.git"},
		{"server down", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "api.github.com did not answer in 10s")
		}, "", Unknown, "did not answer in 10s"},
	})
}

// circle has two crates that need each other, of which crates.io lacks some.
func circle(missing ...string) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		a, b := crate("a"), crate("b")
		a.DependsOn, b.Path, b.DependsOn = []string{"b"}, "b/Cargo.toml", []string{"a"}
		setPackages(w, a, b)
		w.Tree.Cycles = [][]string{{"a", "b"}}
		for _, name := range []string{"a", "b"} {
			fact := evidence.Seen(evidence.Project{Name: name}, api)
			if slices.Contains(missing, name) {
				fact = evidence.Absent[evidence.Project](api)
			}
			w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}] = fact
		}
	}
}

func TestPackagesFound(t *testing.T) {
	const id = "packages-found"
	runRows(t, []row{
		{"both", id, nothing, "Cargo.toml", OK, "data 0.3.0, for crates.io"},
		{"both", id, nothing, "pyproject.toml", OK, "for PyPI"},
		{"none", id, func(_ *testing.T, w *evidence.World) {
			w.Tree.Packages = evidence.Absent[[]evidence.Package](evidence.Source{Name: ".", At: now})
		}, "", Wrong, "neither a Cargo.toml nor a pyproject.toml"},
		{"all forbidden", id, func(_ *testing.T, w *evidence.World) {
			c := crate("data")
			c.Publish = evidence.Seen(false, line("Cargo.toml", 7))
			setPackages(w, c)
		}, "", Wrong, "forbids publishing"},
		{"no name", id, changedProject(func(p *evidence.Package) { p.Name = evidence.Absent[string](line("pyproject.toml", 0)) }), "pyproject.toml", Wrong, "names no package"},
		{"computed name", id, changedProject(func(p *evidence.Package) {
			p.Name = evidence.Unknown[string](line("setup.py", 3), "setup.py computes it")
		}), "pyproject.toml", Unknown, "setup.py computes it"},
		{"broken manifest", id, func(_ *testing.T, w *evidence.World) {
			w.Tree.Problems = []evidence.Problem{{Source: line("sub/Cargo.toml", 4), Why: "expected a value"}}
		}, "sub/Cargo.toml", Unknown, "expected a value"},
		{"circle, first releases", id, circle("a", "b"), "a, b", Wrong, "crates.io does not have a, b"},
		{"circle, one is out", id, circle("b"), "a, b", OK, "has enough of them"},
		{"circle, both are out", id, circle(), "a, b", OK, "through development dependencies"},
		{"circle, offline", id, func(t *testing.T, w *evidence.World) {
			circle()(t, w)
			w.Mode, w.Projects = evidence.Offline, nil
		}, "a, b", Unknown, "their first release only; whether crates.io has them: offline"},
		{"asked for one that is not there", id, func(_ *testing.T, w *evidence.World) { w.Wanted.Packages = []string{"data", "other"} }, "other", Wrong, "no manifest here names other"},
		{"could not look", id, func(_ *testing.T, w *evidence.World) {
			w.Tree.Packages = evidence.Unknown[[]evidence.Package](evidence.Source{Name: "."}, "permission denied")
		}, "", Unknown, "permission denied"},
	})
}

func TestMetadataComplete(t *testing.T) {
	const id = "metadata-complete"
	none := evidence.Absent[string](line("Cargo.toml", 0))
	bare := func(beside ...evidence.Package) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			c := crate("data")
			c.License, c.Description = none, none
			setPackages(w, append([]evidence.Package{c}, beside...)...)
			w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "data"}] = evidence.Absent[evidence.Project](api)
		}
	}
	runRows(t, []row{
		{"complete", id, nothing, "Cargo.toml", OK, "license"},
		{"no licence and no description", id, changedCrate(func(p *evidence.Package) { p.License, p.Description = none, none }), "Cargo.toml", Wrong, "no description, no license"},
		{"not on crates.io, beside a Python package", id, bare(project("data")), "Cargo.toml", Unknown, "or `publish = false` if it is not for crates.io"},
		{"not on crates.io, asked for", id, both(bare(project("data")), func(_ *testing.T, w *evidence.World) { w.Wanted.Packages = []string{"data"} }), "Cargo.toml", Wrong, "no description"},
		{"not on crates.io, alone", id, bare(), "Cargo.toml", Wrong, "no description"},
		{"path without version", id, changedCrate(func(p *evidence.Package) { p.Unversioned = []string{"core"} }), "Cargo.toml", Wrong, "crates.io refuses that"},
		{"unreadable licence", id, changedCrate(func(p *evidence.Package) {
			p.License = evidence.Unknown[string](line("Cargo.toml", 0), "inherited from a workspace that was not found")
		}), "Cargo.toml", Unknown, "workspace that was not found"},
		{"dynamic version", id, changedProject(func(p *evidence.Package) {
			p.Version = evidence.Unknown[string](line("pyproject.toml", 6), "setuptools-scm computes it")
		}), "pyproject.toml", OK, "setuptools-scm computes it"},
		{"no version", id, changedProject(func(p *evidence.Package) { p.Version = none }), "pyproject.toml", Wrong, "no version"},
	})
}

func TestVersionsAgree(t *testing.T) {
	const id = "versions-agree"
	version := func(v string) func(*evidence.Package) {
		return func(p *evidence.Package) { p.Version = evidence.Seen(v, line("pyproject.toml", 6)) }
	}
	runRows(t, []row{
		{"same", id, nothing, "", OK, "both have 0.3.0"},
		{"python behind", id, changedProject(version("0.2.9")), "", Wrong, "the crate has 0.3.0, the Python package 0.2.9"},
		{"candidate in both spellings", id, func(t *testing.T, w *evidence.World) {
			c, p := crate("data"), project("data")
			c.Version, p.Version = evidence.Seen("0.3.0-rc.1", line("Cargo.toml", 3)), evidence.Seen("0.3.0rc1", line("pyproject.toml", 6))
			setPackages(w, c, p)
		}, "", OK, "0.3.0-rc.1"},
		{"maturin takes it from the crate", id, changedProject(func(p *evidence.Package) { p.Version = evidence.Unknown[string](line("pyproject.toml", 0), "dynamic") }), "", OK, "from it"},
		{"computed elsewhere", id, changedProject(func(p *evidence.Package) {
			p.Version = evidence.Unknown[string](line("pyproject.toml", 0), "hatch-vcs computes it")
			p.Backend = evidence.Seen("hatchling.build", line("pyproject.toml", 3))
		}), "", Unknown, "hatch-vcs computes it"},
	})
	t.Run("no run publishes both: advice", func(t *testing.T) {
		w := ready(t)
		changedProject(version("0.2.9"))(t, w)
		setFile(w, publishYML, secretWorkflow)
		res := Judge(NewCase(w), All(), []string{id}).Results[0]
		if res.Verdict != Wrong || res.Level != Advice {
			t.Errorf("%s %s: %s", res.Level, res.Verdict, res.Because)
		}
	})
	t.Run("one name in two folders is advice", func(t *testing.T) {
		w := ready(t)
		p := project("data")
		p.Path = "bindings/python/pyproject.toml"
		version("0.2.9")(&p)
		setPackages(w, crate("data"), p)
		res := Judge(NewCase(w), All(), []string{id}).Results[0]
		if res.Verdict != Wrong || res.Level != Advice {
			t.Errorf("%s %s: %s", res.Level, res.Verdict, res.Because)
		}
	})
	t.Run("not released together", func(t *testing.T) {
		w := ready(t)
		p := project("tools")
		p.Path = "py/pyproject.toml"
		setPackages(w, crate("data"), p)
		notApplicable(t, w, id)
	})
}

func TestTestsRunInCI(t *testing.T) {
	const id = "tests-run-in-ci"
	ci := func(src string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { setFile(w, ciYML, src) }
	}
	const head = "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n"
	runRows(t, []row{
		{"cargo test", id, nothing, "", OK, "cargo test --workspace"},
		{"uv run pytest", id, ci(head + "      - run: uv run --frozen pytest -q\n"), "", OK, "pytest -q"},
		{"only a comment and an echo", id, ci(head + "      - run: |\n          # cargo test\n          echo \"pytest\"\n"), "", Wrong, "`cargo test` and `pytest`"},
		{"the program in a variable", id, ci(head + "      - run: ${{ env.CARGO }} test --all\n"), "", OK, "test --all"},
		{"a script of the project", id, ci(head + "      - run: scripts/check\n"), "", Unknown, "what `scripts/check` runs"},
		{"tox for the manual only", id, ci(head + "      - run: tox -e types\n      - run: tox run -e docset\n"), "", Unknown, "what `tox -e types` runs"},
		{"nox for all", id, ci(head + "      - run: nox -s tests-3.13\n"), "", OK, "nox -s tests-3.13"},
		{"a task", id, ci(head + "      - run: make ci\n"), "", Unknown, "what `make ci` runs"},
		{"a script by its shell", id, ci(head + "      - run: uv run bash scripts/test.sh\n"), "", Unknown, "what `bash scripts/test.sh` runs"},
		{"a task of cargo", id, ci(head + "      - run: cargo xtask coverage\n"), "", Unknown, "what `cargo xtask coverage` runs"},
		{"only when released", id, ci("on: release\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n"), "", Wrong, "on: [push, pull_request]"},
		{"called workflow of another repository", id, ci("on: push\njobs:\n  test:\n    uses: acme/shared/.github/workflows/test.yml@v1\n"), "", Unknown, "acme/shared"},
		{"called workflow here", id, func(t *testing.T, w *evidence.World) {
			setFile(w, ciYML, "on: push\njobs:\n  test:\n    uses: ./.github/workflows/test.yml\n")
			setFile(w, ".github/workflows/test.yml", "on: workflow_call\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: tox\n")
		}, "", OK, "tox"},
		{"could not look", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Unknown[[]evidence.WorkflowFile](api, "404 for a private repository")
		}, "", Unknown, "private repository"},
	})
}
