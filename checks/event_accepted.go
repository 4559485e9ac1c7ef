package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func eventAccepted() Check {
	return Check{
		ID: "event-accepted", Step: Workflow, Level: Works,
		Claim: "The registry accepts the events that start the publishing job.",
		Why:   "Events that run with a stranger's code at hand are refused at the exchange, whatever the publisher says.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, r := range registry.All() {
				places := placesThat(placesOf(c.Publishing, r.ID), mints)
				for _, job := range oneForEachJob(places) {
					findings = append(findings, c.judgeEvents(r, job, placesThat(places, func(p workflow.Publishing) bool {
						return p.Job == job.Job && p.Triggered == job.Triggered
					})))
				}
			}
			return findings
		},
	}
}

// judgeEvents judges the events that start a job; places are all in which it
// exchanges a token with the registry.
func (c *Case) judgeEvents(r trust.Registry, job workflow.Publishing, places []workflow.Publishing) Finding {
	subject := placeSubject(job)
	if job.Triggered == nil {
		return finding(Unknown, subject, "which events start it: nothing in this repository does").seen(c.fileSource(pathOf(job.File)))
	}
	path := job.Triggered.Path
	doubt := Finding{}
	for _, t := range job.Triggered.Triggers {
		if !slices.Contains(r.RefusedEvents, t.Event) {
			continue
		}
		switch outlook, why := c.foreseeAny(places, t); outlook {
		case workflow.Reached:
			return finding(Wrong, subject, "%s", c.refusedText(r, job, t)).seen(c.fileSource(path)).at(path, t.Line).
				advise("start the file by a pushed tag, a release or workflow_dispatch instead of %s", t.Event)
		case workflow.Perhaps:
			doubt = finding(Unknown, subject, "%s refuses %s; only a condition could keep it out: %s", r.Title, t.Event, why).
				seen(c.fileSource(path)).at(path, t.Line).advise("move the publishing job to a file that %s does not start", t.Event)
		}
	}
	if doubt.Verdict != "" {
		return doubt
	}
	events := workflow.Events(job.Triggered)
	if len(events) == 0 {
		return finding(Unknown, subject, "no trigger could be read in %s", path).seen(c.fileSource(path))
	}
	return finding(OK, subject, "no event that %s refuses brings a run to the exchange; started by %s", r.Title, strings.Join(events, ", ")).seen(c.fileSource(path))
}

// foreseeAny tells whether an event's run may come to one of the places.
func (c *Case) foreseeAny(places []workflow.Publishing, t workflow.Trigger) (workflow.Outlook, string) {
	nearest, reason := workflow.Skipped, ""
	for _, p := range places {
		switch outlook, why := foresee(p, c.runBy(&t)); {
		case outlook == workflow.Reached:
			return outlook, ""
		case outlook == workflow.Perhaps:
			nearest, reason = outlook, why
		}
	}
	return nearest, reason
}

// refusedText is what the registry answers to a run of the event.
func (c *Case) refusedText(r trust.Registry, p workflow.Publishing, t workflow.Trigger) string {
	name, id, _ := repositoryName(c.World)
	fits := identity.Publisher{Registry: r.ID, Identity: identity.Identity{Owner: name.Owner, OwnerID: id, Repository: name.Name, Workflow: base(readFile(r.ID, p))}}
	if o := r.Match(workflow.Claims(p, c.runBy(&t)), []identity.Publisher{fits}); o.Text != "" {
		return r.Title + " refuses " + t.Event + ": " + o.Text
	}
	return r.Title + " refuses " + t.Event
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
