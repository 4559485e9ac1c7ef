package checks

import (
	"os"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// FuzzForesee: whatever a workflow file holds, a forecast is made of it, and
// what does not pass says why.
func FuzzForesee(f *testing.F) {
	src, err := os.ReadFile("testdata/publish.yml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src, "refs/tags/v1", "")
	f.Add([]byte("on: {workflow_run: {workflows: [x]}, release: {types: [published]}}\njobs: {a: {runs-on: x, environment: '${{ inputs.e }}', steps: [{run: cargo publish}]}}\n"), "refs/heads/main", "workflow_run")
	f.Add([]byte("on: [push, create]\njobs: {a: {uses: ./.github/workflows/publish.yml}}\n"), "refs/pull/7/merge", "pull_request")
	f.Fuzz(func(t *testing.T, src []byte, ref, event string) {
		w := ready(t)
		w.Workflows = evidence.Fact[[]evidence.WorkflowFile]{}
		setFile(w, publishYML, string(src))
		c := NewCase(w)
		forecast := c.Foresee(Push{Ref: ref, Event: event, Exists: c.KnowsTag(ref)})
		sound(t, forecast)
		if g := forecast.Gist(); len(g) == 0 || len(g) > maxGist {
			t.Errorf("%q", g)
		}
	})
}
