package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

// bulk performs as the session does with changes that stand apart: the third is
// refused.
type bulk struct{ walktest.Session }

func (*bulk) Perform(_ context.Context, changes []change.Change, hands change.Hands) error {
	var refused error
	for i, c := range changes {
		o := change.Outcome{ID: c.ID, Apart: true, Became: "created"}
		if i == 2 {
			refused = errors.New("not an owner")
			o.Became, o.Err = "failed", refused
		}
		hands.Progress(c.Title)
		hands.Outcome(o)
	}
	return refused
}

// TestTheOutcomeOfManyStays: the table is read before the screen goes, also where
// it is longer than the screen.
func TestTheOutcomeOfManyStays(t *testing.T) {
	var changes []change.Change
	for i := range 30 {
		changes = append(changes, change.Change{ID: fmt.Sprintf("publisher:crates.io:ws-%02d", i), Title: fmt.Sprintf("Register ws-%02d", i)})
	}
	p := newPerforming(t.Context(), &bulk{}, changes)
	p.start()
	for !p.ended {
		p.update(<-p.events)
	}
	show := func() string { return ansi.Strip(p.view(60, 12, newTheme(true))) }
	if s := show(); !strings.Contains(s, "created  ws-29") || strings.Contains(s, "ws-02:") {
		t.Errorf("the end of the table is not shown:\n%s", s)
	}
	for range 40 {
		if p.update(tea.KeyPressMsg{Code: tea.KeyUp}); strings.Contains(show(), "Outcome:") {
			break
		}
	}
	if s := show(); !strings.Contains(s, "Outcome: 29 created, 1 failed") || !strings.Contains(s, "failed   ws-02: not an owner") {
		t.Errorf("scrolling up does not come to the beginning of the table:\n%s", s)
	}
	for range 200 {
		p.update(tea.KeyPressMsg{Code: tea.KeyUp})
	}
	if s := show(); !strings.HasPrefix(s, "Register ws-00") || !strings.Contains(s, "… and 26 more") {
		t.Errorf("the beginning:\n%s", s)
	}
	if p.update(tea.KeyPressMsg{Code: tea.KeyEnter}) == nil {
		t.Error("enter does not close it")
	}
}
