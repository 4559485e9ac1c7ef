package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// asked is what a row asks about; the ready world's manifests say 0.3.0, which
// is out, so that the tag v0.4.0 comes with its version raised.
func asked(ref, event string) Push {
	p := Push{Ref: ref, Event: event, Exists: evidence.Seen(ref == "refs/heads/main", api)}
	if ref == "refs/tags/v0.4.0" {
		p.Release = NextRelease{Ref: ref, Version: "0.4.0", Raised: true}
	}
	return p
}

// shownAs is a forecast line by line, for comparing parts of it.
func shownAs(f Forecast) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, " | ") + "\n") }
	line("outlook", string(f.Outlook()))
	for _, r := range f.Remarks {
		line("remark", string(r.Verdict), r.Text, r.Fix)
	}
	for _, r := range f.Runs {
		line("run", r.File, r.Event, r.Ref, string(r.Fate), r.Because)
		for _, j := range r.Jobs {
			line("job", j.Subject, string(j.Fate), j.Because, j.Text, "approvers: "+strings.Join(j.Approvers, ","), j.Fix)
			for _, reg := range j.Registries {
				line("registry", string(reg.Registry), string(reg.Fate), reg.Because, "field: "+string(reg.Field), reg.Text)
				for _, p := range reg.Packages {
					line("package", string(reg.Registry), p.Name+" "+p.Version, string(p.Fate), p.Because, p.Text)
				}
			}
		}
	}
	for _, i := range f.Idle {
		line("idle", i.File, i.Because)
	}
	return b.String()
}

type worldChange = func(*testing.T, *evidence.World)

func together(changes ...worldChange) worldChange {
	return func(t *testing.T, w *evidence.World) {
		for _, c := range changes {
			c(t, w)
		}
	}
}

func rewritten(old, to string) worldChange {
	return func(t *testing.T, w *evidence.World) { edit(t, w, old, to) }
}

func registryShows(r identity.Registry, change func(*evidence.Project)) worldChange {
	return func(_ *testing.T, w *evidence.World) {
		key := evidence.ProjectKey{Registry: r, Name: "data"}
		p := w.Projects[key].Or(evidence.Project{})
		change(&p)
		w.Projects[key] = evidence.Seen(p, w.Projects[key].Source())
	}
}

func listedAs(change func(*identity.Publisher)) worldChange {
	return func(_ *testing.T, w *evidence.World) {
		p := registered(identity.CratesIO)
		change(&p)
		listed(w, p)
	}
}

const nextTag = "refs/tags/v0.4.0"

func TestForesee(t *testing.T) {
	const other = ".github/workflows/other.yml"
	for name, c := range map[string]struct {
		change     worldChange
		ref, event string
		want       Outlook
		// says are parts of the forecast's lines.
		says []string
	}{
		"everything done: it waits for a person": {nothing, nextTag, "", Uncertain, []string{
			"run | " + publishYML + " | push | " + nextTag + " | passes", "job | " + publishYML + "#crates-io | waits | waits for one of ana, bo to approve (environment release)",
			"package | crates.io | data 0.4.0 | passes", "package | pypi | data 0.4.0 | passes", "testpypi | skipped | left out by if: github.event_name == 'workflow_dispatch'"}},
		"without a review it would publish": {guarded(func(e *evidence.Environment) { e.Reviewers = nil }), nextTag, "", WouldPublish, []string{"#crates-io | passes"}},
		"a wait timer":                      {guarded(func(e *evidence.Environment) { e.Reviewers, e.WaitMinutes = nil, 30 }), nextTag, "", Uncertain, []string{"waits 30 minutes"}},
		"an app that must agree": {guarded(func(e *evidence.Environment) {
			e.Reviewers, e.Custom = nil, evidence.Seen([]evidence.CustomRule{{App: "gatekeeper", Enabled: true}, {App: "off"}}, api)
		}), nextTag, "", Uncertain, []string{"waits for the app gatekeeper"}},
		"failure 9: the tag is not let in": {guarded(func(e *evidence.Environment) {
			e.Refs = evidence.Seen([]evidence.RefRule{{Type: "branch", Pattern: "main"}}, api)
		}), nextTag, "", WouldFail, []string{`Tag "v0.4.0" is not allowed to deploy to release due to environment protection rules.`}},
		"failure 10: the branch is not let in": {guarded(func(e *evidence.Environment) {
			e.Refs = evidence.Seen([]evidence.RefRule{{Type: "tag", Pattern: "v*"}}, api)
		}), "refs/heads/main", "workflow_dispatch", WouldFail, []string{`Branch "main" is not allowed to deploy to release`}},
		"failure 25: nobody can approve": {together(alone, guarded(func(e *evidence.Environment) {
			e.Reviewers, e.PreventSelfReview, e.AdminsBypass = e.Reviewers[:1], evidence.Seen(true, api), evidence.Seen(false, api)
		})), nextTag, "", WouldFail, []string{"waits for ever: nobody can approve it (environment release: ana starts it and may not approve it)", "prevent self-review off"}},
		"nobody is signed in": {together(func(_ *testing.T, w *evidence.World) { w.GitHub.User = evidence.Absent[evidence.User](api) }, guarded(func(e *evidence.Environment) {
			e.PreventSelfReview = evidence.Seen(true, api)
		})), nextTag, "", Uncertain, []string{"waits for one of ana, bo to approve (environment release; nobody may approve what they started)"}},
		"an administrator passes it by": {guarded(func(e *evidence.Environment) {
			e.Reviewers, e.PreventSelfReview, e.AdminsBypass = e.Reviewers[:1], evidence.Seen(true, api), evidence.Seen(true, api)
		}), nextTag, "", Uncertain, []string{"waits until ana passes the rules by"}},
		"the environment is out of sight": {hiddenEnvironments, nextTag, "", Uncertain, []string{"what the environment release asks for: "}},
		"the environment is not there":    {noEnvironments, nextTag, "", WouldPublish, []string{"#crates-io | passes"}},
		"a branch starts nothing":         {nothing, "refs/heads/main", "", NothingPublishes, []string{"idle | " + publishYML + " | publish.yml:3: push filters only the other kind of ref"}},
		"a tag of another form":           {nothing, "refs/tags/release-0.4.0", "", NothingPublishes, []string{"tags [v*] does not match release-0.4.0"}},
		"a rehearsal":                     {nothing, "refs/heads/main", "workflow_dispatch", Uncertain, []string{"with its inputs as they are by default", "package | testpypi | data  | passes"}},
		"failure 12: another environment is registered": {listedAs(func(p *identity.Publisher) { p.Environment = "pypi" }), nextTag, "", WouldFail, []string{
			"registry | crates.io | refused | environment differs: the job presents release, pypi is registered | field: environment | The Trusted Publishing config for repository `acme/data` does not match the environment `release` in the JWT. Expected environments: `pypi`"}},
		"failure 7: another file is registered": {listedAs(func(p *identity.Publisher) { p.Workflow = "release.yml" }), nextTag, "", WouldFail, []string{"field: workflow", "does not match the workflow filename `publish.yml` in the JWT"}},
		"failure 20: another owner id":          {listedAs(func(p *identity.Publisher) { p.OwnerID = 7 }), nextTag, "", WouldFail, []string{"field: owner_id", "does not match the repository owner ID (42) in the JWT"}},
		"failure 6: no publisher":               {func(_ *testing.T, w *evidence.World) { listed(w) }, nextTag, "", WouldFail, []string{"No Trusted Publishing config found for repository `acme/data`."}},
		"failure 8: another crate's publisher": {together(secondCrate, func(_ *testing.T, w *evidence.World) {
			listed(w, registered(identity.CratesIO))
			w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "more"}] = evidence.Seen(evidence.Project{Name: "more", Publishers: evidence.Seen([]identity.Publisher{}, api)}, api)
		}), nextTag, "", WouldFail, []string{"package | crates.io | more 0.4.0 | refused | no publisher of this crate matches", "The provided access token is not valid for crate `more`", "package | crates.io | data 0.4.0 | passes"}},
		"failure 5: a crate that is new": {func(_ *testing.T, w *evidence.World) {
			absentProject(w, identity.CratesIO)
			says(w, 1, registered(identity.CratesIO))
		}, nextTag, "", WouldFail, []string{"crates.io has no crate data, so it can have no publisher", "No Trusted Publishing config found for repository `acme/data`."}},
		"failure 5: a member that is new": {together(secondCrate, func(_ *testing.T, w *evidence.World) {
			listed(w, registered(identity.CratesIO))
			w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "more"}] = evidence.Absent[evidence.Project](api)
		}), nextTag, "", WouldFail, []string{"more 0.4.0 | refused | crates.io has no crate more", "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first"}},
		"failure 2: no identity": {rewritten("      contents: read\n      id-token: write\n", "      contents: read\n"), nextTag, "", WouldFail, []string{"the job gets no identity: id-token is none", "ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset"}},
		"only said": {together(noProof, func(_ *testing.T, w *evidence.World) {
			setRuns(w)
			says(w, 3, registered(identity.PyPI))
		}), nextTag, "", Uncertain, []string{"package | pypi | data 0.4.0 | unknown | you said on 2026-11-24 that its publisher is registered; nothing shows it"}},
		"said, and otherwise": {together(noProof, func(_ *testing.T, w *evidence.World) {
			setRuns(w)
			p := registered(identity.PyPI)
			p.Workflow = "release.yml"
			says(w, 3, p)
		}), nextTag, "", WouldFail, []string{"registry | pypi | refused | workflow differs: the job presents publish.yml, release.yml you registered"}},
		"nothing shows the publisher": {together(noProof, func(_ *testing.T, w *evidence.World) { setRuns(w) }), nextTag, "", Uncertain, []string{"no API of PyPI shows publishers"}},
		"the version is out already":  {nothing, "refs/tags/v0.3.0", "", WouldFail, []string{"crate version `0.3.0` is already uploaded", "PyPI has data 0.3.0 already | File already exists"}},
		"the tag is for another version": {nothing, "refs/tags/v0.5.0", "", WouldFail, []string{
			"remark | problem | the tag is for version 0.5.0, and Cargo.toml:3 says 0.3.0, pyproject.toml:6 says 0.3.0", "raise the version to 0.5.0"}},
		"a tag without a version": {nothing, "refs/tags/vnext", "", WouldFail, []string{"remark | unknown | no version can be read out of the tag vnext"}},
		"failure 13: trusted publishing only": {together(rewritten("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN }}"), registryShows(identity.CratesIO, func(p *evidence.Project) {
			p.TrustpubOnly = evidence.Seen(true, api)
		})), nextTag, "", WouldFail, []string{"New versions of this crate can only be published using Trusted Publishing"}},
		"a token that nothing shows": {together(rewritten("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN }}"), registryShows(identity.CratesIO, func(p *evidence.Project) {
			p.TrustpubOnly = evidence.Seen(false, api)
		})), nextTag, "", Uncertain, []string{"it publishes with a long-lived token (CRATES_TOKEN)"}},
		"failure 11: workflow_run, after a push": {func(t *testing.T, w *evidence.World) {
			setFile(w, publishYML, replaced(t, replaced(t, read(t, "testdata/publish.yml"), "  push:\n    tags: ['v*']\n", "  workflow_run:\n    workflows: [CI]\n"), "github.event_name == 'push'", "true"))
		}, "refs/heads/main", "", WouldFail, []string{"run | " + publishYML + " | workflow_run | refs/heads/main", "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns"}},
		"failure 20: the guard names another repository": {rewritten("    name: crates.io\n", "    name: crates.io\n    if: github.repository == 'old/data'\n"), nextTag, "", Uncertain, []string{"#crates-io | skipped | left out by if: github.repository == 'old/data'"}},
		"the workflow is turned off": {func(_ *testing.T, w *evidence.World) {
			w.GitHub.WorkflowStates = evidence.Seen([]evidence.WorkflowState{{Path: publishYML, State: "disabled_inactivity"}}, api)
		}, nextTag, "", NothingPublishes, []string{"idle | " + publishYML + " | the workflow publish.yml is disabled: GitHub turned it off after 60 days"}},
		"Actions are off": {func(_ *testing.T, w *evidence.World) {
			w.GitHub.Actions = evidence.Seen(evidence.ActionsPolicy{}, api)
		}, nextTag, "", NothingPublishes, []string{"Actions are turned off"}},
		"failure 22: made with GITHUB_TOKEN": {func(t *testing.T, w *evidence.World) {
			setFile(w, other, "on: {push: {branches: [main]}}\njobs: {a: {runs-on: x, steps: [{uses: googleapis/release-please-action@v4, with: {release-type: rust}}]}}\n")
		}, nextTag, "", WouldFail, []string{"remark | problem | other.yml:2 makes the tag with GITHUB_TOKEN"}},
		"a release starts it":           {rewritten("  push:\n    tags: ['v*']\n", "  release:\n    types: [published]\n"), nextTag, "", Uncertain, []string{"run | " + publishYML + " | release | " + nextTag + " | passes"}},
		"only edited releases start it": {rewritten("  push:\n    tags: ['v*']\n", "  release:\n    types: [edited]\n"), nextTag, "", NothingPublishes, []string{"release of type edited only"}},
		"GitHub refuses the file":       {rewritten("  testpypi:\n    needs: build\n", "  testpypi:\n    needs: nothing\n"), nextTag, "", WouldFail, []string{"GitHub refuses the file"}},
		"nobody could look":             {func(_ *testing.T, w *evidence.World) { offline(w) }, nextTag, "", Uncertain, []string{"offline"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			c.change(t, w)
			f := NewCase(w).Foresee(asked(c.ref, c.event))
			got := shownAs(f)
			if f.Outlook() != c.want {
				t.Errorf("outlook %s, want %s", f.Outlook(), c.want)
			}
			for _, part := range c.says {
				if !strings.Contains(got, part) {
					t.Errorf("%q is not said", part)
				}
			}
			if t.Failed() {
				t.Log("\n" + got)
			}
			sound(t, f)
		})
	}
}

// sound checks what must be true of every forecast: what does not pass says
// why.
func sound(t *testing.T, f Forecast) {
	t.Helper()
	why := func(what string, fate Fate, because string) {
		if fate != Passes && because == "" || strings.Contains(because, "%!") || strings.HasSuffix(because, ": ") {
			t.Errorf("%s is %s because %q", what, fate, because)
		}
	}
	for _, r := range f.Runs {
		why(r.File, r.Fate, r.Because)
		for _, j := range r.Jobs {
			why(j.Subject, j.Fate, j.Because)
			for _, reg := range j.Registries {
				why(j.Subject+" "+string(reg.Registry), reg.Fate, reg.Because)
				for _, p := range reg.Packages {
					why(j.Subject+" "+p.Name, p.Fate, p.Because)
				}
			}
		}
	}
	if f.Files == "" {
		t.Error("which files were judged is not said")
	}
}

func noEnvironments(_ *testing.T, w *evidence.World) {
	w.GitHub.Environments = evidence.Absent[[]evidence.Environment](api)
}

// alone leaves ana by herself.
func alone(_ *testing.T, w *evidence.World) {
	w.GitHub.Collaborators = evidence.Seen(w.GitHub.Collaborators.Or(nil)[:1], api)
}

// noProof takes the registries' records away.
func noProof(_ *testing.T, w *evidence.World) {
	setProject(w, identity.CratesIO, tokenVersion("0.2.0", 900))
	setProject(w, identity.PyPI, evidence.Version{Number: "0.2.0", CreatedAt: hoursAgo(900)})
}

func secondCrate(_ *testing.T, w *evidence.World) {
	more := crate("more")
	more.Path = "more/Cargo.toml"
	w.Tree.Packages = evidence.Seen(append(w.Tree.Packages.Or(nil), more), w.Tree.Packages.Source())
}

func TestGist(t *testing.T) {
	for name, c := range map[string]struct {
		change worldChange
		ref    string
		want   []string
	}{
		"it waits":  {nothing, nextTag, []string{"if the tag v0.4.0 were pushed now, nothing that can be seen would refuse it: waits for one of ana, bo to approve (environment release)"}},
		"published": {guarded(func(e *evidence.Environment) { e.Reviewers = nil }), nextTag, []string{"if the tag v0.4.0 were pushed now, it would be published: data 0.4.0 on crates.io, data 0.4.0 on PyPI"}},
		"refused": {guarded(func(e *evidence.Environment) { e.Refs = evidence.Seen([]evidence.RefRule{}, api) }), nextTag, []string{
			`if the tag v0.4.0 were pushed now, it would fail: GitHub would say: Tag "v0.4.0" is not allowed to deploy to release due to environment protection rules.`}},
		"nothing":            {nothing, "refs/heads/main", []string{"if main were pushed now, nothing would be published: publish.yml:3: push filters only the other kind of ref, so no branches start it"}},
		"skipped":            {together(rewritten("  crates-io:\n", "  crates-io:\n    if: false\n"), registryShows(identity.CratesIO, func(*evidence.Project) {})), nextTag, nil},
		"no workflow at all": {func(_ *testing.T, w *evidence.World) { w.Workflows = evidence.Absent[[]evidence.WorkflowFile](api) }, nextTag, []string{"if the tag v0.4.0 were pushed now, nothing would be published: no workflow publishes"}},
		"more than three":    {func(t *testing.T, w *evidence.World) { offline(w) }, nextTag, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			c.change(t, w)
			got := NewCase(w).Foresee(asked(c.ref, "")).Gist()
			if len(got) == 0 || len(got) > maxGist || c.want != nil && strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
