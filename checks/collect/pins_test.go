package collect

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

const pinnedSHA = "3d3c42e5aac5ba805825da76410c181273ba90b1"

func sourcesOf(files map[string]string) workflow.Sources {
	var s workflow.Sources
	for name, text := range files {
		s.Files = append(s.Files, workflow.Parse(workflow.Dir+name, []byte(text)))
	}
	return s
}

const byExchange = `on: {push: {tags: ['v*']}}
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions: {id-token: write}
    steps:
      - uses: actions/checkout@` + pinnedSHA + ` # v7.0.1
      - uses: actions/setup-python@v5
      - uses: actions/setup-python@v5
      - uses: actions/cache@` + pinnedSHA + `
      - uses: pypa/gh-action-pypi-publish@release/v1
`

const byToken = `on: {push: {tags: ['v*']}}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cargo publish
        env: {CARGO_REGISTRY_TOKEN: "${{ secrets.CARGO_REGISTRY_TOKEN }}"}
`

const noPublishing = `on: push
jobs: {test: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v3}]}}
`

func TestWhatIsToBePinned(t *testing.T) {
	fresh := []string{"actions/checkout@v7.0.1", "rust-lang/crates-io-auth-action@v1.0.5"}
	latest := []github.ActionRef{{Repository: "actions/checkout"}, {Repository: "actions/checkout", Ref: "v7.0.1"},
		{Repository: "rust-lang/crates-io-auth-action"}, {Repository: "rust-lang/crates-io-auth-action", Ref: "v1.0.5"}}
	for name, row := range map[string]struct {
		files map[string]string
		want  []github.ActionRef
	}{
		"nothing is there":       {nil, latest},
		"nothing that publishes": {map[string]string{"ci.yml": noPublishing}, latest},
		"it exchanges tokens": {map[string]string{"publish.yml": byExchange, "ci.yml": noPublishing}, []github.ActionRef{
			{Repository: "actions/checkout", Ref: "v7.0.1"}, {Repository: "actions/setup-python", Ref: "v5"}, {Repository: "pypa/gh-action-pypi-publish", Ref: "release/v1"}}},
		"it has a token": {map[string]string{"publish.yml": byToken}, append([]github.ActionRef{{Repository: "actions/checkout", Ref: "v4"}}, latest...)},
	} {
		if diff := cmp.Diff(row.want, toPin(sourcesOf(row.files), fresh)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestPinsAreKeptForAWhile: what was seen keeps its time, and what was not is
// asked for again.
func TestPinsAreKeptForAWhile(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	src := evidence.Source{Name: "api.github.com/repos/actions/checkout", At: at}
	var p pinned
	p.keep(map[string]evidence.Fact[evidence.Pin]{
		"actions/checkout":   evidence.Seen(evidence.Pin{Version: "v7.0.1", Commit: pinnedSHA}, src),
		"actions/setup-java": evidence.Unknown[evidence.Pin](src, "it was slow"),
	})
	for _, row := range []struct {
		after time.Duration
		left  int
	}{{pinRest - time.Second, 1}, {pinRest, 2}} {
		kept, left := p.recall([]github.ActionRef{{Repository: "Actions/checkout"}, {Repository: "actions/setup-java"}}, at.Add(row.after))
		if len(left) != row.left || len(kept)+len(left) != 2 {
			t.Errorf("after %s: kept %v, left %v", row.after, kept, left)
		}
		for key, fact := range kept {
			if !fact.Source().At.Equal(at) {
				t.Errorf("%s is told to be of %s", key, fact.Source().At)
			}
		}
	}
}
