package checks

import (
	"fmt"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func publishJobNamesEnvironment() Check {
	return Check{
		ID: "publish-job-names-environment", Step: Workflow, Level: Safe,
		Claim: "The job that publishes names an environment itself.",
		Why:   "Without one nothing stands between a pushed tag and the registry; and a publisher that names one refuses the job.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				if c.mayRun(p) {
					findings = append(findings, c.judgeJobEnvironment(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeJobEnvironment(p workflow.Publishing) Finding {
	subject, src, file := subjectOf(p), c.fileSource(pathOf(p.File)), p.File.Path
	env := p.Job.Environment
	switch {
	case env == nil || env.Name == "":
		return finding(Wrong, subject, "the job names no environment%s", strayEnvironment(p)).seen(src).at(file, p.Job.Line).
			advise("add `environment: %s` to the job %s itself, not to another one or to an action", c.environmentFor(p), p.Job.ID)
	case env.Expression:
		return finding(Unknown, subject, "the environment is an expression: %s", env.Name).seen(src).at(file, env.Line).
			advise("name the environment by a plain word")
	}
	return finding(OK, subject, "environment %s", env.Name).seen(src).at(file, env.Line)
}

// strayEnvironment says where an environment is named that the job's identity does not
// carry: among the inputs of an action that knows none, or at another job.
func strayEnvironment(p workflow.Publishing) string {
	for _, s := range []*workflow.Step{mintingStep(p), p.Step} {
		if s != nil && slices.Contains(workflow.StrayInputs(s), "environment") {
			return fmt.Sprintf("; line %d gives `environment: %s` to %s, which has no such input", s.UsesLine, s.With["environment"], s.Uses)
		}
	}
	for _, j := range p.File.Jobs {
		if j.Environment != nil && j != p.Job {
			return fmt.Sprintf("; the job %s names %s, which counts for that job alone", j.ID, j.Environment.Name)
		}
	}
	return ""
}

// environmentFor is what the publisher of the place's registry is to name.
func (c *Case) environmentFor(p workflow.Publishing) string {
	for _, pub := range c.Publishers {
		if pub.Registry == p.Registry && pub.Environment != "" {
			return pub.Environment
		}
	}
	return DefaultEnvironment
}
