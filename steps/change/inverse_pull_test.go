package change

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// made is the entry of the journal.
func made(t *testing.T, c Change) journal.Entry {
	t.Helper()
	e := journal.Entry{ID: c.ID, Title: c.Title, Lasting: c.Lasting}
	var err error
	if e.Before, err = json.Marshal(c.Before); err != nil {
		t.Fatal(err)
	}
	if e.After, err = json.Marshal(c.After); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAPullRequestIsTakenBack(t *testing.T) {
	h := host(t)
	c := h.PullRequest(h.wanted())
	if _, err := h.Inverse(t.Context(), made(t, c)); !errors.Is(err, ErrAsBefore) {
		t.Errorf("never made: %v", err)
	}
	if err := h.perform(c); err != nil {
		t.Fatal(err)
	}
	back, err := h.Inverse(t.Context(), made(t, c))
	if err != nil || !strings.Contains(back.Title, "Close the pull request #1 and delete the branch") || !strings.Contains(back.Lasting, "https://github.com/acme/market-data/pull/1") {
		t.Fatalf("%q %q %v", back.Title, back.Lasting, err)
	}
	if err := h.perform(back); err != nil {
		t.Fatal(err)
	}
	if pulls := h.pulls(); pulls[0].State != "closed" || strings.Contains(h.git("for-each-ref"), proposedBranch) {
		t.Errorf("%+v", pulls[0])
	}
	if _, err := h.Inverse(t.Context(), made(t, c)); !errors.Is(err, ErrAsBefore) {
		t.Errorf("again: %v", err)
	}
}

// TestTakingAPullRequestBackAfterACrash breaks off before and after both writes.
func TestTakingAPullRequestBackAfterACrash(t *testing.T) {
	h := host(t)
	for n := range 4 {
		h.reset()
		c := h.PullRequest(h.wanted())
		if err := h.perform(c); err != nil {
			t.Fatal(err)
		}
		back, err := h.Inverse(t.Context(), made(t, c))
		if err != nil {
			t.Fatal(err)
		}
		h.wire.writes, h.wire.failAt, h.wire.after = 0, n/2+1, n%2 == 1
		if err := h.perform(back); err == nil || !strings.Contains(err.Error(), errWire.Error()) {
			t.Fatal(err)
		}
		h.wire.failAt = 0
		if back, err = h.Inverse(t.Context(), made(t, c)); err == nil {
			err = h.perform(back)
		}
		if err != nil && !errors.Is(err, ErrAsBefore) {
			t.Errorf("crash %d: %v", n, err)
		}
		if h.pulls()[0].State != "closed" || strings.Contains(h.git("for-each-ref"), proposedBranch) {
			t.Errorf("crash %d: %+v", n, h.pulls()[0])
		}
	}
}

func TestAPullRequestThatHasMovedOn(t *testing.T) {
	lasting, moved := new(LastingError), new(MovedOnError)
	shared := host(t)
	for name, row := range map[string]struct {
		happens func(*hosted)
		as      any
		says    string
	}{
		"merged":              {func(h *hosted) { h.decide("Merge pull request") }, &lasting, "use Revert on its page, https://github.com/acme/market-data/pull/1"},
		"a commit of another": {func(h *hosted) { h.commit(proposedBranch, "Fix a typo") }, &moved, "the branch " + proposedBranch + " has changed since"},
		"another proposal": {func(h *hosted) {
			p := h.wanted()
			p.Edits[0].After = []byte("on: release\n")
			if err := h.perform(h.PullRequest(p)); err != nil {
				h.t.Fatal(err)
			}
		}, &moved, "has changed since"},
	} {
		t.Run(name, func(t *testing.T) {
			h := shared.reset()
			c := h.PullRequest(h.wanted())
			if err := h.perform(c); err != nil {
				t.Fatal(err)
			}
			row.happens(h)
			before := h.git("for-each-ref")
			if _, err := h.Inverse(t.Context(), made(t, c)); !errors.As(err, row.as) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v", err)
			}
			if h.git("for-each-ref") != before {
				t.Error("looking changed something")
			}
		})
	}
	t.Run("closed, its branch left", func(t *testing.T) {
		h := shared.reset()
		c := h.PullRequest(h.wanted())
		if err := h.perform(c); err != nil {
			t.Fatal(err)
		}
		h.decide("Close pull request")
		back, err := h.Inverse(t.Context(), made(t, c))
		if err != nil || back.Title != "Delete the branch "+proposedBranch || back.Lasting != "" {
			t.Fatalf("%q %v", back.Title, err)
		}
		if err := h.perform(back); err != nil || strings.Contains(h.git("for-each-ref"), proposedBranch) {
			t.Errorf("%v", err)
		}
	})
}
