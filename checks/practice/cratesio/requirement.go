package cratesio

import (
	"regexp"
	"strings"
)

// comparator is one part of a version requirement of cargo (Rust crate semver).
var comparator = regexp.MustCompile(`^(=|>=|<=|>|<|~|\^)?\s*` +
	`(\d+)(\.(\d+|[*xX]))?(\.(\d+|[*xX]))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// normalRequirement writes a requirement as the index has it: "1.2" becomes
// "^1.2". It reports false for what is no requirement.
func normalRequirement(req string) (string, bool) {
	req = strings.TrimSpace(req)
	if req == "*" || req == "x" || req == "X" {
		return "*", true
	}
	parts := strings.Split(req, ",")
	for i, part := range parts {
		m := comparator.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return "", false
		}
		op, number := m[1], m[2]+m[3]+m[5]+m[7]
		if strings.ContainsAny(m[3]+m[5], "*xX") {
			number = strings.NewReplacer("x", "*", "X", "*").Replace(number)
		} else if op == "" {
			op = "^"
		}
		parts[i] = op + number
	}
	return strings.Join(parts, ", "), true
}
