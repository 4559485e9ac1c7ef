package template

import (
	"strings"
	"testing"
)

const otherCommit = "1111111111111111111111111111111111111111"

func TestKnown(t *testing.T) {
	for _, name := range []string{"actions/checkout", "Actions/Checkout", "pyo3/maturin-action"} {
		if p, ok := Known(name); !ok || len(p.Commit) != 40 || !strings.HasPrefix(p.Version, "v") {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p, ok := Known("acme/deploy"); ok {
		t.Errorf("an action that nobody put there: %+v", p)
	}
}

// TestActionsAreThoseOfTheTemplates: what a rendered workflow uses is what is
// looked up.
func TestActionsAreThoseOfTheTemplates(t *testing.T) {
	used := map[string]bool{}
	for _, plan := range variants() {
		for line := range strings.Lines(rendered(t, plan)) {
			if _, uses, ok := strings.Cut(strings.TrimSpace(line), "uses: "); ok {
				action, _, _ := strings.Cut(uses, "@")
				_, version, _ := strings.Cut(uses, " # ")
				used[action+"@"+version] = true
			}
		}
	}
	for _, action := range Actions() {
		delete(used, action)
	}
	if len(used) > 0 {
		t.Errorf("used, and not looked up: %v", used)
	}
}

func TestPlansBringTheirOwnPins(t *testing.T) {
	plan := variants()["crate"]
	plan.Pins = map[string]Pin{"actions/checkout": {"actions/checkout", otherCommit, "v7.2.0"}}
	text := rendered(t, plan)
	for _, part := range []string{"uses: actions/checkout@" + otherCommit + " # v7.2.0\n", "uses: " + pins["crates-io-auth"].Uses() + "\n"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	for _, bad := range []Pin{{"actions/checkout", "1111111", "v7"}, {"actions/checkout", "", "v7"}, {"actions/checkout", otherCommit, "v7\n run: x"}, {"acme/checkout", otherCommit, "v7"}, {"actions/checkout", otherCommit, ""}} {
		plan.Pins["actions/checkout"] = bad
		if text, err := Render(plan); err == nil {
			t.Errorf("%+v was written:\n%s", bad, text)
		}
	}
}
