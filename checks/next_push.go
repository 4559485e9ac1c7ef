package checks

import (
	"fmt"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// NextPush is what a maintainer would do next to release: push the tag of the
// next release; or, where no workflow that publishes waits for tags or releases,
// what starts one of them on the default branch. pattern is that of release
// tags, "" for the one in use.
func (c *Case) NextPush(pattern string) Push {
	next := c.NextRelease(pattern)
	byTag := Push{Ref: next.Ref, Origin: next.Origin, Release: next}
	places := slices.DeleteFunc(placesThat(c.Publishing, publishes), func(p workflow.Publishing) bool { return p.Triggered == nil })
	if _, found := firstTrigger(places, next.Ref, "push", "create", "release"); found {
		return byTag
	}
	branch := "refs/heads/" + c.defaultBranch()
	t, found := firstTrigger(places, branch, "push", "workflow_dispatch", "schedule")
	if !found {
		return byTag
	}
	p := Push{Ref: branch, Origin: fmt.Sprintf("no workflow that publishes waits for tags; %s starts one on the default branch", t.Event)}
	if t.Event != "push" {
		p.Event = t.Event
	}
	return p
}

// firstTrigger is the first of the events that starts one of the places at a ref.
func firstTrigger(places []workflow.Publishing, ref string, events ...string) (workflow.Trigger, bool) {
	for _, event := range events {
		for _, p := range places {
			if fires, _ := workflow.TriggerFires(p.Triggered, event, ref); fires {
				return *p.Triggered.Trigger(event), true
			}
		}
	}
	return workflow.Trigger{}, false
}
