package checks

import "github.com/trustpub/gh-trustpub/checks/workflow"

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
		return finding(Wrong, subject, "the job names no environment").seen(src).at(file, p.Job.Line).
			advise("add `environment: %s` to the job %s itself, not to another one or to an action", c.environmentFor(p), p.Job.ID)
	case env.Expression:
		return finding(Unknown, subject, "the environment is an expression: %s", env.Name).seen(src).at(file, env.Line).
			advise("name the environment by a plain word")
	}
	return finding(OK, subject, "environment %s", env.Name).seen(src).at(file, env.Line)
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
