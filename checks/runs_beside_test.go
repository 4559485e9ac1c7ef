package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// TestRunsBeside: what comes to a job without publishing is told by its event.
func TestRunsBeside(t *testing.T) {
	const file = "on: EVENTS\njobs:\n  ship:\n    JOB\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n      - run: cargo publish\n        STEP\n"
	for _, c := range []struct{ events, job, step, want string }{
		{"{ push: { tags: ['v*'] } }", "name: x", "name: y", ""},
		{"{ push: { branches: [main] } }", "name: x", "name: y", ""},
		{"{ push: { branches: [main], tags: ['v*'] } }", "name: x", "if: startsWith(github.ref, 'refs/tags/')", "push"},
		{"{ push: { branches: [main], tags: ['v*'] } }", "if: startsWith(github.ref, 'refs/tags/')", "name: y", ""},
		{"[push, pull_request]", "name: x", "if: github.event_name == 'push'", "pull_request"},
		{"[push, pull_request]", "if: github.event_name == 'push'", "name: y", ""},
		{"{ release: {}, workflow_dispatch: {} }", "name: x", "if: github.event_name == 'release'", ""},
	} {
		w := ready(t)
		w.Workflows = evidence.Fact[[]evidence.WorkflowFile]{}
		setFile(w, publishYML, strings.NewReplacer("EVENTS", c.events, "JOB", c.job, "STEP", c.step).Replace(file))
		k := NewCase(w)
		if len(k.Publishing) != 1 {
			t.Fatalf("%+v: %d places", c, len(k.Publishing))
		}
		if got := k.RunsBeside(k.Publishing[0]); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
