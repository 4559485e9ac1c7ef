package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func actionsAllowed() Check {
	return Check{
		ID: "actions-allowed", Step: Environment, Level: Works,
		Claim: "Actions are turned on, and every action and reusable workflow that the publishing workflow names may be used.",
		Why:   "GitHub refuses the whole run, or the job, for one action that the settings do not let in.",
		Judge: judgeActions,
	}
}

func judgeActions(c *Case) []Finding {
	fact := c.World.GitHub.Actions
	policy, ok := fact.Get()
	switch {
	case !ok:
		return []Finding{c.blind("", "which actions may be used", fact)}
	case !policy.Enabled:
		return []Finding{finding(Wrong, "", "GitHub Actions are turned off for the repository").seen(fact.Source()).
			advise("allow actions in the repository's settings, under Actions, General; where the organisation turned them off, one of its owners must")}
	case policy.Allowed == "all" && !policy.ShaPinning:
		return []Finding{finding(OK, "", "Actions are turned on, and every action may be used").seen(fact.Source())}
	}
	findings := []Finding{finding(OK, "", "Actions are turned on").seen(fact.Source())}
	for _, f := range c.publishingFiles() {
		findings = append(findings, c.judgeUses(f, policy)...)
	}
	return findings
}

// publishingFiles are the files that are started to publish, and those that
// they call, each once.
func (c *Case) publishingFiles() []*workflow.File {
	var files []*workflow.File
	for _, p := range c.jobsThat(acts) {
		for _, f := range []*workflow.File{p.Triggered, p.File} {
			files = c.withCalled(files, f)
		}
	}
	return files
}

func (c *Case) withCalled(files []*workflow.File, f *workflow.File) []*workflow.File {
	if f == nil || slices.Contains(files, f) {
		return files
	}
	files = append(files, f)
	for _, j := range f.Jobs {
		files = c.withCalled(files, workflow.Called(c.Files, f, j))
	}
	return files
}

// judgeUses judges what one file uses: one finding when all may be used, else
// one for each that may not, or of which it cannot be told.
func (c *Case) judgeUses(f *workflow.File, policy evidence.ActionsPolicy) []Finding {
	var findings []Finding
	all, seen := references(f), []evidence.Source{c.World.GitHub.Actions.Source(), c.fileSource(pathOf(f))}
	for _, r := range all {
		verdict, why := c.mayUse(policy, r)
		if verdict == OK {
			continue
		}
		found := finding(verdict, pathOf(f)+"#"+r.job.ID+" "+r.uses, "%s", why).seen(seen...).at(pathOf(f), r.line)
		if verdict == Wrong {
			found = found.advise("%s", usesFix(why))
		}
		findings = append(findings, found)
	}
	if len(findings) == 0 {
		findings = append(findings, finding(OK, pathOf(f), "the settings let in what it uses (%d)", len(all)).seen(seen...))
	}
	return findings
}

func references(f *workflow.File) []reference {
	var all []reference
	for _, j := range f.Jobs {
		if j.Uses != "" {
			all = append(all, reference{file: f, job: j, uses: j.Uses, line: j.UsesLine, reusable: true})
		}
		for _, s := range j.Steps {
			if s.Uses != "" {
				all = append(all, reference{file: f, job: j, uses: s.Uses, line: s.UsesLine})
			}
		}
	}
	return all
}

const notPinned = "must be pinned to a full-length commit SHA"

func usesFix(why string) string {
	if strings.Contains(why, notPinned) {
		return "write the full commit id behind @, and the version in a comment"
	}
	return "add it to the allowed actions in the repository's settings, under Actions, General; where the organisation decides, one of its owners must"
}
