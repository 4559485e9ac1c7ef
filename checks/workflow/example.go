package workflow

import (
	"strings"
)

// ExampleTag is a tag of a version that the trigger takes, as a maintainer
// would name it where the patterns leave room: "releases/v1.2.0" for
// releases/v[0-9]*. It reports false when none was found.
func (t *Trigger) ExampleTag(version string) (string, bool) {
	candidates := []string{"v" + version, version}
	for _, p := range t.Tags {
		if strings.HasPrefix(p, "!") {
			continue
		}
		prefix := literalPrefix(p)
		candidates = append(candidates, prefix+version, spelledOut(p, version))
		if !strings.HasSuffix(prefix, "v") {
			candidates = append(candidates, prefix+"v"+version)
		}
	}
	for _, tag := range candidates {
		if fires, _ := t.admits("refs/tags/" + tag); fires {
			return tag, true
		}
	}
	return "", false
}

// literalPrefix is what stands before the first special character of a filter
// pattern; a character that is then repeated is not part of it.
func literalPrefix(pattern string) string {
	end := strings.IndexAny(pattern, `*?+[\`)
	if end < 0 {
		return pattern
	}
	if end > 0 && strings.IndexByte("?+", pattern[end]) >= 0 {
		end--
	}
	return pattern[:end]
}

// spelledOut spells a filter pattern out: the version for the last wildcard,
// behind which a name stands in most tags, "x" for others, and one character for
// each list.
func spelledOut(pattern, version string) string {
	var b strings.Builder
	last := strings.LastIndex(pattern, "*")
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '*':
			if strings.HasPrefix(pattern[i:], "**") {
				i++
			}
			if i == last {
				b.WriteString(version)
			} else {
				b.WriteByte('x')
			}
		case (c == '?' || c == '+') && i > 0: // the one that is written already will do
		case c == '[' && strings.IndexByte(pattern[i:], ']') > 1:
			end := i + strings.IndexByte(pattern[i:], ']')
			b.WriteString(oneOf(pattern[i : end+1]))
			i = end
		case c == '\\' && i+1 < len(pattern):
			i++
			b.WriteByte(pattern[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// oneOf is a character that a list such as [0-9] takes; "" when there is none
// among those that tags are made of.
func oneOf(list string) string {
	for _, c := range "1023456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_" {
		if MatchFilter(list, string(c)) {
			return string(c)
		}
	}
	return ""
}
