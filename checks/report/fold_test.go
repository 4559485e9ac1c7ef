package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
)

// many are results of one check, one for each of n crates.
func many(n int, v checks.Verdict, because string) []checks.Result {
	var list []checks.Result
	for i := range n {
		name := fmt.Sprintf("crate-%d", i)
		list = append(list, checks.Result{
			Check:   checks.Check{ID: "first-release-done", Step: checks.FirstRelease, Level: checks.Works},
			Finding: checks.Finding{Level: checks.Works, Verdict: v, Subject: "crates.io:" + name, Because: strings.ReplaceAll(because, "NAME", name)},
		})
	}
	return list
}

func TestLikeResultsAreFolded(t *testing.T) {
	const why = "whether crates.io has NAME: offline"
	for _, tt := range []struct {
		name    string
		results []checks.Result
		shown   int
		folded  string
	}{
		{"few", many(5, checks.Unknown, why), 5, ""},
		{"many", many(40, checks.Unknown, why), 3, "37 more like these are unknown"},
		{"problems are all shown", many(40, checks.Wrong, why), 40, ""},
		{"ok for different reasons", many(9, checks.OK, "crates.io has NAME"), 3, "6 more like these are ok"},
		{"another reason is shown", append(many(9, checks.Unknown, why), many(1, checks.Unknown, "NAME: rate limit reached")...), 4, "6 more like these are unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := Text(&out, checks.Report{Results: tt.results}, 120, false); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(out.String(), "crates.io:crate-"); got != tt.shown {
				t.Errorf("%d shown, want %d\n%s", got, tt.shown, out.String())
			}
			if tt.folded != "" && strings.Count(out.String(), tt.folded) != 1 || tt.folded == "" && strings.Contains(out.String(), "more like these") {
				t.Errorf("want %q once\n%s", tt.folded, out.String())
			}
		})
	}
}

func TestOneReasonIsSaidOnceAStep(t *testing.T) {
	dark := func(id string, step checks.Step, because string) checks.Result {
		return checks.Result{Check: checks.Check{ID: id, Step: step, Level: checks.Works},
			Finding: checks.Finding{Verdict: checks.Unknown, Level: checks.Works, Because: because}}
	}
	r := checks.Report{Results: []checks.Result{
		dark("a", checks.Workflow, "GitHub is away"), dark("b", checks.Workflow, "GitHub is away"), dark("c", checks.Workflow, "another"),
		dark("d", checks.Workflow, "GitHub is away"), dark("e", checks.Environment, "GitHub is away"),
	}}
	var out bytes.Buffer
	if err := Text(&out, r, 80, false); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if strings.Count(text, "GitHub is away") != 2 || !strings.Contains(text, "not judged for the same reason: b, d") || !strings.Contains(text, "another") || !strings.Contains(text, "5 cannot see") {
		t.Errorf("%s", text)
	}
}
