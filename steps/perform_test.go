package steps

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps/change"
)

// apart makes changes that stand by themselves; those named in fails fail so.
func apart(fails map[string]error, ids ...string) []change.Change {
	var all []change.Change
	for _, id := range ids {
		all = append(all, change.Change{ID: id, Title: "Do " + id, Apart: true, Perform: func(_ context.Context, h change.Hands) error {
			if fails[id] == nil && strings.HasSuffix(id, "2") {
				h.Became("was there")
			}
			return fails[id]
		}})
	}
	return all
}

// became performs changes and gives what became of each, in one line.
func (w *walk) became(ctx context.Context, changes []change.Change) (string, error) {
	var lines []string
	err := w.Perform(ctx, changes, change.Hands{Outcome: func(o change.Outcome) {
		lines = append(lines, strings.TrimSpace(fmt.Sprint(o.ID, " ", o.Became)))
	}})
	return strings.Join(lines, ", "), err
}

func TestChangesThatStandApartGoOn(t *testing.T) {
	w := begin(t, fresh(t))
	changes := apart(map[string]error{"a1": errors.New("not an owner"), "a3": errors.New("full")}, "a0", "a1", "a2", "a3", "a4")
	got, err := w.became(t.Context(), changes)
	if got != "a0 done, a1 failed, a2 was there, a3 failed, a4 done" || err == nil {
		t.Errorf("%s: %v", got, err)
	}
	contains(t, "error", err.Error(), "Do a1: not an owner", "Do a3: full")
	lacks(t, "error", err.Error(), "Done before", "not done")
	if n := strings.Count(w.written(), `"kind":"after"`); n != 5 {
		t.Errorf("%d outcomes in the journal", n)
	}
}

func TestAFailureThatConcernsAllStops(t *testing.T) {
	w := begin(t, fresh(t))
	bad := errors.New("the token is not accepted")
	got, err := w.became(t.Context(), apart(map[string]error{"a1": fmt.Errorf("try: %w", &change.AllError{Err: bad})}, "a0", "a1", "a2"))
	if got != "a0 done, a1 failed" || !errors.Is(err, bad) {
		t.Errorf("%s: %v", got, err)
	}
	contains(t, "error", err.Error(), "Done before: Do a0", "Not done: Do a2")
}

func TestWhatDoesNotStandApartIsLeftAfterAFailure(t *testing.T) {
	w := begin(t, fresh(t))
	changes := append(apart(map[string]error{"a0": errors.New("full")}, "a0", "a1"), change.Change{ID: "b", Title: "Do b", Perform: func(context.Context, change.Hands) error { t.Error("made"); return nil }})
	got, err := w.became(t.Context(), changes)
	if got != "a0 failed, a1 done" || err == nil {
		t.Errorf("%s: %v", got, err)
	}
	contains(t, "error", err.Error(), "Do a0: full", "not done: Do b")
}

// TestCancelledBetweenTwo: what is done stands, and the next is not begun.
func TestCancelledBetweenTwo(t *testing.T) {
	w := begin(t, fresh(t))
	ctx, cancel := context.WithCancel(t.Context())
	changes := apart(nil, "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8")
	make := changes[1].Perform
	changes[1].Perform = func(ctx context.Context, h change.Hands) error { cancel(); return make(ctx, h) }
	got, err := w.became(ctx, changes)
	if got != "a0 done, a1 done" || !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %v", got, err)
	}
	contains(t, "error", err.Error(), "not done: Do a2", "and 2 more")
}

func TestTheNextLookIsToldWhichCratesWereChanged(t *testing.T) {
	w := begin(t, fresh(t))
	if err := w.Perform(t.Context(), apart(nil, "trusted-publishing-only:market-data", "publisher:crates.io:other"), change.Hands{}); err != nil {
		t.Fatal(err)
	}
	w.lookAgain()
	w.lookAgain()
	if first := w.sights[0]; !first.Anew || strings.Join(first.Touched, " ") != "market-data" || len(w.sights[1].Touched) != 0 {
		t.Errorf("%+v", w.sights)
	}
}

// TestAskedToStop: what is under way is ended, and the next is not begun.
func TestAskedToStop(t *testing.T) {
	w := begin(t, fresh(t))
	made := 0
	hands := change.Hands{Stopping: func() bool { return made == 2 }, Outcome: func(change.Outcome) { made++ }}
	err := w.Perform(t.Context(), apart(nil, "a0", "a1", "a2"), hands)
	if made != 2 || !errors.Is(err, change.ErrStopped) {
		t.Errorf("%d made: %v", made, err)
	}
	contains(t, "error", err.Error(), "not done: Do a2")
}
