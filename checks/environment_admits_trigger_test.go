package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestEnvironmentAdmitsTrigger(t *testing.T) {
	const id, job = "environment-admits-trigger", publishYML + "#crates-io push"
	rules := func(list ...evidence.RefRule) func(*testing.T, *evidence.World) {
		return guarded(func(e *evidence.Environment) { e.Refs = evidence.Seen(list, api) })
	}
	main, tags := evidence.RefRule{Type: "branch", Pattern: "main"}, evidence.RefRule{Type: "tag", Pattern: "v*"}
	runRows(t, []row{
		{"branch and tag", id, nothing, job, OK, "tag v*"},
		{"the same by rules", id, rules(main, tags), job, OK, "tag v*"},
		{"failure 9: branches only", id, rules(main), job, Wrong, "is not allowed to deploy to release"},
		{"a branch rule never admits a tag", id, rules(main, evidence.RefRule{Type: "branch", Pattern: "v*"}), job, Wrong, "type tag for v*"},
		{"failure 10: tags only", id, rules(tags), publishYML + "#pypi workflow_dispatch", Wrong, "type branch for main"},
		{"tags of another form", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: ['data/[0-9]*']")
			rules(main, evidence.RefRule{Type: "tag", Pattern: "data/*"})(t, w)
		}, job, OK, "lets in refs/tags/data/0.3.0"},
		{"no tag starts it", id, func(t *testing.T, w *evidence.World) { edit(t, w, "tags: ['v*']", "tags: ['!v*']") }, job, Unknown, "no tag was found that starts it"},
		{"a job that rehearses first and publishes later", id, nothing, publishYML + "#pypi push", OK, "tag v*"},
		{"the same, not let in by the tag", id, rules(main), publishYML + "#pypi push", Wrong, "is not allowed to deploy to release"},
		{"a pull request is no branch", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "  push:\n", "  pull_request:\n    branches: [main]\n  push:\n")
		}, publishYML + "#crates-io pull_request", Wrong, "pull_request starts it at refs/pull/N/merge"},
		{"the second of two patterns", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: ['v*', 'data-v*']")
			rules(main, tags)(t, w)
		}, job, Wrong, "type tag for data-v*"},
		{"both of two patterns", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: ['v*', 'data-v*']")
			rules(main, tags, evidence.RefRule{Type: "tag", Pattern: "data-v*"})(t, w)
		}, job, OK, "tag v*"},
		{"a folder of tags", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: ['v**']")
			rules(main, tags)(t, w)
		}, job, Wrong, "is not allowed to deploy to release"},
		{"a branch beside the tags", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: ['v*']\n    branches: [next]")
			rules(main, tags)(t, w)
		}, job, Wrong, `Branch "next" is not allowed to deploy to release`},
		{"out of sight", id, hiddenEnvironments, "", Unknown, "free plan"},
		{"policy not told", id, guarded(func(e *evidence.Environment) { e.Policy = "" }), job, Unknown, "not seen"},
	})
}
