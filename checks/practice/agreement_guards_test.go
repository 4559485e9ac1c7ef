package practice_test

import (
	"errors"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// writer is somebody who may push, and is no administrator.
type writer struct {
	*settled
	address string
}

func (w *settled) writer(t *testing.T) writer {
	t.Helper()
	_, err := w.GitHub.AddUser("eve", "Eve")
	must(t, err)
	token, err := w.GitHub.AddToken(github.Token{Login: "eve", Kind: github.Classic, Scopes: []string{"repo"}})
	must(t, err)
	w.edit(t, func(r *github.Repository) { r.Collaborators["eve"] = github.Write })
	return writer{w, "https://eve:" + token.Value + "@github.com/" + owner + "/" + name}
}

// pushes holds that a push of the writer's goes through, or is refused in words
// that hold says.
func (e writer) pushes(t *testing.T, says string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"push", e.address}, args...)...)
	cmd.Dir, cmd.Env = e.Setting().Checkout, e.env
	out, err := cmd.CombinedOutput()
	if (err == nil) != (says == "") || !strings.Contains(string(out), says) {
		t.Errorf("eve pushes %v: %v, want %q\n%s", args, err, says, out)
	}
}

// quiet makes a commit that starts no run.
func (w *settled) quiet(t *testing.T, message string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", message+" [skip ci]")
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.env
	out, err := cmd.Output()
	must(t, err)
	return strings.TrimSpace(string(out))
}

// ruleRows take rules away: what the program calls open, somebody who may push
// can do, and nothing else.
func ruleRows(t *testing.T, w *settled) {
	e := w.writer(t)
	rules := func(t *testing.T, sets ...*github.Ruleset) {
		w.edit(t, func(r *github.Repository) { r.Rulesets = sets })
	}
	t.Run("the default branch", func(t *testing.T) {
		const id, branch = "default-branch-protected", "branch main"
		old := w.quiet(t, "Another history") // beside main, not ahead of it
		w.git(t, "commit", "--quiet", "--allow-empty", "-m", "Nothing [skip ci]")
		w.git(t, "push", "--quiet", "origin", "main")
		e.pushes(t, "GH013: Repository rule violations found for refs/heads/main", "--force", old+":refs/heads/main")
		for _, enforcement := range []string{"", "evaluate", "disabled"} {
			sets := rulesets()[:1]
			if enforcement != "" {
				sets = rulesets()
				sets[1].Enforcement = enforcement
			}
			rules(t, sets...)
			wrong(t, w.judge(t, before), id, branch, "nothing keeps main from being rewritten")
			e.pushes(t, "", "--force", old+":refs/heads/main")
			w.git(t, "push", "--quiet", "--force", "origin", "main")
		}
		w.edit(t, func(r *github.Repository) { r.Protection = map[string]*github.Protection{"main": {}} })
		right(t, w.judge(t, before), id, branch)
		e.pushes(t, "GH006: Protected branch update failed for refs/heads/main", "--force", old+":refs/heads/main")
		w.edit(t, func(r *github.Repository) { r.Protection = nil })
		rules(t, rulesets()...)
		w.ready(t, before)
	})
	t.Run("release tags", func(t *testing.T) {
		const id, subject, tag = "release-tags-protected", "tag v*", "refs/tags/v9.9.9"
		one, two := w.quiet(t, "One"), w.quiet(t, "Two")
		e.pushes(t, "Cannot create ref due to creations being restricted.", one+":"+tag)
		for _, row := range []struct {
			change func(*github.Ruleset)
			says   string
		}{
			{func(s *github.Ruleset) { s.Rules = nil }, "from being moved and deleted"},
			{func(s *github.Ruleset) { s.Enforcement = "evaluate" }, "only evaluated"},
			{func(s *github.Ruleset) { s.Include = []string{"refs/tags/v0.*"} }, `("Release tags" does not cover v1)`},
			{func(s *github.Ruleset) { s.Exclude = []string{"refs/tags/v*"} }, "from being moved and deleted"},
			{func(s *github.Ruleset) { writers := int64(4); s.Bypass[0].ActorID = &writers }, "everybody who may push passes"},
		} {
			sets := rulesets()
			row.change(sets[0])
			rules(t, sets...)
			wrong(t, w.judge(t, before), id, subject, row.says)
			e.pushes(t, "", one+":"+tag)
			e.pushes(t, "", "--force", two+":"+tag)
			e.pushes(t, "", ":"+tag)
		}
		rules(t, rulesets()...)
		w.git(t, "push", "--quiet", "origin", one+":"+tag)
		e.pushes(t, "Cannot update this protected ref.", "--force", two+":"+tag)
		e.pushes(t, "Cannot delete this ref due to deletions being restricted.", ":"+tag)
		w.git(t, "push", "--quiet", "origin", ":"+tag)
		w.ready(t, before)
	})
	t.Run("creation alone", func(t *testing.T) {
		// A review stands behind it, so that it is ok, and in the world too.
		sets := rulesets()
		sets[0].Rules = sets[0].Rules[1:]
		rules(t, sets...)
		w.ready(t, before)
		asked(t, w.rehearse(t, "v0.1.0"), true)
		restore := w.alter(t, func(e *github.Environment) { e.Reviewers = nil })
		wrong(t, w.judge(t, before), "release-tags-protected", "tag v*", "nobody has to review what it starts")
		asked(t, w.rehearse(t, "v0.1.0"), false)
		restore()
		rules(t, rulesets()...)
		w.ready(t, before)
	})
	t.Run("administrators pass by", func(t *testing.T) {
		restore := w.alter(t, func(e *github.Environment) { e.AdminsCannotBypass = false })
		wrong(t, w.judge(t, before), "admins-cannot-bypass", environment, "an administrator may pass")
		must(t, w.passBy(t))
		restore()
		refused := new(github.Refusal)
		if err := w.passBy(t); !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
			t.Errorf("an administrator passed by: %v", err)
		}
		w.ready(t, before)
	})
}

// passBy starts a rehearsal as ana, who then passes the environment's rules by;
// what waits after that is approved.
func (w *settled) passBy(t *testing.T) error {
	t.Helper()
	id, err := w.Stage().Dispatch(t.Context(), file, "main")
	must(t, err)
	for {
		run, err := w.GitHub.Run(id)
		must(t, err)
		if len(run.Pending) > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_, passed := w.GitHub.Review(id, github.Answer{Login: "ana", Environments: []string{environment}, State: "approved", Bypass: true})
	run, err := w.Stage().Finish(t.Context(), id)
	must(t, err)
	ended(t, run, "crates-io", github.Success)
	return passed
}

// actionRows change which actions may be used.
func actionRows(t *testing.T, w *settled) {
	const id = "actions-allowed"
	settings := func(t *testing.T, a github.ActionsSettings) {
		w.edit(t, func(r *github.Repository) { r.Actions = a })
	}
	refusals := func(t *testing.T) []string {
		var names []string
		for _, res := range w.judge(t, before).Of(id) {
			if res.Verdict == checks.Wrong {
				_, uses, _ := strings.Cut(res.Subject, " ")
				uses, _, _ = strings.Cut(uses, "@")
				names = append(names, uses)
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	for _, row := range []struct {
		name     string
		settings github.ActionsSettings
		want     []string
	}{
		{"local only", github.ActionsSettings{Allowed: "local_only"}, []string{"actions/checkout", "rust-lang/crates-io-auth-action"}},
		{"selected, GitHub's own", github.ActionsSettings{Allowed: "selected", GitHubOwned: true}, []string{"rust-lang/crates-io-auth-action"}},
		{"selected, by name", github.ActionsSettings{Allowed: "selected", Patterns: []string{"rust-lang/*"}}, []string{"actions/checkout"}},
		{"selected, and blocked", github.ActionsSettings{Allowed: "selected", Patterns: []string{"*", "!rust-lang/crates-io-auth-action@*"}}, []string{"rust-lang/crates-io-auth-action"}},
		{"selected, all", github.ActionsSettings{Allowed: "selected", GitHubOwned: true, Patterns: []string{"rust-lang/crates-io-auth-action@*"}}, nil},
		{"pins are asked for", github.ActionsSettings{SHAPinning: true}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			settings(t, row.settings)
			if got := refusals(t); !slices.Equal(got, row.want) {
				t.Errorf("the program refuses %v, want %v", got, row.want)
			}
			run := w.rehearse(t, "main")
			if (run.Conclusion == github.StartupFailure) != (row.want != nil) {
				t.Errorf("the world's run ended with %s: %s", run.Conclusion, run.Problem)
			}
			// The world names those of the first job that has any.
			if named := func(uses string) bool { return strings.Contains(run.Problem, uses+"@") }; row.want != nil && !slices.ContainsFunc(row.want, named) {
				t.Errorf("the world refuses none of %v: %s", row.want, run.Problem)
			}
			settings(t, github.ActionsSettings{})
			w.ready(t, before)
		})
	}
	t.Run("an action without a pin", func(t *testing.T) {
		at := strings.Index(w.workflow, "actions/checkout@")
		pin := w.workflow[at : at+len("actions/checkout@")+40]
		w.push(t, strings.Replace(w.workflow, pin, "actions/checkout@v7", 1))
		w.ready(t, before) // of GitHub's own it is advice
		settings(t, github.ActionsSettings{SHAPinning: true})
		if got := refusals(t); !slices.Equal(got, []string{"actions/checkout"}) {
			t.Errorf("the program refuses %v", got)
		}
		if run := w.rehearse(t, "main"); !strings.Contains(logs(run), "all actions must be pinned to a full-length commit SHA") {
			t.Errorf("the world's run ended with %s\n%s", run.Conclusion, logs(run))
		}
		settings(t, github.ActionsSettings{})
		w.restore(t, "crates-io")
	})
	t.Run("turned off", func(t *testing.T) {
		ci := func(message string) (started bool) {
			w.git(t, "commit", "--quiet", "--allow-empty", "-m", message)
			w.git(t, "push", "--quiet", "origin", "main")
			until := time.Now().Add(2 * time.Second)
			n := len(w.GitHub.Runs(owner, name))
			for time.Now().Before(until) {
				must(t, w.GitHub.Scan(t.Context()))
				if len(w.GitHub.Runs(owner, name)) > n {
					return true
				}
				time.Sleep(20 * time.Millisecond)
			}
			return false
		}
		settings(t, github.ActionsSettings{Disabled: true})
		wrong(t, w.judge(t, before), id, "", "turned off")
		if ci("While they are off") {
			t.Error("a run was started although Actions are off")
		}
		settings(t, github.ActionsSettings{})
		if !ci("While they are on") {
			t.Error("no run was started")
		}
		w.ready(t, before)
	})
}
