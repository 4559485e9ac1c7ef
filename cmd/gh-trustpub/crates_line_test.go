//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
)

// TestTheTokenOfCargoInTheWizard: after a yes that names the file, and only then.
func TestTheTokenOfCargoInTheWizard(t *testing.T) {
	t.Parallel()
	w := withToken(t, "no-config", cratesio.TrustedPublishing)
	home := filepath.Join(w.Dir(), "home", "cargo")
	if err := os.MkdirAll(home, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "credentials.toml")
	if err := os.WriteFile(file, []byte("[registry]\ntoken = \""+w.token+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.walksTo("register it for me", file)
	if got := w.publishers(w.Setting().Name); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	w.keepsNone()
}

// TestATokenTypedOnTheScreen registers the publisher, and is seen nowhere.
func TestATokenTypedOnTheScreen(t *testing.T) {
	t.Parallel()
	w := withToken(t, "no-config", cratesio.TrustedPublishing)
	w.types()
	if got := w.publishers(w.Setting().Name); len(got) != 1 {
		t.Errorf("%q", got)
	}
	w.keepsNone()
}

// walksTo walks through the wizard line by line to crates.io's publisher: looks
// with the token in cargo's file, and registers through the API.
func (w *crateTrial) walksTo(label, file string) {
	w.t.Helper()
	cmd := exec.Command(program, "--plain", "--no-browser", "--registry", "crates.io")
	cmd.Dir, cmd.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CI=", "TERM=dumb")
	term := start(w.t, cmd, 400, 120)
	take := func(words string) {
		w.t.Helper()
		number := regexp.MustCompile(`(?m)^ +(\d+)\. .*` + regexp.QuoteMeta(words))
		term.when(words, func(s string) bool { return number.MatchString(s) && strings.Contains(lastLine(s), "Choose a number") })
		found := number.FindAllStringSubmatch(term.screen(), -1)
		term.press(found[len(found)-1][1], "enter")
	}
	take("with the token that cargo keeps")
	term.until("Read the token in " + file)
	term.until("Number [1]")
	term.press("2", "enter")
	take(label)
	term.until("Do it? yes or no")
	term.press("yes", "enter")
	term.until("crates.io registered the publisher of")
	w.conceals("the screen", term.screen())
	term.when("the end of the step", func(s string) bool { return strings.Contains(lastLine(s), "Choose a number") })
	term.press("q", "enter")
	term.ended()
}

// types registers on the screen with a token that is typed, and never shown.
func (w *crateTrial) types() {
	w.t.Helper()
	cmd := exec.Command(program, "--no-browser", "--registry", "crates.io")
	cmd.Dir, cmd.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CI=", "NO_COLOR=", "TERM=xterm-256color")
	p := &person{terminal: start(w.t, cmd, 100, 40), t: w.t}
	p.take("crates.io: register it for me")
	p.until("A token of crates.io")
	p.press(w.token)
	w.conceals("the screen, while it is typed", p.screen())
	p.press("enter")
	p.until("Yes, do it")
	w.conceals("the screen, before the yes", p.screen())
	p.yes()
	p.gone("crates.io: register it for me")
	w.conceals("the screen, after it", p.screen())
	p.press("q")
	p.ended()
}
