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

// A list that is cut says so at the edge, and never hides the cursor.
func TestAroundKeepsTheCursorInSight(t *testing.T) {
	lines := strings.Split("a b c d e f g h i j", " ")
	for at := range lines {
		got := around(lines, at, 4, newTheme(true))
		text := ansi.Strip(strings.Join(got, "\n"))
		if len(got) != 4 || !strings.Contains(text, lines[at]) {
			t.Errorf("at %s: %q", lines[at], text)
		}
		if up := strings.Contains(text, "↑"); up == (strings.HasPrefix(text, "a\n")) {
			t.Errorf("at %s, the upper edge: %q", lines[at], text)
		}
		if down := strings.Contains(text, "↓"); down == (strings.HasSuffix(text, "\nj")) {
			t.Errorf("at %s, the lower edge: %q", lines[at], text)
		}
	}
	if got := around(lines, 0, 10, newTheme(true)); len(got) != 10 {
		t.Errorf("what fits is not cut: %q", got)
	}
}
