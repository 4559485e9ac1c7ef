//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// lane is a world that is put back to its beginning as often as is needed: its
// folder is copied, and comes back to the same place.
type lane struct {
	*trial
	dir, saved, bin string
	gate            *gate
	held            func(box.Exchange)
	scenario        string
}

func newLane(t *testing.T, scenario string) *lane {
	t.Helper()
	endToEnd(t)
	need(t, "git")
	l := &lane{dir: filepath.Join(t.TempDir(), "world"), saved: filepath.Join(t.TempDir(), "saved"), bin: t.TempDir(), held: contract.Hold(t), scenario: scenario}
	if err := gitInPath(l.bin); err != nil {
		t.Fatal(err)
	}
	l.trial = &trial{t: t}
	l.gate = newGate(filepath.Join(l.dir, "home", "state", "gh-trustpub", "github.com", "acme", "market-data", "journal.jsonl"))
	t.Cleanup(l.gate.server.Close)
	t.Cleanup(l.shut)
	l.open()
	return l
}

func (l *lane) open() {
	l.t.Helper()
	options := practice.Options{Dir: l.dir, Record: l.held, Through: l.gate.through}
	if _, err := os.Stat(filepath.Join(l.dir, "state", "world.json")); err != nil {
		options.Scenario = l.scenario
	}
	world, err := practice.Open(l.t.Context(), options)
	if err != nil {
		l.t.Fatal(err)
	}
	l.World = world
	l.rest()
}

func (l *lane) shut() {
	if l.World != nil {
		_ = l.World.Close()
		l.World = nil
	}
}

// save makes the world as it stands the beginning of what follows.
func (l *lane) save() {
	l.t.Helper()
	l.rest()
	l.shut()
	l.copy(l.dir, l.saved)
	l.open()
}

// again begins anew.
func (l *lane) again() {
	l.t.Helper()
	l.shut()
	l.copy(l.saved, l.dir)
	l.open()
}

func (l *lane) copy(from, to string) {
	l.t.Helper()
	if err := os.RemoveAll(to); err != nil {
		l.t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		l.t.Fatalf("%v: %s", err, out)
	}
}

// program runs the program, to its end or to where it is killed.
func (l *lane) program(target *cut, args ...string) (out string, state *os.ProcessState) {
	l.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	var text bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.Setting().Checkout, &text, &text
	cmd.Env = append(l.Env(os.Environ()), "CI=", "NO_COLOR=", gateVariable+"="+l.gate.server.URL, gitVariable+"="+real, "PATH="+l.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	l.gate.aim(target)
	if err := l.gate.start(cmd); err != nil {
		l.t.Fatal(err)
	}
	_ = cmd.Wait()
	l.rest()
	return text.String(), cmd.ProcessState
}

// whole runs the program to its own end, and wants an exit status.
func (l *lane) whole(want int, args ...string) string {
	l.t.Helper()
	out, state := l.program(nil, args...)
	if state.ExitCode() != want {
		l.t.Errorf("%s: exit status %d, want %d\n%s", strings.Join(args, " "), state.ExitCode(), want, out)
	}
	return out
}

// die runs the program to where it is killed, and leaves the disk as a crash
// there would.
func (l *lane) die(c cut, args ...string) {
	l.t.Helper()
	out, state := l.program(&c, args...)
	if status, ok := state.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
		l.t.Fatalf("%s was not killed %s: %s\n%s", strings.Join(args, " "), c, state, out)
	}
	if c.records > 0 {
		l.rewind(c)
	}
}

// journalled are the records of the journal, a line each.
func (l *lane) journalled() []string {
	l.t.Helper()
	text, err := os.ReadFile(l.gate.journal)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// fileOf is the file of the working tree whose change a record begins, "" for
// any other record.
func fileOf(record string) string {
	var r struct {
		Kind   string
		Undoes *string
		Change struct{ ID string }
	}
	name := ""
	if json.Unmarshal([]byte(record), &r) == nil && r.Kind == "before" && r.Undoes == nil {
		name, _ = strings.CutPrefix(r.Change.ID, "file:")
		if name == r.Change.ID {
			name = ""
		}
	}
	return name
}

// rewind takes away what was written to the disk behind a cut.
func (l *lane) rewind(c cut) {
	l.t.Helper()
	lines := l.journalled()
	kept := strings.Join(lines[:c.records], "\n") + "\n"
	if c.torn {
		last := lines[c.records-1]
		kept = strings.TrimSuffix(kept, last+"\n") + last[:len(last)/2]
	}
	l.must(os.WriteFile(l.gate.journal, []byte(kept), 0o600))
	for i, line := range lines {
		name := fileOf(line)
		switch {
		case name == "" || i < c.records-1 || i == c.records-1 && c.draft == "moved":
		case i == c.records-1:
			l.draft(name, c.draft)
		default:
			l.draft(name, "")
		}
	}
}

// draft puts a file back to how it was, with the draft of its next content
// beside it.
func (l *lane) draft(name, how string) {
	l.t.Helper()
	at := filepath.Join(l.Setting().Checkout, filepath.FromSlash(name))
	after, err := os.ReadFile(at)
	l.must(err)
	before, err := os.ReadFile(filepath.Join(l.saved, filepath.Base(l.Setting().Checkout), filepath.FromSlash(name)))
	if os.IsNotExist(err) {
		l.must(os.Remove(at))
	} else {
		l.must(err)
		l.must(os.WriteFile(at, before, 0o644))
	}
	if how == "half" {
		after = after[:len(after)/2]
	}
	if how != "" {
		l.must(os.WriteFile(filepath.Join(filepath.Dir(at), "."+filepath.Base(at)+".trustpub"), after, 0o644))
	}
}

func (l *lane) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// ending is all that a run comes to.
type ending struct {
	// Settings are the servers', without the commits that branches stand at: a
	// commit has its time in it.
	Settings map[string]string
	// Log are the messages of the default branch, Status what differs in the
	// working tree, Files the working tree, without git's own folder.
	Log, Status string
	Files       map[string]string
	// Changes are what undo would look at.
	Changes []string
}

var headOf = regexp.MustCompile(`^git/\d+/refs/heads/[^/]+$`)

func (l *lane) ending() ending {
	l.t.Helper()
	e := ending{Settings: l.settings(), Files: map[string]string{}, Log: l.output("log", "--format=%s", "origin/main"), Status: l.output("status", "--porcelain")}
	for path := range e.Settings {
		if headOf.MatchString(path) {
			delete(e.Settings, path)
		}
	}
	for name := range strings.SplitSeq(l.output("ls-files", "--cached", "--others"), "\n") {
		if data, err := os.ReadFile(filepath.Join(l.Setting().Checkout, name)); err == nil {
			e.Files[name] = string(data)
		}
	}
	list, state := l.program(nil, "undo", "--list")
	if code := state.ExitCode(); code != 0 && code != 8 {
		l.t.Errorf("undo --list: exit status %d\n%s", code, list)
	}
	for line := range strings.Lines(list) {
		if m := madeChange.FindStringSubmatch(line); m != nil {
			e.Changes = append(e.Changes, m[1])
		}
	}
	slices.Sort(e.Changes)
	return e
}

func (l *lane) output(args ...string) string {
	l.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = l.Setting().Checkout, l.Env(os.Environ())
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// same fails the test where two endings differ.
func (l *lane) same(what string, wanted, got ending) {
	l.t.Helper()
	if d := cmp.Diff(wanted, got); d != "" {
		l.t.Errorf("%s (-undisturbed +killed):\n%s", what, d)
	}
}
