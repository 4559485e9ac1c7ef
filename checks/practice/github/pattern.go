package github

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// matches tells whether a name matches a pattern of a deployment policy or a
// ruleset. GitHub matches with Ruby's File.fnmatch and FNM_PATHNAME: `*` and
// `?` do not match a slash, `**/` matches any number of folders, braces stand
// for themselves (docs.github.com, "Creating rulesets for a repository" and
// "Deployments and environments", read August 2026).
func matches(pattern, name string) bool {
	literal := strings.NewReplacer(`{`, `\{`, `}`, `\}`).Replace(pattern)
	// A final or inner ** that is not a folder of its own is two plain stars.
	ok, err := doublestar.Match(literal, name)
	return err == nil && ok
}

// refParts splits a full ref into its kind ("branch", "tag" or "") and the
// short name. What is neither, such as refs/pull/1/merge, is judged as a
// branch under its full name.
func refParts(ref string) (kind, short string) {
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return "branch", name
	}
	if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
		return "tag", name
	}
	return "branch", ref
}
