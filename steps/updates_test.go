package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/dependabot"
)

// updated says what proposes newer versions: the content of a Dependabot
// configuration, "" for none, or where Renovate is configured.
func (s *stage) updated(content, renovate string) *stage {
	u := evidence.Updates{Renovate: renovate}
	if content != "" {
		u.Dependabot = evidence.WorkflowFile{Path: ".github/dependabot.yaml", Content: evidence.Seen([]byte(content), src)}
	}
	s.world.Updates = evidence.Seen(u, src)
	return s
}

// draft writes a file into the working tree.
func (s *stage) draft(name, content string) {
	s.t.Helper()
	file := filepath.Join(s.world.Tree.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// TestUpdatesComeWithTheWorkflow: one delivery brings both, so that no second
// push is asked for.
func TestUpdatesComeWithTheWorkflow(t *testing.T) {
	scene := fresh(t).updated("", "").scene(checks.Workflow)
	for _, w := range scene.Ways {
		if w.Settles == settlesUpdates {
			t.Errorf("%s is offered by itself", w.Label)
		}
	}
	changes, err := way(t, scene, "Only write").Prepare(nil)
	if err != nil || len(changes) != 2 || changes[0].ID != "file:"+publishing || changes[1].ID != "file:"+dependabot.File {
		t.Fatalf("%v, %v", changes, err)
	}
	if !strings.Contains(diff(scene.Preview), "- package-ecosystem: github-actions") || !strings.Contains(diff(changes[1].Preview), "default-days: 7") {
		t.Errorf("the preview lacks it:\n%s", diff(scene.Preview))
	}
}

const onlyCargo = "version: 2\nupdates:\n  - package-ecosystem: cargo\n    directory: /\n"

func TestUpdatesOfAWorkflowThatIsThere(t *testing.T) {
	for name, row := range map[string]struct {
		content, renovate, want string
	}{
		"nothing proposes":          {"", "", "file:" + dependabot.File},
		"Dependabot, not for these": {onlyCargo, "", "file:.github/dependabot.yaml"},
		"Dependabot does":           {"updates: [{package-ecosystem: github-actions, directory: /}]", "", ""},
		"Renovate does":             {"", "renovate.json", ""},
		"both, Renovate for these":  {onlyCargo, "renovate.json", ""},
		"no entry can be put in":    {"updates: []", "", ""},
	} {
		s := fresh(t).write().updated(row.content, row.renovate)
		if row.content == onlyCargo {
			s.draft(".github/dependabot.yaml", onlyCargo)
		}
		scene, got := s.scene(checks.Workflow), ""
		for _, w := range scene.Ways {
			if w.Settles != settlesUpdates || !strings.HasPrefix(w.Label, "Only write") {
				continue
			}
			changes, err := w.Prepare(nil)
			if err != nil || len(changes) != 1 {
				t.Fatalf("%s: %v, %v", name, changes, err)
			}
			got = changes[0].ID
			if d := diff(changes[0].Preview); row.content != "" && strings.Contains(d, "\n-") || !strings.Contains(d, "+  - package-ecosystem: github-actions") {
				t.Errorf("%s: it changes more than it adds:\n%s", name, d)
			}
		}
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
		if told := strings.Contains(texts(scene.Now), "no entry for github-actions"); told != (row.content == "updates: []") {
			t.Errorf("%s: told by hand: %v", name, told)
		}
	}
}

// TestADraftOfSomebodysIsNotReplaced: a configuration that is in the tree and not
// on the default branch is somebody's work.
func TestADraftOfSomebodysIsNotReplaced(t *testing.T) {
	s := fresh(t).write().updated("", "")
	s.draft(dependabot.File, onlyCargo)
	_, err := way(t, s.scene(checks.Workflow), "Only write").Prepare(nil)
	if err == nil || !strings.Contains(err.Error(), "stands in your tree and is not on the default branch") {
		t.Errorf("%v", err)
	}
}

// TestUpdatesThatWereNotLookedAtAreNotTouched: what could not be seen may be
// there.
func TestUpdatesThatWereNotLookedAtAreNotTouched(t *testing.T) {
	scene := fresh(t).write().scene(checks.Workflow)
	for _, w := range scene.Ways {
		if w.Settles == settlesUpdates {
			t.Errorf("%s", w.Label)
		}
	}
	changes, err := way(t, fresh(t).scene(checks.Workflow), "Only write").Prepare(nil)
	if err != nil || len(changes) != 1 || changes[0].ID != "file:"+workflow.Dir+"publish.yml" {
		t.Errorf("%v, %v", changes, err)
	}
}
