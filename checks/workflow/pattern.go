package workflow

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// MatchFilter reports whether a branch or tag name (or a path) matches a filter
// pattern of an on: block: * stops at a slash, ** does not, a folder that is
// **/ may be missing, ? and + repeat the character before them, [] lists
// characters, \ makes the next one plain (docs.github.com, "Workflow syntax:
// filter pattern cheat sheet", read August 2026). A leading ! is the caller's
// matter; anywhere else it stands for itself. A pattern that makes no sense
// matches nothing.
func MatchFilter(pattern, name string) bool {
	re, err := regexp.Compile(`\A(?s:` + filterRegexp(pattern) + `)\z`)
	return err == nil && re.MatchString(name)
}

// nothing is a regular expression that no text matches.
const nothing = `[^\s\S]`

func filterRegexp(pattern string) string {
	var b strings.Builder
	repeatable := false
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch c := pattern[i]; {
		case strings.HasPrefix(rest, "**/") && (i == 0 || pattern[i-1] == '/'):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?' || c == '+':
			if !repeatable {
				return nothing
			}
			b.WriteByte(c)
		case c == '[':
			end := strings.IndexByte(rest, ']')
			if end < 2 {
				return nothing
			}
			b.WriteString("[" + regexp.QuoteMeta(rest[1:end]) + "]") // which leaves the minus of a range
			i += end
		case c == '\\' && i+1 < len(pattern):
			i += literal(&b, pattern[i+1:])
		default:
			i += literal(&b, rest) - 1
		}
		repeatable = strings.IndexByte("*?+", rest[0]) < 0
	}
	return b.String()
}

// literal writes the first character of a text, which is not empty, and returns
// its length in bytes.
func literal(b *strings.Builder, text string) int {
	_, size := utf8.DecodeRuneInString(text)
	b.WriteString(regexp.QuoteMeta(text[:size]))
	return size
}

// passes judges an ordered list of patterns: the last one that matches decides,
// and one with a leading ! excludes.
func passes(patterns []string, name string) bool {
	in := false
	for _, p := range patterns {
		if negated, isNegated := strings.CutPrefix(p, "!"); isNegated {
			in = in && !MatchFilter(negated, name)
		} else if MatchFilter(p, name) {
			in = true
		}
	}
	return in
}
