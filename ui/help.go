package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/trustpub/gh-trustpub/ui/walk"
)

// help lists every key and the meaning of the marks.
type help struct{ keys keys }

func (h *help) start() tea.Cmd { return nil }

func (h *help) update(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		return closeThen(nil)
	}
	return nil
}

func (h *help) view(width, height int, t theme) string {
	k := h.keys
	lines := []string{t.title.Render("Keys"), ""}
	for _, b := range []key.Binding{k.choose, binding("1-9", "take a way by its number", "1"), binding("↑ ↓", "move", "up"),
		binding("← →", "look at another step", "left"), binding("esc", "back to the open step", "esc"), binding("r", "look again now", "r"),
		binding("pgup pgdn", "scroll", "pgdown"), k.suspend, binding("q", "quit; "+walk.Kept, "q")} {
		lines = append(lines, indent(t.strong.Render(pad(b.Help().Key, 11)), b.Help().Desc, width)...)
	}
	lines = append(lines, "", t.title.Render("Marks"), "")
	lines = append(lines, wrap("✓ seen to be so  ✗ to fix  … under way  “ you said so, not yet seen  ? cannot be seen  » passed by", width)...)
	window, _ := scrolled(lines, 0, height, t)
	return strings.Join(window, "\n")
}

func (h *help) hints(t theme, _ keys) string { return hint(t, binding("any key", "back", "enter")) }
