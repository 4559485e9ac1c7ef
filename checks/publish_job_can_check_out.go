package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func publishJobCanCheckOut() Check {
	return Check{
		ID: "publish-job-can-check-out", Step: Workflow, Level: Works,
		Claim: "A publishing job that checks out may read the repository.",
		Why:   "Naming only id-token sets every other permission to none: in a private repository the checkout then fails with “repository not found”.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				if s := checkout(p.Job); s != nil {
					findings = append(findings, c.judgeCheckout(p, s))
				}
			}
			return findings
		},
	}
}

func checkout(j *workflow.Job) *workflow.Step {
	for _, s := range j.Steps {
		elsewhere := s.With["repository"] != "" || s.With["token"] != "" || s.With["ssh-key"] != ""
		if strings.HasPrefix(strings.ToLower(s.Uses), "actions/checkout@") && !elsewhere {
			return s
		}
	}
	return nil
}

func (c *Case) judgeCheckout(p workflow.Publishing, s *workflow.Step) Finding {
	contents := p.Grant(c.defaultPermission()).Contents
	subject, src := subjectOf(p), c.fileSource(pathOf(p.File))
	repo := c.World.GitHub.Repository
	switch {
	case contents.Level == "read" || contents.Level == "write":
		return finding(OK, subject, "contents: %s, by %s", contents.Level, contents.Because).seen(src).at(contents.File, contents.Line)
	case contents.Level == "":
		return finding(OK, subject, "the job names no permissions, and every default lets it read").seen(src).at(pathOf(p.File), s.Line)
	case !repo.Seen():
		return c.blind(subject, "contents is none, which only a private repository minds; whether this one is", repo).at(pathOf(p.File), contents.Line).
			advise("add `contents: read` beside `id-token: write`")
	case !repo.Or(evidence.Repository{}).Private:
		return finding(OK, subject, "contents is none, and anybody may read a public repository").seen(src, repo.Source()).at(pathOf(p.File), s.Line)
	}
	return finding(Wrong, subject, "the repository is private, and contents is none: %s", contents.Because).seen(src, repo.Source()).
		at(pathOf(p.File), contents.Line).advise("add `contents: read` to the permissions of the job %s", p.Job.ID)
}
