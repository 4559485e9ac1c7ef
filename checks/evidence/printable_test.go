package evidence_test

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestPrintable(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain name", "plain name"},
		{"Überläufer – naïve", "Überläufer – naïve"},
		{"a\x1b[31mred\x1b[0mb", "aredb"},
		{"a\x1b]0;title\x07b", "ab"},
		{"a\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "alink"},
		{"a\u009b31mb", "ab"},
		{"a\u0085b\x00c\x7f", "abc"},
		{"two\nlines\tand", "two lines and"},
		{"abc\u202Efdp.exe", "abcfdp.exe"},
		{"bad\xff", "bad\uFFFD"},
		{"cut \x1b[", "cut "},
		{"", ""},
	} {
		if got := evidence.Printable(c.in); got != c.want {
			t.Errorf("Printable(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b[31mb")
	f.Add("\x1b]0;t\x9c\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := evidence.Printable(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Printable(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) {
				t.Fatalf("Printable(%q) keeps %U", s, r)
			}
		}
		if again := evidence.Printable(got); again != got {
			t.Fatalf("not stable: %q, then %q", got, again)
		}
	})
}
