package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// TestScenarios takes each scenario from its beginning through plan and apply
// to what only a person can do, and all back again.
func TestScenarios(t *testing.T) {
	for _, s := range goalLines {
		t.Run(strings.TrimSpace(s.scenario+" "+s.plan), func(t *testing.T) {
			if s.long && !long() {
				t.Skip("it takes minutes at the registry's own pace: TRUSTPUB_LONG=1 runs it")
			}
			t.Parallel()
			w := tryOut(t, s.scenario)
			if len(w.secrets) != s.secrets {
				t.Errorf("the world has %d secrets to conceal, not %d", len(w.secrets), s.secrets)
			}
			if s.plan != "" {
				w.onPlan(s.plan)
			}
			before := w.settings()
			w.goal(s)
			w.back(s, before)
			w.keepsNone()
		})
	}
}

func (w *trial) onPlan(name string) {
	w.t.Helper()
	if err := w.GitHub.EditAccount(w.Setting().Owner, func(a *github.Account) error { a.Plan = name; return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// goal applies the plan, and holds what is left against the scenario's tables.
func (w *trial) goal(s goalLine) {
	w.t.Helper()
	p := w.plan(1)
	out := w.run(8, "apply", "--yes")
	for _, c := range p.Changes {
		if !strings.Contains(out, "("+c.ID+")") {
			w.t.Errorf("apply made no %s:\n%s", c.ID, out)
		}
	}
	w.impossible(s)
	after := w.settings()
	if again := w.plan(8); len(again.Changes) > 0 {
		w.t.Errorf("plan after apply: %+v", again.Changes)
	} else {
		w.waiting(s, out, again.Left)
	}
	if out := w.run(8, "apply", "--yes"); !strings.Contains(out, "\n0 changes, ") {
		w.t.Errorf("apply again:\n%s", out)
	}
	for _, d := range after.Against(w.settings()) {
		w.t.Errorf("apply again changed %s: %s, then %s", d.Path, d.Before, d.After)
	}
}

// impossible compares the problems that are left with those that the scenario
// makes impossible to settle now.
func (w *trial) impossible(s goalLine) {
	w.t.Helper()
	found := w.problems()
	for _, r := range found {
		if !slices.ContainsFunc(s.impossible, func(e exception) bool { return e.check == r.ID && e.subject == r.Subject }) {
			w.t.Errorf("a problem is left: %s %s: %s", r.ID, r.Subject, r.Because)
		}
	}
	for _, e := range s.impossible {
		if !slices.ContainsFunc(found, func(r row) bool { return e.check == r.ID && e.subject == r.Subject }) {
			w.t.Errorf("no problem any more: %s %s (%s)", e.check, e.subject, e.why)
		}
	}
}

// waiting compares what is left to a person, which apply has named as waiting
// with its page.
func (w *trial) waiting(s goalLine, out string, left []leftOver) {
	w.t.Helper()
	var found []string
	for _, l := range left {
		at := "-"
		if l.Page != nil {
			at, _, _ = strings.Cut(l.Page.URL, "?")
			_, block, _ := strings.Cut(out, ": "+l.Title+"\n")
			if lines := strings.SplitN(block, "\n", 3); len(lines) < 3 || strings.TrimSpace(lines[1]) != l.Page.URL {
				w.t.Errorf("apply shows no page for %q:\n%s", l.Title, out)
			}
		}
		if !strings.Contains(out, l.Title+"\n    "+l.Why) || !strings.Contains(out, "  … waiting  ") {
			w.t.Errorf("apply does not say that %q waits:\n%s", l.Title, out)
		}
		found = append(found, l.Step+" "+at)
	}
	slices.Sort(found)
	wanted := slices.Sorted(slices.Values(s.left))
	if !slices.Equal(found, wanted) {
		w.t.Errorf("left to a person:\n  %s\nwanted:\n  %s", strings.Join(found, "\n  "), strings.Join(wanted, "\n  "))
	}
}

// back takes all back, and wants nothing to differ from the beginning but what
// the list called lasting.
func (w *trial) back(s goalLine, before practice.Snapshot) {
	w.t.Helper()
	lasting := w.lasting(s.undone)
	if !slices.Equal(slices.Sorted(slices.Values(lasting)), slices.Sorted(slices.Values(s.lasting))) {
		w.t.Errorf("lasting is %q, wanted %q", lasting, s.lasting)
	}
	w.run(s.undone, "undo", "--yes")
	used := map[string]bool{}
	for _, d := range before.Against(w.settings()) {
		i := slices.IndexFunc(lasting, func(id string) bool { return explains(id, d.Path) })
		if i < 0 {
			w.t.Errorf("not taken back: %s: %s, then %s", d.Path, d.Before, d.After)
			continue
		}
		used[lasting[i]] = true
	}
	for _, id := range lasting {
		if !used[id] {
			w.t.Errorf("%s is called lasting, and nothing of it lasts", id)
		}
	}
}

// explains tells whether a lasting change is why a setting differs.
func explains(id, path string) bool {
	kind, name, _ := strings.Cut(id, ":")
	switch kind {
	case "push":
		return strings.HasPrefix(path, "git/") && strings.Contains(path, "/refs/heads/"+name)
	case "pull-request":
		return strings.Contains(path, "/Pulls/") || strings.HasPrefix(path, "git/") && (strings.Contains(path, "/refs/heads/"+name) || strings.Contains(path, "/refs/pull/"))
	}
	return false
}
