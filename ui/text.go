package ui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// wrap breaks styled text into lines of at most width columns, keeping words
// whole where that is possible; each line carries its own style.
func wrap(s string, width int) []string {
	return strings.Split(lipgloss.Wrap(s, max(1, width), "/-"), "\n")
}

// indent puts a mark before the first line and lines the others up with it.
func indent(mark, s string, width int) []string {
	in := ansi.StringWidth(mark)
	lines := wrap(s, width-in)
	for i := range lines {
		if i == 0 {
			lines[i] = mark + lines[i]
		} else {
			lines[i] = strings.Repeat(" ", in) + lines[i]
		}
	}
	return lines
}

// cut shortens a line to width columns.
func cut(s string, width int) string { return ansi.Truncate(s, max(0, width), "…") }

// pad fills a line with spaces up to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// scrolled gives the lines that fit from an offset on, and the offset brought
// into its bounds. A last line says how much is left below.
func scrolled(lines []string, offset, height int, t theme) ([]string, int) {
	height = max(1, height)
	if len(lines) <= height {
		return lines, 0
	}
	offset = max(0, min(offset, len(lines)-height))
	window := append([]string(nil), lines[offset:offset+height]...)
	if below := len(lines) - offset - height; below > 0 {
		window[height-1] = t.faint.Render(fmt.Sprintf("↓ %d more lines (pgdn)", below+1))
	}
	return window, offset
}

// around gives the lines that fit with the one at the cursor in sight; the
// first and the last of them say how many are left out there.
func around(lines []string, at, height int, t theme) []string {
	if len(lines) <= height {
		return lines
	}
	from := max(0, min(at-height/2, len(lines)-height))
	window := append([]string(nil), lines[from:from+height]...)
	if above := from; above > 0 && at > from {
		window[0] = t.faint.Render(fmt.Sprintf("  ↑ %d more", above+1))
	}
	if below := len(lines) - from - height; below > 0 && at < from+height-1 {
		window[height-1] = t.faint.Render(fmt.Sprintf("  ↓ %d more", below+1))
	}
	return window
}
