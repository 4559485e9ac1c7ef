package checks

import (
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

const (
	ofCrate    = "crates.io:data"
	ofProject  = "pypi:data"
	ofTest     = "testpypi:data"
	notFound   = "* `invalid-publisher`: valid token, but no corresponding publisher (Publisher with matching claims was not found)\n"
	noClaimEnv = "* `repository`: `acme/data`\n* `repository_owner_id`: `42`\n* `job_workflow_ref`: `acme/data/.github/workflows/publish.yml@refs/heads/main`\n* `environment`: `MISSING`\n"
)

// with gives a publisher another value.
func with(p identity.Publisher, change func(*identity.Publisher)) identity.Publisher {
	change(&p)
	return p
}

func otherFile(p *identity.Publisher)        { p.Workflow = "release.yml" }
func otherEnvironment(p *identity.Publisher) { p.Environment = "production" }

// untried is the world before any run and any release at the registries.
func untried(w *evidence.World) {
	setRuns(w)
	setProject(w, identity.CratesIO, tokenVersion("0.1.0", 900))
	absentProject(w, identity.PyPI)
	absentProject(w, identity.TestPyPI)
}

// earlier is a world whose only releases came before everything else.
func earlier(runs ...evidence.Run) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		untried(w)
		setProject(w, identity.PyPI, evidence.Version{Number: "0.1.0", CreatedAt: hoursAgo(900)})
		setRuns(w, runs...)
	}
}

func TestFirstReleaseDone(t *testing.T) {
	const id = "first-release-done"
	runRows(t, []row{
		{"released", id, nothing, ofCrate, OK, "crates.io has data 0.3.0"},
		{"failure 5: no such crate", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.CratesIO) }, ofCrate, Wrong, "Trusted Publishing tokens do not support creating new crates"},
		{"no project, nothing said", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.PyPI) }, ofProject, Wrong, "https://pypi.org/manage/account/publishing/"},
		{"failure 15: said for PyPI is not said for TestPyPI", id, func(_ *testing.T, w *evidence.World) {
			untried(w)
			says(w, 3, registered(identity.PyPI))
		}, ofTest, Wrong, "https://test.pypi.org/manage/account/publishing/"},
		{"a pending publisher was said", id, func(_ *testing.T, w *evidence.World) {
			absentProject(w, identity.PyPI)
			says(w, 3, registered(identity.PyPI))
		}, ofProject, Said, "within 30 days"},
		{"a project without release", id, func(_ *testing.T, w *evidence.World) { setProject(w, identity.PyPI) }, ofProject, Waiting, "without a release"},
		{"TestPyPI needs none", id, nothing, ofTest, OK, "a test index needs no release"},
		{"registry down", id, func(_ *testing.T, w *evidence.World) {
			w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "data"}] = evidence.Unknown[evidence.Project](evidence.Source{Name: "pypi.org"}, "pypi.org answered 503")
		}, ofProject, Unknown, "pypi.org answered 503"},
	})
}

func TestPublisherRegistered(t *testing.T) {
	const id = "publisher-registered"
	runRows(t, []row{
		{"by a token that a run got", id, nothing, ofCrate, OK, "gave run 7"},
		{"by the list", id, func(_ *testing.T, w *evidence.World) { listed(w, registered(identity.CratesIO)) }, ofCrate, OK, "crates.io lists one: acme/data, publish.yml, environment release"},
		{"an empty list", id, func(_ *testing.T, w *evidence.World) { listed(w) }, ofCrate, Wrong, "but none"},
		{"a list of others", id, func(_ *testing.T, w *evidence.World) {
			listed(w, with(registered(identity.CratesIO), func(p *identity.Publisher) { p.Repository = "fork" }))
		}, ofCrate, Wrong, "but acme/fork"},
		{"by the registry's record", id, func(_ *testing.T, w *evidence.World) { setRuns(w) }, ofCrate, OK, "data 0.3.0 was published by one"},
		{"nothing seen", id, earlier(), ofCrate, Unknown, "only to a token with the trusted-publishing scope"},
		{"nothing seen at PyPI", id, earlier(), ofProject, Unknown, "no API of PyPI shows publishers"},
		{"said", id, func(t *testing.T, w *evidence.World) { earlier()(t, w); says(w, 1, registered(identity.PyPI)) }, ofProject, Said, "you said so on 2026-11-24"},
		{"failure 6: no config", id, earlier(refusedRehearsal(9, 1, "No Trusted Publishing config found for repository `acme/data`.")), ofCrate, Wrong, "https://crates.io/crates/data/settings/new-trusted-publisher"},
		{"a refusal of another field", id, earlier(refusedRehearsal(9, 1, "The Trusted Publishing config for repository `acme/data` does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`")), ofCrate, OK, "compared run 9"},
		{"PyPI does not tell", id, earlier(refusedRehearsal(9, 1, notFound)), ofProject, Unknown, "missing or differs"},
		{"said after the refusal", id, func(t *testing.T, w *evidence.World) {
			earlier(refusedRehearsal(9, 2, notFound))(t, w)
			says(w, 1, registered(identity.PyPI))
		}, ofProject, Said, "you said so"},
		{"a record older than the refusal", id, func(t *testing.T, w *evidence.World) {
			earlier(refusedRehearsal(9, 2, notFound))(t, w)
			setProject(w, identity.PyPI, trustedProject("0.2.0", 50, "release"))
			says(w, 1, registered(identity.PyPI))
		}, ofProject, Said, "you said so"},
		{"no crate", id, func(_ *testing.T, w *evidence.World) { untried(w); absentProject(w, identity.CratesIO) }, ofCrate, Wrong, "it can have no publisher"},
	})
}

// A token covers the packages whose publishers matched, and does not tell
// which those are (failure 8).
func TestATokenProvesNoneOfSeveralPackages(t *testing.T) {
	w := ready(t)
	second := crate("data-core")
	second.Path = "core/Cargo.toml"
	setPackages(w, crate("data"), second, project("data"))
	setProject(w, identity.CratesIO, tokenVersion("0.1.0", 900))
	w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "data-core"}] = w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "data"}]
	report := Judge(NewCase(w), All(), nil)
	holds(t, report)
	for _, check := range []string{"publisher-registered", "publisher-matches"} {
		for _, subject := range []string{ofCrate, "crates.io:data-core"} {
			expect(t, report.Of(check), row{check: check, subject: subject, want: Unknown})
		}
	}
	setRuns(w, refusedRehearsal(9, 1, "error: failed to publish: The provided access token is not valid for crate `data-core`"))
	report = Judge(NewCase(w), All(), nil)
	expect(t, report.Of("publisher-registered"), row{check: "publisher-registered", subject: "crates.io:data-core", want: Wrong, because: "not valid for crate `data-core`"})
	expect(t, report.Of("publisher-registered"), row{check: "publisher-registered", subject: ofCrate, want: Unknown})
}

// A release of several packages gets its token, and is refused at the one that
// has no publisher (failure 8). A later rehearsal proves nothing of that one.
func TestARefusedUploadNamesThePackageWithoutPublisher(t *testing.T) {
	release := rehearsal(9, 2, "success")
	jobs := release.Jobs.Or(nil)
	for i := range jobs {
		jobs[i].Conclusion = "failure"
		jobs[i].Log = evidence.Seen("error: failed to publish: The provided access token is not valid for crate `data-core`", api)
	}
	second := crate("data-core")
	second.Path = "core/Cargo.toml"
	key := evidence.ProjectKey{Registry: identity.CratesIO, Name: "data-core"}
	judged := func(change func(*evidence.World)) []Result {
		w := ready(t)
		setPackages(w, crate("data"), second, project("data"))
		w.Projects[key] = evidence.Seen(evidence.Project{Name: "data-core", Versions: []evidence.Version{tokenVersion("0.1.0", 900)}}, api)
		setRuns(w, rehearsal(10, 1, "success"), release)
		change(w)
		return Judge(NewCase(w), All(), nil).Of("publisher-registered")
	}
	of := func(subject string, want Verdict, because string) row {
		return row{check: "publisher-registered", subject: subject, want: want, because: because}
	}
	refused := judged(func(*evidence.World) {})
	expect(t, refused, of("crates.io:data-core", Wrong, "gave run 9 of 2026-11-24 10:00 (workflow_dispatch) a token for others, and refused it here: The provided access token is not valid for crate `data-core`"))
	expect(t, refused, of(ofCrate, OK, "data 0.3.0 was published by one"))
	since := judged(func(w *evidence.World) {
		w.Projects[key] = evidence.Seen(evidence.Project{Name: "data-core", Versions: []evidence.Version{trustedCrate("0.4.0", 1)}}, api)
	})
	expect(t, since, of("crates.io:data-core", OK, "data-core 0.4.0 was published by one"))
}

func TestPublisherMatches(t *testing.T) {
	const id = "publisher-matches"
	withoutEnvironment := edited(grants, "    permissions:\n      contents: read\n      id-token: write\n")
	runRows(t, []row{
		{"proven by a run", id, nothing, ofCrate, OK, "gave run 7"},
		{"the list agrees", id, func(_ *testing.T, w *evidence.World) { listed(w, registered(identity.CratesIO)) }, ofCrate, OK, "presents what is registered"},
		{"case of owner and repository does not count at crates.io", id, func(_ *testing.T, w *evidence.World) {
			listed(w, with(registered(identity.CratesIO), func(p *identity.Publisher) { p.Owner, p.Repository = "ACME", "Data" }))
		}, ofCrate, OK, "presents what is registered"},
		{"failure 7: the list names another file", id, func(_ *testing.T, w *evidence.World) { listed(w, with(registered(identity.CratesIO), otherFile)) }, ofCrate, Wrong,
			"workflow differs: the job presents publish.yml, release.yml is registered; crates.io would answer: The Trusted Publishing config for repository `acme/data` does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`"},
		{"failure 12: the list names another environment", id, func(_ *testing.T, w *evidence.World) {
			listed(w, with(registered(identity.CratesIO), otherEnvironment))
		}, ofCrate, Wrong, "does not match the environment `release` in the JWT"},
		{"failure 12: the job names no environment", id, func(t *testing.T, w *evidence.World) {
			withoutEnvironment(t, w)
			listed(w, registered(identity.CratesIO))
		}, ofCrate, Wrong, "requires an environment, but the JWT does not specify one"},
		{"failure 20: owner id", id, func(_ *testing.T, w *evidence.World) {
			listed(w, with(registered(identity.CratesIO), func(p *identity.Publisher) { p.OwnerID = 7 }))
		}, ofCrate, Wrong, "does not match the repository owner ID (42)"},
		{"failure 6: nothing in the list", id, func(_ *testing.T, w *evidence.World) { listed(w) }, ofCrate, Wrong, "No Trusted Publishing config found for repository `acme/data`."},
		{"refused, with both values", id, earlier(refusedRehearsal(9, 1, "The Trusted Publishing config for repository `acme/data` does not match the environment `release` in the JWT. Expected environments: `production`")),
			ofCrate, Wrong, "crates.io refused run 9 of 2026-11-24 11:00 (workflow_dispatch): The Trusted Publishing config"},
		{"failures 1 and 3: refused without the field", id, earlier(refusedRehearsal(9, 1, notFound+noClaimEnv)), ofProject, Wrong,
			"it does not tell which field differs; presented was: owner acme, repository data, workflow publish.yml, environment (none), owner id 42; that is not what the publisher is to say in environment (none, not release)"},
		{"failure 14: stale pending publisher", id, earlier(refusedRehearsal(9, 1, "* `invalid-pending-publisher`: valid token, but project already exists\n")), ofProject, Wrong, "a publisher of its own on https://pypi.org/manage/project/data/settings/publishing/?environment=release&owner=acme"},
		{"failure 4: reusable workflow", id, earlier(refusedRehearsal(9, 1, "* `invalid-publisher`: valid token, but no corresponding publisher (The job_workflow_ref claim does not match, expecting one of ['a'], got 'b')\n")), ofProject, Wrong, "job_workflow_ref claim does not match"},
		{"a passed run after a refusal", id, earlier(rehearsal(10, 1, "success"), refusedRehearsal(9, 2, notFound)), ofProject, OK, "gave run 10"},
		{"a refused run after a passed one", id, earlier(refusedRehearsal(10, 1, notFound), rehearsal(9, 2, "success")), ofProject, Wrong, "refused run 10"},
		{"a refusal older than the record", id, func(_ *testing.T, w *evidence.World) { setRuns(w, refusedRehearsal(9, 2, notFound)) }, ofProject, OK, "data 0.3.0 was published by this identity"},
		{"a record of the second in which a job was refused", id, func(_ *testing.T, w *evidence.World) {
			refusedAt(w, hoursAgo(1))
			v := trustedProject("0.3.0", 1, "release")
			v.CreatedAt = v.CreatedAt.Add(300 * time.Millisecond)
			setProject(w, identity.PyPI, v)
		}, ofProject, Wrong, "refused run 9"},
		{"a refusal after a wait in which a release came", id, func(_ *testing.T, w *evidence.World) {
			refusedAt(w, hoursAgo(1))
			setProject(w, identity.PyPI, trustedProject("0.3.0", 2, "release"))
		}, ofProject, Wrong, "refused run 9"},
		{"a run under way after a refusal", id, earlier(underWayRun(10, "in_progress"), refusedRehearsal(9, 2, notFound)), ofProject, Waiting, "is under way"},
		{"a failure without a log", id, earlier(rehearsal(9, 1, "failure")), ofProject, Unknown, "its log was not read"},
		{"said, and the job agrees", id, func(t *testing.T, w *evidence.World) { earlier()(t, w); says(w, 1, registered(identity.PyPI)) }, ofProject, Said, "rehearse with `gh trustpub`"},
		{"said, and the job differs", id, func(t *testing.T, w *evidence.World) {
			earlier()(t, w)
			says(w, 1, with(registered(identity.PyPI), otherEnvironment))
		}, ofProject, Wrong, "environment differs: the job presents release, production you registered"},
		{"capitals of the repository count at PyPI", id, func(t *testing.T, w *evidence.World) {
			earlier()(t, w)
			says(w, 1, with(registered(identity.PyPI), func(p *identity.Publisher) { p.Repository = "Data" }))
		}, ofProject, Wrong, "repository differs: the job presents data, Data you registered"},
		{"the last word counts", id, func(t *testing.T, w *evidence.World) {
			earlier()(t, w)
			says(w, 2, with(registered(identity.PyPI), otherFile))
			says(w, 1, registered(identity.PyPI))
		}, ofProject, Said, ""},
		{"said otherwise after a run passed", id, func(t *testing.T, w *evidence.World) {
			earlier(rehearsal(9, 2, "success"))(t, w)
			says(w, 1, with(registered(identity.PyPI), otherFile))
		}, ofProject, Wrong, "release.yml you registered"},
		{"said again the same after a run passed", id, func(t *testing.T, w *evidence.World) {
			earlier(rehearsal(9, 2, "success"))(t, w)
			says(w, 1, registered(identity.PyPI))
		}, ofProject, OK, "gave run 9"},
		{"an old record after which something else was said", id, func(t *testing.T, w *evidence.World) {
			setRuns(w)
			setProject(w, identity.PyPI, trustedProject("0.2.0", 50, "release"))
			says(w, 1, with(registered(identity.PyPI), otherEnvironment))
		}, ofProject, Wrong, "production you registered"},
		{"nothing seen", id, earlier(), ofProject, Unknown, "no API of PyPI shows publishers"},
		{"no workflow yet", id, func(t *testing.T, w *evidence.World) {
			earlier()(t, w)
			setFile(w, publishYML, "on: push\njobs: {}\n")
			says(w, 1, registered(identity.PyPI))
		}, ofProject, Waiting, "no workflow file exchanges a token with PyPI yet"},
	})
}

// refusedAt is a rehearsal of three hours ago whose jobs were refused later.
func refusedAt(w *evidence.World, ended time.Time) {
	r := refusedRehearsal(9, 3, notFound)
	jobs := r.Jobs.Or(nil)
	for i := range jobs {
		jobs[i].EndedAt = ended
	}
	setRuns(w, r)
}

func underWayRun(id int64, status string) evidence.Run {
	r := rehearsal(id, 1, "")
	r.Status = status
	jobs := r.Jobs.Or(nil)
	for i := range jobs {
		jobs[i].Status, jobs[i].Steps = status, nil
	}
	return r
}
