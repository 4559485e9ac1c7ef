package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// crateTrial is a trial of somebody who has a token of crates.io in the
// environment. Wherever it turns up it is noticed.
type crateTrial struct {
	*trial
	token string
}

func withToken(t *testing.T, scenario string, scopes ...cratesio.Scope) *crateTrial {
	t.Helper()
	w := &crateTrial{trial: tryOut(t, scenario)}
	if err := w.Crates.SetEmail(w.Setting().Login, "ana@example.com", true); err != nil {
		t.Fatal(err)
	}
	w.give(scopes...)
	return w
}

// give makes a token, which the program has in its environment from then on.
func (w *crateTrial) give(scopes ...cratesio.Scope) {
	w.t.Helper()
	token, err := w.Crates.AddToken(w.Setting().Login, cratesio.Token{Name: "publishers", Scopes: scopes})
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.token, w.secrets = token, append(w.secrets, token)
}

// run runs the program with the token in the environment.
func (w *crateTrial) run(want int, args ...string) string {
	w.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CARGO_REGISTRY_TOKEN="+w.token, "CI=")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		w.t.Errorf("%s: exit status %d, want %d\n%s", strings.Join(args, " "), code, want, out)
	}
	w.conceals(strings.Join(args, " "), string(out))
	return string(out)
}

// publishers are what crates.io has of a crate, without their numbers.
func (w *crateTrial) publishers(crate string) []string {
	var all []string
	for _, p := range w.Crates.Publishers(crate) {
		environment := "any"
		if p.Environment != nil {
			environment = *p.Environment
		}
		all = append(all, fmt.Sprint(p.RepositoryOwner, " ", p.RepositoryOwnerID, " ", p.RepositoryName, " ", p.WorkflowFilename, " ", environment))
	}
	slices.Sort(all)
	return all
}

// TestPublishersThroughTheAPI: a workflow that was renamed is registered anew and
// the old name taken away; again changes nothing; undo brings the old one back.
func TestPublishersThroughTheAPI(t *testing.T) {
	t.Parallel()
	w := withToken(t, "workflow-renamed", cratesio.TrustedPublishing)
	name := w.Setting().Name
	id := w.GitHub.AccountID(w.Setting().Owner)
	before, wanted := []string{fmt.Sprintf("acme %d %s publish.yml release", id, name)}, []string{fmt.Sprintf("acme %d %s release.yml release", id, name)}
	old := fmt.Sprintf("publisher-removal:crates.io:%s/%d", name, w.Crates.Publishers(name)[0].ID)
	ours := "publisher:crates.io:" + name
	if got := w.publishers(name); !slices.Equal(got, before) {
		t.Fatalf("%q", got)
	}
	out := w.run(1, "plan")
	for _, part := range []string{"(" + ours + ")", "+ workflow file release.yml  (from ", "(" + old + ")", "there is no .github/workflows/publish.yml on main", "tells the crate's owners by mail"} {
		if !strings.Contains(out, part) {
			t.Errorf("plan has no %q:\n%s", part, out)
		}
	}
	if got := w.publishers(name); !slices.Equal(got, before) {
		t.Errorf("plan changed them to %q", got)
	}
	out = w.run(8, "apply", "--yes", "--only", ours+","+old)
	if got := w.publishers(name); !slices.Equal(got, wanted) {
		t.Errorf("after apply: %q", got)
	}
	if !strings.Contains(out, "Outcome: 1 created, 1 removed") {
		t.Errorf("no table:\n%s", out)
	}
	if out := w.run(8, "apply", "--yes", "--only", ours+","+old); strings.Contains(out, "Outcome") || !slices.Equal(w.publishers(name), wanted) {
		t.Errorf("apply again: %q\n%s", w.publishers(name), out)
	}
	if out := w.run(0, "undo", "--list"); !strings.Contains(out, ours) || !strings.Contains(out, old) {
		t.Errorf("undo --list:\n%s", out)
	}
	w.run(0, "undo", "--yes")
	if got := w.publishers(name); !slices.Equal(got, before) {
		t.Errorf("after undo: %q", got)
	}
	w.keepsNone()
	if mails := w.Crates.Mails("ana"); len(mails) != 4 {
		t.Errorf("mails %q", mails)
	}
}

// TestTokensThatAreNotEnough: each is told what it lacks, and nothing is changed.
func TestTokensThatAreNotEnough(t *testing.T) {
	t.Parallel()
	w := withToken(t, "no-config", cratesio.PublishUpdate)
	name := w.Setting().Name
	if out := w.run(8, "plan"); strings.Contains(out, "(publisher:") || !strings.Contains(out, "required permissions") || !strings.Contains(out, "new-trusted-publisher") {
		t.Errorf("without the scope:\n%s", out)
	}
	w.give(cratesio.TrustedPublishing)
	if err := w.Crates.SetEmail("ana", "ana@example.com", false); err != nil {
		t.Fatal(err)
	}
	if out := w.run(1, "apply", "--yes"); !strings.Contains(out, "verify your email") || !strings.Contains(out, "https://crates.io/settings/profile") {
		t.Errorf("without a verified e-mail:\n%s", out)
	}
	if got := w.publishers(name); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if err := w.Crates.SetEmail("ana", "ana@example.com", true); err != nil {
		t.Fatal(err)
	}
	w.give() // as cargo login stores it: without scopes
	w.run(8, "apply", "--yes")
	if got := w.publishers(name); len(got) != 1 {
		t.Errorf("with an old token: %q", got)
	}
	w.keepsNone()
}

// TestTrustedPublishingOnlyThroughTheAPI: it is set after the proof, never by an
// old token, and undo sets it back.
func TestTrustedPublishingOnlyThroughTheAPI(t *testing.T) {
	t.Parallel()
	w := withToken(t, "ready", cratesio.TrustedPublishing)
	name := w.Setting().Name
	if err := w.Crates.SetTrustpubOnly(name, false); err != nil {
		t.Fatal(err)
	}
	id := "trusted-publishing-only:" + name
	if out := w.run(1, "plan"); !strings.Contains(out, "("+id+")") {
		t.Fatalf("not planned:\n%s", out)
	}
	scoped := w.token
	w.give()
	if out := w.run(1, "apply", "--yes", "--only", id); !strings.Contains(out, "legacy API tokens") || w.Crates.TrustpubOnly(name) {
		t.Errorf("with an old token:\n%s", out)
	}
	w.token = scoped
	w.run(0, "apply", "--yes", "--only", id)
	if !w.Crates.TrustpubOnly(name) {
		t.Error("it is not on")
	}
	w.run(0, "plan")
	w.run(0, "undo", "--yes")
	if w.Crates.TrustpubOnly(name) {
		t.Error("it is still on")
	}
	w.keepsNone()
}

// TestARenamedRepositoryOnCratesIO: the old name leads here, and what is registered
// under it no run presents; another repository's publisher is left.
func TestARenamedRepositoryOnCratesIO(t *testing.T) {
	t.Parallel()
	w := withToken(t, "ready", cratesio.TrustedPublishing)
	name, there := w.Setting().Name, w.Crates.Publishers(w.Setting().Name)[0]
	for owner, repository := range map[string]string{w.Setting().Owner: "feed", "bo": "elsewhere"} {
		other := there
		other.RepositoryOwner, other.RepositoryOwnerID, other.RepositoryName = owner, int(w.GitHub.AccountID(owner)), repository
		if _, err := w.Crates.AddPublisher(other); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.GitHub.Move("acme", name, "acme", "feed"); err != nil {
		t.Fatal(err)
	}
	if err := w.GitHub.Move("acme", "feed", "acme", name); err != nil { // and back again: "feed" is an old name now
		t.Fatal(err)
	}
	out := w.run(1, "plan")
	if n := strings.Count(out, "(publisher-removal:"); n != 1 || !strings.Contains(out, "acme/feed is acme/"+name+" now") {
		t.Errorf("%d removals planned:\n%s", n, out)
	}
}
