package evidence

import (
	"regexp"
	"strings"
	"unicode"
)

// escapes are the terminal control sequences of ECMA-48 (5th edition, 5.4 and
// 5.6): CSI sequences, strings such as OSC up to their end, and two-byte ones.
var escapes = regexp.MustCompile(
	"(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]?" +
		"|(?:\x1b[\\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\x07\x1b\u009c]*(?:\x07|\x1b\\\\|\u009c)?" +
		"|\x1b[ -/]*[0-~]?")

// Printable is text from outside without what steers a terminal: escape
// sequences, control characters (a tab or line break becomes a space) and the
// marks that turn the reading direction. Bytes that are no UTF-8 become U+FFFD.
func Printable(s string) string {
	if isPlain(s) {
		return s
	}
	s = escapes.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
