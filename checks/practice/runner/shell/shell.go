package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Shell runs scripts in a place, with the commands given and the small tools
// that every runner has.
type Shell struct {
	place    Place
	commands map[string]Command
}

// New makes a shell. The commands given come before the small tools of the
// same name.
func New(place Place, commands map[string]Command) (*Shell, error) {
	s := &Shell{place: place, commands: map[string]Command{}}
	maps.Copy(s.commands, textTools)
	maps.Copy(s.commands, fileTools)
	maps.Copy(s.commands, otherTools)
	maps.Copy(s.commands, commands)
	for name := range s.commands {
		// Empty files let `command -v` find what there is; they are never run.
		if err := os.WriteFile(filepath.Join(place.bin(), name), nil, 0o755); err != nil {
			return nil, fmt.Errorf("the job's commands: %w", err)
		}
	}
	return s, nil
}

// Script is one text to run.
type Script struct {
	// Text is the script, Name how messages call it.
	Text, Name string
	// Options are set as for bash: -e, -u, -x, -o, pipefail.
	Options []string
	// Args are $1 and on.
	Args []string
	// Dir is where it starts.
	Dir string
	// Env is the whole environment, NAME=value each.
	Env []string
	// Stdin may be nil. Stdout and Stderr get the output.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run runs a script and returns its exit status. The error is of the runner or
// the context, never the script's own failing.
func (s *Shell) Run(ctx context.Context, script Script) (int, error) {
	// Commands of one script may write at the same time.
	script.Stdout, script.Stderr = together(script.Stdout, script.Stderr)
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script.Text), script.Name)
	if err != nil {
		fmt.Fprintln(script.Stderr, err)
		return 2, nil
	}
	env := append(append([]string{}, script.Env...), "PATH="+s.place.bin(), "TMPDIR="+s.place.Tmp(), "PWD="+script.Dir)
	r, err := interp.New(
		interp.Env(expand.ListEnviron(env...)), interp.Dir(script.Dir),
		interp.Params(append(append(append([]string{}, script.Options...), "--"), script.Args...)...),
		interp.StdIO(script.Stdin, script.Stdout, script.Stderr),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.exec }),
		interp.OpenHandler(s.open), interp.ReadDirHandler2(s.readDir), interp.StatHandler(s.stat), interp.AccessHandler(s.access))
	if err != nil {
		return 0, fmt.Errorf("starting the shell: %w", err)
	}
	err = r.Run(ctx, file)
	if status := interp.ExitStatus(0); errors.As(err, &status) {
		return int(status), nil
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return 0, err
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func together(out, problems io.Writer) (io.Writer, io.Writer) {
	if _, already := out.(locked); already {
		return out, problems
	}
	mu := &sync.Mutex{}
	return locked{mu, out}, locked{mu, problems}
}

// exec is the only way in which a script starts anything.
func (s *Shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	c := s.call(hc, args)
	if strings.ContainsAny(args[0], `/\`) {
		if filepath.Dir(filepath.Clean(args[0])) != s.place.bin() {
			return status(c.runFile(ctx, args[0], nil))
		}
		c.Name = filepath.Base(args[0])
	}
	command, ok := s.commands[c.Name]
	if !ok {
		fmt.Fprintf(c.Stderr, "practice runner: %s is not installed on this runner\n", c.Name)
		return status(127)
	}
	code := command(ctx, c)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return status(code)
}

func status(code int) error {
	if code == 0 {
		return nil
	}
	return interp.ExitStatus(uint8(code)) //nolint:gosec // statuses are below 256
}

func (s *Shell) call(hc interp.HandlerContext, args []string) *Call {
	c := &Call{Name: args[0], Args: args[1:], Dir: hc.Dir, Place: s.place, Stdin: hc.Stdin, Stdout: hc.Stdout, Stderr: hc.Stderr, shell: s}
	if f, ok := hc.Stdin.(*os.File); hc.Stdin == nil || ok && f == nil {
		c.Stdin = strings.NewReader("")
	}
	c.env = func(name string) string {
		if v := hc.Env.Get(name); v.Exported {
			return v.String()
		}
		return ""
	}
	for name, v := range hc.Env.Each {
		if v.Exported && v.Kind == expand.String {
			c.vars = append(c.vars, name+"="+v.String())
		}
	}
	return c
}

func (s *Shell) open(ctx context.Context, name string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
	hc := interp.HandlerCtx(ctx)
	switch path.Clean(filepath.ToSlash(name)) {
	case "/dev/null":
		return device{strings.NewReader(""), io.Discard}, nil
	case "/dev/stdout":
		return device{strings.NewReader(""), hc.Stdout}, nil
	case "/dev/stderr":
		return device{strings.NewReader(""), hc.Stderr}, nil
	}
	full, err := s.place.Path(hc.Dir, name)
	if err != nil {
		return nil, err
	}
	return os.OpenFile(full, flag, perm)
}

// device is a file under /dev.
type device struct {
	io.Reader
	io.Writer
}

func (device) Close() error { return nil }

func (s *Shell) readDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	full, err := s.place.Path(interp.HandlerCtx(ctx).Dir, name)
	if err != nil {
		return nil, err
	}
	return os.ReadDir(full)
}

func (s *Shell) stat(ctx context.Context, name string, follow bool) (fs.FileInfo, error) {
	full, err := s.place.Path(interp.HandlerCtx(ctx).Dir, name)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	if follow {
		return os.Stat(full)
	}
	return os.Lstat(full)
}

func (s *Shell) access(ctx context.Context, name string, mode interp.AccessMode) error {
	info, err := s.stat(ctx, name, true)
	if err != nil {
		return err
	}
	if mode == interp.AccessExec && !info.IsDir() && info.Mode()&0o111 == 0 {
		return fs.ErrPermission
	}
	return nil
}

// runFile runs a script file of the place, as `./x.sh` and `bash x.sh` do.
func (c *Call) runFile(ctx context.Context, name string, options []string) int {
	text, err := c.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(c.Stderr, "%s: No such file or directory\n", name)
		return 127
	}
	if err != nil {
		c.Fail(err)
		return 126
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if strings.HasPrefix(first, "#!") && !strings.HasSuffix(strings.Fields(first + " x")[0], "sh") && !strings.Contains(first, "env bash") && !strings.Contains(first, "env sh") {
		fmt.Fprintf(c.Stderr, "practice runner: %s: only shell scripts can be run here, not %s\n", name, first)
		return 126
	}
	if strings.ContainsRune(string(text), 0) {
		fmt.Fprintf(c.Stderr, "practice runner: %s: cannot execute a binary file here\n", name)
		return 126
	}
	return c.runText(ctx, string(text), name, options, c.Args)
}

func (c *Call) runText(ctx context.Context, text, name string, options, args []string) int {
	code, err := c.shell.Run(ctx, Script{Text: text, Name: name, Options: options, Args: args, Dir: c.Dir, Env: c.vars,
		Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr})
	if err != nil {
		return c.Fail(err)
	}
	return code
}
