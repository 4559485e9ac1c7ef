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
					findings = append(findings, c.judgeOrigin(p)...)
				}
			}
			return findings
		},
	}
}

// judgeOrigin judges each ref from which a run can come to the upload. Where
// none does there is nothing to hold.
func (c *Case) judgeOrigin(p workflow.Publishing) []Finding {
	var held []string
	var sources []evidence.Source
	var doubts []Finding
	for _, come := range c.comings(p) {
		h := c.holds(p, come.trigger, come.run)
		sources = append(sources, h.source)
		switch {
		case h.why == "" && h.unknown == "":
			return []Finding{c.judgeLoose(p, come.trigger, come.run).seen(sources...)}
		case h.why == "":
			doubts = append(doubts, finding(Unknown, subjectOf(p), "%s starts it at %s, and no step checks where that lies; %s", come.trigger.Event, come.run.Ref, h.unknown).
				seen(c.fileSource(pathOf(p.File))).at(p.Triggered.Path, come.trigger.Line).advise("%s", c.originAdvice()))
		case !slices.Contains(held, h.why):
			held = append(held, h.why)
		}
	}
	if len(doubts) > 0 || len(held) == 0 {
		return doubts[:min(1, len(doubts))]
	}
	return []Finding{finding(OK, subjectOf(p), "%s", strings.Join(held, "; ")).seen(c.fileSource(pathOf(p.File))).seen(sources...).at(pathOf(p.File), p.Job.Line)}
}

// coming is a run that comes to an upload, and what starts it.
type coming struct {
	trigger *workflow.Trigger
	run     workflow.Run
}

func (c *Case) comings(p workflow.Publishing) []coming {
	var all []coming
	for _, event := range workflow.Events(p.Triggered) {
		t := p.Triggered.Trigger(event)
		for _, run := range c.runsBy(t) {
			if c.comesTo(p, run) {
				all = append(all, coming{t, run})
			}
		}
	}
	return all
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
