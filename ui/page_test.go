package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/trustpub/gh-trustpub/steps"
)

// form20 is a page that takes no values from its address.
func form20(fields ...steps.Field) *page {
	link := steps.PageLink{Title: "New publisher of market-data on crates.io", URL: "https://crates.io/crates/market-data/settings/new-trusted-publisher",
		Note: strings.Repeat("Choose GitHub and enter the fields as they stand here. ", 6), Fields: fields}
	return &page{link: link, values: shelf{fields: fields}}
}

var crateForm = []steps.Field{{Label: "Repository owner", Value: "acme", Origin: "git remote origin"}, {Label: "Repository name", Value: "market-data"},
	{Label: "Workflow filename", Value: "publish.yml", Origin: "our default"}, {Label: "Environment name (optional)"}, {Label: "Last", Value: "z"}}

// TestValuesAreCopiedOneByOne: each press copies the value under the cursor, says
// so, and steps to the next, on a small screen too; what is to stay empty is
// passed by.
func TestValuesAreCopiedOneByOne(t *testing.T) {
	var machine []string
	p := form20(crateForm...)
	p.local = func(s string) error { machine = append(machine, s); return nil }
	for _, row := range []struct{ said, next string }{
		{"Copied: acme (Repository owner)", "Repository name"}, {"Copied: market-data (Repository name)", "Workflow filename"},
		{"Copied: publish.yml (Workflow filename)", "Last"}, {"Copied: z (Last). That was the last one.", "Last"},
	} {
		run(p.update(stroke("c")))
		screen := ansi.Strip(p.view(60, 16, newTheme(true)))
		if !strings.Contains(screen, "✓ "+row.said) || !strings.Contains(cursorLine(screen), row.next) || strings.Count(screen, "\n") >= 16 {
			t.Errorf("no %q with the cursor at %q:\n%s", row.said, row.next, screen)
		}
	}
	if strings.Join(machine, " ") != "acme market-data publish.yml z" {
		t.Errorf("the machine's clipboard had %q", machine)
	}
	p.update(stroke("up"))
	if cmd := p.update(stroke("c")); cmd != nil {
		t.Error("what is to stay empty was copied")
	}
}

// TestTheTerminalGetsTheCopy: the command is that of OSC 52.
func TestTheTerminalGetsTheCopy(t *testing.T) {
	p := form20(crateForm...)
	if got := run(p.update(stroke("c"))); len(got) != 1 || got[0] != "acme" {
		t.Errorf("copied %q", got)
	}
	empty := form20()
	if got := run(empty.update(stroke("c"))); len(got) != 1 || got[0] != empty.link.URL {
		t.Errorf("copied %q", got)
	}
}

func cursorLine(screen string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, "❯") {
			return line
		}
	}
	return ""
}

// run runs a command with all that is batched in it, and gives what the terminal
// was asked to copy.
func run(cmd tea.Cmd) (copied []string) {
	if cmd == nil {
		return nil
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, one := range msg {
			copied = append(copied, run(one)...)
		}
	case nil:
	default: // Bubble Tea's own message is a string that it does not export
		copied = append(copied, fmt.Sprint(msg))
	}
	return copied
}
