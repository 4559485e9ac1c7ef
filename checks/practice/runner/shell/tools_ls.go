package shell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

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
