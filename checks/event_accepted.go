package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func eventAccepted() Check {
	return Check{
		ID: "event-accepted", Step: Workflow, Level: Works,
		Claim: "The registry accepts the events that start the publishing job.",
		Why:   "Events that run with a stranger's code at hand are refused at the exchange, whatever the publisher says.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, r := range identity.Registries() {
				for _, p := range oneForEachJob(placesThat(placesOf(c.Publishing, r), mints)) {
					findings = append(findings, c.judgeEvents(p))
				}
			}
			return findings
		},
	}
}

// refusedEvents follows the servers (crates.io commit 57fa000, warehouse commit
// 6b62157, 2026-08-21).
func refusedEvents(r identity.Registry) []string {
	if r == identity.CratesIO {
		return []string{"pull_request_target", "workflow_run"}
	}
	return []string{"pull_request_target"}
}

func (c *Case) judgeEvents(p workflow.Publishing) Finding {
	subject, path := placeSubject(p), triggeredFile(p)
	file := c.file(path)
	if file == nil || len(file.Triggers) == 0 {
		return finding(Unknown, subject, "which events start it: nothing in this repository does").seen(c.fileSource(p.File.Path))
	}
	var events []string
	for _, t := range file.Triggers {
		if slices.Contains(refusedEvents(p.Registry), t.Event) {
			return c.judgeRefusedEvent(p, t, path)
		}
		events = append(events, t.Event)
	}
	return finding(OK, subject, "%s takes %s", p.Registry.Title(), strings.Join(events, ", ")).seen(c.fileSource(path))
}

// judgeRefusedEvent: a condition on the event may keep the job out of the
// refused runs; conditions are not evaluated here.
func (c *Case) judgeRefusedEvent(p workflow.Publishing, t workflow.Trigger, path string) Finding {
	src := c.fileSource(path)
	if strings.Contains(p.Job.If, "github.event_name") {
		return finding(Unknown, placeSubject(p), "%s refuses %s; only the job's condition could keep it out: %s", p.Registry.Title(), t.Event, p.Job.If).
			seen(src).at(path, t.Line).advise("move the publishing job to a file that %s does not start", t.Event)
	}
	return finding(Wrong, placeSubject(p), "%s", refusedEventText(p.Registry, t.Event)).seen(src).at(path, t.Line).
		advise("start the file by a pushed tag, a release or workflow_dispatch instead of %s", t.Event)
}

func refusedEventText(r identity.Registry, event string) string {
	if r == identity.CratesIO {
		return "crates.io refuses: Trusted Publishing does not support the `" + event + "` event trigger due to security concerns"
	}
	return r.Title() + " refuses: Publishing from a workflow invoked via '" + event + "' is not supported."
}

// file is the parsed workflow file of a path; nil when it could not be read.
func (c *Case) file(path string) *workflow.File {
	for _, f := range c.Files {
		if f.Path == path {
			return f
		}
	}
	return nil
}
