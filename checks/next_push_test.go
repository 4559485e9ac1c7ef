package checks

import (
	"strings"
	"testing"
)

func TestNextPush(t *testing.T) {
	for _, row := range []struct{ name, on, ref, event string }{
		{"a tag", "  push:\n    tags: ['v*']\n", "refs/tags/v0.3.1", ""},
		{"a release", "  release:\n    types: [published]\n", "refs/tags/v0.3.1", ""},
		{"a branch", "  push:\n    branches: [main]\n", "refs/heads/main", ""},
		{"by hand", "  workflow_dispatch:\n", "refs/heads/main", "workflow_dispatch"},
		{"by the clock", "  schedule:\n    - cron: '0 4 * * 1'\n", "refs/heads/main", "schedule"},
		{"a tag before anything else", "  workflow_dispatch:\n  push:\n    tags: ['v*']\n", "refs/tags/v0.3.1", ""},
		{"nothing of these", "  pull_request:\n", "refs/tags/v0.3.1", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := ready(t)
			setFile(w, publishYML, "on:\n"+row.on+"jobs:\n  publish:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n")
			p := NewCase(w).NextPush("")
			if p.Ref != row.ref || p.Event != row.event || p.Origin == "" {
				t.Errorf("%+v", p)
			}
			if onBranch := strings.HasPrefix(p.Ref, "refs/heads/"); onBranch == strings.Contains(p.Origin, "the tag") {
				t.Errorf("the origin of %s: %s", p.Ref, p.Origin)
			}
		})
	}
}
