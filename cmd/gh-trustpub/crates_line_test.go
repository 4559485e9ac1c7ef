//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
)

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
