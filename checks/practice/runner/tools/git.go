package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// gitVerbs are what a publishing job asks git; all of them read, or change the
// checkout alone.
var gitVerbs = []string{"rev-parse", "describe", "tag", "merge-base", "log", "fetch", "status", "diff", "show", "branch", "ls-files", "rev-list",
	"checkout", "switch", "show-ref", "for-each-ref", "cat-file", "symbolic-ref", "add", "commit", "ls-tree", "name-rev", "remote", "version", "--version"}

// gitRefused are options by which git would start other programs or leave the
// checkout.
var gitRefused = []string{"-c", "--exec-path", "--git-dir", "--work-tree", "--upload-pack", "--receive-pack", "--output", "--ext-diff", "--textconv",
	"--no-index", "--exec", "--config-env", "--super-prefix", "--namespace", "--template", "--separate-git-dir", "--show-signature", "-s", "--local-user", "-u", "-S", "--gpg-sign"}

// git runs the real program in the checkout, for what it is asked in a
// publishing job.
func git(ctx context.Context, c *shell.Call) int {
	dir := c.Dir
	args := c.Args
	for len(args) > 1 && args[0] == "-C" {
		full, err := c.Place.Path(dir, args[1])
		if err != nil {
			return c.Fail(err)
		}
		dir, args = full, args[2:]
	}
	if len(args) == 0 {
		return c.Refuse("git without a command")
	}
	if args[0] == "config" {
		return gitConfig(ctx, c, dir, args[1:])
	}
	if !slices.Contains(gitVerbs, args[0]) {
		return c.Refuse("git " + args[0])
	}
	if bad := refusedArgument(args); bad != "" {
		return c.Refuse("git " + args[0] + " " + bad)
	}
	code, err := gitrun.Run(ctx, dir, c.Stdin, c.Stdout, c.Stderr, args...)
	if err != nil {
		return c.Fail(err)
	}
	return code
}

func refusedArgument(args []string) string {
	verb := args[0]
	for i, a := range args {
		name, _, _ := strings.Cut(a, "=")
		short := verb == "status" || verb == "show" || verb == "log" || verb == "diff" // there -s and -u mean harmless things
		if slices.Contains(gitRefused, name) && !(short && (name == "-s" || name == "-u")) {
			return a
		}
		for _, long := range gitRefused {
			// git accepts any unambiguous beginning of a long option.
			if len(name) > 4 && strings.HasPrefix(name, "--") && strings.HasPrefix(long, name) && long != "--exec" {
				return a
			}
		}
		if i > 0 && (verb == "fetch" || verb == "remote") && !strings.HasPrefix(a, "-") && strings.ContainsAny(a, "@\\") ||
			verb == "fetch" && strings.Contains(a, "::") {
			return a
		}
	}
	if verb == "remote" && len(args) > 1 && args[1] != "-v" && args[1] != "get-url" && args[1] != "show" {
		return args[1]
	}
	return fetchedFrom(args)
}

// fetchedFrom refuses any source of a fetch but origin.
func fetchedFrom(args []string) string {
	if args[0] != "fetch" {
		return ""
	}
	for _, a := range args[1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		if a != "origin" {
			return a
		}
		return ""
	}
	return ""
}

// gitConfig reads any setting and writes the committer's name and mail, which
// are all that a job needs; others could make git start programs.
func gitConfig(ctx context.Context, c *shell.Call, dir string, args []string) int {
	rest := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--global" || a == "--local" })
	reads := len(rest) == 2 && (rest[0] == "--get" || rest[0] == "get") || len(rest) == 1 && !strings.HasPrefix(rest[0], "-")
	names := len(rest) == 2 && (strings.EqualFold(rest[0], "user.name") || strings.EqualFold(rest[0], "user.email"))
	if len(rest) == 4 && rest[0] == "--add" || len(rest) == 3 && rest[0] == "--add" {
		if strings.EqualFold(rest[1], "safe.directory") {
			return 0
		}
	}
	if !reads && !names {
		return c.Refuse("git config " + strings.Join(args, " "))
	}
	code, err := gitrun.Run(ctx, dir, nil, c.Stdout, c.Stderr, append([]string{"config", "--local"}, rest...)...)
	if err != nil {
		return c.Fail(fmt.Errorf("config: %w", err))
	}
	return code
}
