package checks

import (
	"regexp"
	"strings"
)

func actionsPinned() Check {
	return Check{
		ID: "actions-pinned", Step: Workflow, Level: Safe,
		Claim: "Every action that runs in a publishing job is pinned to a commit.",
		Why:   "A tag can be moved: whoever takes over the action's repository then runs inside the job that holds the token.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				for _, call := range p.Callers {
					findings = append(findings, c.judgePin(pathOf(call.File), call.Job.ID, call.Job.Uses, call.Job.UsesLine))
				}
				for _, s := range p.Job.Steps {
					if s.Uses != "" {
						findings = append(findings, c.judgePin(pathOf(p.File), p.Job.ID, s.Uses, s.UsesLine))
					}
				}
			}
			return findings
		},
	}
}

var (
	commitID = regexp.MustCompile(`@[0-9a-f]{40}$`)
	digest   = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)
)

func (c *Case) judgePin(file, job, uses string, line int) Finding {
	f := func(v Verdict, because string) Finding {
		return finding(v, file+"#"+job+" "+uses, "%s", because).seen(c.fileSource(file)).at(file, line)
	}
	switch {
	case strings.HasPrefix(uses, "./"), strings.HasPrefix(uses, "$/"):
		return f(OK, "it is of this repository, at the commit that runs")
	case strings.HasPrefix(uses, "docker://"):
		if digest.MatchString(uses) {
			return f(OK, "pinned to a digest")
		}
		return f(Wrong, uses+" can change under its tag").advise("pin the image by @sha256:…")
	case commitID.MatchString(uses):
		return f(OK, "pinned to a commit")
	}
	wrong := f(Wrong, uses+" is not pinned to a commit").advise("write the full commit id behind @, and the version in a comment")
	if strings.HasPrefix(uses, "actions/") || strings.HasPrefix(uses, "github/") {
		return wrong.as(Advice)
	}
	return wrong
}
