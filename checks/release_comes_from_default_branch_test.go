package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const ancestry = "      - run: git merge-base --is-ancestor HEAD origin/main\n"

func rulesets(list ...evidence.Ruleset) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) { w.GitHub.Rulesets = evidence.Seen(list, api) }
}

func TestReleaseComesFromDefaultBranch(t *testing.T) {
	const id = "release-comes-from-default-branch"
	locked := evidence.Ruleset{Name: "release tags", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"}, Rules: []evidence.Rule{{Type: "creation"}}}
	altered := func(change func(*evidence.Ruleset)) evidence.Ruleset { r := locked; change(&r); return r }
	step := func(script string) func(*testing.T, *evidence.World) {
		return then(rulesets(), edited(ancestry, "      - run: "+script+"\n"))
	}
	loose := then(rulesets(), edited(ancestry, ""))
	on := func(trigger string) func(*testing.T, *evidence.World) {
		return then(rulesets(), file(publishYML, "on: "+trigger+"\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {id-token: write}\n    steps:\n      - uses: "+pypiAction+"\n"))
	}
	refs := func(list ...evidence.RefRule) func(*testing.T, *evidence.World) {
		return guarded(func(e *evidence.Environment) { e.Refs = evidence.Seen(list, api) })
	}
	anyRef := guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsAll })
	onlyMain := refs(evidence.RefRule{Type: "branch", Pattern: "main"})
	runRows(t, []row{
		{"a step checks", id, nothing, cratesJob, OK, "publish.yml:19 checks that the commit lies on the branch"},
		{"nothing holds it", id, loose, cratesJob, Wrong, "a tag such as v0.3.0 on any commit can be published by push: no step checks that the commit lies on main"},
		{"and what to do", id, loose, cratesJob, Wrong, "git merge-base --is-ancestor HEAD origin/main"},
		{"another way to ask", id, step("git branch -r --contains \"$GITHUB_SHA\" | grep origin/main"), cratesJob, OK, "checks that the commit"},
		{"in a condition of the shell", id, step("if ! git merge-base --is-ancestor HEAD origin/main; then exit 1; fi"), cratesJob, OK, "checks that the commit"},
		{"another git command", id, step("git fetch origin main"), cratesJob, Wrong, "no step checks"},
		{"a script that may check", id, step("./scripts/check.sh"), cratesJob, Unknown, "what `./scripts/check.sh` checks (publish.yml:19)"},
		{"a step that this event skips", id, then(rulesets(), edited(ancestry, ancestry+"        if: github.event_name == 'workflow_dispatch'\n")), cratesJob, Wrong, "no step checks"},
		{"a step behind the upload", id, then(loose, amended("          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n", "          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"+ancestry)), cratesJob, Wrong, "no step checks"},
		{"the event's own word", id, then(loose, amended("    if: github.repository == 'acme/data'\n", "    if: github.event.base_ref == 'refs/heads/main'\n")), cratesJob, OK, "github.event.base_ref"},
		{"a tag ruleset", id, then(loose, rulesets(locked)), cratesJob, OK, "the ruleset release tags limits who may create v0.3.0"},
		{"a ruleset for all tags", id, then(loose, rulesets(altered(func(r *evidence.Ruleset) { r.Include = []string{"~ALL"} }))), cratesJob, OK, "release tags"},
		{"a ruleset of other tags", id, then(loose, rulesets(altered(func(r *evidence.Ruleset) { r.Include = []string{"refs/tags/docs-*"} }))), cratesJob, Wrong, "no rule limits"},
		{"a ruleset with an exception", id, then(loose, rulesets(altered(func(r *evidence.Ruleset) { r.Exclude = []string{"refs/tags/v0*"} }))), cratesJob, Wrong, "no rule limits"},
		{"a ruleset that only watches", id, then(loose, rulesets(altered(func(r *evidence.Ruleset) { r.Enforcement = "evaluate" }))), cratesJob, Wrong, "no rule limits"},
		{"a ruleset that lets everybody create", id, then(loose, rulesets(altered(func(r *evidence.Ruleset) { r.Rules = []evidence.Rule{{Type: "update"}} }))), cratesJob, Wrong, "no rule limits"},
		{"rulesets out of sight", id, then(loose, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Rulesets = evidence.Unknown[[]evidence.Ruleset](api, "rate limit reached")
		}), cratesJob, Unknown, "rate limit reached"},
		{"offline, no step", id, func(t *testing.T, w *evidence.World) { loose(t, w); offline(w) }, cratesJob, Unknown, "offline"},
		{"only the default branch starts it", id, on("{push: {branches: [main]}}"), pypiIn("publish"), OK, "only a push to main starts it"},
		{"only one branch starts it, offline", id, then(on("{push: {branches: [main]}}"), func(_ *testing.T, w *evidence.World) { offline(w) }), pypiIn("publish"), Unknown, "offline"},
		{"only another branch starts it", id, then(on("{push: {branches: [release]}}"), refs(evidence.RefRule{Type: "branch", Pattern: "*"})), pypiIn("publish"), Wrong, "a branch other than main"},
		{"the clock starts it, offline", id, then(on("{schedule: [{cron: '0 4 * * *'}]}"), func(_ *testing.T, w *evidence.World) { offline(w) }), pypiIn("publish"), OK, "schedule runs on the default branch"},
		{"another run starts it", id, then(on("{workflow_run: {workflows: [CI]}}"), anyRef), pypiIn("publish"), OK, "workflow_run runs on the default branch"},
		{"another run starts it, and its commit is taken", id, then(on("{workflow_run: {workflows: [CI]}}"), anyRef, amended("    steps:\n", "    steps:\n      - uses: actions/checkout@v4\n        with: {ref: '${{ github.event.workflow_run.head_sha }}'}\n")),
			pypiIn("publish"), Wrong, "can be published by workflow_run"},
		{"by hand, with a condition", id, then(on("workflow_dispatch"), anyRef, amended("    environment: release\n", "    environment: release\n    if: github.ref == 'refs/heads/main'\n")), pypiIn("publish"), OK, "the conditions of publish let in main alone"},
		{"by hand, with a condition, offline", id, then(on("workflow_dispatch"), amended("    environment: release\n", "    if: github.ref == 'refs/heads/main'\n"), func(_ *testing.T, w *evidence.World) { offline(w) }),
			pypiIn("publish"), Unknown, "let in main alone; whether that is the default branch: offline"},
		{"any branch starts it", id, then(on("{push: {branches: ['**']}}"), refs(evidence.RefRule{Type: "branch", Pattern: "*"})), pypiIn("publish"), Wrong, "a branch other than main can be published by push"},
		{"any branch starts it, one is let in", id, then(on("{push: {branches: ['**']}}"), onlyMain), pypiIn("publish"), OK, "the environment release lets in main alone"},
		{"a release", id, on("{release: {types: [published]}}"), pypiIn("publish"), Wrong, "can be published by release"},
		{"by hand, from main alone", id, then(on("workflow_dispatch"), onlyMain), pypiIn("publish"), OK, "the environment release lets in main alone; the environment release lets in no tag"},
		{"by hand, from protected branches", id, then(on("workflow_dispatch"), guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsProtected })), pypiIn("publish"), OK, "protected branches only"},
		{"by hand, from everywhere", id, then(on("workflow_dispatch"), guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsAll })), pypiIn("publish"), Wrong, "a branch other than main can be published by workflow_dispatch"},
		{"environments out of sight", id, then(on("workflow_dispatch"), hiddenEnvironments), pypiIn("publish"), Unknown, "free plan"},
	})
}

func TestAGuardInACalledWorkflow(t *testing.T) {
	w := ready(t)
	rulesets()(t, w)
	setFile(w, ".github/workflows/verify.yml", "on: workflow_call\njobs:\n  v:\n    runs-on: ubuntu-latest\n    steps:\n"+ancestry)
	setFile(w, publishYML, "on: {push: {tags: ['v*']}}\njobs:\n  verify:\n    uses: ./.github/workflows/verify.yml\n  publish:\n    needs: verify\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {id-token: write}\n    steps:\n      - uses: "+pypiAction+"\n")
	expect(t, Judge(NewCase(w), All(), nil).Of("release-comes-from-default-branch"), row{subject: pypiIn("publish"), want: OK, because: "verify.yml:6 checks"})
}
