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
