package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// judgeMakers looks for workflows that make the tag or the release for which a
// publishing one waits, with the token whose doings start nothing.
func (c *Case) judgeMakers() []Finding {
	var findings []Finding
	for _, f := range c.ownFiles() {
		if !slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool { return p.Triggered == f && publishes(p) }) || otherwiseStarted(f) {
			continue
		}
		for _, m := range workflow.Makers(c.Files) {
			if event := eventMade(f, m); event != "" && m.File != f && !c.makerDispatches(m) {
				findings = append(findings, c.judgeMaker(f, m, event)...)
				break
			}
		}
	}
	return findings
}

// otherwiseStarted: pushes to branches and schedules start the file whoever
// makes the tags.
func otherwiseStarted(f *workflow.File) bool {
	push := f.Trigger("push")
	return f.Trigger("schedule") != nil || f.Trigger("workflow_run") != nil ||
		push != nil && (len(push.Branches) > 0 || len(push.BranchesIgnore) > 0 || len(push.Tags)+len(push.TagsIgnore) == 0)
}

// eventMade is the event of the file for which the maker's doing would count.
func eventMade(f *workflow.File, m workflow.Maker) string {
	makesTag := m.Tag && !tagsOnly(m.File)
	push, release, create := f.Trigger("push"), f.Trigger("release"), f.Trigger("create")
	switch {
	case m.Release && release != nil && typesLeaveOut(release) == "":
		return "release"
	case makesTag && push != nil && release == nil:
		return "push"
	case makesTag && create != nil && release == nil:
		return "create"
	}
	return ""
}

// tagsOnly: what a tag starts makes no new one.
func tagsOnly(f *workflow.File) bool {
	for _, t := range f.Triggers {
		tags := t.Event == "push" && len(t.Tags)+len(t.TagsIgnore) > 0 && len(t.Branches)+len(t.BranchesIgnore) == 0
		if !tags && t.Event != "release" && t.Event != "workflow_call" {
			return false
		}
	}
	return true
}

// makerDispatches: a dispatch by GITHUB_TOKEN does start a workflow, and a call
// runs it in the same run.
func (c *Case) makerDispatches(m workflow.Maker) bool {
	return dispatches(m.File) || slices.ContainsFunc(m.File.Jobs, func(j *workflow.Job) bool { return j.Uses != "" })
}

func (c *Case) judgeMaker(f *workflow.File, m workflow.Maker, event string) []Finding {
	subject := f.Path + " " + event
	src := c.fileSource(m.File.Path)
	switch {
	case !m.OwnToken && m.Doubt == "":
		return nil // a token of a person or an app starts workflows
	case c.ranBy(f, event):
		return nil // it was seen to start, whatever the file says
	case m.Doubt != "":
		return []Finding{finding(Unknown, subject, "%s:%d makes the %s with %s, and whether that starts %s cannot be told: %s", m.File.Base(), m.Line, made(event), m.By, f.Base(), m.Doubt).
			seen(src).at(m.File.Path, m.Line).as(Advice)}
	}
	if runs := c.World.GitHub.Runs; !runs.Seen() {
		return []Finding{finding(Unknown, subject, "%s:%d makes the %s with GITHUB_TOKEN (%s), by which GitHub starts no workflow; whether %s, which waits for it, was started otherwise: %s", m.File.Base(), m.Line, made(event), m.By, f.Base(), c.reason(runs)).
			seen(src).at(m.File.Path, m.Line)}
	}
	return []Finding{finding(Wrong, subject, "%s:%d makes the %s with GITHUB_TOKEN (%s), and GitHub starts no workflow by that: %s, which waits for it, never runs", m.File.Base(), m.Line, made(event), m.By, f.Base()).
		seen(src, c.fileSource(f.Path)).at(m.File.Path, m.Line).
		advise("start %s from that job with `gh workflow run %s --ref TAG` (and `workflow_dispatch` in its triggers, `actions: write` in the job), or give the step the token of a GitHub App", f.Base(), f.Base())}
}

func made(event string) string {
	if event == "release" {
		return "release"
	}
	return "tag"
}

// ranBy says whether a run of the file by that event was seen.
func (c *Case) ranBy(f *workflow.File, event string) bool {
	return slices.ContainsFunc(c.World.GitHub.Runs.Or(nil), func(r evidence.Run) bool { return r.Workflow == f.Path && r.Event == event })
}
