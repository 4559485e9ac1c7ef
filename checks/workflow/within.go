package workflow

import (
	"slices"
	"strings"
)

// Within reports whether every name that a filter pattern of a trigger takes is
// matched by a pattern of a ruleset or of a deployment policy, as far as that
// can be proven by their form: the same pattern, or a plain prefix with a star.
// False means that it is not proven.
func Within(filter, policy string) bool {
	if rest, anything := strings.CutSuffix(policy, "**/*"); anything && isPlain(rest) && (rest == "" || strings.HasSuffix(rest, "/")) {
		return strings.HasPrefix(literalPrefix(filter), rest)
	}
	if filter == policy && isPlain(strings.ReplaceAll(filter, "*", "")) && !strings.Contains(filter, "**") {
		return true
	}
	prefix, star := strings.CutSuffix(policy, "*")
	if !star || !isPlain(prefix) || !strings.HasPrefix(literalPrefix(filter), prefix) {
		return false
	}
	return !mayHoldSlash(filter[len(prefix):])
}

// isPlain says whether a text stands for itself in both kinds of pattern.
func isPlain(pattern string) bool { return !strings.ContainsAny(pattern, `*?+[]{}\!`) }

// mayHoldSlash says whether what a part of a filter pattern takes may hold a
// slash, at which the stars of rulesets stop.
func mayHoldSlash(filter string) bool {
	return strings.Contains(filter, "**") || strings.ContainsAny(filter, `/\`) || strings.Contains(filter, "[!") || strings.Contains(filter, "[^") || spansSlash(filter)
}

// spansSlash: a range such as [+-9] takes what stands between its ends.
func spansSlash(filter string) bool {
	for i := 1; i+1 < len(filter); i++ {
		if filter[i] == '-' && filter[i-1] < '/' && filter[i+1] > '/' && filter[i-1] != '[' {
			return true
		}
	}
	return false
}

// Examples are tags that a filter pattern takes, of several forms: one that is
// not matched by a ruleset shows that the ruleset does not cover the pattern.
func Examples(filter string) []string {
	prefix := literalPrefix(filter)
	var tags []string
	for _, version := range []string{"0.3.0", "1", "1.0", "1.0.0-rc.1", "2026.11"} {
		for _, tag := range []string{"v" + version, prefix + version, spelledOut(filter, version), version, strings.TrimSuffix(prefix, "v") + "v" + version, prefix + "a/" + version} {
			if MatchFilter(filter, tag) && !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

// Conditions are patterns of a ruleset that together cover what a filter pattern
// takes, and little more.
func Conditions(filter string) []string {
	prefix := literalPrefix(filter)
	switch {
	case filter == prefix:
		return []string{filter}
	case !mayHoldSlash(filter[len(prefix):]):
		return []string{prefix + "*"}
	case prefix == "" || strings.HasSuffix(prefix, "/"):
		return []string{prefix + "**/*"}
	}
	return []string{prefix + "*", prefix + "*/**/*"}
}

// WithinAll is Within for several patterns of one ruleset, of which a name needs
// to match one.
func WithinAll(filter string, policies []string) bool {
	return slices.ContainsFunc(policies, func(policy string) bool {
		prefix, star := strings.CutSuffix(policy, "*")
		deep := star && isPlain(prefix) && slices.Contains(policies, policy+"/**/*") && strings.HasPrefix(literalPrefix(filter), prefix)
		return deep || Within(filter, policy)
	})
}
