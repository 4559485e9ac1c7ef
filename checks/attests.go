package checks

import (
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

var (
	// plainAction are releases of the PyPI action from before it attested by
	// itself (its release notes: v1.11.0, 2024-10).
	plainAction = regexp.MustCompile(`@v1\.([0-9]|10)(\.|$)`)
	// versionComment is the version behind a pinned commit.
	versionComment = regexp.MustCompile(`#\s*(v?[0-9]+\.[0-9]+(\.[0-9]+)?)`)
)

// attests says by what a publishing step makes attestations; "" when it does
// not. sure is false where the file does not show the action's version.
func attests(p workflow.Publishing) (how string, sure bool) {
	if !publishes(p) || p.Step == nil {
		return "", true
	}
	wish := strings.TrimSpace(p.Step.With["attestations"])
	switch {
	case p.Means == workflow.MeansTwine && strings.Contains(p.Step.Run, "--attestations"):
		return "twine uploads attestations", true
	case p.Means != workflow.MeansPyPIAction, wish == "false":
		return "", true
	case wish == "true":
		return byAction, true
	case strings.Contains(wish, "${{"):
		return byAction, false
	}
	uses := p.Step.Uses
	if commitID.MatchString(uses) {
		m := versionComment.FindStringSubmatch(lineOf(p.File, p.Step.UsesLine))
		if m == nil {
			return byAction, false
		}
		uses = "@v" + strings.TrimPrefix(m[1], "v")
	}
	if plainAction.MatchString(uses) {
		return "", true
	}
	return byAction, true
}

const byAction = "the action makes attestations"

// lineOf is a line of a file, counted from 1; "" when there is none.
func lineOf(f *workflow.File, n int) string {
	if n < 1 || n > len(f.Lines) {
		return ""
	}
	return f.Lines[n-1]
}
