package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func releaseComesFromDefaultBranch() Check {
	return Check{
		ID: "release-comes-from-default-branch", Step: Workflow, Level: Safe,
		Claim: "Only a commit of the default branch is published, or only chosen people can start a release.",
		Why:   "A tag can stand on any commit: without a check, code that nobody reviewed is one pushed tag away from the registry.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.jobsThat(publishes) {
				if p.Triggered != nil {
					findings = append(findings, c.judgeOrigin(p))
				}
			}
			return findings
		},
	}
}

// judgeOrigin judges each ref from which a run can come to the upload.
func (c *Case) judgeOrigin(p workflow.Publishing) Finding {
	var held []string
	var doubt *Finding
	var sources []evidence.Source
	for _, event := range workflow.Events(p.Triggered) {
		t := p.Triggered.Trigger(event)
		for _, run := range c.runsBy(t) {
			if !c.comesTo(p, run) {
				continue
			}
			h := c.holds(p, t, run)
			sources = append(sources, h.source)
			switch {
			case h.why == "" && h.unknown == "":
				return c.judgeLoose(p, t, run).seen(sources...)
			case h.why == "":
				f := finding(Unknown, subjectOf(p), "%s starts it at %s, and no step checks where that lies; %s", t.Event, run.Ref, h.unknown).at(p.Triggered.Path, t.Line)
				doubt = &f
			case !slices.Contains(held, h.why):
				held = append(held, h.why)
			}
		}
	}
	src := c.fileSource(pathOf(p.File))
	switch {
	case doubt != nil:
		return doubt.seen(src).advise("%s", c.originAdvice())
	case len(held) == 0:
		return finding(Unknown, subjectOf(p), "no event was found that brings a run to the upload").seen(src).at(pathOf(p.File), p.Line)
	}
	return finding(OK, subjectOf(p), "%s", strings.Join(held, "; ")).seen(src).seen(sources...).at(pathOf(p.File), p.Job.Line)
}

// comesTo says whether a run can come to one of the job's uploads.
func (c *Case) comesTo(job workflow.Publishing, run workflow.Run) bool {
	return slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool {
		if !publishes(p) || p.Job != job.Job || p.Triggered != job.Triggered {
			return false
		}
		outlook, _ := workflow.Foresee(p, run)
		return outlook != workflow.Skipped
	})
}

func (c *Case) judgeLoose(p workflow.Publishing, t *workflow.Trigger, run workflow.Run) Finding {
	what := "a branch other than " + c.defaultBranch() + " can be published by " + t.Event
	if workflow.RefType(run.Ref) == "tag" {
		what = "a tag such as " + workflow.ShortRef(run.Ref) + " on any commit can be published by " + t.Event
	}
	return finding(Wrong, subjectOf(p), "%s: no step checks that the commit lies on %s, and no rule limits who may start it", what, c.defaultBranch()).
		seen(c.fileSource(p.Triggered.Path)).at(p.Triggered.Path, t.Line).advise("%s", c.originAdvice())
}

func (c *Case) originAdvice() string {
	return "check out with `fetch-depth: 0` and run `git merge-base --is-ancestor HEAD origin/" + c.defaultBranch() + "` before building; and limit by a tag ruleset who may create release tags"
}

// defaultBranch is the repository's, "main" where it was not seen.
func (c *Case) defaultBranch() string {
	return c.World.GitHub.Repository.Or(evidence.Repository{DefaultBranch: "main"}).DefaultBranch
}
