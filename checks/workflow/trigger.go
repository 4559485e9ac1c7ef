package workflow

import (
	"fmt"
	"strings"
)

// TriggerFires tells whether an event at a full ref starts a file, and why.
// Path filters and activity types are not judged: the answer then is yes, with
// the condition in the reason.
func TriggerFires(f *File, event, ref string) (bool, string) {
	t := f.Trigger(event)
	if t == nil {
		return false, fmt.Sprintf("%s has no %s trigger; it is started by %s", f.Base(), event, orNothing(Events(f)))
	}
	fires, why := t.admits(ref)
	if !fires {
		return false, fmt.Sprintf("%s:%d: %s", f.Base(), t.Line, why)
	}
	return true, fmt.Sprintf("%s:%d: %s%s", f.Base(), t.Line, why, t.conditions(ref))
}

func orNothing(events []string) string {
	if len(events) == 0 {
		return "nothing"
	}
	return strings.Join(events, ", ")
}

// admits judges the branch and tag filters. With filters for one kind of ref
// only, the other kind starts nothing.
func (t *Trigger) admits(ref string) (bool, string) {
	name := ShortRef(ref)
	kind, own, ignored := "branches", t.Branches, t.BranchesIgnore
	other := len(t.Tags)+len(t.TagsIgnore) > 0
	if RefType(ref) == "tag" {
		kind, own, ignored = "tags", t.Tags, t.TagsIgnore
		other = len(t.Branches)+len(t.BranchesIgnore) > 0
	}
	if t.Event != "push" {
		// Other events have no tag filters, and look at branches of their own.
		if kind == "tags" || !t.filtersBranches() {
			return true, t.Event + " starts it"
		}
		other = false
	}
	switch {
	case len(own) > 0:
		return passes(own, name), fmt.Sprintf("%s %s %s", kind, list(own), verb(passes(own, name), name))
	case len(ignored) > 0:
		hit := passes(ignored, name)
		return !hit, fmt.Sprintf("%s-ignore %s %s", kind, list(ignored), verb(hit, name))
	case other:
		return false, fmt.Sprintf("%s filters only the other kind of ref, so no %s start it", t.Event, kind)
	}
	return true, "every " + t.Event + " starts it"
}

func (t *Trigger) filtersBranches() bool {
	switch t.Event {
	case "pull_request", "pull_request_target", "workflow_run", "merge_group":
		return true
	}
	return false
}

// conditions are what an event must fulfil beside its ref. A push of a tag is
// not held against path filters.
func (t *Trigger) conditions(ref string) string {
	var more []string
	if len(t.Types) > 0 {
		more = append(more, "type "+strings.Join(t.Types, " or "))
	}
	if RefType(ref) == "branch" {
		if len(t.Paths) > 0 {
			more = append(more, "a change in "+list(t.Paths))
		}
		if len(t.PathsIgnore) > 0 {
			more = append(more, "a change outside "+list(t.PathsIgnore))
		}
	}
	if len(more) == 0 {
		return ""
	}
	return ", given " + strings.Join(more, " and ")
}

func verb(matches bool, name string) string {
	if matches {
		return "matches " + name
	}
	return "does not match " + name
}

func list(patterns []string) string { return "[" + strings.Join(patterns, ", ") + "]" }
