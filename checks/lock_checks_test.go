package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// alteredProject changes what a registry says of data.
func alteredProject(r identity.Registry, change func(*evidence.Project)) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		key := evidence.ProjectKey{Registry: r, Name: "data"}
		p := w.Projects[key].Or(evidence.Project{})
		change(&p)
		w.Projects[key] = evidence.Seen(p, w.Projects[key].Source())
	}
}

func unanswered(r identity.Registry) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		w.Projects[evidence.ProjectKey{Registry: r, Name: "data"}] = evidence.Unknown[evidence.Project](api, "503")
	}
}

func TestAttestationsPresent(t *testing.T) {
	const id = "attestations-present"
	attested := func(whole evidence.Fact[bool]) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			v := tokenVersion("0.4.0", 1)
			v.Trusted, v.Attested = evidence.Unknown[evidence.Provenance](api, "no attestation was uploaded"), whole
			setProject(w, identity.PyPI, v)
		}
	}
	none := attested(evidence.Seen(false, api))
	runRows(t, []row{
		{"seen", id, nothing, ofProject, OK, "the files of data 0.3.0 are attested by acme/data, publish.yml"},
		{"by somebody whom we do not know", id, attested(evidence.Seen(true, api)), ofProject, OK, "every file of data 0.4.0"},
		{"not every file", id, none, ofProject, Wrong, "not every file of data 0.4.0 carries an attestation"},
		{"switched off", id, then(none, edited(pypiAction, pypiAction+"\n        with:\n          attestations: false")), ofProject, Wrong, "take `attestations: false` out"},
		{"by an old action", id, then(none, edited(pypiAction, "pypa/gh-action-pypi-publish@v1.8.0")), ofProject, Wrong, "v1.11.0 or newer"},
		{"by another program", id, then(none, edited("uses: "+pypiAction, "run: twine upload dist/*")), ofProject, Wrong, "twine upload makes no attestations by itself"},
		{"not told", id, attested(evidence.Unknown[bool](api, "a version without files")), ofProject, Unknown, "a version without files"},
		{"PyPI does not answer", id, unanswered(identity.PyPI), ofProject, Unknown, "503"},
		{"no release yet", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.PyPI) }, ofProject, Waiting, "no release of data yet"},
	})
}

func TestTrustedPublishingOnly(t *testing.T) {
	const id = "trusted-publishing-only"
	only := func(fact evidence.Fact[bool]) func(*testing.T, *evidence.World) {
		return alteredProject(identity.CratesIO, func(p *evidence.Project) { p.TrustpubOnly = fact })
	}
	off := only(evidence.Seen(false, api))
	unproven := func(_ *testing.T, w *evidence.World) {
		setRuns(w)
		setProject(w, identity.CratesIO, tokenVersion("0.2.0", 900))
	}
	lists := func(publishers ...identity.Publisher) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { listed(w, publishers...) }
	}
	elsewhere := with(registered(identity.CratesIO), func(p *identity.Publisher) { p.Owner = "other" })
	runRows(t, []row{
		{"on, after a trusted release", id, nothing, ofCrate, OK, "can only be published by trusted publishing, which works: 0.3.0 was a trusted release"},
		{"on, after a rehearsal", id, func(_ *testing.T, w *evidence.World) { setProject(w, identity.CratesIO, tokenVersion("0.2.0", 900)) }, ofCrate, OK, "got a token"},
		{"off, though it works", id, off, ofCrate, Wrong, "a token can still publish data"},
		{"and where to switch it on", id, off, ofCrate, Wrong, "https://crates.io/crates/data/settings"},
		{"off, and not shown to work", id, then(unproven, off), ofCrate, Waiting, "as it should be until"},
		{"failure 13: on, and a workflow uses a token", id, edited("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN_2 }}"), ofCrate, Wrong,
			"publish.yml:36 still publishes with a token (CRATES_TOKEN_2), and crates.io answers “New versions of this crate can only be published using Trusted Publishing”"},
		{"on, and the workflows out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Unknown[[]evidence.WorkflowFile](api, "502")
		}, ofCrate, Unknown, "whether a workflow still uses a token: 502"},
		{"on, and one of them not read", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: ".github/workflows/old.yml", Content: evidence.Unknown[[]byte](api, "502")}}, api)
		}, ofCrate, Unknown, "not read: .github/workflows/old.yml"},
		{"on, and nobody can publish", id, then(unproven, only(evidence.Seen(true, api)), lists()), ofCrate, Wrong, "lists no publisher: nobody can publish it"},
		{"on, for another repository alone", id, then(unproven, lists(elsewhere)), ofCrate, Wrong, "no listed publisher is of acme/data"},
		{"on, and not shown to work", id, then(unproven, lists(registered(identity.CratesIO))), ofCrate, Wrong, "no run or release has shown yet that it works"},
		{"on, and the publishers out of sight", id, unproven, ofCrate, Unknown, "whether a publisher stands"},
		{"not told", id, only(evidence.Unknown[bool](api, "the answer does not tell")), ofCrate, Unknown, "the answer does not tell"},
		{"crates.io does not answer", id, unanswered(identity.CratesIO), ofCrate, Unknown, "503"},
		{"no crate yet", id, func(_ *testing.T, w *evidence.World) { absentProject(w, identity.CratesIO) }, ofCrate, Waiting, "no crate data yet"},
	})
}

func TestRunbookPresent(t *testing.T) {
	const id = "runbook-present"
	documents := func(names ...string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { w.Tree.Documents = evidence.Seen(names, api) }
	}
	runRows(t, []row{
		{"there", id, nothing, "", OK, "docs/RELEASING.md is there"},
		{"none", id, documents("README.md", "CHANGELOG.md", "docs/release-notes.md"), "", Wrong, "no document of the repository is named after releasing"},
		{"no documents at all", id, func(_ *testing.T, w *evidence.World) { w.Tree.Documents = evidence.Absent[[]string](api) }, "", Wrong, "write docs/RELEASING.md"},
		{"a guide may hold it", id, documents("CONTRIBUTING.md"), "", Unknown, "whether CONTRIBUTING.md has a chapter on it was not read"},
		{"no checkout", id, func(_ *testing.T, w *evidence.World) {
			w.Tree.Documents = evidence.Unknown[[]string](api, "there is no checkout")
		}, "", Unknown, "there is no checkout"},
	})
	for name, want := range map[string]bool{
		"RELEASE.md": true, "docs/release-process.rst": true, "HOW_TO_RELEASE.txt": true, "docs/dev/making-a-release.md": true, "PUBLISHING.md": true, "docs/runbook.adoc": true, "Maintaining.md": true,
		"RELEASE_NOTES.md": false, "RELEASES.md": true, "docs/releases/v1.md": false, "prerelease.md": false, "README.md": false, "RELEASE": false,
	} {
		if got := runbooks.MatchString(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDriftWatched(t *testing.T) {
	const id = "drift-watched"
	states := func(list ...evidence.WorkflowState) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) { w.GitHub.WorkflowStates = evidence.Seen(list, api) }
	}
	watch := func(old, to string) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			setFile(w, watchYML, replaced(t, read(t, "testdata/watch.yml"), old, to))
		}
	}
	runRows(t, []row{
		{"watched", id, nothing, "", OK, "watch.yml runs it on a schedule"},
		{"on no schedule", id, watch("  schedule:\n    - cron: '17 6 * * 1'\n", "  workflow_dispatch:\n"), "", Wrong, "no workflow with `on: schedule` runs it"},
		{"another command", id, watch("gh trustpub verify", "gh trustpub plan"), "", Wrong, "no workflow"},
		{"only said", id, watch("run: gh trustpub verify", "run: echo gh trustpub verify"), "", Wrong, "no workflow"},
		{"the program itself", id, watch("gh trustpub verify", "gh-trustpub audit"), "", OK, "on a schedule"},
		{"stopped by GitHub", id, states(evidence.WorkflowState{Path: watchYML, State: "disabled_inactivity"}), "", Wrong, "GitHub has stopped that: disabled_inactivity"},
		{"not listed yet", id, states(), "", Waiting, "does not list the workflow yet"},
		{"states out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.WorkflowStates = evidence.Unknown[[]evidence.WorkflowState](api, "403")
		}, "", Unknown, "403"},
		{"a file that was not read", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: watchYML, Content: evidence.Unknown[[]byte](api, "502")}}, api)
		}, "", Unknown, watchYML},
		{"no folder of workflows seen", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Unknown[[]evidence.WorkflowFile](api, "502")
		}, "", Unknown, "502"},
	})
}

func TestFailedAttemptsSeen(t *testing.T) {
	const id = "failed-attempts-seen"
	failedRun := refusedRehearsal(9, 1, notFound)
	bare := rehearsal(10, 1, "failure")
	unadmitted := rehearsal(11, 1, "failure")
	jobs := unadmitted.Jobs.Or(nil)
	jobs[0].Steps = nil
	old := refusedRehearsal(9, 24*40, notFound)
	unread := rehearsal(12, 1, "failure")
	unread.Jobs = evidence.Unknown[[]evidence.RunJob](api, "502")
	nobody := rehearsal(13, 1, "failure")
	nobody.Actor = ""
	cancelled := rehearsal(14, 1, "cancelled")
	runRows(t, []row{
		{"none", id, nothing, publishYML, OK, "none of its 1 newest runs failed"},
		{"refused", id, earlier(failedRun), publishYML, Wrong, "run 9 of 2026-11-24 11:00 (workflow_dispatch) by ana failed: valid token, but no corresponding publisher"},
		{"and what to do", id, earlier(failedRun), publishYML, Wrong, "find out who can"},
		{"without a log", id, earlier(bare), publishYML, Wrong, "job crates.io, step \"Mint a crates.io token\""},
		{"before the first step", id, earlier(unadmitted), publishYML, Wrong, "its environment may not let the ref in"},
		{"jobs not read", id, earlier(unread), publishYML, Wrong, "its jobs could not be read"},
		{"by nobody known", id, earlier(nobody), publishYML, Wrong, "by somebody whom GitHub does not name"},
		{"one that worked came after", id, earlier(rehearsal(15, 0, "success"), failedRun), publishYML, OK, "after the last that worked"},
		{"long ago", id, earlier(old), publishYML, OK, "none of its"},
		{"cancelled", id, earlier(cancelled), publishYML, OK, "none of its"},
		{"five", id, earlier(failedRun, failedRun, failedRun, failedRun, failedRun), publishYML, Wrong, "; and 2 more"},
		{"runs out of sight", id, func(_ *testing.T, w *evidence.World) { w.GitHub.Runs = evidence.Unknown[[]evidence.Run](api, "403") }, publishYML, Unknown, "403"},
	})
}

func TestReadFailure(t *testing.T) {
	for log, want := range map[string]string{
		"2026-11-24T11:00:00Z error: no token found, please run `cargo login`":                                                                           "token-is-exchanged",
		"error: failed to publish\n  the remote server responded with an error (status 403 Forbidden): Invalid authentication token":                     "token-outlives-publish",
		"Error: Please ensure the 'id-token' permission is set to 'write' in your workflow.":                                                             "id-token: write",
		"Tag \"v1\" is not allowed to deploy to release due to environment protection rules.":                                                            "environment-admits-trigger",
		"400 Bad Request: Invalid attestations supplied during upload: Verification failed":                                                              "publish-job-not-reusable",
		"Attestation generation failure:\n dist/a.whl already has a publish attestation: dist/a.whl.publish.attestation":                                 "one-index-per-job",
		"You have published too many new crates in a short period of time. Please try again after Tue":                                                   "the time that it names",
		"* `invalid-publisher`: valid token, but no corresponding publisher (Publisher with matching claims was not found)":                              "publisher-matches",
		"Error: no token found, please run\nThe given API token does not match the format used by crates.io. Tokens generated before 2020 are no longer": "exchange the identity first",
		"all went well": "",
	} {
		f, ok := ReadFailure(log)
		if ok != (want != "") || !strings.Contains(f.Fix, want) {
			t.Errorf("%q: %+v", log, f)
		}
	}
	if f, ok := ReadFailure("\x1b[31mContainer action is only supported on Linux\x1b[0m"); !ok || f.Text != "Container action is only supported on Linux" {
		t.Errorf("%+v", f)
	}
}
