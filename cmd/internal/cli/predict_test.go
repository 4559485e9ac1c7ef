package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPredictOffline(t *testing.T) {
	for name, row := range map[string]struct {
		words []string
		says  []string
	}{
		"the next release": {nil, []string{"If the tag v0.1.0 were pushed now:", "the tag for 0.1.0 (Cargo.toml:3), by the usual pattern v*", "working tree (offline)", "Nothing would be published"}},
		"a short tag":      {[]string{"v0.1.0"}, []string{"If the tag v0.1.0 were pushed now:"}},
		"a full tag":       {[]string{"refs/tags/v0.2.0"}, []string{"the tag is for version 0.2.0, and Cargo.toml:3 says 0.1.0"}},
		"a branch":         {[]string{"main"}, []string{"If the branch main were pushed now:"}},
		"an event":         {[]string{"--event", "schedule"}, []string{"If schedule happened now at the branch main:"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := run(t, append([]string{"predict", "--offline"}, row.words...)...)
			if code != exitProblem || errs != "" {
				t.Errorf("exit status %d, %q", code, errs)
			}
			for _, part := range row.says {
				if !strings.Contains(out, part) {
					t.Errorf("%q is not said:\n%s", part, out)
				}
			}
		})
	}
}

func TestPredictInJSON(t *testing.T) {
	out, errs, code := run(t, "predict", "--offline", "--json")
	var doc struct {
		Ref, Mode, Outlook string
		Exists             *bool
		Runs               []any
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || errs != "" || code != exitProblem {
		t.Fatalf("%v, exit status %d, %q\n%s", err, code, errs, out)
	}
	if doc.Ref != "refs/tags/v0.1.0" || doc.Mode != "offline" || doc.Outlook != "nothing" || doc.Runs == nil {
		t.Errorf("%+v", doc)
	}
}

func TestWordsOfPredictThatCannotBe(t *testing.T) {
	for _, row := range []struct {
		words []string
		says  string
	}{
		{[]string{"--event", "workflow_call"}, "an event that starts workflows is meant"},
		{[]string{"--event", "Push"}, "an event that starts workflows is meant"},
		{[]string{"v1", "v2"}, "accepts at most 1 arg"},
		{[]string{"--registry", "npm"}, "there are crates.io, pypi and testpypi"},
	} {
		out, errs, code := run(t, append([]string{"predict", "--offline"}, row.words...)...)
		if code != exitProblem || out != "" || !strings.Contains(errs, row.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: exit status %d\n%s%s", row.words, code, out, errs)
		}
	}
}

func TestTheHelpNamesPredict(t *testing.T) {
	out, _, code := run(t, "help", "predict")
	if code != exitReady || !strings.Contains(out, "gh trustpub predict [REF]") || !strings.Contains(out, "Exit status: 0 it would publish") {
		t.Errorf("exit status %d\n%s", code, out)
	}
	if out, _, _ := run(t, "help"); !strings.Contains(out, "predict") {
		t.Errorf("the root's help does not name it\n%s", out)
	}
}
