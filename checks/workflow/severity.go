package workflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// newer is the doubt about what actionlint does not know.
const newer = "actionlint 1.7.12 (March 2026) does not know it; GitHub may have added it since"

// harmless are messages of kind syntax-check about files that GitHub accepts.
var harmless = []string{
	"is defined but not used", // an unused anchor
}

// fatal are the linter's messages, by rule, about what GitHub refuses when it
// reads the file. What is not listed fails later, or not at all
// (docs.github.com, "Workflow syntax for GitHub Actions", read August 2026).
var fatal = map[string]*regexp.Regexp{
	syntaxCheck:     regexp.MustCompile(`.`),
	"job-needs":     regexp.MustCompile(`.`),
	"id":            regexp.MustCompile(`.`),
	"events":        regexp.MustCompile(`invalid CRON|filters cannot be used for the same event|unknown Webhook event`),
	"permissions":   regexp.MustCompile(`.`),
	"expression":    regexp.MustCompile(`undefined (variable|function)|unexpected token|got unexpected|parsing|context "\w+" is not allowed here`),
	"workflow-call": regexp.MustCompile(`is not following the format`),
	"action":        regexp.MustCompile(`in invalid format`),
}

var (
	unknownKey   = regexp.MustCompile(`^unexpected key "([^"]*)" for .*?expected (?:one of|key is) (.*)$`)
	unknownName  = regexp.MustCompile(`^unknown permission scope "([^"]*)"\.(.*)$`)
	unknownEvent = regexp.MustCompile(`^unknown Webhook event "([^"]*)"`)
	quoted       = regexp.MustCompile(`"([^"]*)"`)
)

// judged turns a finding of actionlint into a problem, with what GitHub would
// do.
func judged(e *actionlint.Error) Problem {
	p := Problem{Line: e.Line, Column: e.Column, Message: e.Message, Kind: e.Kind}
	rule := fatal[e.Kind]
	p.Refused = rule != nil && rule.MatchString(e.Message)
	for _, h := range harmless {
		p.Refused = p.Refused && !strings.Contains(e.Message, h)
	}
	if p.Refused && isNovelty(e.Message) {
		p.Refused, p.Doubt = false, newer
	}
	return p
}

// events are the names that the linter knows.
var events = append(slices.Sorted(maps.Keys(actionlint.AllWebhookTypes)),
	"workflow_dispatch", "workflow_call", "repository_dispatch", "schedule", "image_version")

// isNovelty reports whether a key, scope or event may be newer than the
// linter: it is not known, and it is no misspelling of a known one.
func isNovelty(message string) bool {
	if strings.HasPrefix(message, `expected "inputs" key for "workflow_dispatch"`) {
		return true
	}
	if m := unknownEvent.FindStringSubmatch(message); m != nil {
		return !slices.ContainsFunc(events, func(known string) bool { return Misspelt(m[1], known) })
	}
	m := unknownKey.FindStringSubmatch(message)
	if m == nil {
		m = unknownName.FindStringSubmatch(message)
	}
	if m == nil {
		return false
	}
	for _, known := range quoted.FindAllStringSubmatch(m[2], -1) {
		if Misspelt(m[1], known[1]) {
			return false
		}
	}
	return true
}

// Misspelt reports whether two words differ by no more than two letters, or by
// case and separators alone.
func Misspelt(a, b string) bool {
	fold := func(s string) string {
		return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
	}
	a, b = fold(a), fold(b)
	if a == b {
		return true
	}
	allowed := 2
	if min(len(a), len(b)) <= 4 {
		allowed = 1
	}
	return distance(a, b) <= allowed
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
