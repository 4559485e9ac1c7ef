package change

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change/refusal"
)

// shown runs a program that builds in the person's terminal, and names the
// cause when it fails.
func (t *Tools) shown(ctx context.Context, h Hands, env []string, program string, args ...string) error {
	cmd, err := t.child(ctx, program, args...)
	if err != nil {
		return err
	}
	cmd.Env = env
	if h.Terminal == nil {
		return fmt.Errorf("%s needs a terminal: run gh trustpub in one, or the commands by hand", line(program, args))
	}
	var said tail
	cmd.Stderr = &said
	if err := h.Terminal(cmd); err != nil {
		_, err = refused(program, args, said.String(), err)
		return err
	}
	return nil
}

// quietly runs a program that uploads: it needs no person, and what it prints is
// shown line by line, for a moment. When it fails the cause is named, if it is a known one.
func (t *Tools) quietly(ctx context.Context, h Hands, env []string, program string, args ...string) (refusal.Refusal, error) {
	cmd, err := t.child(ctx, program, args...)
	if err != nil {
		return refusal.Refusal{}, err
	}
	cmd.Env = env
	said := tail{told: func(line string) { h.detail("%s: %s", program, line) }}
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := run(ctx, cmd); err != nil {
		return refused(program, args, said.String(), err)
	}
	return refusal.Refusal{}, nil
}

// run tells a person's end of it from the program's own.
func run(ctx context.Context, cmd *exec.Cmd) error {
	err := cmd.Run()
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// refused is the error of a program that failed: the cause with the next thing
// to do, or the last that it printed.
func refused(program string, args []string, output string, err error) (refusal.Refusal, error) {
	why, known := refusal.Read(output)
	if known {
		return why, fmt.Errorf("%s failed: %s (%w)", line(program, args), why, err)
	}
	last := lastLines(output)
	if last == "" {
		return why, fmt.Errorf("%s failed: %w; what it printed says why", line(program, args), err)
	}
	return why, fmt.Errorf("%s failed: %w. It printed last:\n%s", line(program, args), err, last)
}

func line(program string, args []string) string {
	return strings.Join(append([]string{program}, args...), " ")
}

// manyLines is how much of an output an error repeats.
const manyLines = 8

func lastLines(output string) string {
	lines := strings.FieldsFunc(evidence.Clean(output), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines[max(0, len(lines)-manyLines):], "\n")
}

// tail keeps the end of what a program prints, and tells whole lines.
type tail struct {
	kept, open bytes.Buffer
	told       func(line string)
}

// tailSize is how much is kept, in bytes.
const tailSize = 64 << 10

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.kept.Write(p)
	if over := t.kept.Len() - tailSize; over > 0 {
		t.kept.Next(over)
	}
	if t.told == nil {
		return len(p), nil
	}
	t.open.Write(p)
	for {
		i := bytes.IndexAny(t.open.Bytes(), "\r\n")
		if i < 0 {
			return len(p), nil
		}
		if text := strings.TrimSpace(evidence.CleanLine(string(t.open.Next(i + 1)))); text != "" {
			t.told(text)
		}
	}
}

// String is the end of what was printed.
func (t *tail) String() string { return t.kept.String() }
