package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

const stalePending = "* `invalid-pending-publisher`: valid token, but project already exists\n"

// twins is a world with two Python projects that PyPI does not have.
func twins(_ *testing.T, w *evidence.World) {
	second := project("data-tools")
	second.Path = "tools/pyproject.toml"
	setPackages(w, project("data"), second)
	setRuns(w)
	for _, r := range []identity.Registry{identity.PyPI, identity.TestPyPI} {
		for _, name := range []string{"data", "data-tools"} {
			w.Projects[evidence.ProjectKey{Registry: r, Name: name}] = evidence.Absent[evidence.Project](evidence.Source{Name: r.Host() + "/" + name, At: now})
		}
	}
}

func pendingFor(name string) identity.Publisher {
	return with(registered(identity.PyPI), func(p *identity.Publisher) { p.Package = name })
}

func TestPendingPublisherAlive(t *testing.T) {
	const id, second = "pending-publisher-alive", "pypi:data-tools"
	pending := func(hours int) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			untried(w)
			says(w, hours, registered(identity.PyPI))
		}
	}
	runRows(t, []row{
		{"said lately", id, pending(5 * 24), ofProject, Said, "you said on 2026-11-19, 5 days ago"},
		{"when it lapses", id, pending(5 * 24), ofProject, Said, "it lapses by 2026-12-19 at the latest"},
		{"on its last day", id, pending(30*24 - 1), ofProject, Said, "29 days ago"},
		{"failure 15: lapsed", id, pending(31 * 24), ofProject, Wrong, "it lapsed by 2026-11-23 at the latest"},
		{"lapsed is not registered", "publisher-registered", pending(31 * 24), ofProject, Wrong, "of which you spoke has lapsed"},
		{"lapsed is no match", "publisher-matches", pending(31 * 24), ofProject, Unknown, "nothing shows which publisher is registered"},
		{"lapsed is no way to a first release", "first-release-done", pending(31 * 24), ofProject, Wrong, "has lapsed"},
		{"registered again", id, then(pending(31*24), func(_ *testing.T, w *evidence.World) { says(w, 1, registered(identity.PyPI)) }), ofProject, Said, "today"},
		{"registry down", id, func(_ *testing.T, w *evidence.World) {
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "data"}] = evidence.Unknown[evidence.Project](api, "pypi.org answered 503")
		}, ofProject, Unknown, "pypi.org answered 503"},

		{"the second of two waits", id, then(twins, func(_ *testing.T, w *evidence.World) { says(w, 24, pendingFor("data")) }), second, Waiting, "data-tools is next"},
		{"both are said", id, then(twins, func(_ *testing.T, w *evidence.World) {
			says(w, 24, pendingFor("data"))
			says(w, 23, pendingFor("data-tools"))
		}), second, Wrong, "release data first"},
		{"the first of both", id, then(twins, func(_ *testing.T, w *evidence.World) {
			says(w, 24, pendingFor("data"))
			says(w, 23, pendingFor("data-tools"))
		}), ofProject, Said, "yesterday"},
		{"both, from two environments", id, then(twins, func(_ *testing.T, w *evidence.World) {
			says(w, 24, with(pendingFor("data"), otherEnvironment))
			says(w, 23, pendingFor("data-tools"))
		}), second, Said, "today"},
		{"the first one lapsed", id, then(twins, func(_ *testing.T, w *evidence.World) {
			says(w, 31*24, pendingFor("data"))
			says(w, 23, pendingFor("data-tools"))
		}), second, Said, "today"},
		{"first-release-done waits too", "first-release-done", then(twins, func(_ *testing.T, w *evidence.World) { says(w, 24, pendingFor("data")) }), second, Waiting, "wait for the release of data"},

		{"failure 14: left over", id, earlier(refusedRehearsal(9, 1, stalePending)), ofProject, Wrong, "make sure that the project has a publisher of its own on https://pypi.org/manage/project/data/settings/publishing/"},
		{"the project was made in another way", id, then(earlier(), func(_ *testing.T, w *evidence.World) {
			says(w, 24, registered(identity.PyPI))
			setProject(w, identity.PyPI, evidence.Version{Number: "0.1.0", CreatedAt: hoursAgo(3)})
		}), ofProject, Unknown, "the project was made on 2026-11-24, and nothing shows"},
	})
}

// Of what needs no pending publisher, and of what nobody registered, there is
// nothing to say.
func TestNoPendingPublisher(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *evidence.World){
		"the projects stand": nothing,
		"nothing was said":   func(_ *testing.T, w *evidence.World) { untried(w) },
		"the refusal is outdated": func(t *testing.T, w *evidence.World) {
			earlier(refusedRehearsal(9, 2, stalePending))(t, w)
			says(w, 1, registered(identity.PyPI))
		},
		"it made the project": func(_ *testing.T, w *evidence.World) {
			says(w, 24, registered(identity.PyPI))
			setProject(w, identity.PyPI, trustedProject("0.1.0", 3, "release"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			change(t, w)
			notApplicable(t, w, "pending-publisher-alive")
		})
	}
}

// One refusal does not tell which of two projects it was for.
func TestALeftoverOfTwoProjects(t *testing.T) {
	w := ready(t)
	twins(t, w)
	setRuns(w, refusedRehearsal(9, 1, stalePending))
	for _, name := range []string{"data", "data-tools"} {
		w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: name}] = evidence.Seen(evidence.Project{Name: name}, api)
	}
	expect(t, Judge(NewCase(w), All(), nil).Of("pending-publisher-alive"), row{check: "pending-publisher-alive", subject: ofProject, want: Unknown, because: "does not tell which project's"})
}
