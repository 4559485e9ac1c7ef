package scenario

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// checkout makes the working tree a clone whose remote has a github.com
// address; the world's git configuration sends that address to the bare
// repository, so that a push is a real one.
func checkout(ctx context.Context, s Setting) error {
	if err := configure(s, filepath.ToSlash(s.Bare), remote(s)); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"init", "--quiet"}, {"add", "--all"}, {"commit", "--quiet", "-m", "Summarise price series"},
		{"remote", "add", "origin", remote(s)}, {"push", "--quiet", "-u", "origin", "main"}, {"remote", "set-head", "origin", "main"},
	} {
		if err := git(ctx, s, args...); err != nil {
			return err
		}
	}
	return nil
}

// configure writes the git configuration of the world: who the person is, and
// where addresses that begin with from lead to.
func configure(s Setting, to, from string) error {
	config := fmt.Sprintf("[user]\n\tname = %s\n\temail = %s@acme.example\n[init]\n\tdefaultBranch = main\n[url %q]\n\tinsteadOf = %s\n"+
		"[safe]\n\tdirectory = *\n[protocol \"file\"]\n\tallow = always\n[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n[core]\n\thooksPath = /dev/null\n\tautocrlf = false\n",
		s.Login, s.Login, to, from)
	return os.WriteFile(s.GitConfig, []byte(config), 0o600)
}

// overTheWire has git talk to the practice GitHub as it does to the real one, in
// the person's name: what rules forbid is refused then.
func overTheWire(s Setting) error {
	return configure(s, "https://"+s.Login+":"+s.Token+"@github.com/", "https://github.com/")
}

func remote(s Setting) string {
	return "https://github.com/" + s.Owner + "/" + s.Name + ".git"
}

// git runs git for the world itself, which reaches the repository past all rules.
func git(ctx context.Context, s Setting, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "url." + filepath.ToSlash(s.Bare) + ".insteadOf=" + remote(s)}, args...)...)
	cmd.Dir = s.Checkout
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GIT_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL="+s.GitConfig, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
