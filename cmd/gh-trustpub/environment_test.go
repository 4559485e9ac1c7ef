package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// inEnvironment changes the environment of a world before the program comes.
func (w *trial) inEnvironment(change func(*github.Environment)) {
	w.t.Helper()
	s := w.Setting()
	if err := w.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error { change(r.Environment("release")); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *trial) isWrong(check string) bool {
	return slices.ContainsFunc(w.problems(), func(r row) bool { return r.ID == check })
}

// TestFaultsOfTheEnvironmentAreMended: each by the plan alone, what is not ours
// stays, to apply again changes nothing, and undo brings back all of it.
func TestFaultsOfTheEnvironmentAreMended(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario, check, shows string
		// change is made to the world first; nil for none.
		change func(*github.Environment)
		// long are those that are tried only when there is time.
		long bool
	}{
		"failure 9":  {"tag-not-allowed", "environment-admits-trigger", "+ deployment from tag v*", nil, false},
		"failure 10": {"branch-not-allowed", "environment-admits-trigger", "+ deployment from branch main", nil, true},
		"failure 24": {"bare-environment", "environment-has-reviewers", "- deployment from: any branch or tag", nil, true},
		"failure 25": {"nobody-can-approve", "someone-can-approve", "+ reviewer bo", nil, true},
		"any branch is let in": {"ready", "environment-limits-refs", "- deployment from branch *", func(e *github.Environment) {
			e.Policies = append(e.Policies, github.DeploymentPolicy{Type: "branch", Name: "*"}, github.DeploymentPolicy{Type: "branch", Name: "next"})
		}, false},
		"protected branches only": {"ready", "environment-admits-trigger", "- deployment from: protected branches", func(e *github.Environment) {
			e.Policy, e.Policies = github.ProtectedBranches, nil
		}, true},
		"guarded by others too": {"ready", "admins-cannot-bypass", "+ administrators cannot pass the rules by", func(e *github.Environment) {
			e.AdminsCannotBypass, e.WaitMinutes = false, 30
			e.Apps, e.Others = []github.App{{Slug: "gatekeeper", Disabled: true}}, []github.OtherRule{{Type: "quiet_hours"}}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.long && !long() {
				t.Skip("TRUSTPUB_LONG=1 tries all of them")
			}
			w := tryOut(t, c.scenario)
			if c.change != nil {
				w.inEnvironment(c.change)
			}
			before := w.settings()
			if !w.isWrong(c.check) {
				t.Errorf("%s finds nothing: %v", c.check, w.problems())
			}
			if out := w.run(1, "plan"); !strings.Contains(out, c.shows) || strings.Contains(out, c.check) {
				t.Errorf("the plan shows no %q, or leaves it to a person:\n%s", c.shows, out)
			}
			only := "environment:release,ruleset:Release tags,ruleset:Default branch"
			w.run(0, "apply", "--yes", "--only", only)
			if left := w.problems(); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
			mended := w.settings()
			w.run(0, "apply", "--yes", "--only", only)
			for _, d := range mended.Against(w.settings()) {
				t.Errorf("to apply again changed %s", d.Path)
			}
			w.run(0, "undo", "--yes")
			for _, d := range before.Against(w.settings()) {
				t.Errorf("not taken back: %s: %s, then %s", d.Path, d.Before, d.After)
			}
		})
	}
}

// TestWithoutEnvironmentsInThePlan: nothing is promised that the plan does not
// have, and nothing is tried.
func TestWithoutEnvironmentsInThePlan(t *testing.T) {
	t.Parallel()
	w := tryOut(t, "private")
	if err := w.GitHub.EditAccount(w.Setting().Owner, func(a *github.Account) error { a.Plan = github.PlanFree; return nil }); err != nil {
		t.Fatal(err)
	}
	p := w.plan(1)
	if slices.ContainsFunc(p.Changes, func(c struct{ ID, Lasting string }) bool {
		return strings.HasPrefix(c.ID, "environment:") || strings.HasPrefix(c.ID, "ruleset:")
	}) {
		t.Errorf("promised: %v", p.Changes)
	}
	if !slices.ContainsFunc(p.Left, func(l leftOver) bool {
		return l.Step == "environment" && l.Page != nil && strings.HasSuffix(l.Page.URL, "/organizations/acme/billing/plans")
	}) {
		t.Errorf("left: %+v", p.Left)
	}
	if out := w.run(8, "apply", "--yes"); !strings.Contains(out, "acme is on the plan free, which has no environments for private repositories") {
		t.Error(out)
	}
}

// TestAPlanThatIsNotShown: who is no owner of the organisation does not see it.
// GitHub's refusal is met by doing the rest, the rest is named, and it is not asked
// for again.
func TestAPlanThatIsNotShown(t *testing.T) {
	t.Parallel()
	w := tryOut(t, "private")
	s := w.Setting()
	if err := w.GitHub.EditAccount(s.Owner, func(a *github.Account) error { a.Members[s.Login] = "member"; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error { r.Collaborators[s.Login] = github.Admin; return nil }); err != nil {
		t.Fatal(err)
	}
	out := w.run(8, "apply", "--yes")
	for _, part := range []string{"the environment release is as asked, but for the reviewer ", "billing plan", "GitHub Enterprise", "ruleset Release tags"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
	done := w.settings()
	if out := w.run(8, "apply", "--yes"); !strings.Contains(out, "GitHub did not store the reviewer ") || !strings.Contains(out, "\n0 changes, ") {
		t.Errorf("again:\n%s", out)
	}
	for _, d := range done.Against(w.settings()) {
		t.Errorf("to apply again changed %s", d.Path)
	}
	w.run(8, "undo", "--yes")
	repo, err := w.GitHub.Repository(s.Owner, s.Name)
	if err != nil || repo.Environment("release") != nil || len(repo.Rulesets) != 0 {
		t.Errorf("%v: not taken back: %+v %+v", err, repo.Environments, repo.Rulesets)
	}
}
