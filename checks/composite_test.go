package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// throughAction publishes by an action of the repository.
const throughAction = `on: {push: {tags: ['v*']}}
jobs:
  send:
    runs-on: ubuntu-latest
    environment: release
    permissions:
      id-token: write
    steps:
      - uses: ./.github/actions/up
`

// describe puts the description of an action into the world.
func describe(w *evidence.World, ref, steps string) {
	if w.Actions == nil {
		w.Actions = map[string]evidence.Fact[evidence.ActionFile]{}
	}
	src := "name: up\nruns:\n  using: composite\n  steps:\n" + steps
	w.Actions[ref] = evidence.Seen(evidence.ActionFile{Path: ref + "/action.yml", Content: []byte(src)}, evidence.Source{Name: ref, At: now})
}

func TestPublishingInsideAnAction(t *testing.T) {
	const (
		// The last release that runs inside another action.
		upload = "    - uses: pypa/gh-action-pypi-publish@v1.11.0\n"
		local  = ".github/actions/up"
		remote = "acme/release-all/up@v2"
	)
	described := func(uses, ref, steps string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			setFile(w, publishYML, strings.ReplaceAll(throughAction, "./.github/actions/up", uses))
			describe(w, ref, steps)
		}
	}
	looked := func(f evidence.Fact[evidence.ActionFile]) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			setFile(w, publishYML, throughAction)
			w.Actions = map[string]evidence.Fact[evidence.ActionFile]{local: f}
		}
	}
	const where, exchanged = "workflow-on-default-branch", "token-is-exchanged"
	runRows(t, []row{
		{"of the repository", exchanged, described("./"+local, local, upload), ".github/workflows/publish.yml#send pypi", OK, "pypa/gh-action-pypi-publish uses a token exchanged"},
		{"by the newer spelling", exchanged, described("$/"+local, local, upload), ".github/workflows/publish.yml#send pypi", OK, "exchanged"},
		{"of another repository", exchanged, described(remote, remote, upload), ".github/workflows/publish.yml#send pypi", OK, "exchanged"},
		{"that tests only", where, described("./"+local, local, "    - run: cargo test\n      shell: bash\n"), "", Wrong, "no workflow file publishes"},
		{"that runs a script", where, described("./"+local, local, "    - run: ${{ github.action_path }}/publish.sh\n      shell: bash\n"), "", Unknown, "publish.yml:9 runs ${{ github.action_path }}/publish.sh with an identity"},
		{"that nobody read", where, file(publishYML, throughAction), "", Unknown, "publish.yml:9 uses ./.github/actions/up with an identity"},
		{"that is not there", where, looked(evidence.Absent[evidence.ActionFile](api)), "", Unknown, "does not show: it is not there"},
		{"that was refused", where, looked(evidence.Unknown[evidence.ActionFile](api, "403 for this token")), "", Unknown, "403 for this token"},
		{"beside a file that publishes", "one-workflow-publishes", file(".github/workflows/other.yml", throughAction), "pypi", Unknown, "other.yml:9 uses ./.github/actions/up with an identity"},
	})
}
