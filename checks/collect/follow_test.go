package collect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func description(steps string) string {
	return "name: x\nruns:\n  using: composite\n  steps:\n" + steps
}

// usesYML publishes through actions: its own, one within that, and that of
// another repository.
var usesYML = strings.Replace(publishYML, "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
	"      - uses: ./.github/actions/up\n      - uses: other/tools/publish@v2\n      - uses: ./.github/actions/gone\n      - uses: actions/checkout@v4\n", 1)

var (
	upYML    = description("    - uses: ./.github/actions/inner\n")
	innerUp  = description("    - uses: pypa/gh-action-pypi-publish@release/v1\n")
	toolYML  = description("    - uses: $/mint\n    - run: uv publish\n      shell: bash\n")
	usesTree = map[string]string{"README.md": "x", ".github/workflows/publish.yml": usesYML, ".github/actions/up/action.yml": upYML, ".github/actions/inner/action.yaml": innerUp}
)

// facts is what became of each action: its file, or the reason.
func facts(w *evidence.World) map[string]string {
	out := map[string]string{}
	for ref, fact := range w.Actions {
		if file, ok := fact.Get(); ok {
			out[ref] = file.Path
		} else {
			out[ref] = fact.Missing()
		}
	}
	return out
}

func TestActionsAreReadAtTheJudgedCommit(t *testing.T) {
	n := acme()
	n.answers[api+"/contents/.github/workflows/publish.yml"] = contents(usesYML)
	n.answers[api+"/contents/.github/actions/up/action.yml?ref=c0ffee"] = contents(upYML)
	n.answers[api+"/contents/.github/actions/inner/action.yaml?ref=c0ffee"] = contents(innerUp)
	n.answers["api.github.com/repos/other/tools/contents/publish/action.yml?ref=v2"] = contents(toolYML)
	n.answers["api.github.com/repos/other/tools/contents/mint/action.yml?ref=v2"] = `403 {"message":"Resource not accessible"}`
	w := live(t, n.collector(t, "t", nil), Request{Dir: checkout(t, origin, map[string]string{"README.md": "x"})})
	got := facts(w)
	for ref, want := range map[string]string{
		".github/actions/up": ".github/actions/up/action.yml", ".github/actions/inner": ".github/actions/inner/action.yaml",
		"other/tools/publish@v2": "publish/action.yml", ".github/actions/gone": "it is not there", "other/tools/mint@v2": "Resource not accessible",
	} {
		if !strings.Contains(got[ref], want) {
			t.Errorf("%s: %q, want %q", ref, got[ref], want)
		}
	}
	if len(got) != 5 {
		t.Errorf("actions %v", got)
	}
	for address, times := range n.asked {
		if times > 1 {
			t.Errorf("asked %d times: %s", times, address)
		}
	}
	if !n.askedFor("/actions/workflows/publish.yml/runs") {
		t.Error("the runs of the file that publishes through an action were not read")
	}
}

func TestOfflineReadsTheActionsOfTheTree(t *testing.T) {
	n := acme()
	dir := checkout(t, origin, usesTree)
	w, err := n.collector(t, "t", nil).Offline(t.Context(), Request{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{".github/actions/up": ".github/actions/up/action.yml", ".github/actions/inner": ".github/actions/inner/action.yaml",
		"other/tools/publish@v2": "offline: GitHub was not asked", ".github/actions/gone": "it is not there"}
	if got := facts(w); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("actions %v, want %v", got, want)
	}
	if len(n.asked) != 0 {
		t.Errorf("asked %v", n.asked)
	}
}

// What is read is bounded, whatever files call.
func TestFollowingIsBounded(t *testing.T) {
	calls := func(n int) string {
		var b strings.Builder
		b.WriteString("on: [push, workflow_call]\njobs:\n")
		for i := range 9 {
			fmt.Fprintf(&b, "  c%d: {uses: o/r/.github/workflows/w%d.yml@v1}\n", i, n*9+i)
		}
		return b.String()
	}
	asked, rounds := 0, 0
	f := follow([]evidence.WorkflowFile{{Path: ".github/workflows/a.yml", Content: evidence.Seen([]byte(calls(0)), evidence.Source{})}},
		func(workflows, actions []workflow.Reference) fetched {
			rounds++
			got := fetched{called: map[string]evidence.Fact[[]byte]{}}
			for _, w := range workflows {
				asked++
				got.called[w.Ref] = evidence.Seen([]byte(calls(asked)), evidence.Source{})
			}
			return got
		})
	if asked != maxCalled || len(f.called) != maxCalled || rounds > maxRounds {
		t.Errorf("asked for %d workflows in %d rounds", asked, rounds)
	}
}

// A reference that cannot be had is asked for once.
func TestWhatIsGoneIsNotAskedForAgain(t *testing.T) {
	asked := map[string]int{}
	f := follow([]evidence.WorkflowFile{{Path: ".github/workflows/publish.yml", Content: evidence.Seen([]byte(usesYML), evidence.Source{})}},
		func(workflows, actions []workflow.Reference) fetched {
			got := fetched{actions: map[string]evidence.Fact[evidence.ActionFile]{}}
			for _, a := range actions {
				asked[a.Ref]++
				got.actions[a.Ref] = evidence.Unknown[evidence.ActionFile](evidence.Source{}, "timeout")
			}
			return got
		})
	for ref, times := range asked {
		if times != 1 || f.sources.Gone[ref] != "timeout" {
			t.Errorf("%s: asked %d times, %q", ref, times, f.sources.Gone[ref])
		}
	}
	if len(asked) != 3 {
		t.Errorf("asked for %v", asked)
	}
}
