package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// row is one world and what one check must say of it. Each check has rows in
// which it fires and rows of the repaired twin.
type row struct {
	name   string
	check  string
	change func(t *testing.T, w *evidence.World)
	// subject picks the finding; "" takes the first.
	subject string
	want    Verdict
	// because must be part of the reason, or of the fix.
	because string
}

// nothing leaves the ready world as it is.
func nothing(*testing.T, *evidence.World) {}

// run judges each row's world by all checks, so that every row also holds what
// is true of every finding.
func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.check+"/"+r.name, func(t *testing.T) {
			w := ready(t)
			r.change(t, w)
			report := Judge(NewCase(w), All(), nil)
			holds(t, report)
			expect(t, report.Of(r.check), r)
		})
	}
}

func expect(t *testing.T, results []Result, r row) {
	t.Helper()
	for _, res := range results {
		if r.subject != "" && res.Subject != r.subject {
			continue
		}
		if res.Verdict != r.want || !strings.Contains(res.Because+"\n"+res.Fix, r.because) {
			t.Errorf("%s %q: %s: %s (fix: %s)\nwant %s with %q", r.check, res.Subject, res.Verdict, res.Because, res.Fix, r.want, r.because)
		}
		return
	}
	t.Errorf("%s has no finding for %q among %v", r.check, r.subject, results)
}

// holds checks what must be true of every result: an ok names its source, a
// problem says what to do, an unknown says why.
func holds(t *testing.T, report Report) {
	t.Helper()
	for _, res := range report.Results {
		switch {
		case res.Because == "":
			t.Errorf("%s %q gives no reason", res.Check.ID, res.Subject)
		case res.Verdict == OK && len(res.Seen) == 0:
			t.Errorf("%s %q is ok without a source: %s", res.Check.ID, res.Subject, res.Because)
		case res.Verdict == Wrong && res.Fix == "":
			t.Errorf("%s %q is a problem without a fix: %s", res.Check.ID, res.Subject, res.Because)
		case strings.HasSuffix(res.Because, ": "), strings.Contains(res.Because, "%!"):
			t.Errorf("%s %q gives half a reason: %s", res.Check.ID, res.Subject, res.Because)
		}
		for _, s := range res.Seen {
			if s.Name == "" {
				t.Errorf("%s %q rests on a source without a name", res.Check.ID, res.Subject)
			}
		}
	}
}

// noFinding says whether a check was silent.
func notApplicable(t *testing.T, w *evidence.World, id string) {
	t.Helper()
	results := Judge(NewCase(w), All(), []string{id}).Results
	if len(results) != 1 || results[0].Verdict != NotApplicable {
		t.Errorf("%s: %v", id, results)
	}
}
