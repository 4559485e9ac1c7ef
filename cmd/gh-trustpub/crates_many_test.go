//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// tally counts what is asked of crates.io.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) note(x box.Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case strings.HasPrefix(x.URL, "https://index.crates.io/"):
		c.counts["index"]++
	case strings.HasPrefix(x.URL, "https://crates.io/api/"):
		c.counts["api"]++
		c.counts[x.Method]++
	}
}

// taken gives the counts since it was asked last.
func (c *tally) taken() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { c.counts = map[string]int{} }()
	return c.counts
}

// TestSixtyCrates: a look, the registration of all with a stop in the middle, and a
// look at what stands, by the requests that they cost crates.io.
func TestSixtyCrates(t *testing.T) {
	if !long() {
		t.Skip("it takes minutes at the registry's own pace: TRUSTPUB_LONG=1 runs it")
	}
	t.Parallel()
	need(t, "git")
	held, counted := contract.Hold(t), &tally{counts: map[string]int{}}
	world, err := practice.Open(t.Context(), practice.Options{Scenario: "workspace", Dir: t.TempDir(), Record: func(x box.Exchange) { held(x); counted.note(x) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	w := &crateTrial{trial: &trial{t: t, World: world}}
	if err := w.Crates.SetEmail("ana", "ana@example.com", true); err != nil {
		t.Fatal(err)
	}
	if err := w.Crates.AddOwner("grid-40", "bo"); err != nil {
		t.Fatal(err)
	}
	if err := w.Crates.RemoveOwner("grid-40", "ana"); err != nil {
		t.Fatal(err)
	}
	w.give(cratesio.TrustedPublishing)
	counted.taken()

	begin := time.Now()
	plan := w.run(1, "plan")
	if n := strings.Count(plan, "(publisher:crates.io:"); n != 59 || strings.Count(plan, "workflow file publish.yml") != 1 {
		t.Errorf("%d publishers planned, shown %d times", n, strings.Count(plan, "workflow file publish.yml"))
	}
	asked := counted.taken()
	t.Logf("plan: %v of crates.io in %v", asked, time.Since(begin).Round(time.Second))
	if asked["api"] > 150 || asked["index"] != 60 {
		t.Errorf("the look cost %v", asked)
	}

	only := "publisher:crates.io:grid-01"
	for i := 2; i <= 60; i++ {
		only += fmt.Sprintf(",publisher:crates.io:grid-%02d", i)
	}
	stopped := exec.Command(program, "apply", "--yes", "--only", only)
	stopped.Dir, stopped.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CARGO_REGISTRY_TOKEN="+w.token, "CI=")
	said, saw := &strings.Builder{}, make(chan struct{})
	stopped.Stdout = &until{into: said, text: "(20 of 59", seen: saw}
	if err := stopped.Start(); err != nil {
		t.Fatal(err)
	}
	<-saw
	_ = stopped.Process.Signal(syscall.SIGINT)
	_ = stopped.Wait()
	first := len(w.Crates.Publishers(""))
	if code := stopped.ProcessState.ExitCode(); code != 2 || first < 20 || first > 22 || !strings.Contains(said.String(), fmt.Sprintf("Outcome: %d created", first)) {
		t.Errorf("stopped with exit status %d, %d registered\n%s", code, first, said)
	}
	t.Logf("stopped after %d: %v", first, counted.taken())

	begin = time.Now()
	out := w.run(1, "apply", "--yes", "--only", only)
	if !strings.Contains(out, fmt.Sprintf("Outcome: %d created", 59-first)) || len(w.Crates.Publishers("")) != 59 {
		t.Errorf("%d are registered\n%s", len(w.Crates.Publishers("")), out)
	}
	t.Logf("the rest: %v in %v", counted.taken(), time.Since(begin).Round(time.Second))
	w.run(1, "apply", "--yes", "--only", only)
	asked = counted.taken()
	t.Logf("a look at all of them: %v", asked)
	if asked["POST"] != 0 || asked["api"] > 70 {
		t.Errorf("apply again cost %v", asked)
	}
	w.keepsNone()
}

// until tells when a text has come by.
type until struct {
	into *strings.Builder
	text string
	seen chan struct{}
	once sync.Once
}

func (u *until) Write(p []byte) (int, error) {
	u.into.Write(p)
	if strings.Contains(u.into.String(), u.text) {
		u.once.Do(func() { close(u.seen) })
	}
	return len(p), nil
}
