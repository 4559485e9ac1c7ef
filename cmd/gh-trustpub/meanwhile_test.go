package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// once lets something happen after the first answer to a GET whose address ends
// so, before the program has it.
func (w *reach) once(ending string, happens func()) {
	done := false
	w.interfere(func(x box.Exchange) {
		address, _, _ := strings.Cut(x.URL, "?")
		if !done && x.Method == "GET" && strings.HasSuffix(address, ending) {
			done = true
			happens()
		}
	})
}

// TestSomebodyMakesTheEnvironmentStricterMeanwhile: what they set between our
// read and our write stays.
func TestSomebodyMakesTheEnvironmentStricterMeanwhile(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	var bo int64
	if err := w.GitHub.EditAccount("bo", func(a *github.Account) error { bo = a.ID; return nil }); err != nil {
		t.Fatal(err)
	}
	w.once("/environments/release", func() {
		w.edit(func(r *github.Repository) {
			r.Environments = []*github.Environment{{Name: "release", WaitMinutes: 30, Reviewers: []github.Reviewer{{Type: "User", ID: bo}},
				Policy: github.CustomRefs, Policies: []github.DeploymentPolicy{{Type: "tag", Name: "v1.*"}}}}
		})
	})
	w.says(8, "apply --yes", "Writing the environment release")
	e := w.repository().Environment("release")
	if e.WaitMinutes != 30 || len(e.Reviewers) != 2 || len(e.Policies) != 3 || !e.AdminsCannotBypass || !e.PreventSelfReview {
		t.Errorf("%+v", e)
	}
}

// TestSomebodyPushesMeanwhile: the push is refused, nothing of theirs is lost,
// and after a pull it goes on.
func TestSomebodyPushesMeanwhile(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.once("/contents/.github/workflows", func() {
		made := w.remote("commit-tree", "main^{tree}", "-p", "main", "-m", "Of a colleague")
		w.remote("update-ref", "refs/heads/main", made)
	})
	w.says(1, "apply --yes", "Somebody has pushed to main meanwhile: git pull --rebase origin main, then come back.", "The commit stands in your checkout.", "Not done: Create the environment release")
	if got := w.remote("log", "--format=%s", "main"); got != "Of a colleague\nSummarise price series" {
		t.Error(got)
	}
	w.git("pull", "--quiet", "--rebase", "origin", "main")
	w.says(8, "apply --yes", "Pushing to main", "!(pull-request:")
	if got := w.remote("log", "--format=%s", "main"); got != "Publish by trusted publishing\nOf a colleague\nSummarise price series" {
		t.Error(got)
	}
}

// TestInputThatIsOdd: a clear answer, and nothing lost.
func TestInputThatIsOdd(t *testing.T) {
	for name, row := range map[string]struct {
		happens func(*reach)
		plan    int
		says    []string
		// keeps is whether apply leaves the servers as they are.
		keeps bool
	}{
		"no remote": {func(w *reach) { w.git("remote", "remove", "origin") }, 8,
			[]string{"no repository on GitHub is known: create it with gh repo create --source . --push, or name it with --repo OWNER/REPO", "!(environment:"}, true},
		"HEAD is detached": {func(w *reach) { w.git("checkout", "--quiet", "--detach") }, 1, []string{"(pull-request:trustpub/publish-workflow)", "!(push:", "!(file:"}, false},
		"an empty repository": {func(w *reach) { w.remote("update-ref", "-d", "refs/heads/main") }, 1,
			[]string{"main has no commit on GitHub yet: push a first one (git push -u origin main), then come back", "!(push:", "!(file:", "!(pull-request:"}, false},
		"a file of that name that is mine": {func(w *reach) {
			if err := os.MkdirAll(filepath.Join(w.dir, ".github", "workflows"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(w.dir, ".github", "workflows", "publish.yml"), []byte("on: push # mine\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, 1, []string{".github/workflows/publish.yml is there already and does something else: choose another file name in the survey", "!(push:", "!(file:"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := within(t, "fresh")
			row.happens(w)
			tree, same := w.tree(), w.unchanged()
			w.says(row.plan, "plan", row.says...)
			same("plan")
			w.says(8, "apply --yes")
			if row.keeps {
				same("apply")
			}
			if w.tree() != tree {
				t.Errorf("the tree was touched: %s", w.tree())
			}
		})
	}
	w := within(t, "fresh")
	w.git("remote", "remove", "origin")
	w.says(1, "undo --list", "no repository is known here: no git remote names one on GitHub")
}
