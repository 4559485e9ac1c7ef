package workflow

import (
	"fmt"
	"regexp"
	"strings"
)

// compilePattern turns one filter pattern into a regular expression, after
// GitHub's "Filter pattern cheat sheet": `*` stops at a slash, `**` does not, `?`
// and `+` repeat the character before them, `[]` is a set, `\` makes the next
// character plain.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	var out strings.Builder
	out.WriteString(`\A(?:`)
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case strings.HasPrefix(pattern[i:], "**/"):
			out.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			out.WriteString(".*")
			i++
		case c == '*':
			out.WriteString("[^/]*")
		case c == '?' || c == '+' || c == '[' || c == ']':
			out.WriteByte(c)
		case c == '\\' && i+1 < len(pattern):
			i++
			out.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
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
