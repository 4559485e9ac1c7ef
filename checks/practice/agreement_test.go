package practice_test

import (
	"os"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/report"
)

// The program and the practice world share no code that decides. Here one field
// of one publisher, of the environment or of the workflow is changed in a world
// where all is well: the program must call it a problem, with the values, exactly
// when the world refuses the run; and all is well again when it is changed back.
func TestTheProgramAndTheWorldAgree(t *testing.T) {
	// The program's git must see nobody's own configuration.
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	// Each group has a world of its own, where the jobs that it does not need are
	// left out.
	t.Run("crates.io", func(t *testing.T) {
		t.Parallel()
		w := settle(t, identity.CratesIO)
		cratesRows(t, w)
		faultRows(t, w, "api.github.com", "crates.io")
	})
	t.Run("the indexes", func(t *testing.T) {
		t.Parallel()
		w := settle(t, identity.PyPI, identity.TestPyPI)
		indexRows(t, w)
		sightRows(t, w)
		faultRows(t, w, "pypi.org", "test.pypi.org")
	})
	t.Run("GitHub", func(t *testing.T) {
		t.Parallel()
		w := settle(t, identity.CratesIO)
		environmentRows(t, w)
		workflowRows(t, w)
	})
	t.Run("rules", func(t *testing.T) {
		t.Parallel()
		w := settle(t, identity.CratesIO)
		ruleRows(t, w)
		actionRows(t, w)
	})
}

// ready fails the test unless the program says that all is well.
func (w *settled) ready(t *testing.T, v view) {
	t.Helper()
	r := w.judge(t, v)
	if status := report.ExitStatus(r); status != 0 {
		t.Errorf("all is well again, and the exit status is %d:%s", status, shown(r, checks.Wrong, checks.Waiting, checks.Said, checks.Unknown))
	}
}

// wrong fails the test unless the program finds a problem by this check, in
// words that hold all of says; and gives those words back.
func wrong(t *testing.T, r checks.Report, id, subject string, says ...string) string {
	t.Helper()
	if status := report.ExitStatus(r); status != 1 {
		t.Errorf("exit status %d, not 1", status)
	}
	for _, res := range r.Of(id) {
		if res.Subject != subject || res.Verdict != checks.Wrong {
			continue
		}
		for _, text := range says {
			if !strings.Contains(res.Because, text) {
				t.Errorf("%s %s does not name %q: %s", id, subject, text, res.Because)
			}
		}
		return res.Because
	}
	t.Errorf("%s does not call %s a problem; these are:%s", id, subject, shown(r, checks.Wrong))
	return ""
}

// right fails the test unless the check is ok for the subject.
func right(t *testing.T, r checks.Report, id, subject string) {
	t.Helper()
	for _, res := range r.Of(id) {
		if res.Subject == subject && res.Verdict == checks.OK {
			return
		}
	}
	t.Errorf("%s is not ok for %s; problems are:%s", id, subject, shown(r, checks.Wrong))
}

func shown(r checks.Report, verdicts ...checks.Verdict) string {
	var b strings.Builder
	for _, res := range r.Results {
		for _, v := range verdicts {
			if res.Verdict == v {
				b.WriteString("\n  " + res.Check.ID + " " + res.Subject + ": " + string(v) + ": " + res.Because)
			}
		}
	}
	return b.String()
}

// ended fails the test unless the job of the run ended like this, with the
// texts in its log or its annotations; and gives both back.
func ended(t *testing.T, run *github.Run, key string, want github.Conclusion, says ...string) string {
	t.Helper()
	for _, j := range run.Jobs {
		if j.Key != key {
			continue
		}
		text := j.Log + strings.Join(j.Annotations, "\n")
		if j.Conclusion != want {
			t.Errorf("the world's job %s ended with %s, not with %s\n%s", key, j.Conclusion, want, text)
		}
		for _, s := range says {
			if !strings.Contains(text, s) {
				t.Errorf("the world's job %s does not say %q:\n%s", key, s, text)
			}
		}
		return text
	}
	t.Errorf("the run has no job %s:\n%s", key, logs(run))
	return ""
}

// answer is what the program foretells that a registry would answer.
func answer(t *testing.T, because string) string {
	t.Helper()
	_, text, ok := strings.Cut(because, " would answer: ")
	if !ok {
		t.Errorf("no answer is foretold: %s", because)
	}
	return text
}

// inJob replaces the first old of one job in a workflow's text.
func inJob(t *testing.T, text, job, old, replacement string) string {
	t.Helper()
	head, body, ok := strings.Cut(text, "\n  "+job+":\n")
	if !ok || !strings.Contains(body, old) {
		t.Fatalf("the job %s has no %q", job, old)
	}
	return head + "\n  " + job + ":\n" + strings.Replace(body, old, replacement, 1)
}
