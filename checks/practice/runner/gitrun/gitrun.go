// Package gitrun starts the one program that the practice runner needs from the
// machine, git, so that nothing of the person's own configuration, credentials
// or hooks takes part, and nothing but local files is reached.
package gitrun

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Command prepares git in a folder with an environment of its own.
func Command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	fixed := []string{"-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false", "-c", "core.pager=cat",
		"-c", "protocol.allow=never", "-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
		"-c", "safe.directory=*", "-c", "advice.detachedHead=false"}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Dir = dir
	cmd.Env = Environ()
	return cmd
}

// Environ is all that git sees of the process's environment: where programs and
// temporary files are.
func Environ() []string {
	env := []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_EDITOR=:", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PATHEXT"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Output runs git and gives what it printed; the error carries what git said.
func Output(ctx context.Context, dir string, args ...string) (string, error) {
	var out, problems bytes.Buffer
	cmd := Command(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", strings.Join(args, " "), dir, err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}

// Run runs git with the given streams and gives its exit status.
func Run(ctx context.Context, dir string, stdin io.Reader, stdout, stderr io.Writer, args ...string) (int, error) {
	cmd := Command(ctx, dir, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// FileURL is the file:// address of a folder: with it git copies objects
// instead of linking to them, and honours --depth.
func FileURL(dir string) string {
	p := filepath.ToSlash(dir)
	if runtime.GOOS == "windows" && !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	return "file://" + p
}
