package shell

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/pflag"
)

func touch(_ context.Context, c *Call) int {
	for _, a := range c.Args {
		full, err := c.Path(a)
		if err != nil {
			return c.Fail(err)
		}
		f, err := os.OpenFile(full, os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return c.Fail(err)
		}
		if err := f.Close(); err != nil {
			return c.Fail(err)
		}
	}
	return 0
}

func mktemp(_ context.Context, c *Call) int {
	var folder bool
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.BoolVarP(&folder, "directory", "d", false, "") })
	if !ok || len(args) > 0 {
		return c.Refuse("mktemp with a template")
	}
	if folder {
		dir, err := os.MkdirTemp(c.Place.Tmp(), "tmp.")
		if err != nil {
			return c.Fail(err)
		}
		fmt.Fprintln(c.Stdout, dir)
		return 0
	}
	f, err := os.CreateTemp(c.Place.Tmp(), "tmp.")
	if err != nil {
		return c.Fail(err)
	}
	fmt.Fprintln(c.Stdout, f.Name())
	return exitOf(c, f.Close())
}

func realpath(_ context.Context, c *Call) int {
	for _, a := range c.Args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		full, err := c.Path(a)
		if err != nil {
			return c.Fail(err)
		}
		fmt.Fprintln(c.Stdout, full)
	}
	return 0
}

// find knows `find DIR… [-type f|d] [-name PATTERN] [-print]`.
func find(_ context.Context, c *Call) int {
	var dirs []string
	rest := c.Args
	for len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		dirs, rest = append(dirs, rest[0]), rest[1:]
	}
	kind, pattern := "", "*"
	for len(rest) > 0 {
		switch {
		case rest[0] == "-print":
			rest = rest[1:]
		case rest[0] == "-type" && len(rest) > 1:
			kind, rest = rest[1], rest[2:]
		case rest[0] == "-name" && len(rest) > 1:
			pattern, rest = rest[1], rest[2:]
		default:
			return c.Refuse(rest[0])
		}
	}
	if len(dirs) == 0 {
		dirs = []string{"."}
	}
	for _, d := range dirs {
		if err := c.walk(d, kind, pattern); err != nil {
			return c.Fail(err)
		}
	}
	return 0
}

func (c *Call) walk(dir, kind, pattern string) error {
	full, err := c.Path(dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(full, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("'%s': %w", dir, reason(err))
		}
		rel, err := filepath.Rel(full, p)
		if err != nil {
			return err
		}
		named, err := doublestar.Match(pattern, filepath.Base(p))
		if err != nil {
			return err
		}
		if named && (kind == "" || kind == "f" && e.Type().IsRegular() || kind == "d" && e.IsDir()) {
			shown := strings.TrimSuffix(dir, "/")
			if rel != "." {
				shown += "/" + filepath.ToSlash(rel)
			}
			fmt.Fprintln(c.Stdout, shown)
		}
		return nil
	})
}
