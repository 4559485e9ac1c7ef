package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestTriggerFires(t *testing.T) {
	const id, job = "trigger-fires", publishYML + "#crates-io"
	const other = ".github/workflows/release.yml"
	state := func(path, state string) worldChange {
		return func(_ *testing.T, w *evidence.World) {
			w.GitHub.WorkflowStates = evidence.Seen([]evidence.WorkflowState{{Path: path, State: state}}, api)
		}
	}
	guard := func(condition string) worldChange {
		return rewritten("    name: crates.io\n", "    name: crates.io\n    if: "+condition+"\n")
	}
	maker := func(step string) worldChange {
		return func(_ *testing.T, w *evidence.World) {
			setFile(w, other, "on: {push: {branches: [main]}}\njobs: {a: {runs-on: x, steps: [{uses: actions/checkout@v7}, "+step+"]}}\n")
		}
	}
	const please = "{uses: googleapis/release-please-action@v4, with: {release-type: rust}}"
	released := rewritten("  push:\n    tags: ['v*']\n", "  release:\n    types: [published]\n")
	ran := func(event string) worldChange {
		return func(_ *testing.T, w *evidence.World) {
			r := rehearsal(9, 3, "success")
			r.Event = event
			setRuns(w, r)
		}
	}
	dispatched := func(_ *testing.T, w *evidence.World) {
		setFile(w, other, "on: {push: {branches: [main]}}\njobs: {a: {runs-on: x, steps: ["+please+", {run: gh workflow run publish.yml --ref v1}]}}\n")
	}
	called := func(_ *testing.T, w *evidence.World) {
		setFile(w, other, "on: {push: {branches: [main]}}\njobs: {a: {runs-on: x, steps: ["+please+"]}, b: {uses: ./.github/workflows/other.yml}}\n")
	}
	runRows(t, []row{
		{"as it should be", id, nothing, job, OK, "a push of tags, such as v0.3.0"},
		{"the tags that stand", id, tagged("v*", "v0.3.0", "v0.2.0"), job, OK, "such as v0.3.0"},
		{"the tags are of another form", id, tagged("data-*", "data-3", "data-2", "data-1"), job, Wrong, "none of the 3 tags of the repository would start it: they follow data-*"},
		{"too few tags to call it a habit", id, tagged("data-*", "data-1"), job, Unknown, "none of the 1 tags"},
		{"one of many tags", id, tagged("data-*", "data-3", "data-2", "data-1", "v0.1.0"), job, OK, "such as v0.1.0"},
		{"a release starts it too", id, together(tagged("data-*", "data-3", "data-2", "data-1"), func(t *testing.T, w *evidence.World) {
			src := replaced(t, read(t, "testdata/publish.yml"), "  push:\n", "  release:\n  push:\n")
			setFile(w, publishYML, replaced(t, src, "github.event_name == 'push'", "github.event_name != 'workflow_dispatch'"))
		}), job, OK, "release"},
		{"no tag can start it", id, rewritten("tags: ['v*']", "tags: ['!v*']"), job, Unknown, "no tag was found"},
		{"failure 20: a guard with the old name", id, guard("github.repository == 'acme/old'"), job, Wrong, "and the repository is acme/data"},
		{"a guard with the old owner", id, guard("github.repository_owner == 'old'"), job, Wrong, "every run skips it"},
		{"a guard with the name", id, guard("github.repository == 'acme/data'"), job, OK, "started by"},
		{"a guard of another kind", id, guard("github.ref == 'refs/heads/stable'"), job, Unknown, "no event that was tried"},
		{"turned off", id, state(publishYML, "disabled_manually"), job, Wrong, "gh workflow enable publish.yml"},
		{"turned off for want of activity", id, state(publishYML, "disabled_inactivity"), job, Wrong, "60 days"},
		{"another is turned off", id, state(ciYML, "disabled_manually"), job, OK, "started by"},
		{"nobody could look whether it is on", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.WorkflowStates = evidence.Unknown[[]evidence.WorkflowState](api, "rate limit")
		}, job, Unknown, "rate limit"},
		{"failure 22: release-please makes the tag", id, maker(please), publishYML + " push", Wrong, "release.yml:2 makes the tag with GITHUB_TOKEN (googleapis/release-please-action)"},
		{"failure 22: the release", id, together(released, maker(please)), publishYML + " release", Wrong, "release.yml:2 makes the release with GITHUB_TOKEN"},
		{"failure 22: gh release create", id, together(released, maker("{run: gh release create v1, env: {GH_TOKEN: '${{ github.token }}'}}")), publishYML + " release", Wrong, "gh release create"},
		{"failure 22: git push --tags", id, maker("{run: git push --tags}"), publishYML + " push", Wrong, "git push"},
		{"failure 22, and the runs are out of sight", id, together(maker(please), func(_ *testing.T, w *evidence.World) {
			w.GitHub.Runs = evidence.Unknown[[]evidence.Run](api, "rate limit")
		}), publishYML + " push", Unknown, "was started otherwise: rate limit"},
		{"what it makes is settled elsewhere", id, maker("{uses: googleapis/release-please-action@v4}"), publishYML + " push", Unknown, "release-please-config.json"},
	})
	for name, change := range map[string]worldChange{
		"an app's token":              maker("{uses: googleapis/release-please-action@v4, with: {release-type: rust, token: '${{ steps.app.outputs.token }}'}}"),
		"it was seen to start":        together(released, maker(please), ran("release")),
		"it dispatches the other":     dispatched,
		"it calls a workflow":         called,
		"a draft is left to a person": together(released, maker("{uses: softprops/action-gh-release@v2, with: {draft: true}}")),
		"the tag was there before": func(_ *testing.T, w *evidence.World) {
			setFile(w, other, "on: {push: {tags: ['v*']}}\njobs: {a: {runs-on: x, steps: [{uses: softprops/action-gh-release@v2}]}}\n")
		},
		"a branch starts it anyway": together(rewritten("    tags: ['v*']\n", "    tags: ['v*']\n    branches: [main]\n"), maker(please)),
	} {
		t.Run(id+"/"+name, func(t *testing.T) {
			w := ready(t)
			change(t, w)
			for _, res := range Judge(NewCase(w), All(), []string{id}).Results {
				if res.Verdict == Wrong {
					t.Errorf("%s: %s", res.Subject, res.Because)
				}
			}
		})
	}
}

func TestSomeoneCanApprove(t *testing.T) {
	const id = "someone-can-approve"
	sole := func(self, bypass bool) worldChange {
		return guarded(func(e *evidence.Environment) {
			e.Reviewers, e.PreventSelfReview, e.AdminsBypass = e.Reviewers[:1], evidence.Seen(self, api), evidence.Seen(bypass, api)
		})
	}
	unseen := func(_ *testing.T, w *evidence.World) {
		w.GitHub.Collaborators = evidence.Unknown[[]evidence.Collaborator](api, "needs write access")
	}
	nobodySignedIn := func(_ *testing.T, w *evidence.World) { w.GitHub.User = evidence.Absent[evidence.User](api) }
	private := changedRepository(func(r *evidence.Repository) { r.Private = true })
	runRows(t, []row{
		{"two may", id, nothing, "release", OK, "one of ana, bo may approve"},
		{"nobody has to", id, guarded(func(e *evidence.Environment) { e.Reviewers = nil }), "release", OK, "waits for nobody"},
		{"failure 25: one, who may not approve their own", id, sole(true, false), "release", Wrong, "nobody can approve a run that ana starts"},
		{"one, who may", id, sole(false, false), "release", OK, "ana may approve"},
		{"one, who may pass the rules by", id, sole(true, true), "release", OK, "ana may pass the rules by as an administrator"},
		{"another than who releases", id, together(sole(true, false), func(_ *testing.T, w *evidence.World) {
			w.GitHub.User = evidence.Seen(evidence.User{Login: "bo", ID: 6}, api)
		}), "release", OK, "what ana starts nobody could approve"},
		{"failure 25: the reviewer left", id, together(private, guarded(func(e *evidence.Environment) {
			e.Reviewers = []evidence.Reviewer{{Type: "User", ID: 77, Name: "eve"}}
		})), "release", Wrong, "eve left"},
		{"left a public repository", id, guarded(func(e *evidence.Environment) {
			e.Reviewers = []evidence.Reviewer{{Type: "User", ID: 77, Name: "eve"}}
		}), "release", Unknown, "no collaborator any more"},
		{"nobody can see who has access", id, together(unseen, guarded(func(e *evidence.Environment) { e.Reviewers = []evidence.Reviewer{{Type: "User", Name: "bo"}} })), "release", Unknown, "needs write access"},
		{"nobody is signed in", id, together(nobodySignedIn, sole(true, false)), "release", Unknown, "who starts a release is not known"},
		{"out of sight", id, hiddenEnvironments, "", Unknown, "free plan"},
	})
}
