package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/pflag"
)

var fileTools = map[string]Command{
	"cat": cat, "ls": ls, "mkdir": mkdir, "cp": cp, "mv": mv, "rm": rm, "rmdir": rm, "touch": touch, "mktemp": mktemp, "find": find,
	"chmod": func(context.Context, *Call) int { return 0 }, "realpath": realpath, "readlink": realpath, "tee": tee,
}

func cat(_ context.Context, c *Call) int {
	args, ok := c.Flags(func(*pflag.FlagSet) {})
	if !ok {
		return 2
	}
	text, err := c.Inputs(args)
	if err != nil {
		return c.Fail(err)
	}
	_, err = c.Stdout.Write(text)
	return exitOf(c, err)
}

func tee(_ context.Context, c *Call) int {
	var more bool
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.BoolVarP(&more, "append", "a", false, "") })
	if !ok {
		return 2
	}
	text, err := io.ReadAll(c.Stdin)
	if err != nil {
		return c.Fail(err)
	}
	for _, a := range args {
		full, err := c.Path(a)
		if err != nil {
			return c.Fail(err)
		}
		flag := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
		if more {
			flag = os.O_CREATE | os.O_WRONLY | os.O_APPEND
		}
		f, err := os.OpenFile(full, flag, 0o644)
		if err != nil {
			return c.Fail(err)
		}
		_, err = f.Write(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return c.Fail(err)
		}
	}
	_, err = c.Stdout.Write(text)
	return exitOf(c, err)
}

func ls(_ context.Context, c *Call) int {
	var long, all, one, human, recursive bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&long, "long", "l", false, "")
		f.BoolVarP(&all, "all", "a", false, "")
		f.BoolVarP(&one, "one", "1", false, "")
		f.BoolVarP(&human, "human-readable", "h", false, "")
		f.BoolVarP(&recursive, "recursive", "R", false, "")
	})
	if !ok {
		return 2
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	code := 0
	for _, a := range args {
		full, err := c.Path(a)
		if err == nil {
			err = c.list(full, a, long, all, recursive, len(args) > 1 || recursive)
		}
		if err != nil {
			code = 2
			fmt.Fprintf(c.Stderr, "ls: cannot access '%s': %v\n", a, reason(err))
		}
	}
	return code
}

// reason is the part of a file error that is about the file.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("No such file or directory") //nolint:staticcheck // the C library's text
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func (c *Call) list(full, shown string, long, all, recursive, titled bool) error {
	info, err := os.Stat(full)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		c.line(shown, info, long)
		return nil
	}
	if titled {
		fmt.Fprintf(c.Stdout, "%s:\n", shown)
	}
	entries, err := os.ReadDir(full)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && (all || !strings.HasPrefix(e.Name(), ".")) {
			c.line(e.Name(), info, long)
		}
	}
	for _, e := range entries {
		if recursive && e.IsDir() && (all || !strings.HasPrefix(e.Name(), ".")) {
			fmt.Fprintln(c.Stdout)
			if err := c.list(filepath.Join(full, e.Name()), shown+"/"+e.Name(), long, all, true, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Call) line(name string, info fs.FileInfo, long bool) {
	if long {
		fmt.Fprintf(c.Stdout, "%s 1 runner runner %8d %s ", info.Mode(), info.Size(), info.ModTime().UTC().Format("Jan _2 15:04"))
	}
	fmt.Fprintln(c.Stdout, name)
}

func mkdir(_ context.Context, c *Call) int {
	var parents bool
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.BoolVarP(&parents, "parents", "p", false, "") })
	if !ok {
		return 2
	}
	for _, a := range args {
		full, err := c.Path(a)
		if err == nil && parents {
			err = os.MkdirAll(full, 0o755)
		} else if err == nil {
			err = os.Mkdir(full, 0o755)
		}
		if err != nil {
			return c.Fail(fmt.Errorf("cannot create directory '%s': %w", a, reason(err)))
		}
	}
	return 0
}

func rm(_ context.Context, c *Call) int {
	var recursive, force bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&recursive, "recursive", "r", false, "")
		f.BoolVarP(&force, "force", "f", false, "")
	})
	if !ok {
		return 2
	}
	code := 0
	for _, a := range args {
		full, err := c.Path(a)
		switch {
		case err != nil:
		case full == c.Place.root || full == c.Place.Work():
			err = ErrOutside
		case recursive:
			if _, err = os.Lstat(full); err == nil {
				err = os.RemoveAll(full)
			}
		default:
			err = os.Remove(full)
		}
		if err != nil && (!force || !errors.Is(err, fs.ErrNotExist)) {
			fmt.Fprintf(c.Stderr, "rm: cannot remove '%s': %v\n", a, reason(err))
			code = 1
		}
	}
	return code
}

// targets gives for each source of cp and mv where it goes.
func (c *Call) targets(args []string) (pairs [][2]string, err error) {
	if len(args) < 2 {
		return nil, errors.New("missing destination file operand")
	}
	last := args[len(args)-1]
	to, err := c.Path(last)
	if err != nil {
		return nil, err
	}
	info, statErr := os.Stat(to)
	folder := statErr == nil && info.IsDir()
	if !folder && (len(args) > 2 || strings.HasSuffix(last, "/")) {
		return nil, fmt.Errorf("target '%s' is not a directory", last)
	}
	for _, a := range args[:len(args)-1] {
		from, err := c.Path(a)
		if err != nil {
			return nil, err
		}
		if _, err := os.Lstat(from); err != nil {
			return nil, fmt.Errorf("cannot stat '%s': %w", a, reason(err))
		}
		one := to
		if folder {
			one = filepath.Join(to, filepath.Base(from))
		}
		pairs = append(pairs, [2]string{from, one})
	}
	return pairs, nil
}

func mv(_ context.Context, c *Call) int {
	var force bool
	args, ok := c.Flags(func(f *pflag.FlagSet) { f.BoolVarP(&force, "force", "f", false, "") })
	if !ok {
		return 2
	}
	pairs, err := c.targets(args)
	for _, p := range pairs {
		if err == nil {
			err = os.Rename(p[0], p[1])
		}
	}
	return exitOf(c, err)
}

func cp(_ context.Context, c *Call) int {
	var recursive, archive, force bool
	args, ok := c.Flags(func(f *pflag.FlagSet) {
		f.BoolVarP(&recursive, "recursive", "r", false, "")
		f.BoolVarP(&recursive, "Recursive", "R", false, "")
		f.BoolVarP(&archive, "archive", "a", false, "")
		f.BoolVarP(&force, "force", "f", false, "")
	})
	if !ok {
		return 2
	}
	pairs, err := c.targets(args)
	for _, p := range pairs {
		if err == nil {
			err = copyTree(p[0], p[1], recursive || archive)
		}
	}
	return exitOf(c, err)
}

func copyTree(from, to string, recursive bool) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, info.Mode().Perm())
	}
	if !recursive {
		return fmt.Errorf("-r not specified; omitting directory '%s'", filepath.Base(from))
	}
	if strings.HasPrefix(to+string(filepath.Separator), from+string(filepath.Separator)) {
		return fmt.Errorf("cannot copy a directory, '%s', into itself", filepath.Base(from))
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink != 0 {
			return fmt.Errorf("'%s' is a symbolic link, which is not in practice", e.Name())
		}
		if err := copyTree(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), true); err != nil {
			return err
		}
	}
	return nil
}

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
