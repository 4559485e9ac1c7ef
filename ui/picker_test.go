package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/ui/walk/walktest"
)

// crowd asks for reviewers among hundreds.
func crowd() steps.Question {
	q := steps.Question{ID: "reviewers", Kind: steps.Several, Title: "Who may approve a release?", Most: 3, Origin: "profile team", Default: "ana",
		Help:    "bo may already, and stays; there is room for 3 more. One approval is enough.",
		Options: []steps.Option{{Value: "ana", Label: "ana  admin"}, {Value: "acme/core", Label: "team acme/core  write, 4 people"}}}
	for i := range 238 {
		name := fmt.Sprintf("person%03d", i)
		q.Options = append(q.Options, steps.Option{Value: name, Label: name + "  write"})
	}
	return q
}

// asked is a wizard with a form on top, and the answers once there are any.
func asked(t *testing.T, width, height int, questions ...steps.Question) (*driver, *steps.Answers) {
	t.Helper()
	d := wizardAt(t, &walktest.Session{OpenStep: 3}, width, height).until("Do it for me")
	var got steps.Answers
	w := d.m.(*wizard)
	d.update(openMsg{newForm("Do it for me", questions, w.theme, w.room, func(a steps.Answers) tea.Cmd {
		got = a
		return notice("answered")
	})})
	return d, &got
}

func TestSearchingAmongHundreds(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			d, _ := asked(t, size[0], size[1], crowd())
			d.until("1 of at most 3 chosen").press("down", "space")
			first := d.screen()
			d.press("p", "e", "r", "s", "o", "n", "1").until("100 of 240 shown")
			d.press("down", "down", "space").until("3 of at most 3 chosen")
			d.press("down", "space").until("take one out first")
			golden.RequireEqual(t, []byte(first+"\n"+strings.Repeat("=", size[0])+"\n"+d.screen()+"\n"))
		})
	}
}

// TestWhatIsChosenStaysChosen: out of sight, and after the search is taken back.
func TestWhatIsChosenStaysChosen(t *testing.T) {
	d, got := asked(t, 80, 24, crowd())
	d.until("1 of at most 3").press("C", "O", "R", "E").until("1 of 240 shown").press("space").until("2 of at most 3")
	d.press("esc").until("type to search").press("2", "3", "7", "space").until("3 of at most 3")
	d.press("backspace").until("/23▏").press("enter").until("answered")
	if (*got)["reviewers"] != "ana,acme/core,person237" {
		t.Errorf("%v", *got)
	}
}

func TestEscLeavesAFormWithoutASearch(t *testing.T) {
	d, got := asked(t, 80, 24, crowd())
	d.until("1 of at most 3").press("x", "esc").until("type to search").press("esc").until("Nothing was changed.")
	if *got != nil {
		t.Errorf("answered: %v", *got)
	}
}

func TestAnAnswerThatWillNotDoIsSaidInTheList(t *testing.T) {
	q := crowd()
	q.Check = func(a string) error {
		if a == "" {
			return fmt.Errorf("choose at least one")
		}
		return nil
	}
	d, got := asked(t, 60, 20, q, steps.Question{ID: "wait", Kind: steps.Input, Title: "How long?", Default: "0"})
	d.until("1 of at most 3").press("space", "enter").until("choose at least one").press("z", "z", "space").until("Nothing holds “zz”")
	d.press("esc").until("type to search").press("space", "enter").until("How long?").press("enter").until("answered")
	if (*got)["reviewers"] != "ana" || (*got)["wait"] != "0" {
		t.Errorf("%v", *got)
	}
}

// TestThePickerKeepsItsBounds: whatever keys come, no more are chosen than there
// may be, each once and from the options, and nothing is drawn outside.
func TestThePickerKeepsItsBounds(t *testing.T) {
	keys := []string{"space", "up", "down", "pgup", "pgdown", "home", "end", "backspace", "ctrl+u", "a", "n", "0", "1", "q"}
	rapid.Check(t, func(t *rapid.T) {
		q := crowd()
		q.Most = rapid.IntRange(0, 4).Draw(t, "most")
		q.Options = q.Options[:rapid.IntRange(0, len(q.Options)).Draw(t, "options")]
		var chosen []string
		p := newPicker(q, &chosen, newTheme(true))
		p.WithKeyMap(huh.NewDefaultKeyMap())
		width, height := rapid.IntRange(8, 90).Draw(t, "width"), rapid.IntRange(3, 30).Draw(t, "height")
		p.WithWidth(width).WithHeight(height)
		for _, k := range rapid.SliceOf(rapid.SampledFrom(keys)).Draw(t, "keys") {
			p.Update(strokeOf(k))
			lines := strings.Split(p.View(), "\n")
			if len(lines) > max(height, 3+len(p.foot())) {
				t.Fatalf("%d lines of %d:\n%s", len(lines), height, p.View())
			}
			for _, l := range lines {
				if ansi.StringWidth(l) > width {
					t.Fatalf("%d columns of %d: %q", ansi.StringWidth(l), width, ansi.Strip(l))
				}
			}
		}
		if q.Most > 0 && len(chosen) > q.Most {
			t.Fatalf("%d chosen", len(chosen))
		}
		for i, v := range chosen {
			known := slices.ContainsFunc(q.Options, func(o steps.Option) bool { return o.Value == v })
			if !known || slices.Contains(chosen[:i], v) {
				t.Fatalf("%v", chosen)
			}
		}
	})
}

func strokeOf(name string) tea.KeyPressMsg {
	switch name {
	case "backspace":
		return tea.KeyPressMsg{Code: tea.KeyBackspace}
	case "home":
		return tea.KeyPressMsg{Code: tea.KeyHome}
	case "end":
		return tea.KeyPressMsg{Code: tea.KeyEnd}
	case "ctrl+u":
		return tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}
	}
	return stroke(name)
}
