package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// compare asks the registry's own matching what it would make of the place's
// claims, for every event that can bring the run to the exchange. A refusal
// for one of them is a refusal.
func (c *Case) compare(place workflow.Publishing, registered []identity.Publisher) trust.Outcome {
	r, ok := registry.Of(place.Registry)
	if !ok {
		return trust.Outcome{Verdict: trust.Unknown, Why: "the registry is not known"}
	}
	if place.Triggered == nil {
		return trust.Outcome{Verdict: trust.Unknown, Why: "no workflow of the repository calls " + place.File.Base()}
	}
	result := trust.Outcome{Verdict: trust.Unknown, Why: "no event brings a run to the exchange"}
	for _, event := range workflow.Events(place.Triggered) {
		if slices.Contains(r.RefusedEvents, event) {
			continue
		}
		for _, run := range c.runsBy(place.Triggered.Trigger(event)) {
			if outlook, _ := foresee(place, run); outlook == workflow.Skipped {
				continue
			}
			o := r.Match(workflow.Claims(place, run), registered)
			switch {
			case o.Verdict == trust.Refused:
				return o
			case result.Verdict == trust.Unknown && result.Why == "no event brings a run to the exchange", o.Verdict == trust.Unknown:
				result = o
			}
		}
	}
	return result
}

// foresee tells whether a run comes to the place's exchange, which can be
// another step than the one that publishes.
func foresee(p workflow.Publishing, run workflow.Run) (workflow.Outlook, string) {
	return workflow.ForeseeExchange(p, run)
}

// runBy is the run that an event would start: at a tag that fits the trigger,
// at a pull request, or on the default branch.
func (c *Case) runBy(t *workflow.Trigger) workflow.Run {
	name, id, _ := repositoryName(c.World)
	repo := c.World.GitHub.Repository.Or(evidence.Repository{DefaultBranch: "main"})
	run := workflow.Run{
		Owner: name.Owner, Repository: name.Name, OwnerID: id, RepositoryID: repo.ID,
		DefaultBranch: repo.DefaultBranch,
		Event:         t.Event, Ref: workflow.EventRef(t.Event, "refs/heads/"+repo.DefaultBranch, repo.DefaultBranch), SHA: c.World.Judged.Or(evidence.Commit{}).SHA,
	}
	if t.Event == "release" || t.Event == "push" && len(t.Tags) > 0 {
		run.Ref = "refs/tags/" + c.exampleTag(t)
	}
	return run
}

// runsBy are the runs that an event can start, as far as they differ in the
// kind of ref: a push without filters, and a start by hand, come from branches
// and from tags.
func (c *Case) runsBy(t *workflow.Trigger) []workflow.Run {
	run := c.runBy(t)
	branches := len(t.Branches)+len(t.BranchesIgnore) > 0
	both := t.Event == "workflow_dispatch" || t.Event == "push" && (len(t.Tags) > 0) == branches
	if !both {
		return []workflow.Run{run}
	}
	other := run
	other.Ref = "refs/tags/" + c.exampleTag(t)
	if other.Ref == run.Ref {
		other.Ref = "refs/heads/" + c.World.GitHub.Repository.Or(evidence.Repository{DefaultBranch: "main"}).DefaultBranch
	}
	return []workflow.Run{run, other}
}

// mayRun says whether some event can bring a run to the step that publishes.
func (c *Case) mayRun(p workflow.Publishing) bool {
	if p.Triggered == nil {
		return true
	}
	for _, event := range workflow.Events(p.Triggered) {
		for _, run := range c.runsBy(p.Triggered.Trigger(event)) {
			if outlook, _ := workflow.Foresee(p, run); outlook != workflow.Skipped {
				return true
			}
		}
	}
	return false
}

// exampleTag is a tag that the trigger takes, if there is one. Registries
// compare a ref only with itself, so that any will do for them.
func (c *Case) exampleTag(t *workflow.Trigger) string {
	version := "1.0.0"
	for _, p := range c.World.Tree.Packages.Or(nil) {
		version = p.Version.Or(version)
	}
	if tag, ok := t.ExampleTag(version); ok {
		return tag
	}
	return "v" + version
}
