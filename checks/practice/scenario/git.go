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
func checkout(ctx context.Context, s Setting, bare string) error {
	config := fmt.Sprintf("[user]\n\tname = %s\n\temail = %s@acme.example\n[init]\n\tdefaultBranch = main\n[url %q]\n\tinsteadOf = %s\n"+
		"[safe]\n\tdirectory = *\n[protocol \"file\"]\n\tallow = always\n[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n[core]\n\thooksPath = /dev/null\n\tautocrlf = false\n",
		s.Login, s.Login, filepath.ToSlash(bare), remote(s))
	if err := os.WriteFile(s.GitConfig, []byte(config), 0o600); err != nil {
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

func remote(s Setting) string {
	return "https://github.com/" + s.Owner + "/" + s.Name + ".git"
}

func git(ctx context.Context, s Setting, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
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
