package cli

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Streams is the person's side of the program: what it reads, what it writes,
// and whether somebody is there.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Getenv reads a variable of the environment.
	Getenv func(string) string
	// Terminal says that both input and output are a terminal: somebody can be
	// asked.
	Terminal bool
	// Width is the terminal's width in columns; 80 where there is none.
	Width int
}

// System is the real terminal and environment.
func System() *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Width: 80}
	in, out := int(os.Stdin.Fd()), int(os.Stdout.Fd())
	s.Terminal = term.IsTerminal(in) && term.IsTerminal(out)
	if w, _, err := term.GetSize(out); err == nil && w > 0 {
		s.Width = w
	}
	return s
}

// colour says whether colours are wanted: a terminal that can, and nobody who
// said no (https://no-color.org; gh's NO_COLOR and CLICOLOR).
func (s *Streams) colour(off bool) bool {
	return s.Terminal && !off && s.Getenv("NO_COLOR") == "" && s.Getenv("CLICOLOR") != "0" && s.Getenv("TERM") != "dumb"
}
