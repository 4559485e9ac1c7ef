package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestForksCannotPublish(t *testing.T) {
	const id, guard = "forks-cannot-publish", "    if: github.repository == 'acme/data'\n"
	instead := func(condition string) func(*testing.T, *evidence.World) {
		return edited(guard, "    if: "+condition+"\n")
	}
	onPull := func(t *testing.T, w *evidence.World) {
		edit(t, w, "on:\n  push:\n    tags: ['v*']\n", "on:\n  pull_request:\n")
		amended("        if: github.event_name == 'push'\n        run: cargo publish", "        run: cargo publish")(t, w)
	}
	runRows(t, []row{
		{"a guard in a job that it needs", id, nothing, cratesJob, OK, "github.repository == 'acme/data'"},
		{"failure 23: a fork's tag starts it", id, edited(guard, ""), cratesJob, Wrong, "push in a fork starts it too, and its registry refuses the fork"},
		{"and what to do", id, edited(guard, ""), cratesJob, Wrong, "`if: github.repository == 'acme/data'`"},
		{"by the owner", id, instead("github.repository_owner == 'acme'"), cratesJob, OK, "repository_owner"},
		{"by being a fork", id, instead("${{ !github.event.repository.fork }}"), cratesJob, OK, "repository.fork"},
		{"by what only the run knows", id, instead("vars.PUBLISH == 'yes'"), cratesJob, Unknown, "vars.PUBLISH"},
		{"failure 23: on pull_request", id, onPull, cratesJob, Wrong, "GitHub gives a pull request from a fork no identity"},
		{"on pull_request, perhaps", id, then(onPull, amended("        run: cargo publish", "        if: github.event.pull_request.merged\n        run: cargo publish"), amended("        id: auth\n", "        id: auth\n        if: github.event.pull_request.merged\n")), cratesJob, Unknown, "only a condition could keep it out"},
		{"no repository known", id, func(_ *testing.T, w *evidence.World) {
			offline(w)
			w.Repo = evidence.Unknown[evidence.RepoName](evidence.Source{Name: "git"}, "no remote")
		}, cratesJob, Unknown, "no remote"},
	})
}
