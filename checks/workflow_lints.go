package checks

import (
	"regexp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func workflowLints() Check {
	return Check{
		ID: "workflow-lints", Step: Workflow, Level: Works,
		Claim: "GitHub accepts the workflow file.",
		Why:   "A file with an error does not start at all: a pushed tag then does nothing.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, f := range c.World.Workflows.Or(nil) {
				findings = append(findings, c.judgeLint(f)...)
			}
			return findings
		},
	}
}

// judgeLint lints the files that publish, and those of which that cannot be
// told: a broken file of another kind keeps nobody from publishing.
func (c *Case) judgeLint(f evidence.WorkflowFile) []Finding {
	src, ok := f.Content.Get()
	if !ok {
		return []Finding{c.blind(f.Path, "what is in the file", f.Content)}
	}
	if !c.takesPart(f.Path) {
		return nil
	}
	var findings []Finding
	clean := true
	labels := map[string]bool{}
	for _, p := range workflow.Lint(f.Path, src) {
		clean = clean && !p.Refused
		if m := unknownLabel.FindStringSubmatch(p.Message); m != nil {
			if !labels[m[1]] {
				labels[m[1]] = true
				findings = append(findings, judgeLabel(f, p, m[1]))
			}
			continue
		}
		findings = append(findings, judgeProblem(f, p))
	}
	if clean {
		findings = append([]Finding{finding(OK, f.Path, "nothing in it that GitHub would refuse").seen(c.fileSource(f.Path))}, findings...)
	}
	return findings
}

func (c *Case) takesPart(path string) bool {
	for _, p := range c.Publishing {
		if p.File.Path == path || triggeredFile(p) == path {
			return true
		}
	}
	f := c.file(path)
	return f == nil || len(f.Jobs) == 0
}

// unknownLabel is the linter's message on a runner that is not GitHub's: larger
// and self-hosted runners are called as their owners like.
var unknownLabel = regexp.MustCompile(`^label "([^"]+)" is unknown\.`)

func judgeLabel(f evidence.WorkflowFile, p workflow.Problem, label string) Finding {
	return finding(Unknown, f.Path, "%s is no runner of GitHub's; whether there is one of yours that is called so the file does not show", label).
		seen(f.Content.Source()).at(f.Path, p.Line).as(Advice).advise("if it is misspelt, correct line %d: a job without a runner waits for a day", p.Line)
}

func judgeProblem(f evidence.WorkflowFile, p workflow.Problem) Finding {
	verdict, because := Wrong, p.Message
	if p.Doubt != "" {
		verdict, because = Unknown, p.Message+" ("+p.Doubt+")"
	}
	found := finding(verdict, f.Path, "%s", because).seen(f.Content.Source()).at(f.Path, p.Line)
	if !p.Refused {
		found = found.as(Advice)
	}
	if verdict == Wrong {
		found = found.advise("correct line %d (actionlint: %s)", p.Line, p.Kind)
	}
	return found
}
