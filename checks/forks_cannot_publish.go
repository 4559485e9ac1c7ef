package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func forksCannotPublish() Check {
	return Check{
		ID: "forks-cannot-publish", Step: Workflow, Level: Advice,
		Claim: "A fork's runs, and pull requests from forks, do not come to the publishing job.",
		Why:   "A fork copies the workflow: its pushed tags start it and fail at the registry, and GitHub gives no identity to its pull requests.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				if p.Triggered != nil {
					findings = append(findings, c.judgeForks(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeForks(p workflow.Publishing) Finding {
	subject, src := subjectOf(p), c.fileSource(pathOf(p.File))
	name, _, _ := repositoryName(c.World)
	if name.Owner == "" {
		return c.blind(subject, "which repository a fork would differ from", c.World.Repo).at(pathOf(p.File), p.Job.Line)
	}
	doubt, guard := Finding{}, ""
	for _, t := range p.Triggered.Triggers {
		if t.Event == "workflow_call" {
			continue
		}
		f, by := c.judgeForkEvent(p, t)
		switch f.Verdict {
		case Wrong:
			return f
		case Unknown:
			doubt = f
		}
		guard = orElse(by, guard)
	}
	if doubt.Verdict != "" {
		return doubt
	}
	return finding(OK, subject, "in a fork no event comes to it: %s", orElse(guard, "a condition keeps it out")).seen(src).at(pathOf(p.File), p.Job.Line)
}

// judgeForkEvent judges one event: in a fork, and for a pull request from one.
// guard is the condition that keeps it out.
func (c *Case) judgeForkEvent(p workflow.Publishing, t workflow.Trigger) (f Finding, guard string) {
	run := c.runBy(&t)
	subject, src := subjectOf(p), c.fileSource(p.Triggered.Path)
	advice := "add `if: github.repository == '" + run.Owner + "/" + run.Repository + "'` to the job " + p.Job.ID
	if t.Event == "pull_request" {
		outlook, why := workflow.Foresee(p, run)
		because := "pull_request starts it, and GitHub gives a pull request from a fork no identity: the exchange then fails with the permission set"
		switch outlook {
		case workflow.Reached:
			return finding(Wrong, subject, "%s", because).seen(src).at(p.Triggered.Path, t.Line).advise("publish on a pushed tag or a release, not on pull_request"), ""
		case workflow.Perhaps:
			return finding(Unknown, subject, "%s; only a condition could keep it out: %s", because, why).seen(src).at(p.Triggered.Path, t.Line), ""
		}
		return Finding{}, why
	}
	if here, _ := workflow.Foresee(p, run); here == workflow.Skipped {
		return Finding{}, "" // it comes to it nowhere
	}
	run.Owner += "-fork"
	outlook, why := workflow.Foresee(p, run)
	switch {
	case outlook == workflow.Skipped, strings.Contains(why, "github.event.repository.fork"):
		return Finding{}, why
	case outlook == workflow.Perhaps:
		return finding(Unknown, subject, "whether %s in a fork comes to it depends on %s", t.Event, why).seen(src).at(p.Triggered.Path, t.Line).advise("%s", advice), ""
	}
	return finding(Wrong, subject, "%s in a fork starts it too, and its registry refuses the fork", t.Event).seen(src).at(p.Triggered.Path, t.Line).advise("%s", advice), ""
}
