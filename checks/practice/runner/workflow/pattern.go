package workflow

import (
	"fmt"
	"regexp"
	"strings"
)

// compilePattern turns one filter pattern into a regular expression, after
// GitHub's "Filter pattern cheat sheet" (docs.github.com, "Workflow syntax",
// read August 2026): `*` stops at a slash, `**` does not, a folder `**/` may be
// missing, `?` and `+` repeat the character before them, `[]` is a list of
// characters and ranges, `\` makes the next character plain. `!` means something
// at the beginning only.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	var out strings.Builder
	out.WriteString(`\A(?s:`)
	text := []rune(pattern)
	single := false // whether one character stands before, which can be repeated
	for i := 0; i < len(text); i++ {
		c, rest := text[i], string(text[i:])
		before := single
		single = true
		switch {
		case strings.HasPrefix(rest, "**/") && (i == 0 || text[i-1] == '/'):
			out.WriteString("(?:|.*/)")
			i += 2
			single = false
		case strings.HasPrefix(rest, "**"):
			out.WriteString(".*")
			i++
			single = false
		case c == '*':
			out.WriteString("[^/]*")
			single = false
		case c == '?' || c == '+':
			if !before {
				return nil, fmt.Errorf("invalid filter pattern '%s': no character stands before %c", pattern, c)
			}
			out.WriteRune(c)
			single = false
		case c == '[':
			list, _, closed := strings.Cut(rest[1:], "]")
			if !closed || list == "" {
				return nil, fmt.Errorf("invalid filter pattern '%s': a list of characters is not closed, or empty", pattern)
			}
			out.WriteString("[" + regexp.QuoteMeta(list) + "]") // a minus stays one
			i += len([]rune(list)) + 1
		case c == '\\' && i+1 < len(text):
			i++
			out.WriteString(regexp.QuoteMeta(string(text[i])))
		default:
			out.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	out.WriteString(`)\z`)
	re, err := regexp.Compile(out.String())
	if err != nil {
		return nil, fmt.Errorf("invalid filter pattern '%s': %w", pattern, err)
	}
	return re, nil
}

// matchList goes through the patterns in order: each that matches includes the
// name, each `!` pattern that matches takes it out again, and the last wins.
func matchList(patterns []string, name string) (bool, error) {
	in := false
	for _, p := range patterns {
		negated := strings.HasPrefix(p, "!")
		re, err := compilePattern(strings.TrimPrefix(p, "!"))
		if err != nil {
			return false, err
		}
		if re.MatchString(name) {
			in = !negated
		}
	}
	return in, nil
}
