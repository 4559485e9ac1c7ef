package evidence

import (
	"strings"
	"testing"
	"unicode"
)

func TestCleanTakesOutWhatATerminalObeys(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"plain", "market-data", "market-data"},
		{"colour", "\x1b[31mred\x1b[0m", "red"},
		{"title", "\x1b]0;owned\x07name", "name"},
		{"c1 csi, of which only harmless letters stay", "a\u009b31mb", "a31mb"},
		{"carriage return", "good\rbad", "goodbad"},
		{"bell and backspace", "a\x07\x08b", "ab"},
		{"right to left override", "abc\u202egpj.exe", "abcgpj.exe"},
		{"broken utf-8", "a\xffb", "a\uFFFDb"},
		{"lines stay", "a\nb\tc", "a\nb\tc"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Clean(row.in); got != row.want {
				t.Errorf("Clean(%q) = %q, want %q", row.in, got, row.want)
			}
		})
	}
}

func TestCleanLineIsOneLine(t *testing.T) {
	if got := CleanLine("a\nb\r\n\tc"); got != "a b c" {
		t.Errorf("got %q", got)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[2Jx\u202ey")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Clean(s) {
			if unicode.IsControl(r) && r != '\n' && r != '\t' || strings.ContainsRune("\u202e\u2066", r) {
				t.Fatalf("Clean(%q) left %U", s, r)
			}
		}
	})
}
