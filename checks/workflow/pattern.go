package workflow

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// MatchFilter reports whether a branch or tag name matches a filter pattern of
// an on: block: * stops at a slash, ** does not, ? and + repeat the character
// before them, [] lists characters (docs.github.com, "Workflow syntax: filter
// pattern cheat sheet", read August 2026). A leading ! is the caller's matter.
// A pattern that makes no sense matches nothing.
func MatchFilter(pattern, name string) bool {
	re, err := regexp.Compile(`\A(?s:` + filterRegexp(pattern) + `)\z`)
	return err == nil && re.MatchString(name)
}

// nothing is a regular expression that no text matches.
const nothing = `[^\s\S]`

func filterRegexp(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch c := pattern[i]; {
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case c == '*':
			b.WriteString("[^/]*")
		case (c == '?' || c == '+') && i > 0:
			b.WriteByte(c)
		case c == '[':
			end := strings.IndexByte(rest, ']')
			if end < 2 {
				return nothing
			}
			b.WriteString(class(rest[1:end]))
			i += end
		case c == '\\' && i+1 < len(pattern):
			i += literal(&b, pattern[i+1:])
		default:
			i += literal(&b, rest) - 1
		}
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

// MatchPolicy reports whether a short ref name matches a pattern of a
// deployment policy or a ruleset. GitHub uses Ruby's File.fnmatch with
// FNM_PATHNAME: * and ? stop at a slash, **/ matches any number of folders
// (docs.github.com, "Managing environments for deployment", read August 2026).
func MatchPolicy(pattern, name string) bool {
	re, err := regexp.Compile(`\A(?s:` + policyRegexp(pattern) + `)\z`)
	return err == nil && re.MatchString(name)
}

func policyRegexp(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		folder := i == 0 || pattern[i-1] == '/'
		switch c := pattern[i]; {
		case folder && strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:[^/]+/)*")
			i += 2
		case c == '*':
			b.WriteString("[^/]*")
		case c == '?':
			b.WriteString("[^/]")
		case c == '[' && strings.IndexByte(rest, ']') > 1:
			end := strings.IndexByte(rest, ']')
			b.WriteString(class(rest[1:end]))
			i += end
		case c == '\\' && i+1 < len(pattern):
			i += literal(&b, pattern[i+1:])
		default:
			i += literal(&b, rest) - 1
		}
	}
	return b.String()
}

// class turns the inside of [] into a regular expression's.
func class(inside string) string {
	negated := ""
	if inside[0] == '!' || inside[0] == '^' {
		negated, inside = "^", inside[1:]
	}
	if inside == "" {
		return nothing
	}
	return "[" + negated + strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `&`, `\&`).Replace(inside) + "]"
}
