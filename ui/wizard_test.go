package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/trustpub/gh-trustpub/ui/walk"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

func TestScreens(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {140, 45}, {20, 10}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			d := wizardAt(t, &walktest.Session{OpenStep: 3}, size[0], size[1]).until("Do it for me")
			w := d.m.(*wizard)
			w.now = walktest.At
			golden.RequireEqual(t, []byte(d.screen()+"\n"))
		})
	}
}

func TestNoScreenIsLargerThanItsTerminal(t *testing.T) {
	for _, keys := range [][]string{{}, {"?"}, {"1"}, {"2"}, {"3"}, {"4"}, {"1", "enter", "enter", "enter", "enter"}} {
		for _, size := range [][2]int{{10, 4}, {20, 10}, {33, 12}, {60, 20}, {71, 24}, {72, 24}, {140, 45}} {
			d := wizardAt(t, &walktest.Session{OpenStep: 3}, size[0], size[1])
			d.when("the first look", func() bool { return d.m.(*wizard).route != nil })
			for _, k := range keys {
				d.press(k)
				for range len(d.msgs) {
					d.update(<-d.msgs)
				}
			}
			lines := strings.Split(d.screen(), "\n")
			if len(lines) > size[1] {
				t.Errorf("%v after %v: %d lines", size, keys, len(lines))
			}
			for _, l := range lines {
				if ansi.StringWidth(l) > size[0] {
					t.Errorf("%v after %v: %d columns in %q", size, keys, ansi.StringWidth(l), l)
				}
			}
		}
	}
}

func TestTheFirstScreenSaysThatItOnlyReads(t *testing.T) {
	wizardAt(t, &walktest.Session{}, 80, 24).until("This only reads")
}

func TestAStepIsDoneAfterQuestionsPreviewAndYes(t *testing.T) {
	s := &walktest.Session{OpenStep: 3}
	d := wizardAt(t, s, 80, 24).until("Do it for me")
	d.press("1").until("Who may approve a release?")
	d.press("enter").until("May one approve")
	d.press("enter").until("Which tags release?")
	d.press("enter").until("crates.io token")
	d.press("h", "u", "s", "h", "enter").until("Yes, do it")
	if screen := d.screen(); !strings.Contains(screen, "Cannot be taken back: a mail is sent") || strings.Contains(screen, "hush") {
		t.Errorf("the preview must name what lasts, and no secret:\n%s", screen)
	}
	d.press("y").until("5  Publishers")
	if s.Answers["reviewers"] != "ana,bo" || s.Answers["token"] != "hush" || s.Answers["pattern"] != "v*" {
		t.Errorf("answers %v", s.Answers)
	}
}

func TestEnterOnAPreviewSaysNo(t *testing.T) {
	s := &walktest.Session{OpenStep: 3}
	d := wizardAt(t, s, 80, 24).until("Do it for me")
	d.press("1").until("Who may")
	d.press("enter").until("May one").press("enter").until("Which tags").press("enter").until("token").press("enter").until("Yes, do it")
	d.press("enter").until("Nothing was changed.")
	if s.OpenStep != 3 {
		t.Error("a change was made without a yes")
	}
}

func TestEscLeavesAForm(t *testing.T) {
	d := wizardAt(t, &walktest.Session{OpenStep: 3}, 80, 24).until("Do it for me")
	d.press("1").until("Who may").press("esc").until("Nothing was changed.")
}

func TestAFailureIsShownAndTheWayBack(t *testing.T) {
	s := &walktest.Session{OpenStep: 3, Fail: errors.New("creating the environment: 403: you need admin rights; ask an owner")}
	d := wizardAt(t, s, 80, 24).until("Do it for me").press("1").until("Who may")
	d.press("enter").until("May one").press("enter").until("Which tags").press("enter").until("token").press("enter").until("Yes, do it")
	d.press("y").until("ask an owner").press("enter").until("Do it for me")
}

func TestAPageShowsItsFieldsAndIsOpened(t *testing.T) {
	s := &walktest.Session{OpenStep: 3}
	d := wizardAt(t, s, 80, 24).until("Do it for me").press("2").until("settings/environments").until("Owner")
	d.when("the page open", func() bool { return d.m.(*wizard).top.(*page).address != "" })
	d.press("c").until("Copied: acme (Owner)").press("c").until("Copied: release (Environment). That was the last one.").press("esc").until("Do it for me")
	if len(s.Opened) != 1 {
		t.Errorf("opened %v", s.Opened)
	}
}

func TestGoingBackAndForth(t *testing.T) {
	d := wizardAt(t, &walktest.Session{OpenStep: 3}, 80, 24).until("4  Environment")
	d.press("left").until("3  Workflow").press("left", "left", "left").until("1  Survey")
	d.press("esc").until("4  Environment").press("right").until("5  Publishers")
}

func TestSkippingAsksForAReason(t *testing.T) {
	s := &walktest.Session{OpenStep: 3}
	d := wizardAt(t, s, 80, 24).until("Do it for me").press("4").until("Why not now?")
	d.press("enter").until("5  Publishers")
	if s.Skipped["environment"] != "later" {
		t.Errorf("skipped %v", s.Skipped)
	}
}

func TestQuit(t *testing.T) {
	for _, k := range []string{"q", "ctrl+c"} {
		d := wizardAt(t, &walktest.Session{OpenStep: 3}, 80, 24).until("Do it for me").press(k)
		d.when("the end", func() bool { return d.quit })
	}
	if !strings.Contains(walk.Kept, "kept") {
		t.Error("leaving must say that everything is kept")
	}
}

func TestNoMeaningByColourAlone(t *testing.T) {
	d := wizardAt(t, &walktest.Session{OpenStep: 3}, 140, 45).until("Do it for me")
	for _, must := range []string{"✗ the environment", "+ reviewers", "- deployment", "● Environment", "❯ 1", "1 to fix"} {
		if !strings.Contains(d.screen(), must) {
			t.Errorf("%q is told by colour alone", must)
		}
	}
}

func TestTheEndOfTheRouteSaysWhatItCameTo(t *testing.T) {
	d := wizardAt(t, &walktest.Session{OpenStep: 8}, 80, 24).until("8  Lock")
	if screen := ansi.Strip(d.screen()); !strings.Contains(screen, "The route is done. ") {
		t.Errorf("no conclusion:\n%s", screen)
	}
}
