package ui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/steps/change"
)

// consenting presses keys on a consent about a file, a push of it, and a secret,
// and gives what is made, what is left out, and the screens in between.
func consenting(keys ...string) (made, left []string, screens []string) {
	changes := []change.Change{{ID: "file:a", Title: "Write a", Preview: []change.DiffLine{{Op: '+', Text: "its text"}}},
		{ID: "push:main", Title: "Commit and push", Lasting: "a commit stays", Needs: []string{"file:a"}},
		{ID: "secret:/T", Title: "Delete the secret T", Lasting: "its value is lost"}}
	c := &consent{title: "Do it for me", ask: change.Ask(changes), yes: func(agreed, leftOut []change.Change) tea.Cmd {
		for _, o := range agreed {
			made = append(made, o.ID)
		}
		for _, o := range leftOut {
			left = append(left, o.ID)
		}
		return nil
	}}
	for _, k := range keys {
		screens = append(screens, ansi.Strip(c.view(60, 20, newTheme(true))))
		c.update(stroke(k))
	}
	return made, left, screens
}

func TestEachLastingChangeHasItsOwnYes(t *testing.T) {
	for _, row := range []struct {
		keys       []string
		made, left []string
	}{
		{[]string{"y", "y", "y"}, []string{"file:a", "push:main", "secret:/T"}, nil},
		{[]string{"tab", "enter", "n", "y"}, []string{"file:a", "secret:/T"}, []string{"push:main"}},
		{[]string{"y", "enter", "enter"}, []string{"file:a"}, []string{"push:main", "secret:/T"}}, // enter is no, each time anew
		{[]string{"tab", "enter", "tab", "enter", "esc"}, []string{"file:a", "push:main"}, []string{"secret:/T"}},
		{[]string{"n"}, nil, nil},
		{[]string{"y", "y", "ctrl+c"}, nil, nil},
	} {
		made, left, _ := consenting(row.keys...)
		if !slices.Equal(made, row.made) || !slices.Equal(left, row.left) {
			t.Errorf("%v: made %v, left out %v", row.keys, made, left)
		}
	}
}

func TestWhatLastsIsNamedBeforeTheYes(t *testing.T) {
	_, _, screens := consenting("y", "y", "y")
	for i, parts := range [][]string{
		{"1 change", "Write a", "its text", "Asked by itself afterwards: Commit and push.", "a commit stays", "Delete the secret T", "❯ No"},
		{"Commit and push", "Cannot be taken back: a commit stays", "Asked by itself afterwards: Delete the secret T", "❯ No"},
		{"Delete the secret T", "Cannot be taken back: its value is lost", "❯ No"},
	} {
		for _, part := range parts {
			if !strings.Contains(strings.Join(strings.Fields(screens[i]), " "), part) {
				t.Errorf("no %q on\n%s", part, screens[i])
			}
		}
	}
	if strings.Contains(screens[2], "its text") || strings.Contains(screens[2], "Asked by itself") {
		t.Errorf("the last question is about one change alone:\n%s", screens[2])
	}
}
