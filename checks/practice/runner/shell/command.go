package shell

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// Command is one program that the runner has. It returns its exit status.
type Command func(ctx context.Context, c *Call) int

// Call is one use of a command.
type Call struct {
	// Name is how it was called, Args what follows.
	Name string
	Args []string
	// Dir is the current folder.
	Dir string
	// Place is what the command may touch.
	Place Place
	// Stdin, Stdout and Stderr are never nil.
	Stdin          io.Reader
	Stdout, Stderr io.Writer

	env   func(string) string
	shell *Shell
	vars  []string
}

// Env is an exported variable, "" where there is none.
func (c *Call) Env(name string) string { return c.env(name) }

// Environ lists the exported variables as NAME=value.
func (c *Call) Environ() []string { return c.vars }

// Fail prints a message after the command's name and returns status 1.
func (c *Call) Fail(err error) int {
	fmt.Fprintf(c.Stderr, "%s: %v\n", c.Name, err)
	return 1
}

// Refuse says that the practice runner's command cannot do what the real one
// could, and returns status 2.
func (c *Call) Refuse(what string) int {
	fmt.Fprintf(c.Stderr, "practice runner: %s: %s is not in practice\n", c.Name, what)
	return 2
}

// Flags parses the arguments; an option that is not defined is refused. ok is
// false after a refusal, which was printed.
func (c *Call) Flags(define func(f *pflag.FlagSet)) (args []string, ok bool) {
	f := pflag.NewFlagSet(c.Name, pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.SortFlags = false
	define(f)
	if err := f.Parse(c.Args); err != nil {
		c.Refuse(strings.TrimPrefix(err.Error(), "pflag: "))
		return nil, false
	}
	return f.Args(), true
}

// Path is [Place.Path] from the current folder.
func (c *Call) Path(name string) (string, error) { return c.Place.Path(c.Dir, name) }

// Read is the content of a file that an argument names; "-" is standard input.
func (c *Call) Read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(c.Stdin)
	}
	full, err := c.Path(name)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(full)
}

// Inputs reads all the files named, or standard input for none.
func (c *Call) Inputs(names []string) ([]byte, error) {
	if len(names) == 0 {
		names = []string{"-"}
	}
	var all []byte
	for _, n := range names {
		text, err := c.Read(n)
		if err != nil {
			return all, err
		}
		all = append(all, text...)
	}
	return all, nil
}
