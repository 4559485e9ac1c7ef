package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

// performingAt is a wizard whose work has just begun.
func performingAt(t *testing.T, width, height int, during func(context.Context, change.Hands) error) (*driver, *walktest.Session) {
	t.Helper()
	s := &walktest.Session{OpenStep: 3, During: during}
	d := wizardAt(t, s, width, height).until("Do it for me").press("1").until("Who may")
	d.press("enter").until("May one").press("enter").until("Which tags").press("enter").until("token").press("enter").until("Yes, do it")
	return d.press("y"), s
}

func parcel() []change.DiffLine {
	lines := []change.DiffLine{{Op: '+', Text: "market-data-0.1.0.crate: 2.2 kB, 40 files"}}
	for i := range 40 {
		lines = append(lines, change.DiffLine{Op: ' ', Text: fmt.Sprintf("src/file%d.rs", i)})
	}
	return lines
}

func TestWorkAsksOnItsWay(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {140, 45}} {
		for key, want := range map[string]error{"y": nil, "n": change.ErrDeclined, "esc": change.ErrDeclined} {
			var got error
			d, s := performingAt(t, size[0], size[1], func(ctx context.Context, h change.Hands) error {
				got = h.Confirm(ctx, "This is what would be published", parcel())
				return got
			})
			d.until("Go on with this?")
			if !strings.Contains(d.screen(), "2.2 kB, 40 files") {
				t.Errorf("%v: what is asked about is not shown:\n%s", size, d.screen())
			}
			for range 60 {
				d.press("down")
			}
			if !strings.Contains(d.screen(), "file39.rs") || !strings.Contains(d.screen(), "Go on with this?") {
				t.Errorf("%v: the end cannot be reached:\n%s", size, d.screen())
			}
			d.press(key)
			if want == nil {
				d.until("5  Publishers")
			} else {
				d.until("Stopped:").until("not done, as you said")
			}
			if !errors.Is(got, want) || s.OpenStep == 4 != (want == nil) {
				t.Errorf("%s came to %v", key, got)
			}
		}
	}
}

// TestStoppingIsSoftFirst: once asks to stop where nothing is half done, twice
// stops at once.
func TestStoppingIsSoftFirst(t *testing.T) {
	wait := func(done func() bool) {
		for !done() {
			time.Sleep(time.Millisecond)
		}
	}
	d, _ := performingAt(t, 80, 24, func(ctx context.Context, h change.Hands) error {
		wait(h.Stopping)
		if ctx.Err() != nil {
			t.Error("stopped hard at the first")
		}
		return change.ErrStopped
	})
	d.until("Asking GitHub").press("ctrl+c").until("Stopped:").press("enter").until("Do it for me")

	d, _ = performingAt(t, 80, 24, func(ctx context.Context, h change.Hands) error { <-ctx.Done(); return ctx.Err() })
	d.until("Asking GitHub").press("ctrl+c").until("Stopping when what is under way is done").press("ctrl+c").until("canceled")
}
