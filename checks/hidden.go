package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// hidden is a place that may publish by what the workflow files do not show.
type hidden struct {
	file *workflow.File
	job  *workflow.Job
	line int
	// what says what is there, and why it does not tell.
	what string
}

// hidden lists what may publish unseen, what says so by its name first: scripts
// of the project, actions of others whose name says publish, release or upload,
// and workflows of others that were not read. An action or a script must have an
// identity for it.
func (c *Case) hidden() []hidden {
	var found []hidden
	for _, o := range c.opaqueSteps() {
		found = append(found, hidden{o.file, o.job, o.step.Line, "runs " + o.name + " with an identity, and what that does the file does not show"})
	}
	for _, f := range c.Files {
		if f.Remote != "" {
			continue
		}
		for _, j := range f.Jobs {
			found = append(found, c.hiddenIn(f, j)...)
		}
	}
	slices.SortStableFunc(found, func(a, b hidden) int { return cmp.Compare(silent(a), silent(b)) })
	return found
}

// silent is 1 for a call whose names say nothing of publishing.
func silent(h hidden) int {
	if h.job.Uses == "" || saysDeploy(h.job.Uses) || saysDeploy(h.job.ID) {
		return 0
	}
	return 1
}

func (c *Case) hiddenIn(f *workflow.File, j *workflow.Job) []hidden {
	if j.Uses != "" {
		if workflow.Called(c.Files, f, j) == nil && (c.mayMint(f, j) || saysDeploy(j.Uses) || saysDeploy(j.ID)) {
			return []hidden{{f, j, j.UsesLine, "calls " + j.Uses + ", which was not read"}}
		}
		return nil
	}
	if !c.mayMint(f, j) || otherUse(j) != "" {
		return nil
	}
	var found []hidden
	for _, s := range j.Steps {
		if saysPublish(s.Uses) && !onlyOnGitHub(s.Uses) {
			found = append(found, hidden{f, j, s.UsesLine, "uses " + s.Uses + " with an identity, and what that does the file does not show"})
		}
	}
	return found
}

func (c *Case) mayMint(f *workflow.File, j *workflow.Job) bool {
	return workflow.Effective(f, j, c.defaultPermission()).IDToken.Level == "write"
}

func saysDeploy(name string) bool {
	return saysPublish(name) || strings.Contains(strings.ToLower(name), "deploy")
}

// releasers only make releases at GitHub or move artifacts within a run (their
// own descriptions, 2026-08).
var releasers = []string{
	"actions/", "softprops/action-gh-release", "ncipollo/release-action", "taiki-e/", "svenstaro/upload-release-action",
	"googleapis/release-please-action", "release-drafter/release-drafter", "changesets/action",
}

func onlyOnGitHub(uses string) bool {
	for _, r := range releasers {
		if strings.HasPrefix(strings.ToLower(uses), r) {
			return true
		}
	}
	return false
}
