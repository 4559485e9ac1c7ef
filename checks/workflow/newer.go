package workflow

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// newScopes are permissions that GitHub documents and actionlint 1.7.12 does
// not know (docs.github.com, "Workflow syntax: permissions", read August 2026).
var newScopes = []string{"vulnerability-alerts", "code-quality"}

// isKnownNewer reports whether a problem is about something that GitHub is
// known to accept since after the linter was made.
func isKnownNewer(p Problem, found map[int][]*yaml.Node) bool {
	if _, isGroup := found[p.Line]; isGroup && strings.HasPrefix(p.Message, "step must run script") {
		return true
	}
	for _, scope := range newScopes {
		if strings.HasPrefix(p.Message, `unknown permission scope "`+scope+`"`) {
			return true
		}
	}
	// case() is there since January 2026 (github.com/actions/runner/issues/4315).
	newFunction := strings.HasPrefix(p.Message, `undefined function "case"`)
	return newFunction || strings.HasPrefix(p.Message, `unexpected key "background" for step`) || selfReference(p.Message)
}

// selfReference reports whether a message is about a reference of the kind
// "uses: $/path", which GitHub introduced on 2026-07-30.
func selfReference(message string) bool {
	return strings.Contains(message, `"$/`) &&
		(strings.Contains(message, "specifying action") || strings.Contains(message, "reusable workflow call"))
}

func withoutKnownNewer(problems []Problem, found map[int][]*yaml.Node) []Problem {
	var kept []Problem
	for _, p := range problems {
		if !isKnownNewer(p, found) {
			kept = append(kept, p)
		}
	}
	return kept
}
