package checks

import (
	"regexp"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func actionsPinned() Check {
	return Check{
		ID: "actions-pinned", Step: Workflow, Level: Safe,
		Claim: "Every action that runs in a publishing job is pinned to a commit.",
		Why:   "A tag can be moved: whoever takes over the action's repository then runs inside the job that holds the token.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(acts) {
				for _, s := range p.Job.Steps {
					if s.Uses != "" {
						findings = append(findings, c.judgePin(p, s.Uses, s.Line))
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

func (c *Case) judgePin(p workflow.Publishing, uses string, line int) Finding {
	subject, src := p.Subject()+" "+uses, c.fileSource(p.File.Path)
	f := func(v Verdict, because string) Finding {
		return finding(v, subject, "%s", because).seen(src).at(p.File.Path, line)
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
