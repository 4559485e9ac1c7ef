package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// trial is a scenario's world from its beginning, in which the program runs
// again and again. Whatever goes over its wires is searched for secrets.
type trial struct {
	*practice.World
	t *testing.T

	mu      sync.Mutex
	secrets []string
}

func tryOut(t *testing.T, scenario string) *trial {
	t.Helper()
	endToEnd(t)
	need(t, "git")
	w := &trial{t: t}
	held := contract.Hold(t)
	world, err := practice.Open(t.Context(), practice.Options{Scenario: scenario, Dir: t.TempDir(), Record: func(x box.Exchange) { held(x); w.search(x) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	w.World = world
	secrets := w.values()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = secrets
	return w
}

// run runs the program and wants an exit status.
func (w *trial) run(want int, args ...string) string {
	w.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CI=", "NO_COLOR=")
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

// settings are all that the servers hold, once nothing happens any more by
// itself.
func (w *trial) settings() practice.Snapshot {
	w.t.Helper()
	w.rest()
	s, err := w.Snapshot(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// rest waits until every run has ended or waits for a person.
func (w *trial) rest() {
	w.t.Helper()
	for {
		changed := w.GitHub.Changed()
		if err := w.GitHub.Scan(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		if !slices.ContainsFunc(w.GitHub.OpenRuns(), func(r *github.Run) bool { return r.Status != github.Waiting }) {
			return
		}
		select {
		case <-changed:
		case <-w.t.Context().Done():
			w.t.Fatal(w.t.Context().Err())
		}
	}
}

// planned is what the plan says in JSON.
type planned struct {
	Changes []struct{ ID, Lasting string }
	Left    []leftOver
}

// leftOver is one thing that is left to a person.
type leftOver struct {
	Step, Title, Why string
	Page             *struct {
		URL    string
		Fields []struct{ Label, Value string }
	}
}

// plan looks, and holds that looking changes nothing.
func (w *trial) plan(want int) planned {
	w.t.Helper()
	before := w.settings()
	doc := w.run(want, "plan", "--json")
	for _, d := range before.Against(w.settings()) {
		w.t.Errorf("plan changed %s: %s, then %s", d.Path, d.Before, d.After)
	}
	valid(w.t, "../../docs/plan.schema.json", doc)
	var p planned
	if err := json.Unmarshal([]byte(doc), &p); err != nil {
		w.t.Fatalf("%v\n%s", err, doc)
	}
	return p
}

// row is one result of verify.
type row struct{ ID, Subject, Level, Verdict, Because string }

// problems are the rows of level works and safe that are problems.
func (w *trial) problems() []row {
	w.t.Helper()
	var doc struct{ Checks []row }
	cmd := exec.Command(program, "verify", "--json")
	cmd.Dir, cmd.Env = w.Setting().Checkout, w.Env(os.Environ())
	out, _ := cmd.Output()
	if err := json.Unmarshal(out, &doc); err != nil {
		w.t.Fatalf("%v\n%s", err, out)
	}
	w.conceals("verify --json", string(out))
	return slices.DeleteFunc(doc.Checks, func(r row) bool { return r.Verdict != "problem" || r.Level == "advice" })
}

var madeChange = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d  (.+?)  `)

// lasting are the changes of which `undo --list` says that something stays, and
// what it ends with.
func (w *trial) lasting(want int) []string {
	w.t.Helper()
	var ids []string
	id := ""
	for line := range strings.Lines(w.run(want, "undo", "--list")) {
		if m := madeChange.FindStringSubmatch(line); m != nil {
			id = m[1]
		}
		stays := strings.HasPrefix(line, "  left: ") && !strings.Contains(line, "it stands as before already")
		if stays || strings.HasPrefix(line, "  stays: ") {
			ids = append(ids, id)
		}
	}
	return ids
}
