package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func oneIndexPerJob() Check {
	return Check{
		ID: "one-index-per-job", Step: Workflow, Level: Works,
		Claim: "A job uploads to one Python index.",
		Why:   "The second upload finds the attestations of the first and stops; and one environment then guards the test index and the real one.",
		Judge: func(c *Case) []Finding {
			uploads := func(p workflow.Publishing) bool { return publishes(p) && p.Registry != identity.CratesIO }
			var findings []Finding
			for _, p := range c.jobsThat(uploads) {
				findings = append(findings, c.judgeIndexes(p, placesThat(c.Publishing, func(q workflow.Publishing) bool {
					return uploads(q) && q.Job == p.Job && q.Triggered == p.Triggered
				})))
			}
			return findings
		},
	}
}

func (c *Case) judgeIndexes(job workflow.Publishing, uploads []workflow.Publishing) Finding {
	subject, path := subjectOf(job), pathOf(job.File)
	i := slices.IndexFunc(uploads, func(p workflow.Publishing) bool {
		return p.Registry != uploads[0].Registry && p.Step != uploads[0].Step
	})
	if i < 0 {
		return c.judgeOneIndex(subject, uploads).seen(c.fileSource(path)).at(path, uploads[0].Line)
	}
	one, other := uploads[0], uploads[i]
	f := finding(Wrong, subject, "line %d uploads to %s and line %d to %s", one.Line, one.Registry.Title(), other.Line, other.Registry.Title()).
		seen(c.fileSource(path)).at(path, other.Line).advise("give each index a job and an environment of its own")
	howOne, _ := attests(one)
	howOther, sure := attests(other)
	switch {
	case !c.together(one, other):
		f.Because += "; conditions decide which of them a run does"
		return f.as(Advice)
	case howOne == "" || howOther == "":
		return f.as(Advice)
	case !sure:
		f.Verdict = Unknown
	}
	f.Because += ", and both can happen in one run: the second ends with “Attestation generation failure: … already has a publish attestation”"
	return f
}

// judgeOneIndex: one step whose index an expression chooses uploads to one of
// them in a run.
func (c *Case) judgeOneIndex(subject string, uploads []workflow.Publishing) Finding {
	for _, p := range uploads {
		if p.Registry != uploads[0].Registry {
			return finding(Wrong, subject, "line %d uploads to %s or to %s, under one environment", p.Line, uploads[0].Registry.Title(), p.Registry.Title()).
				advise("give each index a job and an environment of its own").as(Advice)
		}
	}
	return finding(OK, subject, "the job uploads to %s only", uploads[0].Registry.Title())
}

// together says whether some event is seen to bring a run to both steps.
func (c *Case) together(a, b workflow.Publishing) bool {
	if a.Triggered == nil {
		return false
	}
	for _, event := range workflow.Events(a.Triggered) {
		for _, run := range c.runsBy(a.Triggered.Trigger(event)) {
			first, _ := workflow.Foresee(a, run)
			second, _ := workflow.Foresee(b, run)
			if first != workflow.Skipped && second != workflow.Skipped && stepReached(a, b, run, first, second) {
				return true
			}
		}
	}
	return false
}

// stepReached says whether both steps are surely reached once their job is: a
// condition of the job holds back both alike.
func stepReached(a, b workflow.Publishing, run workflow.Run, first, second workflow.Outlook) bool {
	if first == workflow.Reached && second == workflow.Reached {
		return true
	}
	return a.Step.If == "" && b.Step.If == "" || a.Step.If == b.Step.If
}
