package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/steps"
)

// TestAllOptionsAreInSightUnderALongHelp: title and help are wrapped, and the
// list begins below.
func TestAllOptionsAreInSightUnderALongHelp(t *testing.T) {
	long := strings.Repeat("a sentence that goes on and on, and over the edge; ", 4)
	q := steps.Question{ID: "self", Kind: steps.Choice, Title: "Must somebody else than its starter approve a run, whatever it publishes?", Help: long, Origin: "here", Default: "no",
		Options: []steps.Option{{Value: "yes", Label: "yes: somebody else"}, {Value: "no", Label: "no: the starter may"}}}
	for _, size := range [][2]int{{60, 20}, {80, 24}, {140, 45}} {
		d, got := asked(t, size[0], size[1], q)
		d.until("no: the starter may")
		d.update(tea.WindowSizeMsg{Width: 60, Height: 20}) // huh asks for the size, and so do terminals
		d.until("no: the starter may")
		if !strings.Contains(d.screen(), "yes: somebody else") {
			t.Errorf("%v: an option is out of sight:\n%s", size, d.screen())
		}
		d.press("up", "enter").until("answered")
		if (*got)["self"] != "yes" {
			t.Errorf("%v: %v", size, *got)
		}
	}
}
