package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change"
)

// Perform makes the changes, one after the other; each is in the journal
// before it is made, and its outcome after. It stops at the first that fails,
// except among changes that stand apart, and the error says what was done and
// what was not. One that the server made short of something stops nothing: where
// that is all, the error holds a *change.ShortError.
func (s *Session) Perform(ctx context.Context, changes []change.Change, hands change.Hands) error {
	hands.Progress, hands.Detail = s.hiding(hands.Progress), s.hiding(hands.Detail)
	defer s.changed(changes)
	for _, c := range changes {
		if c.Apart {
			hands.Of++
		}
	}
	var failed, short []error
	for i, c := range changes {
		if stop := stopped(ctx, hands); i > 0 && stop != nil || len(failed) > 0 && !c.Apart {
			failed = append(failed, stop, untried(changes[i:]))
			break
		}
		if c.Apart {
			hands.Nth++
		}
		err := s.outcome(ctx, c, hands)
		if lacking, ok := err.(*change.ShortError); ok { //nolint:errorlint // one that is wrapped failed besides
			short = append(short, lacking)
			continue
		}
		if err == nil {
			continue
		}
		failed = append(failed, fmt.Errorf("%s: %w", c.Title, err))
		if !c.Apart || !change.MayGoOn(err) || ctx.Err() != nil {
			return s.secrets.Error(fmt.Errorf("%w%s%s", errors.Join(failed...), remainder(changes, i, len(failed)), besides(short)))
		}
	}
	if len(failed) > 0 {
		return s.secrets.Error(fmt.Errorf("%w%s", errors.Join(failed...), besides(short)))
	}
	return s.secrets.Error(errors.Join(short...))
}

// besides tells what was made short of something before a failure.
func besides(short []error) string {
	if len(short) == 0 {
		return ""
	}
	return "\n" + errors.Join(short...).Error()
}

// stopped says why the next change is not begun; nil when it is.
func stopped(ctx context.Context, hands change.Hands) error {
	if hands.Stopping != nil && hands.Stopping() {
		return change.ErrStopped
	}
	return context.Cause(ctx)
}

// changed notes that the next look has to be a whole one, and at what.
func (s *Session) changed(changes []change.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.anew = true
	for _, c := range changes {
		if kind, crate, _ := strings.Cut(c.ID, ":"); kind == "trusted-publishing-only" {
			s.touched = append(s.touched, crate)
		}
	}
}

// outcome makes one change and tells what became of it.
func (s *Session) outcome(ctx context.Context, c change.Change, hands change.Hands) error {
	became := "done"
	hands.Became = func(what string) { became = what }
	err := s.perform(ctx, c, hands)
	if hands.Outcome != nil && !c.Own {
		if err != nil {
			became = "failed"
			if _, short := errors.AsType[*change.ShortError](err); short {
				became = "done, but for something"
			}
		}
		hands.Outcome(change.Outcome{ID: c.ID, Title: c.Title, Became: became, Err: s.secrets.Error(err), Apart: c.Apart})
	}
	return err
}

// remainder says what a failure at the change of index i leaves; failed counts
// it and those before it.
func remainder(changes []change.Change, i, failed int) string {
	text := ""
	if i > 0 && failed == 1 {
		text += "\nDone before: " + titles(changes[:i])
	}
	if i+1 < len(changes) {
		text += "\nNot done: " + titles(changes[i+1:])
	}
	return text
}

// untried is the error of changes that were not begun.
func untried(changes []change.Change) error { return errors.New("not done: " + titles(changes)) }

// fewTitles is how many titles a sentence holds.
const fewTitles = 5

func titles(changes []change.Change) string {
	var all []string
	for i, c := range changes {
		if i == fewTitles && len(changes) > fewTitles+1 {
			return strings.Join(all, "; ") + fmt.Sprintf("; and %d more", len(changes)-i)
		}
		all = append(all, c.Title)
	}
	return strings.Join(all, "; ")
}

// hiding takes secrets out of what is told.
func (s *Session) hiding(tell func(string)) func(string) {
	if tell == nil {
		return nil
	}
	return func(text string) { tell(s.secrets.String(text)) }
}
