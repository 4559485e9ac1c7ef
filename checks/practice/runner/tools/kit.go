// Package tools holds the programs that a publishing job calls: cargo, maturin,
// python -m build, twine, uv, curl, jq, git and gh, as far as publishing needs
// them. They talk to the practice world's hosts only, and say so where the real
// program would do more.
package tools

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// Kit is what the programs work with.
type Kit struct {
	// Client reaches the practice world's hosts.
	Client *http.Client
	// Platform is what wheels with native code are made for.
	Platform build.Platform
	// Poll is how long cargo waits between looks at the index; zero for
	// cargo's own pace.
	Poll time.Duration
}

// Commands lists the programs by name.
func Commands(k Kit) map[string]shell.Command {
	out := map[string]shell.Command{
		"cargo": k.cargo, "maturin": k.maturin, "python": k.python, "python3": k.python, "twine": k.twine, "uv": k.uv, "pip": pip, "pip3": pip,
		"curl": k.curl, "jq": jq, "git": git, "gh": k.gh,
		"rustup": needless("the hosted runner's toolchain stands for every toolchain"),
		"rustc":  versionOnly("rustc 1.95.0 (practice runner)"),
	}
	return out
}

// needless is a program whose work has no effect on publishing.
func needless(why string) shell.Command {
	return func(_ context.Context, c *shell.Call) int {
		fmt.Fprintf(c.Stdout, "practice runner: `%s %s` is not needed here: %s\n", c.Name, strings.Join(c.Args, " "), why)
		return 0
	}
}

func versionOnly(text string) shell.Command {
	return func(_ context.Context, c *shell.Call) int {
		if len(c.Args) != 1 || c.Args[0] != "--version" && c.Args[0] != "-V" {
			return c.Refuse(strings.Join(c.Args, " "))
		}
		fmt.Fprintln(c.Stdout, text)
		return 0
	}
}

// problem prints an error as `error: …`, as cargo, maturin and uv do.
func problem(c *shell.Call, err error, code int) int {
	fmt.Fprintf(c.Stderr, "error: %s\n", c.Place.Shown(err.Error()))
	return code
}

// write saves an archive in a folder of the job and returns its path.
func write(c *shell.Call, dir string, a *build.Archive) (string, error) {
	full, err := c.Path(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(full, 0o755); err != nil {
		return "", fmt.Errorf("making the folder %s: %w", dir, err)
	}
	file := filepath.Join(full, a.FileName)
	return file, os.WriteFile(file, a.Data, 0o644)
}

// distributions reads the files that the patterns name, wheels first as twine
// sorts them.
func distributions(c *shell.Call, patterns []string) ([]*build.Distribution, error) {
	var out []*build.Distribution
	for _, p := range patterns {
		full, err := c.Path(p)
		if err != nil {
			return nil, err
		}
		found, err := doublestar.FilepathGlob(full)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("InvalidDistribution: Cannot find file (or expand pattern): '%s'", p) //nolint:staticcheck // twine's own text
		}
		sort.Strings(found)
		for _, f := range found {
			if info, err := os.Stat(f); err != nil || !info.Mode().IsRegular() {
				return nil, fmt.Errorf("%s: %w", p, errors.Join(err, fs.ErrInvalid))
			}
			d, err := build.ReadDistribution(f)
			if err != nil {
				return nil, err
			}
			out = append(out, d)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].FileType == "bdist_wheel" && out[j].FileType != "bdist_wheel" })
	return out, nil
}
