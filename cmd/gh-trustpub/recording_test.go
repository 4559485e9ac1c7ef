package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// recording is a practice world of which the wire and the disk are watched: the
// servers' stores, the bare repositories, the checkout, and the folders that the
// program takes for the person's own.
type recording struct {
	*practice.World
	t *testing.T

	mu            sync.Mutex
	asked, writes []string
	disk          map[string]string
}

func record(t *testing.T, scenario string) *recording {
	t.Helper()
	endToEnd(t)
	need(t, "git")
	r := &recording{t: t}
	held := contract.Hold(t)
	world, err := practice.Open(t.Context(), practice.Options{Scenario: scenario, Dir: t.TempDir(), Record: func(x box.Exchange) { held(x); r.note(x) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	r.World = world
	for _, dir := range []string{r.home(), r.temp(), filepath.Dir(r.state())} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.rest()
	r.begin()
	return r
}

// rest waits until nothing happens in the world by itself: a push starts runs,
// and those end or wait for somebody.
func (r *recording) rest() {
	r.t.Helper()
	for {
		changed := r.GitHub.Changed()
		if err := r.GitHub.Scan(r.t.Context()); err != nil {
			r.t.Fatal(err)
		}
		busy := func(run *github.Run) bool { return run.Status != github.Waiting }
		if !slices.ContainsFunc(r.GitHub.OpenRuns(), busy) {
			return
		}
		select {
		case <-changed:
		case <-r.t.Context().Done():
			r.t.Fatal(r.t.Context().Err())
		}
	}
}

func (r *recording) note(x box.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, x.Method+" "+x.URL)
	if x.Method != http.MethodGet && x.Method != http.MethodHead {
		r.writes = append(r.writes, x.Method+" "+x.URL)
	}
}

// home and temp stand for the person's home and the system's temporary folder.
func (r *recording) home() string { return filepath.Join(r.Dir(), "person") }
func (r *recording) temp() string { return filepath.Join(r.Dir(), "temporary") }

// state is the folder of our own journals.
func (r *recording) state() string { return filepath.Join(r.Dir(), "home", "state", "gh-trustpub") }

// command is the program inside the world.
func (r *recording) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = r.Setting().Checkout
	cmd.Env = append(r.Env(os.Environ()), "HOME="+r.home(), "USERPROFILE="+r.home(), "TMPDIR="+r.temp(), "TMP="+r.temp(), "TEMP="+r.temp(), "CI=", "NO_COLOR=")
	return cmd
}

func (r *recording) run(args ...string) (out string, code int) {
	r.t.Helper()
	cmd := r.command(args...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		r.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// begin forgets what was asked, and takes the disk as it is for the beginning.
func (r *recording) begin() {
	r.t.Helper()
	disk := r.read()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked, r.writes, r.disk = nil, nil, disk
}

// written are the requests since the beginning that are neither GET nor HEAD,
// and the difference on the disk; what allowed is the prefix of is no matter.
func (r *recording) written(allowed ...string) (requests []string, disk string) {
	r.t.Helper()
	now := r.read()
	r.mu.Lock()
	defer r.mu.Unlock()
	before := map[string]string{}
	for name, sum := range r.disk {
		before[name] = sum
	}
	for _, files := range []map[string]string{before, now} {
		for name := range files {
			for _, prefix := range allowed {
				if strings.HasPrefix(filepath.Join(r.Dir(), name), prefix) {
					delete(files, name)
				}
			}
		}
	}
	return r.writes, cmp.Diff(before, now)
}

// untouched fails for a request that is no reading, and for a change of the
// disk.
func (r *recording) untouched(what string, allowed ...string) {
	r.t.Helper()
	requests, disk := r.written(allowed...)
	if len(requests) > 0 {
		r.t.Errorf("%s wrote: %s", what, strings.Join(requests, ", "))
	}
	if disk != "" {
		r.t.Errorf("%s changed the disk (-before +after):\n%s", what, disk)
	}
}

// read sums up every file of the world, of any kind. What the servers and the
// runner keep is theirs: runs end there by themselves, and a program reaches it
// by requests alone, which are recorded.
func (r *recording) read() map[string]string {
	r.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(r.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(r.Dir(), path)
		if d.IsDir() && (name == "state" || name == "runner") {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		files[name] = info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files[name] += fmt.Sprintf(" %d bytes %x", len(data), sha256.Sum256(data))
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}
