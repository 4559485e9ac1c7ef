package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// standing is a world in which nothing was rehearsed or released by trusted
// publishing, and whose package at a registry is changed.
func standing(r identity.Registry, change func(*evidence.Project)) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) {
		earlier()(t, w)
		setProject(w, r, evidence.Version{Number: "0.1.0", CreatedAt: hoursAgo(900)})
		key := evidence.ProjectKey{Registry: r, Name: "data"}
		p := w.Projects[key].Or(evidence.Project{})
		change(&p)
		w.Projects[key] = evidence.Seen(p, w.Projects[key].Source())
	}
}

var ownersPage = evidence.Source{Name: "crates.io/api/v1/crates/data/owners", At: now}

func owners(names ...string) func(*evidence.Project) {
	return func(p *evidence.Project) { p.Owners = evidence.Seen(names, ownersPage) }
}

func shows(address string) func(*evidence.Project) {
	return func(p *evidence.Project) { p.Repository = evidence.Seen(address, ownersPage) }
}

func all(changes ...func(*evidence.Project)) func(*evidence.Project) {
	return func(p *evidence.Project) {
		for _, change := range changes {
			change(p)
		}
	}
}

// meant has the package named on the command line.
func meant(_ *testing.T, w *evidence.World) { w.Wanted.Packages = []string{"data"} }

func anonymous(_ *testing.T, w *evidence.World) { w.GitHub.User = evidence.Absent[evidence.User](api) }

func TestYouOwnThePackage(t *testing.T) {
	const id = "you-own-the-package"
	crate := func(changes ...func(*evidence.Project)) func(*testing.T, *evidence.World) {
		return standing(identity.CratesIO, all(changes...))
	}
	project := func(changes ...func(*evidence.Project)) func(*testing.T, *evidence.World) {
		return standing(identity.PyPI, all(changes...))
	}
	renamed := func(names ...string) func(*evidence.Project) { return func(p *evidence.Project) { p.Renamed = names } }
	runRows(t, []row{
		{"an owner", id, crate(owners("bo", "Ana")), ofCrate, OK, "crates.io lists ana among the owners of data"},
		{"not an owner", id, then(meant, crate(owners("bo"))), ofCrate, Wrong, "cargo owner --add ana data"},
		{"not an owner of what comes from here", id, crate(owners("bo"), shows("https://github.com/acme/data")), ofCrate, Wrong, "cargo owner --add ana data"},
		{"not an owner, and perhaps not meant", id, crate(owners("bo"), shows("https://github.com/bo/data")), ofCrate, Unknown, "or `publish = false` if it is not for crates.io"},
		{"a team's member", id, then(meant, crate(owners("bo"), func(p *evidence.Project) { p.Teams = evidence.Seen([]string{"github:acme:core"}, ownersPage) })), ofCrate, Wrong, "beside the team github:acme:core"},
		{"no person owns it", id, then(meant, crate(owners())), ofCrate, Wrong, "cannot register publishers"},
		{"not an owner, and the crate trusts this repository", id, then(crate(owners("bo")), func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.CratesIO, trustedCrate("0.3.0", 1))
		}), ofCrate, OK, "data 0.3.0 was published by this repository"},
		{"another repository's record", id, then(meant, crate(owners("bo"), func(p *evidence.Project) {
			v := trustedCrate("0.3.0", 1)
			v.Trusted = evidence.Seen(evidence.Provenance{Repository: "bo/data", RunID: 3}, ownersPage)
			p.Versions = []evidence.Version{v}
		})), ofCrate, Wrong, "you are ana"},
		{"an owner of that name with another login", id, crate(owners("ana"), renamed("ana")), ofCrate, Unknown, "may have another name at GitHub"},
		{"an owner of another name, with any login", id, crate(owners("bo"), renamed("bo")), ofCrate, Unknown, "bo may have another name at GitHub"},
		{"an owner beside one of another name", id, crate(owners("ana", "bo"), renamed("bo")), ofCrate, OK, "lists ana"},
		{"the token sees what owners see", id, crate(owners("bo"), func(p *evidence.Project) { p.Publishers = evidence.Seen([]identity.Publisher{}, ownersPage) }), ofCrate, OK, "to owners only"},
		{"nobody is signed in", id, then(crate(owners("bo")), anonymous), ofCrate, Unknown, "nobody is signed in at GitHub"},
		{"a token that is no person's", id, then(crate(owners("bo")), func(_ *testing.T, w *evidence.World) {
			w.GitHub.User = evidence.Unknown[evidence.User](api, "the token is an app's")
		}), ofCrate, Unknown, "the token is an app's"},
		{"owners out of sight", id, crate(func(p *evidence.Project) { p.Owners = evidence.Unknown[[]string](ownersPage, "crates.io answered 500") }), ofCrate, Unknown, "crates.io answered 500"},
		{"registry down", id, func(_ *testing.T, w *evidence.World) {
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "data"}] = evidence.Unknown[evidence.Project](api, "pypi.org answered 503")
		}, ofProject, Unknown, "pypi.org answered 503"},

		{"PyPI's accounts are not GitHub's", id, project(owners("ana")), ofProject, Unknown, "its accounts are not GitHub's"},
		{"an organisation's", id, project(owners("ana"), func(p *evidence.Project) { p.Organization = evidence.Seen("acme", ownersPage) }), ofProject, Unknown, "the organisation acme, and ana"},
		{"PyPI's own record", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, trustedProject("0.3.0", 1, "release"))
		}), ofProject, OK, "which only an owner can have registered"},
		{"another repository's record at PyPI", id, project(owners("bo"), func(p *evidence.Project) {
			v := trustedProject("0.3.0", 1, "release")
			v.Trusted = evidence.Seen(evidence.Provenance{Repository: "bo/data", Workflow: "publish.yml"}, ownersPage)
			p.Versions = []evidence.Version{v}
		}), ofProject, Unknown, "names bo as the owners"},
		{"a token that a rehearsal got", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) { setRuns(w, rehearsal(9, 1, "success")) }), ofProject, OK, "an owner has registered this repository: PyPI gave run 9"},
		{"a refused rehearsal", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) { setRuns(w, refusedRehearsal(9, 1, notFound)) }), ofProject, Unknown, "names bo"},
		{"a record before the refusal", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.PyPI, trustedProject("0.2.0", 50, "release"))
			setRuns(w, refusedRehearsal(9, 1, notFound))
		}), ofProject, OK, "data 0.2.0 was published by this repository"},
		{"said", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) { says(w, 1, registered(identity.PyPI)) }), ofProject, Said, "which only an owner can do"},
		{"TestPyPI by the rehearsal", id, nothing, ofTest, OK, "TestPyPI gave run 7"},
		{"TestPyPI without a release tells no owners", id, then(earlier(), func(_ *testing.T, w *evidence.World) {
			setProject(w, identity.TestPyPI)
			key := evidence.ProjectKey{Registry: identity.TestPyPI, Name: "data"}
			p := w.Projects[key].Or(evidence.Project{})
			p.Owners = evidence.Unknown[[]string](api, "TestPyPI tells owners only of projects with a release")
			w.Projects[key] = evidence.Seen(p, api)
		}), ofTest, Unknown, "only of projects with a release"},
	})
	w := ready(t)
	for _, r := range identity.Registries() {
		absentProject(w, r)
	}
	notApplicable(t, w, id)
}

// A token covers some of several packages, and does not tell which.
func TestATokenShowsNoOwnerOfSeveralPackages(t *testing.T) {
	w := ready(t)
	second := project("data-tools")
	second.Path = "tools/pyproject.toml"
	setPackages(w, crate("data"), project("data"), second)
	for _, name := range []string{"data", "data-tools"} {
		w.Projects[evidence.ProjectKey{Registry: identity.TestPyPI, Name: name}] = evidence.Seen(evidence.Project{Name: name, Owners: evidence.Seen([]string{"bo"}, api)}, api)
	}
	report := Judge(NewCase(w), All(), nil)
	holds(t, report)
	for _, check := range []string{"you-own-the-package", "name-available"} {
		expect(t, report.Of(check), row{check: check, subject: ofTest, want: Unknown, because: "leave TestPyPI out"})
	}
}

func TestNameAvailable(t *testing.T) {
	const id = "name-available"
	crate := func(changes ...func(*evidence.Project)) func(*testing.T, *evidence.World) {
		return standing(identity.CratesIO, all(changes...))
	}
	project := func(changes ...func(*evidence.Project)) func(*testing.T, *evidence.World) {
		return standing(identity.PyPI, all(changes...))
	}
	runRows(t, []row{
		{"yours", id, crate(owners("ana")), ofCrate, OK, "lists ana among the owners"},
		{"free at crates.io", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.CratesIO) }, ofCrate, OK, "in any spelling; whether the name is reserved"},
		{"free at PyPI", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.PyPI) }, ofProject, OK, "in any spelling"},
		{"somebody else's crate", id, then(meant, crate(owners("bo"), shows("https://github.com/bo/data"))), ofCrate, Wrong, "its source is https://github.com/bo/data"},
		{"somebody else's crate, beside a Python package", id, crate(owners("bo"), shows("https://github.com/bo/data")), ofCrate, Unknown, "nothing shows that the crate here is meant for crates.io"},
		{"somebody else's crate, and nothing else here", id, then(crate(owners("bo"), shows("https://github.com/bo/data")), changedCrate(func(*evidence.Package) {}), func(_ *testing.T, w *evidence.World) {
			setPackages(w, w.Tree.Packages.Or(nil)[0])
		}), ofCrate, Wrong, "choose another name"},
		{"somebody else's crate, without an address", id, then(meant, crate(owners("bo"), func(p *evidence.Project) { p.Repository = evidence.Absent[string](ownersPage) })), ofCrate, Wrong, "its source is none"},
		{"a colleague's", id, crate(owners("bo"), shows("https://github.com/Acme/Data.git")), ofCrate, OK, "says that it comes from this repository"},
		{"an address out of sight", id, crate(owners("bo"), func(p *evidence.Project) {
			p.Repository = evidence.Unknown[string](ownersPage, "crates.io answered 500")
		}), ofCrate, Unknown, "you are ana"},
		{"nobody is signed in", id, then(crate(owners("bo"), shows("https://github.com/bo/data")), anonymous), ofCrate, Unknown, "its source is https://github.com/bo/data"},
		{"in another spelling", id, crate(owners("ana"), func(p *evidence.Project) { p.Name = "Data" }), ofCrate, Wrong, "crate was previously named `Data`"},
		{"another spelling at PyPI is the same name", id, then(project(func(p *evidence.Project) { p.Name = "Data" }), func(_ *testing.T, w *evidence.World) { setRuns(w, rehearsal(9, 1, "success")) }), ofProject, OK, "PyPI gave run 9"},
		{"whose it is at PyPI cannot be told", id, project(owners("bo"), shows("https://github.com/bo/data")), ofProject, Unknown, "its source is https://github.com/bo/data"},
		{"from this repository", id, project(owners("bo"), shows("https://github.com/acme/data/tree/main/py")), ofProject, OK, "comes from this repository"},
		{"said", id, then(project(owners("bo")), func(_ *testing.T, w *evidence.World) { says(w, 1, registered(identity.PyPI)) }), ofProject, Said, "you said"},
		{"quarantined", id, project(func(p *evidence.Project) { p.Status = "quarantined" }), ofProject, Wrong, "into quarantine"},
		{"no name for a crate", id, func(_ *testing.T, w *evidence.World) {
			setPackages(w, evidence.Package{Ecosystem: evidence.Cargo, Path: "Cargo.toml", Name: evidence.Seen("3data", line("Cargo.toml", 2)), Publish: evidence.Seen(true, line("Cargo.toml", 1))})
		}, "crates.io:3data", Wrong, "must start with a letter"},
		{"no name for a project, offline", id, func(_ *testing.T, w *evidence.World) {
			setPackages(w, namedProject("data-"))
			offline(w)
		}, "pypi:data-", Wrong, "a letter or digit at both ends"},
		{"the name of a module", id, func(_ *testing.T, w *evidence.World) {
			setPackages(w, namedProject("Py.Compile"))
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "Py.Compile"}] = evidence.Absent[evidence.Project](api)
		}, "pypi:Py.Compile", Wrong, "standard library"},
		{"a module's name that is a project", id, func(_ *testing.T, w *evidence.World) {
			setPackages(w, namedProject("dataclasses"))
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "dataclasses"}] = evidence.Seen(evidence.Project{Name: "dataclasses",
				Versions: []evidence.Version{trustedProject("1.0", 3, "release")}}, api)
		}, "pypi:dataclasses", OK, "published by this repository"},
		{"registry down", id, func(_ *testing.T, w *evidence.World) {
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "data"}] = evidence.Unknown[evidence.Project](api, "pypi.org answered 503")
		}, ofProject, Unknown, "pypi.org answered 503"},
	})
}

// namedProject is a Python package of another name.
func namedProject(name string) evidence.Package { return project(name) }
