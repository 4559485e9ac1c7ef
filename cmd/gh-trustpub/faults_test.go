package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// finished is a world in which the route was walked to its end, by the program.
func finished(t *testing.T) *practice.World {
	t.Helper()
	need(t, "git")
	dir := t.TempDir()
	cmd := exec.Command(program, "practice", "--auto", "--world", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("practice --auto: %v\n%s", err, out)
	}
	world, err := practice.Open(t.Context(), practice.Options{Dir: dir, Record: contract.Hold(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Close() })
	return world
}

// checked is what verify printed in the two formats.
type checked struct {
	text string
	json struct {
		Verdict string
		Checks  []struct {
			ID, Subject, Verdict, Because string
			Seen                          []struct {
				Source string
				At     time.Time
			}
		}
	}
	began time.Time
}

// verified runs the real verify inside the world, in both formats at once, and
// wants an exit status of both.
func verified(t *testing.T, world *practice.World, want int) checked {
	t.Helper()
	c := checked{began: time.Now().Truncate(time.Second)}
	var both sync.WaitGroup
	run := func(format string, out *bytes.Buffer) {
		cmd := exec.Command(program, "verify", "--format", format)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = world.Setting().Checkout, world.Env(os.Environ()), out, out
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("%s: exit status %d, want %d\n%s", format, code, want, out)
		}
	}
	var text, data bytes.Buffer
	both.Go(func() { run("text", &text) })
	both.Go(func() { run("json", &data) })
	both.Wait()
	if err := json.Unmarshal(data.Bytes(), &c.json); err != nil {
		t.Fatalf("%v\n%s", err, data.String())
	}
	c.text = strings.Join(strings.Fields(text.String()), " ")
	return c
}

// verdict is what a row says, "" where there is none.
func (c *checked) verdict(id, subject string) string {
	for _, row := range c.json.Checks {
		if row.ID == id && row.Subject == subject {
			return row.Verdict
		}
	}
	return ""
}

// down fails the test unless rows say the reason in both formats, and no row is
// ok by the word of a host that gave none, and nothing is called a problem that
// was none before.
func (c *checked) down(t *testing.T, before *checked, host, reason string) {
	t.Helper()
	says := 0
	for _, row := range c.json.Checks {
		if row.Verdict == "unknown" && strings.Contains(row.Because, reason) {
			says++
		}
		if row.Verdict == "problem" && before.verdict(row.ID, row.Subject) != "problem" {
			t.Errorf("%s %s is a problem: %s", row.ID, row.Subject, row.Because)
		}
		for _, src := range row.Seen {
			if row.Verdict == "ok" && strings.HasPrefix(src.Source, host+"/") && !src.At.Before(c.began) {
				t.Errorf("%s %s is ok by %s: %s", row.ID, row.Subject, src.Source, row.Because)
			}
		}
	}
	if says == 0 || !strings.Contains(c.text, reason) {
		t.Errorf("%d rows say %q; the text:\n%s", says, reason, c.text)
	}
	if c.json.Verdict != "unproven" || !strings.Contains(c.text, "Not proven: nothing is wrong") {
		t.Errorf("verdict %q; the text:\n%s", c.json.Verdict, c.text)
	}
}

// ok fails the test unless these rows are ok.
func (c *checked) ok(t *testing.T, rows ...string) {
	t.Helper()
	for _, row := range rows {
		id, subject, _ := strings.Cut(row, " ")
		if v := c.verdict(id, subject); v != "ok" {
			t.Errorf("%s is %q, not ok", row, v)
		}
	}
}

var (
	dead    = box.Fault{Refuse: true}
	hanging = box.Fault{Hang: true}
	busy    = box.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"600"}}, Body: `{"errors":[{"detail":"slow down"}]}`}
)

func TestVerifyWhileServersFail(t *testing.T) {
	world := finished(t)
	before := verified(t, world, 0)
	for _, row := range []struct {
		name   string
		faults map[string]box.Fault
		says   map[string]string
		ok     []string
	}{
		{"GitHub is down", map[string]box.Fault{"api.github.com": dead},
			map[string]string{"api.github.com": "the connection to api.github.com failed"},
			[]string{"packages-found Cargo.toml", "first-release-done crates.io:market-data", "first-release-done pypi:market-data",
				"last-release-trusted crates.io:market-data", "last-release-trusted pypi:market-data"}},
		{"PyPI hangs", map[string]box.Fault{"pypi.org": hanging},
			map[string]string{"pypi.org": "pypi.org did not answer in time"},
			[]string{"repository-on-github ", "environment-exists release", "first-release-done crates.io:market-data",
				"publisher-matches testpypi:market-data", "last-release-trusted crates.io:market-data"}},
		{"crates.io is at its limit", map[string]box.Fault{"crates.io": busy},
			map[string]string{"crates.io": "crates.io allows no more requests until "},
			[]string{"repository-on-github ", "environment-exists release", "first-release-done crates.io:market-data", // the index has no limit
				"publisher-matches pypi:market-data", "last-release-trusted pypi:market-data"}},
		{"all at once", map[string]box.Fault{"api.github.com": dead, "pypi.org": hanging, "crates.io": busy},
			map[string]string{"api.github.com": "the connection to api.github.com failed", "pypi.org": "pypi.org did not answer in time",
				"crates.io": "crates.io allows no more requests until "},
			[]string{"packages-found Cargo.toml", "first-release-done crates.io:market-data", "first-release-done testpypi:market-data"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for host, fault := range row.faults {
				world.Break(host, fault)
				defer world.Repair(host)
			}
			seen := verified(t, world, 8)
			for host, says := range row.says {
				seen.down(t, &before, host, says)
			}
			seen.ok(t, row.ok...)
		})
	}
	t.Run("all is well again", func(t *testing.T) {
		if seen := verified(t, world, 0); seen.json.Verdict != "ready" {
			t.Errorf("verdict %q", seen.json.Verdict)
		}
	})
}
