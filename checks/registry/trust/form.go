package trust

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Rules shared by both registries' forms (crates.io commit 57fa000,
// crates_io_trustpub/src/github/validation.rs; warehouse commit 6b62157,
// warehouse/oidc/forms/github.py; both 2026-08-21).
var (
	owner            = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*$`)
	repository       = regexp.MustCompile(`^[a-zA-Z0-9\-_.]+$`)
	notInEnvironment = regexp.MustCompile("[\\x00-\\x1F\\x7F'\"`,;\\\\]")
)

// MaxField is the most characters that a field may have.
const MaxField = 255

// ValidOwner reports whether a form accepts an owner's name.
func ValidOwner(s string) bool { return owner.MatchString(s) }

// ValidRepository reports whether a form accepts a repository's name.
func ValidRepository(s string) bool { return repository.MatchString(s) }

// EnvironmentProblem says in the registries' words why an environment's name is
// refused; "" when it is not. An empty name means that none is asked for.
func EnvironmentProblem(s string) string {
	switch {
	case s == "":
		return ""
	case utf8.RuneCountInString(s) > MaxField:
		return "Environment name is too long (maximum is 255 characters)"
	case strings.HasPrefix(s, " "):
		return "Environment name may not start with whitespace"
	case strings.HasSuffix(s, " "):
		return "Environment name may not end with whitespace"
	case notInEnvironment.MatchString(s):
		return "Environment name must not contain non-printable characters or the characters \"'\", \"\"\", \"`\", \",\", \";\", \"\\\""
	}
	return ""
}

// IsWorkflowFile reports whether a file name ends as GitHub's workflow files
// do.
func IsWorkflowFile(name string) bool {
	return strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
}

// Errors collects the messages that are not empty.
func Errors(messages map[identity.Field]string) []FieldError {
	var found []FieldError
	for _, f := range identity.Fields() {
		if m := messages[f]; m != "" {
			found = append(found, FieldError{f, m})
		}
	}
	return found
}
