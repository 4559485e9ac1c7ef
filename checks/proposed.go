package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// judgeProposed finds an open pull request of ours that brings a workflow file:
// the file waits to be merged then.
func (c *Case) judgeProposed() (Finding, bool) {
	for _, p := range c.World.GitHub.Proposals.Or(nil) {
		pull, ok := p.Pull.Get()
		if !ok || !pull.Open || !bringsWorkflow(p, c.World.Workflows.Or(nil)) {
			continue
		}
		return finding(Waiting, "", "the pull request #%d brings the workflow that publishes, and waits to be merged", pull.Number).
			seen(p.Pull.Source()).advise("review it and merge it: %s", pull.URL), true
	}
	return Finding{}, false
}

// bringsWorkflow says whether a branch has a workflow file that the judged commit
// does not have as it is there.
func bringsWorkflow(p evidence.Proposal, judged []evidence.WorkflowFile) bool {
	has := map[string]bool{}
	for _, f := range judged {
		has[f.Path] = true
	}
	for path := range p.Files.Or(nil) {
		if strings.HasPrefix(path, workflow.Dir) && !has[path] {
			return true
		}
	}
	return false
}
