package python

import (
	"strings"
	"testing"
)

// TestSetupCfg: sections, keys and values as Python's configparser reads them,
// with the line of each.
func TestSetupCfg(t *testing.T) {
	for _, c := range []struct {
		name, text, section, key, value string
		line                            int
	}{
		{"equals", "[metadata]\nname = x\n", "metadata", "name", "x", 2},
		{"colon", "[metadata]\nname: x\n", "metadata", "name", "x", 2},
		{"the first of both", "[metadata]\nurl = https://x:1/y=z\n", "metadata", "url", "https://x:1/y=z", 2},
		{"case and dashes of keys", "[metadata]\nLong-Description = x\n", "metadata", "long_description", "x", 2},
		{"case of sections counts", "[Metadata]\nname = x\n", "metadata", "name", "", 0},
		{"indented lines go on", "[metadata]\nclassifiers =\n    A\n\n    B\n", "metadata", "classifiers", "A B", 2},
		{"a comment between them", "[metadata]\nclassifiers =\n    A\n# no\n    B\n", "metadata", "classifiers", "A B", 2},
		{"no comment behind a value", "[metadata]\nname = x # y\n", "metadata", "name", "x # y", 2},
		{"a section twice", "[metadata]\nname = x\n[options]\nzip_safe = 1\n[metadata]\nversion = 2\n", "metadata", "version", "2", 6},
		{"before any section", "name = x\n[metadata]\n", "metadata", "name", "", 0},
		{"a section in a value", "[metadata]\ndescription = a\n  [metadata]\nname = x\n", "metadata", "description", "a [metadata]", 2},
		{"line ends of Windows", "[metadata]\r\nname = x\r\n", "metadata", "name", "x", 2},
		{"empty", "", "metadata", "name", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parseSetupCfg([]byte(c.text))[c.section][c.key]
			if got.text() != c.value || got.line != c.line {
				t.Errorf("%q at %d, want %q at %d", got.text(), got.line, c.value, c.line)
			}
		})
	}
}

// FuzzSetupCfg: every value lies in the text, on the line that is told.
func FuzzSetupCfg(f *testing.F) {
	f.Add("[metadata]\nname = x\nclassifiers =\n  A\n\t; c\n  B\n")
	f.Add("[a]\n b\n=\n[\n]\n[]\nx")
	f.Add("\ufeff[metadata]\r\nname:\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		for section, keys := range parseSetupCfg([]byte(text)) {
			for key, value := range keys {
				if key == "" || value.line < 1 || value.line > len(lines) {
					t.Fatalf("[%s] %q at line %d of %d", section, key, value.line, len(lines))
				}
				for _, l := range value.lines {
					if l.line < value.line || l.line > len(lines) || !strings.Contains(lines[l.line-1], l.text) {
						t.Fatalf("[%s] %s: %q is not on line %d", section, key, l.text, l.line)
					}
				}
			}
		}
	})
}
