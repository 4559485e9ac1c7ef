package steps

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
)

const judged, wantedText = "on: push\njobs: {}\n", "on: push\npermissions: {}\njobs: {}\n"

func edit() []fileEdit {
	return []fileEdit{{path: publishing, before: []byte(judged), after: []byte(wantedText)}}
}

// TestOnlyTheJudgedFileIsReplaced: what the maintainer has changed since is
// theirs.
func TestOnlyTheJudgedFileIsReplaced(t *testing.T) {
	for name, c := range map[string]struct{ now, fails string }{
		"as judged":   {judged, ""},
		"as wanted":   {wantedText, "stands in your tree as it should"},
		"changed":     {judged + "# mine\n", "differs from the one on the default branch"},
		"not written": {"", ""},
	} {
		s := fresh(t)
		if c.now != "" {
			writeInto(t, s, publishing, c.now)
		} else {
			s.world.Tree.Dir = t.TempDir()
		}
		changes, err := newLayout(s.basis()).onlyWrite(edit())
		switch {
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: %v", name, err)
		case c.fails == "" && (err != nil || len(changes) != 1):
			t.Errorf("%s: %v, %v", name, changes, err)
		}
	}
}

// TestThePatchApplies: what is shown as commands comes to the same text.
func TestThePatchApplies(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	dir := t.TempDir()
	for _, text := range []string{wantedText, "on: push\n", strings.TrimSuffix(judged, "\n"), strings.ReplaceAll(wantedText, "\n", "\r\n")} {
		file := filepath.Join(dir, "publish.yml")
		if err := os.WriteFile(file, []byte(judged), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("git", "apply")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(strings.Join(change.Patch("publish.yml", judged, text), "\n")+"\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if got, _ := os.ReadFile(file); string(got) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestPlanTakesOneOfEach: ways that settle the same are alternatives; an offer
// is none of a plan's, and of a step that is done only what is named counts.
func TestPlanTakesOneOfEach(t *testing.T) {
	do := func(id, settles string, offer bool) Way {
		return Way{Kind: Do, Settles: settles, Offer: offer, Label: id, Prepare: func(Answers) ([]change.Change, error) { return []change.Change{{ID: id}}, nil }}
	}
	page := func(id, settles string) Way {
		return Way{Kind: Page, Settles: settles, Label: id, Open: &PageLink{URL: "https://example.org/" + id}}
	}
	ways := []Way{do("a", "x", false), do("b", "x", false), page("c", "x"), page("d", "y"), page("e", "y"), do("f", "z", true), page("g", "z"), do("h", "", false)}
	plan := func(s State) Plan {
		return PlanOf(&Route{Scenes: []Scene{{Step: Step{ID: checks.Publishers}, State: s, Ways: ways}}})
	}
	if p := plan(Todo); ids(p) != "a h" || strings.Count(left(p, checks.Publishers), "\n") != 3 {
		t.Errorf("%s; %s", ids(p), left(p, checks.Publishers))
	}
	if p := plan(Done); ids(p) != "a" {
		t.Errorf("done: %s", ids(p))
	}
	if p := plan(Skipped); ids(p) != "" || len(p.Left) > 0 {
		t.Errorf("skipped: %s", ids(p))
	}
}
