package checks

import "github.com/trustpub/gh-trustpub/checks/workflow"

func workflowGrantsIDToken() Check {
	return Check{
		ID: "workflow-grants-id-token", Step: Workflow, Level: Works,
		Claim: "The job that exchanges a token has the permission id-token: write.",
		Why:   "Without it GitHub gives the job no identity: “the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset”.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(mints) {
				findings = append(findings, c.judgeGrant(p))
			}
			return findings
		},
	}
}

// defaultPermission is what a job gets that names no permissions; "" when that
// was not seen.
func (c *Case) defaultPermission() string { return c.World.GitHub.DefaultTokenPermission.Or("") }

// stopped tells whether GitHub refuses every run of the place's file, because of
// another call in it.
func (c *Case) stopped(p workflow.Publishing) workflow.Refusal {
	if p.Triggered == nil {
		return workflow.Refusal{}
	}
	return workflow.Refuses(c.Files, p.Triggered, c.defaultPermission())
}

func (c *Case) judgeGrant(p workflow.Publishing) Finding {
	g := p.Grant(c.defaultPermission())
	id, subject, src := g.IDToken, subjectOf(p), c.fileSource(pathOf(p.File))
	switch {
	case g.Refusal != "":
		caller := p.Callers[len(p.Callers)-1]
		return finding(Wrong, subject, "GitHub refuses the run: %s", g.Refusal).seen(src).at(caller.File.Path, caller.Job.Line).
			advise("give the calling job %s the permissions that the called job asks for", caller.Job.ID)
	case g.Doubt != "":
		caller := p.Callers[len(p.Callers)-1]
		return finding(Unknown, subject, "%s", g.Doubt).seen(src).at(caller.File.Path, caller.Job.Line).
			advise("give the calling job %s `id-token: write` and what else the called job asks for, then no default matters", caller.Job.ID)
	case id.Level == "write" && c.stopped(p).Text != "":
		r := c.stopped(p)
		return finding(Wrong, subject, "GitHub refuses the run that it is part of, where %s calls %s: %s", r.Job.ID, r.Job.Uses, r.Text).seen(src).at(pathOf(r.File), r.Job.Line).
			advise("give the calling job %s the permissions that the called file asks for", r.Job.ID)
	case id.Level == "write":
		return finding(OK, subject, "%s grant it", id.Because).seen(src, c.fileSource(id.File)).at(id.File, id.Line)
	case id.Level == "":
		return finding(Unknown, subject, "%s", id.Because).seen(src)
	}
	line := id.Line
	if line == 0 {
		line = p.Job.Line
	}
	return finding(Wrong, subject, "id-token is %s: %s", id.Level, id.Because).seen(src).at(pathOf(p.File), line).
		advise("add `id-token: write` to the permissions of the job %s; a block at the job replaces that of the workflow", p.Job.ID)
}
