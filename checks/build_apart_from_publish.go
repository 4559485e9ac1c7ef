package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func buildApartFromPublish() Check {
	return Check{
		ID: "build-apart-from-publish", Step: Workflow, Level: Safe,
		Claim: "No code of the project or of its dependencies runs in a job that can exchange a token.",
		Why:   "Every step of such a job can ask for its identity: a build script or a test dependency that was taken over could publish.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(mints) {
				findings = append(findings, c.judgeBuilds(p))
			}
			return findings
		},
	}
}

func (c *Case) judgeBuilds(p workflow.Publishing) Finding {
	subject, path := subjectOf(p), pathOf(p.File)
	var seen, hidden []building
	for _, b := range c.builds(p.File, p.Job) {
		if b.hidden {
			hidden = append(hidden, b)
		} else {
			seen = append(seen, b)
		}
	}
	switch {
	case len(seen) > 0:
		return finding(Wrong, subject, "in a job that may exchange a token, %s", buildingText(p, seen)).
			seen(c.fileSource(path)).at(path, seen[0].line).advise("%s", buildAdvice(seen[0]))
	case len(hidden) > 0:
		return finding(Unknown, subject, "what runs in a job that may exchange a token the file does not show: %s", buildingText(p, hidden)).
			seen(c.fileSource(path)).at(path, hidden[0].line).
			advise("if it builds or tests, do that in a job without `id-token: write`, and hand over what it made")
	}
	return finding(OK, subject, "no step of the job is known to build, test or install the project").seen(c.fileSource(path)).at(path, p.Job.Line)
}

// buildingText names up to three of the places with their lines.
func buildingText(p workflow.Publishing, list []building) string {
	var parts []string
	for _, b := range list[:min(len(list), 3)] {
		parts = append(parts, fmt.Sprintf("`%s` (%s:%d) %s", b.what, p.File.Base(), b.line, b.how))
	}
	if more := len(list) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(parts, "; ")
}

func buildAdvice(b building) string {
	switch {
	case strings.HasPrefix(b.what, "cargo publish"), strings.HasPrefix(b.what, "cargo package"):
		return "verify in a job without `id-token: write` (`cargo publish --dry-run`), let this one need it, and publish here with --no-verify"
	case strings.HasPrefix(b.what, "cargo"):
		return "move it to a job without `id-token: write` that this one needs"
	}
	return "build in a job without `id-token: write`, and hand the distributions over with actions/upload-artifact and actions/download-artifact"
}
