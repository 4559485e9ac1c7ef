package change

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const published = ".github/workflows/publish.yml"

func (r repository) push(tag string) Push {
	return Push{Paths: []string{published}, Message: "Publish by trusted publishing", Remote: "origin", Branch: "main", Base: r.run(r.bare, "rev-parse", "main"), Tag: tag}
}

func mustPush(t *testing.T, r repository, p Push) Change {
	t.Helper()
	c, err := r.tools().Push(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func previewText(c Change) string {
	var b strings.Builder
	for _, l := range c.Preview {
		b.WriteString(string(l.Op) + l.Text + "\n")
	}
	return b.String()
}

func TestPushTakesOnlyItsFile(t *testing.T) {
	r := newRepository(t)
	r.write(published, "on: push\n")
	r.write("notes.txt", "mine")
	r.write("staged.txt", "mine too")
	r.git("add", "staged.txt")
	c := mustPush(t, r, r.push(""))
	var p person
	if err := c.Perform(t.Context(), p.hands()); err != nil {
		t.Fatal(err)
	}
	if got := r.run(r.bare, "show", "--format=%s", "--name-only", "main"); got != "Publish by trusted publishing\n\n"+published {
		t.Error(got)
	}
	if got := r.git("status", "--short"); got != "A  staged.txt\n?? notes.txt" {
		t.Errorf("the rest of the tree was touched:\n%s", got)
	}
	before := r.git("rev-parse", "HEAD")
	if err := c.Perform(t.Context(), p.hands()); err != nil {
		t.Errorf("again: %v", err)
	}
	if r.git("rev-parse", "HEAD") != before {
		t.Error("a second commit was made")
	}
}

func TestPushShowsAndHoldsWhatGoesAlong(t *testing.T) {
	r := newRepository(t)
	r.git("commit", "-q", "--allow-empty", "-m", "work of mine")
	r.write(published, "on: push\n")
	c := mustPush(t, r, r.push(""))
	if !strings.Contains(previewText(c), "work of mine") {
		t.Errorf("not shown:\n%s", previewText(c))
	}
	r.git("commit", "-q", "--allow-empty", "-m", "made after the preview")
	err := c.Perform(t.Context(), (&person{}).hands())
	if err == nil || !strings.Contains(err.Error(), "made after the preview") {
		t.Errorf("pushed what was not shown: %v", err)
	}
}

func TestPushRefused(t *testing.T) {
	r := newRepository(t)
	hook := filepath.Join(r.bare, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho 'GH006: Protected branch update failed for refs/heads/main.' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write(published, "on: push\n")
	err := mustPush(t, r, r.push("")).Perform(t.Context(), (&person{}).hands())
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"GH006", "git push origin HEAD:refs/heads/trusted-publishing", "gh pr create"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestPushFromBehindOrElsewhere(t *testing.T) {
	r := newRepository(t)
	other := filepath.Join(t.TempDir(), "other")
	r.run("", "clone", "-q", r.bare, other)
	r.run(other, "commit", "-q", "--allow-empty", "-m", "of a colleague")
	r.run(other, "push", "-q")
	if _, err := r.tools().Push(t.Context(), r.push("")); err == nil || !strings.Contains(err.Error(), "git pull") {
		t.Errorf("behind: %v", err)
	}
	r.git("fetch", "-q")
	r.git("commit", "-q", "--allow-empty", "-m", "mine")
	if _, err := r.tools().Push(t.Context(), r.push("")); err == nil || !strings.Contains(err.Error(), "rebase") {
		t.Errorf("diverged: %v", err)
	}
	r.git("reset", "-q", "--hard", "origin/main")
	r.git("switch", "-q", "-c", "feature")
	r.write(published, "on: push\n")
	if err := mustPush(t, r, r.push("")).Perform(t.Context(), (&person{}).hands()); err == nil || !strings.Contains(err.Error(), "git switch main") {
		t.Errorf("another branch: %v", err)
	}
}

func TestTagGoesWithTheCommit(t *testing.T) {
	r := newRepository(t)
	r.write(published, "on: push\n")
	c := mustPush(t, r, r.push("v0.1.1"))
	if c.Lasting == "" || !strings.Contains(previewText(c), "--atomic origin HEAD:refs/heads/main refs/tags/v0.1.1") {
		t.Errorf("%q\n%s", c.Lasting, previewText(c))
	}
	for range 2 {
		if err := c.Perform(t.Context(), (&person{}).hands()); err != nil {
			t.Fatal(err)
		}
	}
	if r.run(r.bare, "rev-parse", "v0.1.1") != r.run(r.bare, "rev-parse", "main") {
		t.Error("the tag is elsewhere")
	}
}

func TestTagThatIsElsewhere(t *testing.T) {
	r := newRepository(t)
	r.git("tag", "v0.1.1")
	r.write(published, "on: push\n")
	if err := mustPush(t, r, r.push("v0.1.1")).Perform(t.Context(), (&person{}).hands()); err == nil || !strings.Contains(err.Error(), "git tag -d v0.1.1") {
		t.Error(err)
	}
	if got := r.run(r.bare, "tag"); got != "" {
		t.Errorf("pushed %s", got)
	}
}

func TestRelease(t *testing.T) {
	r := newRepository(t)
	lock := "version = 4\n\n[[package]]\nname = \"market-data\"\nversion = \"0.1.0\"\n"
	r.write("Cargo.lock", lock)
	r.write("pyproject.toml", "[project]\nname = 'market-data'\nversion = '0.1.0'\n")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "two")
	r.git("push", "-q")
	changes, err := r.tools().Release(t.Context(), Release{
		Workflow: "publish.yml", Next: "0.1.1", Members: []string{"market-data"},
		Literals: []Literal{{"Cargo.toml", 3, "0.1.0"}, {"pyproject.toml", 3, "0.1.0"}}, Push: r.push("v0.1.1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range changes[:len(changes)-1] {
		ids = append(ids, c.ID)
		if err := c.Perform(t.Context(), (&person{}).hands()); err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
	}
	if want := []string{"file:Cargo.toml", "file:pyproject.toml", "file:Cargo.lock", "push:v0.1.1"}; !slices.Equal(ids, want) {
		t.Error(ids)
	}
	if got := r.read("Cargo.toml"); got != "[package]\nname = \"market-data\"\nversion = \"0.1.1\" # mind\n" {
		t.Error(got)
	}
	if got := r.run(r.bare, "show", "v0.1.1:Cargo.lock"); !strings.Contains(got, `version = "0.1.1"`) {
		t.Error(got)
	}
	if got := r.git("status", "--short"); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestReleaseOfWhatStandsThere(t *testing.T) {
	r := newRepository(t)
	changes, err := r.tools().Release(t.Context(), Release{Workflow: "publish.yml", Next: "0.1.0", Literals: []Literal{{"Cargo.toml", 3, "0.1.0"}}, Push: r.push("v0.1.0")})
	if err != nil || len(changes) != 2 {
		t.Fatalf("%v %v", changes, err)
	}
	if err := changes[0].Perform(t.Context(), (&person{}).hands()); err != nil {
		t.Fatal(err)
	}
	if r.run(r.bare, "rev-parse", "v0.1.0") != r.run(r.bare, "rev-parse", "main") {
		t.Error("the tag is elsewhere")
	}
}

func TestAnUntrackedLockStays(t *testing.T) {
	r := newRepository(t)
	r.write(".gitignore", "Cargo.lock\n")
	r.write("Cargo.lock", "[[package]]\nname = \"market-data\"\nversion = \"0.1.0\"\n")
	changes, err := r.tools().Release(t.Context(), Release{Next: "0.1.1", Members: []string{"market-data"}, Literals: []Literal{{"Cargo.toml", 3, "0.1.0"}}, Push: r.push("v0.1.1")})
	if err != nil || slices.ContainsFunc(changes, func(c Change) bool { return c.ID == "file:Cargo.lock" }) {
		t.Errorf("%v %v", changes, err)
	}
}
