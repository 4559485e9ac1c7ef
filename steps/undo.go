package steps

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// TakeBack is a change of the journal, looked at from today.
type TakeBack struct {
	Made journal.Made
	// Inverse takes it back; it has no Perform when there is nothing to do or
	// nothing can be done, and Refused says which.
	Inverse change.Change
	// Refused is change.ErrAsBefore, a *change.LastingError, a
	// *change.MovedOnError, or why its subject could not be read; nil when it
	// can be taken back.
	Refused error
}

// Possible is whether it can be taken back.
func (t TakeBack) Possible() bool { return t.Refused == nil }

// Undoable looks at what the journal says was changed, newest first. Of several
// changes of one thing only the newest is looked at: the older ones come to
// light when that is taken back.
func (s *Session) Undoable(ctx context.Context) ([]TakeBack, error) {
	if s.o.Journal == nil {
		return nil, errors.New("no repository is known here, so there is no journal to go by")
	}
	records, err := s.o.Journal.Load()
	if err != nil {
		return nil, err
	}
	var found []TakeBack
	seen := map[string]bool{}
	for _, m := range journal.MadeOf(records) {
		if seen[m.Entry.ID] {
			continue
		}
		seen[m.Entry.ID] = true
		inverse, err := s.o.Tools.Inverse(ctx, m.Entry)
		found = append(found, TakeBack{m, inverse, s.secrets.Error(err)})
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return found, nil
}

// Undo takes a change back. It is written down before and after, as the change
// itself was.
func (s *Session) Undo(ctx context.Context, t TakeBack, hands change.Hands) error {
	if !t.Possible() {
		return t.Refused
	}
	entry, err := entryOf(t.Inverse)
	if err != nil {
		return err
	}
	entry.ID = t.Made.Entry.ID
	return s.undo(ctx, entry, t.Made.At, func() error { return t.Inverse.Perform(ctx, hands) })
}

// Forget notes that a change stands undone already, by whatever hand.
func (s *Session) Forget(ctx context.Context, t TakeBack) error {
	return s.undo(ctx, &journal.Entry{ID: t.Made.Entry.ID, Title: "Stood as before"}, t.Made.At, func() error { return nil })
}

func (s *Session) undo(ctx context.Context, entry *journal.Entry, at time.Time, perform func() error) error {
	if err := s.write(ctx, journal.Record{Kind: journal.Before, Change: entry, Undoes: &at}); err != nil {
		return fmt.Errorf("not begun, since the journal cannot be written: %w", err)
	}
	failed := perform()
	after := journal.Record{Kind: journal.After, Change: &journal.Entry{ID: entry.ID}, Undoes: &at}
	if failed != nil {
		after.Error = s.secrets.String(failed.Error())
	}
	return errors.Join(failed, s.write(context.WithoutCancel(ctx), after))
}
