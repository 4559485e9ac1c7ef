package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// Each line is drawn beside others, so that a style must not lean on the line
// before.
func TestWrappedLinesKeepTheirStyle(t *testing.T) {
	faint := newTheme(true).faint
	lines := wrap("now "+faint.Render("what was seen a while ago"), 12)
	if len(lines) < 3 {
		t.Fatalf("%q", lines)
	}
	for i, line := range lines {
		if ansi.StringWidth(line) > 12 {
			t.Errorf("%q is too wide", line)
		}
		if i > 0 && !strings.HasPrefix(line, "\x1b[") {
			t.Errorf("line %d lost its style: %q", i, line)
		}
		if open := strings.LastIndex(line, "\x1b["); open >= 0 && !strings.HasPrefix(line[open:], "\x1b[m") {
			t.Errorf("line %d leaves its style open: %q", i, line)
		}
	}
}
