package steps

import (
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// leftover is a secret with which somebody could still publish.
type leftover struct {
	// level is "repository", "organization", "dependabot" or "environment NAME".
	level, name string
}

func (s leftover) String() string { return s.level + "/" + s.name }

// environment is the environment that holds the secret; "" for none.
func (s leftover) environment() string {
	e, _ := strings.CutPrefix(s.level, "environment ")
	if e == s.level {
		return ""
	}
	return e
}

// deletable says whether the repository's administrators may delete it; what is
// the organisation's is its owners'.
func (s leftover) deletable() bool { return s.level != "organization" }

// deletion is the change that deletes a secret, with where it is read and where
// its token is revoked.
func (l *layout) deletion(s leftover) change.Change {
	c := l.Tools.DeleteSecret(s.environment(), s.name)
	switch s.level {
	case "dependabot":
		c = l.Tools.DeleteDependabotSecret(s.name)
	case "organization":
		c = l.Tools.DeleteOrganizationSecret(s.name)
	}
	c.Lasting += ", " + registry(l.opens(s)).Pages.Tokens
	if at := l.readAt(s); len(at) > 0 {
		c.Preview = append(c.Preview, change.DiffLine{Op: ' ', Text: "read at " + strings.Join(at, ", ") + ": what reads it gets nothing from then on"})
	}
	return c
}

// leftovers are the secrets that the check found, by its subjects.
func (l *layout) leftovers() []leftover {
	var found []leftover
	for _, r := range l.Report.Of("no-publishing-secrets") {
		if level, name, ok := strings.Cut(r.Subject, "/"); ok && r.Verdict == checks.Wrong {
			if i := strings.LastIndexByte(r.Subject, '/'); i > len(level) {
				level, name = r.Subject[:i], r.Subject[i+1:] // an environment's name may hold slashes, a secret's not
			}
			found = append(found, leftover{level, name})
		}
	}
	return found
}

// about says where a secret is read, and where its token is revoked: to delete
// the secret alone leaves the token working.
func (l *layout) about(s leftover) Line {
	text := s.name + " (" + s.level + ") is read by no workflow"
	if at := l.readAt(s); len(at) > 0 {
		text = s.name + " (" + s.level + ") is read at " + strings.Join(at, ", ")
	}
	return Line{Text: text + "; its token is revoked on " + registry(l.opens(s)).Pages.Tokens, Source: l.World.Workflows.Source()}
}

// readAt are the lines at which workflow files read a secret, by their text: a
// name that is put together at run time is not seen.
func (l *layout) readAt(s leftover) []string {
	name := regexp.QuoteMeta(s.name)
	reads := regexp.MustCompile(`(?i)\bsecrets\s*(?:\.\s*` + name + `\b|\[\s*['"]` + name + `['"]\s*\])`)
	var at []string
	for _, f := range l.World.Workflows.Or(nil) {
		n := 0
		for line := range strings.Lines(string(f.Content.Or(nil))) {
			n++
			if !strings.HasPrefix(strings.TrimSpace(line), "#") && reads.MatchString(line) {
				at = append(at, where(f.Path, n))
			}
		}
	}
	return at
}

// opens is the registry that a secret opens: the one that a step publishes to
// with it, else what its name says.
func (l *layout) opens(s leftover) identity.Registry {
	if l.Case != nil {
		for _, p := range l.Case.Publishing {
			if slices.ContainsFunc(p.Secrets, func(name string) bool { return strings.EqualFold(name, s.name) }) {
				return p.Registry
			}
		}
	}
	name := strings.ToUpper(s.name)
	switch {
	case strings.Contains(name, "CARGO"), strings.Contains(name, "CRATE"):
		return identity.CratesIO
	case strings.Contains(name, "TESTPYPI"), strings.Contains(name, "TEST_PYPI"):
		return identity.TestPyPI
	}
	return identity.PyPI
}
