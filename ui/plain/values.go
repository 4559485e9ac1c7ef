package plain

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
)

// Values copies the values of a page one by one, each at an Enter.
func Values(ctx context.Context, in io.Reader, out io.Writer, fields []steps.Field, copy func(string) error) error {
	w := &wizard{Options: Options{Out: out, Copy: copy}, lines: newReader(in, out)}
	if err := w.copyEach(ctx, fields, "Press Enter to copy "); err != nil && !errors.Is(err, ErrQuit) && !isEnd(err) {
		return err
	}
	return nil
}

// copyEach says what is next in the clipboard, and waits for an Enter before
// each.
func (w *wizard) copyEach(ctx context.Context, fields []steps.Field, prompt string) error {
	for _, f := range filled(fields) {
		value := evidence.CleanLine(f.Value)
		if _, err := w.lines.ask(ctx, prompt+f.Label+", or q to leave: "); err != nil {
			return err
		}
		if err := w.Copy(value); err != nil {
			return err
		}
		w.say("Copied: %s", value)
	}
	return nil
}

// filled are the fields that are not to stay empty.
func filled(fields []steps.Field) []steps.Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f steps.Field) bool { return f.Value == "" })
}

// pageDone waits until a page is done with; its values can be copied meanwhile.
func (w *wizard) pageDone(ctx context.Context, fields []steps.Field) error {
	if w.Copy == nil || len(filled(fields)) == 0 {
		return w.pause(ctx)
	}
	for {
		line, err := w.lines.ask(ctx, "Press Enter when you are done, to look again, or c to copy the values one by one: ")
		if err != nil || line != "c" {
			return err
		}
		switch err := w.copyEach(ctx, fields, "  Enter copies "); {
		case errors.Is(err, ErrQuit): // leaves the copying alone
		case err != nil:
			return err
		}
	}
}
