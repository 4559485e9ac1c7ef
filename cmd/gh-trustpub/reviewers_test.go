//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// crowded is a repository of a team with hundreds of people more, over several
// pages of GitHub's answer.
func crowded(t *testing.T) *trial {
	t.Helper()
	w := tryOut(t, "team")
	s := w.Setting()
	for i := range 230 {
		if _, err := w.GitHub.AddUser(fmt.Sprintf("person%03d", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		for i := range 230 {
			r.Collaborators[fmt.Sprintf("person%03d", i)] = github.Write
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *trial) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = w.Setting().Checkout, append(w.Env(os.Environ()), "CI=", "NO_COLOR=", "TERM=xterm-256color")
	return cmd
}

// TestReviewersAreSearchedForOnATerminal: among hundreds, as one types, in small
// terminals; the list says how many fit while one chooses.
func TestReviewersAreSearchedForOnATerminal(t *testing.T) {
	t.Parallel()
	w := crowded(t)
	for _, size := range [][2]int{{60, 20}, {80, 24}} {
		m := start(t, w.command("--no-browser"), size[0], size[1])
		m.until("1  Survey")
		m.press("right", "right", "right")
		m.until("4  Environment")
		m.press("1")
		m.until("6 of at most 6 chosen")
		m.press("p", "e", "r", "s", "o", "n", "2")
		m.until("30 of 236 shown")
		m.press("down", "space")
		m.until("take one out first")
		m.press("esc")
		m.until("type to search")
		m.press("space")
		m.until("5 of at most 6 chosen")
		m.press("2", "2", "9")
		m.until("1 of 236 shown")
		m.press("space")
		m.until("6 of at most 6 chosen")
		for _, next := range []string{"Must somebody else", "How many minutes", "What may publish?", "Yes, do it"} {
			m.press("enter")
			m.until(next)
		}
		if !strings.Contains(m.screen(), "+ reviewer person229") || strings.Contains(m.screen(), "reviewer ana") {
			t.Errorf("%v: not as chosen:\n%s", size, m.screen())
		}
		m.press("n")
		m.until("Nothing was changed.")
		m.press("q")
		if code := m.ended(); code != 2 {
			t.Errorf("exit status %d", code)
		}
	}
}
