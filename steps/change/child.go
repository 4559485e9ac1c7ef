package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/cli/safeexec"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// credentials are patterns of the variables in which tools look for a token
// that publishes or administers. No child that may run code of the project
// gets one.
var credentials = []string{
	"CARGO_REGISTRY_TOKEN", "CARGO_REGISTRIES_*_TOKEN", "CRATES_IO_TOKEN",
	"TWINE_USERNAME", "TWINE_PASSWORD", "UV_PUBLISH_*", "MATURIN_PYPI_TOKEN", "MATURIN_PASSWORD",
	"POETRY_PYPI_TOKEN_*", "POETRY_HTTP_BASIC_*", "HATCH_INDEX_AUTH", "FLIT_PASSWORD", "PDM_PUBLISH_PASSWORD",
	"PYPI_*TOKEN", "TEST_PYPI_*TOKEN",
	"GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_*",
}

// Scrub is an environment without credentials.
func Scrub(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		name = strings.ToUpper(name) // Windows does not tell case apart
		return slices.ContainsFunc(credentials, func(pattern string) bool {
			match, _ := path.Match(pattern, name) // patterns are constants
			return match
		})
	})
}

// child makes a command in the working tree. It has no environment of ours yet.
func (t *Tools) child(ctx context.Context, program string, args ...string) (*exec.Cmd, error) {
	found, err := safeexec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("find the program %s: %w; install it, or run the commands elsewhere", program, err)
	}
	cmd := exec.CommandContext(ctx, found, args...)
	cmd.Dir = t.Dir
	return cmd, nil
}

// git runs git out of sight and returns what it printed. It never waits for a
// password.
func (t *Tools) git(ctx context.Context, args ...string) (string, error) {
	cmd, err := t.child(ctx, "git", args...)
	if err != nil {
		return "", err
	}
	cmd.Env = append(t.env(), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GCM_INTERACTIVE=never")
	if !slices.ContainsFunc(cmd.Env, func(e string) bool { return strings.HasPrefix(e, "GIT_SSH_COMMAND=") }) {
		cmd.Env = append(cmd.Env, "GIT_SSH_COMMAND=ssh -oBatchMode=yes")
	}
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		return out.String(), &gitError{strings.Join(args, " "), strings.TrimSpace(evidence.Clean(problem.String())), err}
	}
	return out.String(), nil
}

// gitError is a git command that failed, with what git said.
type gitError struct {
	command, said string
	err           error
}

func (e *gitError) Error() string {
	if e.said == "" {
		return fmt.Sprintf("git %s: %v", e.command, e.err)
	}
	return fmt.Sprintf("git %s: %s", e.command, e.said)
}

func (e *gitError) Unwrap() error { return e.err }

// wantsPerson says whether git failed only because it could not ask for a
// password or passphrase.
func wantsPerson(err error) bool {
	var g *gitError
	if !errors.As(err, &g) {
		return false
	}
	return slices.ContainsFunc([]string{"terminal prompts disabled", "could not read Username", "could not read Password", "Permission denied (publickey", "Host key verification failed"},
		func(s string) bool { return strings.Contains(g.said, s) })
}
