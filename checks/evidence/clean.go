package evidence

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes remote text safe to print: terminal sequences, control
// characters and the invisible characters that reorder text are taken out.
// Line breaks and tabs stay; a carriage return goes.
func Clean(s string) string {
	return strings.Map(printable, ansi.Strip(strings.ToValidUTF8(s, "\uFFFD")))
}

// CleanLine is Clean for text that belongs on one line: breaks and tabs become
// spaces.
func CleanLine(s string) string {
	return strings.Join(strings.FieldsFunc(Clean(s), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}

func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
		return -1
	}
	return r
}
