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
// of the project, actions and workflows that were not read. An action or a script
// must have an identity for it.
func (c *Case) hidden() []hidden {
	var found []hidden
	for _, o := range c.opaqueSteps() {
		found = append(found, hidden{o.file, o.job, o.step.Line, "runs " + o.name + " with an identity, and what that does the file does not show"})
	}
	for _, b := range c.Blind {
		h, ok := c.hiddenAt(b)
		if ok && !slices.Contains(found, h) {
			found = append(found, h)
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

// hiddenAt tells whether a place that goes on elsewhere may publish there. It is
// shown where our own files come to it.
func (c *Case) hiddenAt(b workflow.Blind) (hidden, bool) {
	h := hidden{file: b.File, job: b.Job, line: b.Line}
	if b.File.Remote != "" && len(b.Callers) > 0 {
		h.file, h.job, h.line = b.Callers[0].File, b.Callers[0].Job, b.Callers[0].Job.UsesLine
	}
	why := ""
	if b.Why != notRead {
		why = ": " + b.Why
	}
	if b.Kind == workflow.KindWorkflow {
		h.what = "calls " + b.Job.Uses + ", which was not read" + why
		return h, c.hasIdentity(b) || saysDeploy(b.Job.Uses) || saysDeploy(b.Job.ID)
	}
	h.what = "uses " + b.Step.Uses + " with an identity, and what that does the file does not show" + why
	telling := !b.Remote || saysPublish(b.Ref) && !onlyOnGitHub(b.Ref)
	return h, telling && c.hasIdentity(b) && otherUse(b.Job) == ""
}

// notRead is what the engine says of what nobody looked for.
const notRead = "it was not read"

func (c *Case) hasIdentity(b workflow.Blind) bool {
	return b.Grant(c.defaultPermission()).IDToken.Level == "write"
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
