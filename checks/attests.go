package checks

import (
	"regexp"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// versionComment is the version behind a pinned commit.
var versionComment = regexp.MustCompile(`#\s*(v?[0-9]+\.[0-9]+|release/)`)

// attests says by what a publishing step makes attestations; "" when it is not
// seen to. sure is false where that hangs on the action's version or on an
// expression.
func attests(p workflow.Publishing) (how string, sure bool) {
	wish := p.Settings.Attestations
	switch {
	case !publishes(p) || wish.Known && wish.Text != "true":
		return "", true
	case p.Means == workflow.MeansTwine:
		return "twine uploads attestations", wish.Known
	case p.Means != workflow.MeansPyPIAction:
		return "", true
	}
	return "the action makes attestations", wish.Known && (p.Step.With["attestations"] != "" || knownVersion(p))
}

// knownVersion says whether the file shows the version of the action.
func knownVersion(p workflow.Publishing) bool {
	return !commitID.MatchString(p.Step.Uses) || versionComment.MatchString(lineOf(p.File, p.Step.UsesLine))
}

// lineOf is a line of a file, counted from 1; "" when there is none.
func lineOf(f *workflow.File, n int) string {
	if n < 1 || n > len(f.Lines) {
		return ""
	}
	return f.Lines[n-1]
}
