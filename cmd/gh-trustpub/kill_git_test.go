package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The variables by which the git in the program's PATH finds the gate, and the
// real git.
const (
	gateVariable = "TRUSTPUB_TEST_GATE"
	gitVariable  = "TRUSTPUB_TEST_GIT"
)

// asGit is this test binary under the name of git: it asks the gate, lets the
// real git work, and asks again.
func asGit() int {
	gate, real := os.Getenv(gateVariable), os.Getenv(gitVariable)
	number, dead := askGate(gate, url.Values{"when": {"before"}, "args": {strings.Join(os.Args[1:], "\x00")}})
	if dead {
		return 1
	}
	cmd := exec.Command(real, os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	_ = cmd.Run()
	if _, dead := askGate(gate, url.Values{"when": {"after"}, "number": {number}}); dead {
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

func askGate(gate string, about url.Values) (number string, dead bool) {
	answer, err := http.PostForm(gate, about)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return "", true
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body)
	return string(text), answer.StatusCode != http.StatusOK
}

// gitInPath makes a folder in which this test binary is called git.
func gitInPath(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return os.Symlink(self, filepath.Join(dir, "git"))
}
