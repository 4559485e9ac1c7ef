//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A watch without a terminal prints a line, and another when a file changed,
// and an interrupt ends it with the status of what was cancelled.
func TestWatchIsInterrupted(t *testing.T) {
	dir := tree(t, true, map[string]string{"Cargo.toml": crate})
	cmd := exec.Command(program, "verify", "--offline", "--watch", "--json", "--only", "packages-found", "-C", dir)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "GH_CONFIG_DIR="+t.TempDir(), "GH_REPO=", "GH_TOKEN=x")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	// Nothing is broken here and yet nothing is ready: a package without a name.
	nameless := strings.Replace(crate, "name", "nome", 1)
	if err := os.WriteFile(dir+"/Cargo.toml", []byte(nameless), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	lines := bufio.NewReader(out)
	first := line(t, lines)
	if err := os.WriteFile(dir+"/Cargo.toml", []byte("[package"), 0o600); err != nil {
		t.Fatal(err)
	}
	if second := line(t, lines); second == first || second == "ready" {
		t.Errorf("%s after %s", second, first)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 2 || errs.String() != "" {
		t.Errorf("exit status %d, %q", code, errs.String())
	}
}

// line reads one document and gives its results' reasons.
func line(t *testing.T, from *bufio.Reader) string {
	t.Helper()
	text, err := from.ReadString('\n')
	var r struct {
		Verdict string
		Checks  []struct{ Because string }
	}
	if err != nil || json.Unmarshal([]byte(text), &r) != nil {
		t.Fatalf("no line of JSON: %v %q", err, text)
	}
	return r.Verdict + r.Checks[0].Because
}
