package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

// keys are the wizard's own keys. Forms have huh's, so nothing here that works
// inside a form may be a plain letter: only esc and ctrl+c reach past one.
type keys struct {
	up, down, choose, back, forward, previous, current, look, scroll, copy, help, quit, yes, no, suspend key.Binding
}

func binding(help, what string, on ...string) key.Binding {
	return key.NewBinding(key.WithKeys(on...), key.WithHelp(help, what))
}

func newKeys() keys {
	return keys{
		up:       binding("↑", "up", "up", "k"),
		down:     binding("↓", "down", "down", "j"),
		choose:   binding("enter", "choose", "enter"),
		back:     binding("esc", "back", "esc"),
		previous: binding("←", "step before", "left", "h", "["),
		forward:  binding("→", "step after", "right", "l", "]"),
		current:  binding("esc", "to the open step", "esc"),
		look:     binding("r", "look again", "r"),
		scroll:   binding("pgdn", "scroll", "pgdown", "pgup", "space"),
		copy:     binding("c", "copy", "c"),
		help:     binding("?", "keys", "?", "f1"),
		quit:     binding("q", "quit", "q", "ctrl+c"),
		yes:      binding("y", "yes", "y"),
		no:       binding("n", "no", "n", "esc"),
		suspend:  binding("ctrl+z", "suspend", "ctrl+z"),
	}
}

// hint writes the keys in force for the footer.
func hint(t theme, on ...key.Binding) string {
	parts := make([]string, 0, len(on))
	for _, b := range on {
		parts = append(parts, t.strong.Render(b.Help().Key)+" "+t.faint.Render(b.Help().Desc))
	}
	return strings.Join(parts, "  ")
}
