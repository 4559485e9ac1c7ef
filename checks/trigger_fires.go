package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func triggerFires() Check {
	return Check{
		ID: "trigger-fires", Step: Workflow, Level: Works,
		Claim: "A release starts the workflow that publishes.",
		Why:   "When the tag does not fit, the workflow is turned off, a guard names another repository, or a token made the tag, nothing runs and nothing says so.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range oneForEachJob(placesThat(c.Publishing, publishes)) {
				if p.Triggered != nil {
					findings = append(findings, c.judgeTrigger(p))
				}
			}
			return append(findings, c.judgeMakers()...)
		},
	}
}

// judgeTrigger asks in the order in which GitHub does: whether the workflow is
// on, whether the event fits, whether the job's conditions let the run through.
func (c *Case) judgeTrigger(p workflow.Publishing) Finding {
	subject, path, src := subjectOf(p), p.Triggered.Path, c.fileSource(p.Triggered.Path)
	if why := c.turnedOff(p.Triggered); why != "" {
		return finding(Wrong, subject, "no event starts it: %s", why).seen(c.World.GitHub.WorkflowStates.Source()).at(path, 1).
			advise("`gh workflow enable %s`", p.Triggered.Base())
	}
	if guard := c.guardedAway(p); guard != "" {
		name, _, _ := repositoryName(c.World)
		return finding(Wrong, subject, "every run skips it: %s, and the repository is %s", guard, name).seen(src).at(path, p.Job.Line).
			advise("let the condition name %s", name)
	}
	fires, how, line := c.firesBy(p)
	switch {
	case !fires && line > 0 && c.habit() >= 3:
		return finding(Wrong, subject, "%s", how).seen(src, c.World.Tree.Git.Or(evidence.Git{}).TagPattern.Source()).at(path, line).
			advise("let the tag filter take the tags of this repository, or name the next tag as the filter wants it")
	case !fires:
		return finding(Unknown, subject, "%s", how).seen(src).at(path, line)
	case c.World.GitHub.WorkflowStates.Unknown():
		return c.blind(subject, "it is started by "+how+"; whether GitHub has the workflow turned on", c.World.GitHub.WorkflowStates)
	}
	return finding(OK, subject, "it is started by %s", how).seen(src, c.World.GitHub.WorkflowStates.Source()).at(path, line)
}

// guardedAway is the condition that keeps every run from the job because it
// names another repository; "" when there is none.
func (c *Case) guardedAway(p workflow.Publishing) string {
	guard := ""
	for _, t := range p.Triggered.Triggers {
		for _, run := range c.runsBy(&t) {
			outlook, why := workflow.Foresee(p, run)
			elsewhere := run
			elsewhere.Owner, elsewhere.Repository, elsewhere.OwnerID, elsewhere.RepositoryID = "", "", 0, 0
			other, _ := workflow.Foresee(p, elsewhere)
			switch {
			case outlook != workflow.Skipped:
				return ""
			case other != workflow.Skipped:
				guard = why
			}
		}
	}
	return guard
}

// firesBy tells by which event a release starts the job. Of a push of tags it
// must take one of the repository's own, where there are any.
func (c *Case) firesBy(p workflow.Publishing) (fires bool, how string, line int) {
	how = "no event that was tried brings a run to it"
	for _, t := range p.Triggered.Triggers {
		ok, why := c.eventFires(p, t)
		if ok {
			return true, why, t.Line
		}
		if why != "" {
			how, line = why, t.Line
		}
	}
	return false, how, line
}

func (c *Case) eventFires(p workflow.Publishing, t workflow.Trigger) (bool, string) {
	for _, run := range c.runsBy(&t) {
		outlook, _ := workflow.Foresee(p, run)
		fires, _ := workflow.TriggerFires(p.Triggered, t.Event, run.Ref)
		tag, isTag := strings.CutPrefix(run.Ref, "refs/tags/")
		switch {
		case outlook == workflow.Skipped:
			continue
		case t.Event == "push" && isTag:
			if ok, why := c.takesOurTags(p, t, tag, fires); ok || why != "" {
				return ok, why
			}
		case fires, t.Event == "push": // a branch of its own
			return true, t.Event
		}
	}
	return false, ""
}

// takesOurTags holds a push trigger against the tags that stand, and without
// any against a tag that it takes.
func (c *Case) takesOurTags(p workflow.Publishing, t workflow.Trigger, example string, fires bool) (bool, string) {
	git := c.World.Tree.Git.Or(evidence.Git{})
	releases, seen := git.Tags.Get()
	for _, tag := range releases {
		if ok, _ := workflow.TriggerFires(p.Triggered, "push", "refs/tags/"+tag); ok {
			return true, "a push of tags, such as " + tag
		}
	}
	switch {
	case !fires:
		return false, fmt.Sprintf("no tag was found that starts it: tags %s", strings.Join(t.Tags, ", "))
	case !seen || !git.TagPattern.Seen():
		return true, "a push of tags, such as " + example
	}
	return false, fmt.Sprintf("none of the %d tags of the repository would start it: they follow %s (%s), and it waits for %s",
		len(releases), git.TagPattern.Or(""), git.TagPattern.Source(), strings.Join(t.Tags, ", "))
}

// habit is how many tags follow the pattern of the release tags.
func (c *Case) habit() int {
	git := c.World.Tree.Git.Or(evidence.Git{})
	pattern, ok := git.TagPattern.Get()
	if !ok {
		return 0
	}
	n := 0
	for _, tag := range git.Tags.Or(nil) {
		if workflow.MatchPolicy(pattern, tag) {
			n++
		}
	}
	return n
}
