//go:build unix

package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// gate stands between the program and the world: every request comes through it
// before it is handled and again before its answer goes out, and so does every
// git command that the program starts. There it can kill the program, so that
// what is killed has come exactly so far and no further.
type gate struct {
	// journal is the file of which the records are counted.
	journal string
	server  *httptest.Server

	mu     sync.Mutex
	child  *os.Process
	target *cut
	killed bool
	// writes are the names of the writes that came by, in order.
	writes []string
}

// cut is where a run ends.
type cut struct {
	// write is the number of the write, from 1, at which the program is killed:
	// before it is done, or after, when the program has no answer yet.
	write int
	after bool
	// records is how many records of the journal are left on the disk; torn leaves
	// half of the last one. The program is killed at the first gate behind the
	// record, and what it wrote to the disk since then is taken away again: that is
	// what a crash at that place leaves, since nothing but journal and working tree
	// is written between two gates.
	records int
	torn    bool
	// draft is how far the file of the last record had come: "half" or "whole" for
	// the draft beside it, "moved" for all of it; "" leaves it as it was.
	draft string
}

func (c cut) String() string {
	switch {
	case c.write > 0 && c.after:
		return fmt.Sprintf("after write %d", c.write)
	case c.write > 0:
		return fmt.Sprintf("before write %d", c.write)
	case c.draft != "":
		return fmt.Sprintf("record %d, the file %s", c.records, c.draft)
	case c.torn:
		return fmt.Sprintf("in the middle of record %d", c.records)
	}
	return fmt.Sprintf("after record %d", c.records)
}

func newGate(journal string) *gate {
	g := &gate{journal: journal}
	g.server = httptest.NewServer(http.HandlerFunc(g.command))
	return g
}

// aim sets the next run's end; nil lets it run to its own.
func (g *gate) aim(target *cut) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.target, g.killed, g.writes, g.child = target, false, nil, nil
}

// start starts the program; nothing of it comes through before it is known.
func (g *gate) start(cmd *exec.Cmd) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	err := cmd.Start()
	g.child = cmd.Process
	return err
}

// before gives a write its number, and tells whether the program was killed.
func (g *gate) before(name string, write bool) (number int, dead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if write && !g.killed {
		g.writes = append(g.writes, name)
		number = len(g.writes)
	}
	if c := g.target; c != nil && (c.records > 0 && g.records() >= c.records || write && c.write == number && !c.after) {
		g.kill()
	}
	return number, g.killed
}

func (g *gate) after(number int) (dead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.target; c != nil && c.after && c.write == number {
		g.kill()
	}
	return g.killed
}

func (g *gate) kill() {
	if !g.killed && g.child != nil {
		_ = g.child.Kill()
	}
	g.killed = true
}

func (g *gate) records() int {
	text, _ := os.ReadFile(g.journal)
	return bytes.Count(text, []byte("\n"))
}

// through is put around the world's servers.
func (g *gate) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		write := r.Method != http.MethodGet && r.Method != http.MethodHead
		number, dead := g.before(r.Method+" "+r.Host+r.URL.Path, write)
		if dead {
			panic(http.ErrAbortHandler) // never handled
		}
		if !write {
			next.ServeHTTP(w, r)
			return
		}
		held := httptest.NewRecorder()
		next.ServeHTTP(held, r)
		if g.after(number) {
			panic(http.ErrAbortHandler) // never answered
		}
		maps.Copy(w.Header(), held.Header())
		w.WriteHeader(held.Code)
		_, _ = w.Write(held.Body.Bytes())
	})
}

// command is what git asks the gate: whether to go on.
func (g *gate) command(w http.ResponseWriter, r *http.Request) {
	dead, number := false, 0
	if r.FormValue("when") == "before" {
		args := strings.Split(r.FormValue("args"), "\x00")
		number, dead = g.before("git "+strings.Join(args, " "), gitWrites(args))
	} else {
		_, _ = fmt.Sscan(r.FormValue("number"), &number)
		dead = number > 0 && g.after(number)
	}
	if dead {
		w.WriteHeader(http.StatusGone)
	}
	_, _ = fmt.Fprint(w, number)
}

// gitWrites says whether a git command changes the repository here or there.
func gitWrites(args []string) bool {
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		if args[0] == "-C" || args[0] == "-c" {
			args = args[1:]
		}
		args = args[1:]
	}
	return slices.Contains([]string{"add", "commit", "push", "tag", "fetch", "pull", "merge", "reset", "restore", "checkout", "switch", "stash", "rm", "mv", "update-ref"}, args[0])
}
