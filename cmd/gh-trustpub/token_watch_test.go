//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tokenWatch looks, as long as a test runs, where a token can be seen from
// outside: in the arguments and the environment of every process.
type tokenWatch struct {
	t     *testing.T
	token string
	stop  chan struct{}
	done  sync.WaitGroup
	// looks counts the passes; held are the commands whose environment had it.
	looks int
	held  map[string]bool
	// shown are the commands that had it as an argument.
	shown map[string]bool
}

func watchToken(t *testing.T, token string) *tokenWatch {
	w := &tokenWatch{t: t, token: token, stop: make(chan struct{}), held: map[string]bool{}, shown: map[string]bool{}}
	w.done.Go(func() {
		for {
			select {
			case <-w.stop:
				return
			case <-time.After(3 * time.Millisecond):
				w.look()
			}
		}
	})
	return w
}

func (w *tokenWatch) look() {
	w.looks++
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		arguments, _ := os.ReadFile(folder + "/cmdline") // the process may have ended
		environment, _ := os.ReadFile(folder + "/environ")
		command := strings.TrimSpace(strings.ReplaceAll(string(arguments), "\x00", " "))
		if bytes.Contains(arguments, []byte(w.token)) {
			w.shown[command] = true
		}
		if bytes.Contains(environment, []byte(w.token)) {
			w.held[command] = true
		}
	}
}

// ended stops looking: only commands with one of these words may have held the
// token, and one of them must have been seen with it.
func (w *tokenWatch) ended(allowed ...string) {
	w.t.Helper()
	close(w.stop)
	w.done.Wait()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		w.t.Log("processes cannot be looked at here")
		return
	}
	for command := range w.shown {
		w.t.Errorf("the token is an argument of %s", command)
	}
	for command := range w.held {
		if !slices.ContainsFunc(allowed, func(word string) bool { return strings.Contains(command, word) }) {
			w.t.Errorf("the token is in the environment of %s", command)
		}
	}
	if len(w.held) == 0 {
		w.t.Errorf("in %d looks nothing was seen with the token: the watch is blind", w.looks)
	}
}

// inNoFile searches all files below a folder, but for those of the servers.
func (w *tokenWatch) inNoFile(dir string) {
	w.t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			return err
		}
		if name, _ := filepath.Rel(dir, path); strings.HasPrefix(name, "state"+string(filepath.Separator)) {
			return nil
		}
		data, err := os.ReadFile(path)
		if files++; bytes.Contains(data, []byte(w.token)) {
			w.t.Errorf("the token stands in %s", path)
		}
		return err
	})
	if err != nil || files < 10 {
		w.t.Errorf("%d files searched: %v", files, err)
	}
}
