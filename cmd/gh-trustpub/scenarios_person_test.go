package main

import (
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/browser"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/player"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
)

// TestScenariosToTheProof lets a person do what apply has left: then a rehearsal
// and a release without a token, and apply takes the rest away.
func TestScenariosToTheProof(t *testing.T) {
	for _, s := range goalLines {
		if s.next == "" {
			continue
		}
		t.Run(s.scenario, func(t *testing.T) {
			t.Parallel()
			w := tryOut(t, s.scenario)
			w.run(8, "apply", "--yes")
			w.persons()
			w.prove(s)
			w.lockUp(s)
			w.keepsNone()
		})
	}
}

// persons do what the plan leaves to them, page by page, as often as that brings
// further pages.
func (w *trial) persons() {
	w.t.Helper()
	done := map[string]bool{}
	for more := true; more; {
		more = false
		for _, l := range w.plan(8).Left {
			if l.Page == nil || done[l.Page.URL] || l.Step == "lock" {
				continue
			}
			done[l.Page.URL], more = true, true
			w.visit(l)
		}
		if w.run(8, "apply", "--yes"); more {
			w.rest()
		}
	}
}

// visit does what a page is for: sends its form, or publishes with the token
// that it shows.
func (w *trial) visit(l leftOver) {
	w.t.Helper()
	at, err := url.Parse(l.Page.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	b := browser.New(w.Pages())
	page, err := b.Open(w.t.Context(), l.Page.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	if at.Host == "github.com" {
		w.merge(b, page)
		return
	}
	var values []player.Field
	for _, f := range l.Page.Fields {
		values = append(values, player.Field{Label: f.Label, Value: f.Value})
	}
	after, err := player.Send(w.t.Context(), b, page, values)
	if err != nil {
		w.t.Fatalf("%s: %v", l.Title, err)
	}
	if after == nil {
		w.t.Fatalf("%s: the page %s has no form for %+v", l.Title, l.Page.URL, values)
	}
	if token := after.ByID["token"]; token != "" {
		if err := build.PublishCrate(w.t.Context(), w.Stage().Client, w.Setting().Checkout, token); err != nil {
			w.t.Fatal(err)
		}
	}
}

// merge lets another person take a pull request in; other pages of GitHub are
// only looked at.
func (w *trial) merge(b *browser.Browser, page *browser.Document) {
	w.t.Helper()
	form := page.Form("Merge pull request")
	if form == nil {
		return
	}
	as, err := b.SignIn(w.t.Context(), page, w.Setting().Reviewers()[0])
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := b.Submit(w.t.Context(), as, as.Form("Merge pull request"), nil); err != nil {
		w.t.Fatal(err)
	}
}

// prove rehearses and releases by the workflow that the program means.
func (w *trial) prove(s goalLine) {
	w.t.Helper()
	stage, file := w.Stage(), s.publishes
	well := func(what string, run *github.Run, err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
		if run.Conclusion != github.Success {
			for _, j := range run.Jobs {
				w.t.Logf("%s, %s: %s\n%s", what, j.Key, j.Conclusion, j.Log)
			}
			w.t.Fatalf("%s ended with %s", what, run.Conclusion)
		}
	}
	w.git("pull", "--quiet", "--ff-only", "origin", "main")
	run, err := stage.Rehearse(w.t.Context(), file, "main")
	well("the rehearsal", run, err)
	if s.now != s.next {
		if err := stage.Bump(w.t.Context(), s.now, s.next); err != nil {
			w.t.Fatal(err)
		}
	}
	run, err = stage.ReleaseBy(w.t.Context(), ".github/workflows/"+file, "v"+s.next)
	well("the release", run, err)
}

func (w *trial) git(args ...string) {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.Env(cmd.Environ())
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// lockUp lets apply take away what a token could still do, and an owner of the
// organisation the rest.
func (w *trial) lockUp(s goalLine) {
	w.t.Helper()
	p := w.plan(planAfter(s))
	for _, id := range s.locks {
		if !has(p, id) {
			w.t.Errorf("the plan after the proof has no %s: %+v", id, p.Changes)
		}
	}
	for _, c := range p.Changes {
		if strings.Contains(c.ID, "secret:") && c.Lasting == "" {
			w.t.Errorf("%s is not called lasting", c.ID)
		}
	}
	if len(s.locks) > 0 {
		w.run(s.locked, "apply", "--yes")
		lasting := w.lasting(8)
		for _, id := range s.locks {
			if !slices.Contains(lasting, id) {
				w.t.Errorf("undo does not say that %s lasts, but for %q", id, lasting)
			}
		}
	}
	if err := w.GitHub.EditAccount(w.Setting().Owner, func(a *github.Account) error { a.Secrets = nil; return nil }); err != nil {
		w.t.Fatal(err)
	}
	if left := w.problems(); len(left) > 0 {
		w.t.Errorf("problems at the end: %+v", left)
	}
	w.run(0, "verify")
}

func planAfter(s goalLine) int {
	if len(s.locks) > 0 {
		return 1
	}
	return 0
}

func has(p planned, id string) bool {
	for _, c := range p.Changes {
		if c.ID == id {
			return true
		}
	}
	return false
}
