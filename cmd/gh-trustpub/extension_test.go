//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asExtension installs the program with the real gh and gives the environment
// in which `gh trustpub` is it. gh wants a token even for a local install, and
// asks nobody about it.
func asExtension(t *testing.T) []string {
	t.Helper()
	need(t, "gh")
	home := t.TempDir()
	clone := filepath.Join(home, "gh-trustpub")
	if err := os.Mkdir(clone, 0o755); err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(clone, "gh-trustpub"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "GH_TOKEN=x", "GH_NO_UPDATE_NOTIFIER=1", "GH_CONFIG_DIR="+filepath.Join(home, "gh"),
		"XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_STATE_HOME="+filepath.Join(home, "state"))
	install := exec.Command("gh", "extension", "install", ".")
	install.Dir, install.Env = clone, env
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("gh extension install .: %v\n%s", err, out)
	}
	return env
}

func TestTheRealGhPlaysThePracticeWorld(t *testing.T) {
	cmd := exec.Command("gh", "trustpub", "practice", "--auto")
	cmd.Env = asExtension(t)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "ready") {
		t.Fatalf("gh trustpub practice --auto: %v\n%s", err, out)
	}
}

func TestTheRealGhVerifiesInsideTheBox(t *testing.T) {
	cmd := exec.Command("gh", "trustpub", "practice", "fresh", "--", "gh", "trustpub", "verify")
	cmd.Env = append(asExtension(t), "TERM=xterm-256color", "CI=")
	term := start(t, cmd, 80, 24)
	term.until("first-release-done")
	term.press("down", "down", "enter")
	term.until("claim")
	term.press("esc")
	term.until("❯ ")
	term.press("q")
	if code := term.ended(); code != 1 {
		t.Errorf("exit status %d for a world with everything to do, want 1", code)
	}
}
