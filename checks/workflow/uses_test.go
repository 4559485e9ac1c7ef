package workflow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUses(t *testing.T) {
	const sha = "3d3c42e5aac5ba805825da76410c181273ba90b1"
	f := Parse(Dir+"publish.yml", []byte(`on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4 # v4.1.0
      - uses: actions/cache/save@`+sha+` # v5.0.1
      - uses: "pypa/gh-action-pypi-publish@`+sha+`" # tag=v1.14.2, see below
      - uses: actions/checkout@`+sha+`
      - uses: actions/checkout@`+sha+` # newest
      - uses: ./.github/actions/local
      - uses: $/actions/own
      - uses: docker://alpine@sha256:1
      - uses: actions/checkout@${{ matrix.version }}
      - run: "true"
  call:
    uses: acme/shared/.github/workflows/x.yml@release/v1
  own:
    uses: ./.github/workflows/own.yml
`))
	want := []Use{
		{Text: "actions/checkout@v4", Repository: "actions/checkout", Ref: "v4", Line: 6},
		{Text: "actions/cache/save@" + sha, Repository: "actions/cache", Ref: sha, Version: "v5.0.1", Line: 7},
		{Text: "pypa/gh-action-pypi-publish@" + sha, Repository: "pypa/gh-action-pypi-publish", Ref: sha, Version: "v1.14.2", Line: 8},
		{Text: "actions/checkout@" + sha, Repository: "actions/checkout", Ref: sha, Line: 9},
		{Text: "actions/checkout@" + sha, Repository: "actions/checkout", Ref: sha, Line: 10},
		{Text: "acme/shared/.github/workflows/x.yml@release/v1", Repository: "acme/shared", Ref: "release/v1", Line: 17},
	}
	if diff := cmp.Diff(want, f.Uses()); diff != "" {
		t.Error(diff)
	}
	for version, want := range map[string]string{"v4.3.0": "v4.3.0", "1.2.3-rc.1": "1.2.3-rc.1", "v4": "", "v4.3": "", "": ""} {
		if got := (Use{Version: version}).Claimed(); got != want {
			t.Errorf("%q claims %q", version, got)
		}
	}
	if got := f.Uses(); got[0].Pinned() || !got[1].Pinned() {
		t.Error("pinned is what has a commit id")
	}
}
