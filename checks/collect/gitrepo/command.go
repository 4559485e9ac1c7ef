package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// patience is how long one git command may take.
const patience = 30 * time.Second

// git runs git in one folder.
type git struct {
	ctx context.Context
	dir string
	env []string
}

// failure is a git command that did not succeed.
type failure struct {
	// args are what was asked; status is git's exit status, -1 if it did not run.
	args   string
	status int
	// said is git's own last word.
	said string
	err  error
}

// Error says what was tried and what git answered.
func (f *failure) Error() string {
	why := f.said
	if why == "" {
		why = f.err.Error()
	}
	return fmt.Sprintf("git %s: %s", f.args, why)
}

// Unwrap is the error of running the program.
func (f *failure) Unwrap() error { return f.err }

// run runs one command that only reads and returns its standard output. The
// repository's own hooks and file system monitor are not started.
func (g git) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	fixed := []string{"--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = g.dir, g.env, time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err == nil {
		return stdout.String(), nil
	}
	status := -1
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("took longer than allowed: %w", ctx.Err())
		stderr.Reset()
	}
	return stdout.String(), &failure{args: args[0], status: status, said: lastWord(stderr.String()), err: err}
}

// lastWord is the line of git's messages that says what went wrong.
func lastWord(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "fatal:") || strings.HasPrefix(line, "error:") {
			return evidence.CleanLine(line)
		}
	}
	return evidence.CleanLine(lines[len(lines)-1])
}

// none says whether git answered that there is no such thing, with the status
// 1 that its looking-up commands use for it.
func none(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.status == 1 && f.said == ""
}

// kept are the GIT_ variables that do not change which repository is read.
var kept = []string{
	"GIT_CONFIG_GLOBAL=", "GIT_CONFIG_SYSTEM=", "GIT_CONFIG_NOSYSTEM=", "GIT_CONFIG_COUNT=", "GIT_CONFIG_KEY_",
	"GIT_CONFIG_VALUE_", "GIT_EXEC_PATH=", "GIT_CEILING_DIRECTORIES=", "GIT_DISCOVERY_ACROSS_FILESYSTEM=",
}

// environment is the process's own without what would lead git elsewhere (a
// hook that starts us sets GIT_DIR, for one), speaking English, asking nobody.
func environment() []string {
	var env []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "GIT_") || isKept(entry) {
			env = append(env, entry)
		}
	}
	return append(env, "LC_ALL=C", "LANGUAGE=", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat")
}

func isKept(entry string) bool {
	for _, prefix := range kept {
		if strings.HasPrefix(entry, prefix) {
			return true
		}
	}
	return false
}
