package steps

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// walk is a session over a stage's world, with a journal of its own.
type walk struct {
	*Session
	t       *testing.T
	stage   *stage
	journal *journal.Journal
	sights  []Sight
}

func begin(t *testing.T, s *stage) *walk {
	t.Helper()
	j, err := journal.Open(t.TempDir(), s.world.Repo.Or(evidence.RepoName{}))
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{t: t, stage: s, journal: j}
	w.again()
	return w
}

// again begins anew with the same journal, as the next start does.
func (w *walk) again() {
	w.t.Helper()
	session, err := New(Options{Journal: w.journal, Wanted: evidence.Wanted{Environment: "flagged"}, Look: w.look, Tools: &change.Tools{Repo: w.stage.world.Repo.Or(evidence.RepoName{})}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Session = session
}

func (w *walk) look(_ context.Context, s Sight) (*evidence.World, error) {
	w.sights = append(w.sights, s)
	world := *w.stage.world
	world.Wanted, world.Said = s.Wanted, s.Said
	return &world, nil
}

func (w *walk) lookAgain() *Route {
	w.t.Helper()
	route, err := w.Look(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return route
}

func (w *walk) written() string {
	w.t.Helper()
	data, err := os.ReadFile(w.journal.Path())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.t.Fatal(err)
	}
	return string(data)
}

func TestSessionRemembers(t *testing.T) {
	w := begin(t, fresh(t))
	route := w.lookAgain()
	choose := route.Scenes[0].Ways[0]
	a := defaults(choose)
	a["workflow"], a["environment"], a["registries"] = "ship.yml", "chosen", "crates.io,pypi"
	changes, err := choose.Prepare(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Perform(t.Context(), changes, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	lacks(t, "journal", w.written(), `"before"`)
	if err := errors.Join(w.Say(route.Scenes[1].Ways[3].Said...), w.Skip(checks.Lock, "later\x1b[31m")); err != nil {
		t.Fatal(err)
	}
	w.again()
	route = w.lookAgain()
	sight := w.sights[len(w.sights)-1]
	if sight.Wanted.Workflow != "ship.yml" || sight.Wanted.Environment != "flagged" || len(sight.Wanted.Registries) != 2 || len(sight.Said) != 1 || sight.Said[0].At.IsZero() {
		t.Errorf("%+v", sight)
	}
	if route.Standings[0].State != Done {
		t.Errorf("%+v", route.Standings[0])
	}
	if err := w.Unskip(checks.Lock); err != nil || strings.Contains(w.written(), "\x1b") {
		t.Error(err, w.written())
	}
}

func TestPerformStopsAndTells(t *testing.T) {
	w := begin(t, fresh(t))
	made := []string{}
	make := func(title string, err error) change.Change {
		return change.Change{ID: "id:" + title, Title: title, Before: map[string]int{"n": 1}, After: map[string]int{"n": 2}, Perform: func(context.Context, change.Hands) error {
			contains(t, "written before", w.written(), `"kind":"before","change":{"id":"id:`+title+`"`, `"before":{"n":1},"after":{"n":2}`)
			made = append(made, title)
			return err
		}}
	}
	refused := errors.New("refused")
	err := w.Perform(t.Context(), []change.Change{make("one", nil), make("two", refused), make("three", nil)}, change.Hands{})
	if !errors.Is(err, refused) || strings.Join(made, " ") != "one two" {
		t.Fatalf("%v after %v", err, made)
	}
	contains(t, "error", err.Error(), "two: refused", "Done before: one", "Not done: three")
	lines := strings.Split(strings.TrimSpace(w.written()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	contains(t, "outcome", lines[3], `"kind":"after"`, `"id:two"`, `"error":"refused"`)
}

// TestNothingIsDoneUnwritten: without its record no change is made.
func TestNothingIsDoneUnwritten(t *testing.T) {
	w := begin(t, fresh(t))
	if err := os.WriteFile(filepath.Dir(w.journal.Path()), nil, 0o600); err != nil {
		if err := os.MkdirAll(filepath.Dir(filepath.Dir(w.journal.Path())), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Dir(w.journal.Path()), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := w.Perform(t.Context(), []change.Change{{Title: "one", Perform: func(context.Context, change.Hands) error { t.Error("made"); return nil }}}, change.Hands{})
	if err == nil || !strings.Contains(err.Error(), "not begun") {
		t.Error(err)
	}
}

func TestCancelledWalkIsWrittenDown(t *testing.T) {
	w := begin(t, fresh(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := w.Perform(ctx, []change.Change{{ID: "x", Title: "one", Perform: func(ctx context.Context, _ change.Hands) error { cancel(); return ctx.Err() }}}, change.Hands{})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	contains(t, "journal", w.written(), `"kind":"after"`, "canceled")
}

// TestATokenIsWrittenNowhere: whatever a change says with it, it is neither in
// the journal nor in what is told.
func TestATokenIsWrittenNowhere(t *testing.T) {
	const token = "cioSecretSecretSecretSecret"
	w := begin(t, fresh(t))
	route := w.lookAgain()
	changes, err := way(t, route.Scenes[1], "Publish the first version").Prepare(Answers{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	perform := func(_ context.Context, h change.Hands) error {
		h.Progress("uploading with " + token)
		return errors.New("cargo printed " + token)
	}
	changes[0].Perform = perform
	told := ""
	err = w.Perform(t.Context(), changes, change.Hands{Progress: func(s string) { told += s }})
	if err == nil || told == "" {
		t.Fatal(err, told)
	}
	lacks(t, "all that is told", told+err.Error()+w.written(), token)
}

func TestATokenToLookWith(t *testing.T) {
	const token = "cioLookLookLookLook"
	w := begin(t, fresh(t).released(identity.CratesIO, byToken("0.1.0")))
	changes, err := way(t, w.lookAgain().Scenes[4], "Let me look").Prepare(Answers{"token": " " + token + "\n"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Perform(t.Context(), changes, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	w.lookAgain()
	if got := w.sights[len(w.sights)-1].CratesToken; got != token {
		t.Errorf("%q", got)
	}
	lacks(t, "journal", w.written(), token)
	w.again()
	w.lookAgain()
	if got := w.sights[len(w.sights)-1].CratesToken; got != "" {
		t.Error("the token outlived its session")
	}
}

func TestWithoutAJournal(t *testing.T) {
	s := fresh(t)
	session, err := New(Options{Look: func(_ context.Context, sight Sight) (*evidence.World, error) { return s.world, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Skip(checks.Survey, "x"); err != nil {
		t.Fatal(err)
	}
	route, err := session.Look(t.Context())
	if err != nil || route.Standings[0].State != Skipped {
		t.Errorf("%v %+v", err, route)
	}
}

func TestSessionTogether(t *testing.T) {
	w := begin(t, fresh(t))
	session, err := New(Options{Journal: w.journal, Look: func(context.Context, Sight) (*evidence.World, error) { return w.stage.world, nil }})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := session.Look(context.Background()); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := session.Skip(checks.Lock, "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOpen(t *testing.T) {
	opened := ""
	session, err := New(Options{Browser: change.Browser{System: func(a string) error { opened = a; return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	address, err := session.Open(t.Context(), PageLink{URL: "https://pypi.org/x"}, change.Hands{})
	if err != nil || address != "https://pypi.org/x" || opened != address {
		t.Errorf("%q %q %v", address, opened, err)
	}
}

// checkedOut makes the stage's working tree a real clone, with its head as what
// GitHub has.
func checkedOut(t *testing.T, s *stage) (git func(dir string, args ...string) string, bare string) {
	t.Helper()
	config := filepath.Join(t.TempDir(), "gitconfig")
	if err := os.WriteFile(config, []byte("[user]\n\tname = Ana\n\temail = ana@example.org\n[init]\n\tdefaultBranch = main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git = func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	bare = filepath.Join(t.TempDir(), "bare.git")
	s.world.Tree.Dir = filepath.Join(t.TempDir(), "work")
	git("", "init", "-q", "--bare", bare)
	git("", "clone", "-q", "--origin", "upstream", bare, s.world.Tree.Dir)
	writeInto(t, s, "Cargo.toml", "[package]\nname = \"market-data\"\nversion = \"0.1.0\"\n")
	git(s.world.Tree.Dir, "add", ".")
	git(s.world.Tree.Dir, "commit", "-q", "-m", "one")
	git(s.world.Tree.Dir, "push", "-q", "upstream", "main")
	head := git(bare, "rev-parse", "main")
	s.world.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: head}, src)
	g := s.world.Tree.Git.Or(evidence.Git{})
	g.Head = evidence.Seen(head, src)
	s.world.Tree.Git = evidence.Seen(g, src)
	return git, bare
}

// TestFromTheSceneToTheRemote takes the workflow's and the proof's ways in a
// real clone.
func TestFromTheSceneToTheRemote(t *testing.T) {
	s := fresh(t).released(identity.CratesIO, byToken("0.1.0"))
	git, bare := checkedOut(t, s)
	w := begin(t, s)
	do := way(t, w.lookAgain().Scenes[2], "push it to main")
	changes, err := do.Prepare(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Perform(t.Context(), changes, change.Hands{}); err != nil {
		t.Fatal(err)
	}
	text := git(bare, "show", "main:"+publishing)
	contains(t, "pushed", text, "name: Publish", "environment: flagged")

	s.commit(publishing, text+"\n")
	s.world.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: git(bare, "rev-parse", "main")}, src)
	changes, err = way(t, w.lookAgain().Scenes[6], "Release it for me").Prepare(Answers{"version": "0.1.1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Perform(t.Context(), changes[:len(changes)-1], change.Hands{}); err != nil {
		t.Fatal(err)
	}
	contains(t, "tagged", git(bare, "show", "v0.1.1:Cargo.toml"), `version = "0.1.1"`)
	contains(t, "journal", w.written(), `"id":"push:v0.1.1"`, `"id":"file:Cargo.toml"`)
}

// TestWhatIsMadeShortStopsNothing: and is told at the end; a failure is told with
// it, and is a failure.
func TestWhatIsMadeShortStopsNothing(t *testing.T) {
	w := begin(t, fresh(t))
	var made []string
	one := func(id string, err error) change.Change {
		return change.Change{ID: id, Title: "Make " + id, Perform: func(context.Context, change.Hands) error {
			made = append(made, id)
			return err
		}}
	}
	lacking := &change.ShortError{Subject: "a", Missing: []string{"the reviewer bo"}, Why: "the plan"}
	err := w.Perform(t.Context(), []change.Change{one("a", lacking), one("b", nil)}, change.Hands{})
	if _, short := errors.AsType[*change.ShortError](err); !short || strings.Join(made, " ") != "a b" {
		t.Errorf("%v, made %v", err, made)
	}
	contains(t, "journal", w.written(), `the reviewer bo: the plan`)
	err = w.Perform(t.Context(), []change.Change{one("a", lacking), one("c", errors.New("no rights")), one("d", nil)}, change.Hands{})
	if _, short := errors.AsType[*change.ShortError](err); short || err == nil {
		t.Fatalf("%v", err)
	}
	contains(t, "failure", err.Error(), "Make c: no rights", "Not done: Make d", "the reviewer bo")
}
