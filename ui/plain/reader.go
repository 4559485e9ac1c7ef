package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// reader gives one line at a time. A line that was asked for stays asked for
// when the asker goes on without it: the next one gets it.
type reader struct {
	in      *bufio.Reader
	file    *os.File
	out     io.Writer
	pending chan read
}

type read struct {
	line string
	err  error
}

func newReader(in io.Reader, out io.Writer) *reader {
	file, _ := in.(*os.File)
	return &reader{in: bufio.NewReader(in), file: file, out: out}
}

// ask prints a prompt and waits for a line. "q" is ErrQuit everywhere.
func (r *reader) ask(ctx context.Context, prompt string) (string, error) {
	line, _, err := r.askFor(ctx, prompt, nil)
	return line, err
}

// askFor is ask, but comes back without a line when the alarm rings.
func (r *reader) askFor(ctx context.Context, prompt string, alarm <-chan time.Time) (line string, rang bool, err error) {
	fmt.Fprint(r.out, prompt)
	if r.pending == nil {
		r.pending = make(chan read, 1)
		go r.fetch(r.pending)
	}
	select {
	case got := <-r.pending:
		r.pending = nil
		return quit(got)
	case <-alarm:
		return "", true, nil
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}

func (r *reader) fetch(to chan<- read) {
	line, err := r.in.ReadString('\n')
	if line != "" {
		err = nil
	}
	to <- read{strings.TrimSpace(line), err}
}

func quit(got read) (string, bool, error) {
	if got.err == nil && (got.line == "q" || got.line == "quit") {
		return "", false, ErrQuit
	}
	return got.line, false, got.err
}

// secret asks without echo where the input is a terminal.
func (r *reader) secret(ctx context.Context, prompt string) (string, error) {
	if r.file == nil || !term.IsTerminal(int(r.file.Fd())) || r.pending != nil || r.in.Buffered() > 0 {
		return r.ask(ctx, prompt)
	}
	fmt.Fprint(r.out, prompt)
	secret, err := term.ReadPassword(int(r.file.Fd()))
	fmt.Fprintln(r.out)
	return strings.TrimSpace(string(secret)), err
}
