package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Push is what is asked about: a ref that would be pushed now, or one event at
// it.
type Push struct {
	// Ref is the full ref.
	Ref string
	// Event narrows the question to one event; "" is all that pushing the ref
	// brings: push and create, and a release published for a tag.
	Event string
	// Origin says why this ref is asked about; "" where somebody named it.
	Origin string
	// Exists is whether the ref exists already.
	Exists evidence.Fact[bool]
	// Release is the release that the ref is for, where NextRelease chose it.
	Release NextRelease
	// Default are the workflow files of the default branch, to compare with;
	// unknown or absent: there is nothing to compare.
	Default evidence.Fact[[]evidence.WorkflowFile]
	// Remarks are what the look at the ref had to leave open.
	Remarks []Remark
}

// Foresee tells what would happen if a ref were pushed now: which runs start,
// wait for whom, or are refused, by whom, on which field. It asks nobody: it is
// as good as the look at the world that the case rests on.
func (c *Case) Foresee(p Push) Forecast {
	f := Forecast{Ref: p.Ref, Origin: p.Origin, Event: p.Event, Exists: p.Exists, Judged: c.World.Judged}
	f.Files, f.Differs = c.filesJudged(p), c.differing(p)
	s := &foresight{Case: c, push: p, registered: map[identity.Registry]registeredAt{}}
	s.version, f.Remarks = c.remarks(p)
	f.Remarks = append(f.Remarks, p.Remarks...)
	started := map[string]string{} // what starts each file
	for _, event := range p.events() {
		for _, file := range c.ownFiles() {
			if file.Trigger(event) == nil {
				continue
			}
			run, why := s.run(file, event)
			if why == "" {
				started[file.Path] = event
				f.Runs = append(f.Runs, run...)
				f.Runs = append(f.Runs, s.followers(file, started)...)
			} else if c.publishesIn(file) {
				f.Idle = append(f.Idle, Idle{file.Path, why})
			}
		}
	}
	f.Idle = append(s.idle(started, f.Idle), c.unreadable()...)
	return f
}

// foresight is one forecast being made.
type foresight struct {
	*Case
	push Push
	// version is what a package would be published as, by name.
	version func(evidence.Package) string
	// registered remembers what is known of each registry's publishers.
	registered map[identity.Registry]registeredAt
}

// events are those that the push brings.
func (p Push) events() []string {
	switch {
	case p.Event != "":
		return []string{p.Event}
	case workflow.RefType(p.Ref) == "tag":
		return []string{"push", "create", "release"}
	}
	if exists, seen := p.Exists.Get(); seen && !exists {
		return []string{"push", "create"}
	}
	return []string{"push"}
}

func (c *Case) ownFiles() []*workflow.File {
	return slices.DeleteFunc(slices.Clone(c.Files), func(f *workflow.File) bool { return f.Remote != "" })
}

// publishesIn says whether an event of the file can bring a run to a registry.
func (c *Case) publishesIn(f *workflow.File) bool {
	return slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool { return p.Triggered == f && acts(p) })
}

// run foresees the run of a file for an event; why is the reason if none
// starts. A run without a job that publishes is not told of.
func (s *foresight) run(f *workflow.File, event string) (runs []RunForecast, why string) {
	fires, reason := workflow.TriggerFires(f, event, s.push.Ref) // filters are about the ref that the event is about
	if !fires {
		return nil, reason
	}
	trigger := f.Trigger(event)
	if why := typesLeaveOut(trigger); why != "" {
		return nil, fmt.Sprintf("%s:%d: %s", f.Base(), trigger.Line, why)
	}
	if why := s.off(f); why != "" {
		return nil, why
	}
	if !s.publishesIn(f) {
		return nil, ""
	}
	ref := workflow.EventRef(event, s.push.Ref, s.DefaultBranch()) // and the run may have another
	if event == "workflow_dispatch" && len(trigger.Inputs) > 0 {
		reason += ", with its inputs as they are by default"
	}
	r := RunForecast{File: f.Path, Line: trigger.Line, Event: event, Ref: ref, Fate: Passes, Because: reason}
	if len(trigger.Paths)+len(trigger.PathsIgnore) > 0 && workflow.RefType(ref) == "branch" && event == "push" {
		r.Fate = Open
	}
	s.jobs(&r, f)
	return []RunForecast{r}, ""
}

// typesLeaveOut: publishing a release is the activity published, and released
// or prereleased (docs.github.com, "Events that trigger workflows: release",
// read August 2026).
func typesLeaveOut(t *workflow.Trigger) string {
	of := map[string][]string{"release": {"published", "released", "prereleased", "created"}, "workflow_run": {"completed", "requested", "in_progress"}}[t.Event]
	if len(of) == 0 || len(t.Types) == 0 || slices.ContainsFunc(t.Types, func(x string) bool { return slices.Contains(of, x) }) {
		return ""
	}
	return t.Event + " of type " + strings.Join(t.Types, " or ") + " only"
}

// DefaultBranch is the repository's default branch, as far as anything tells
// it; "main" otherwise.
func (c *Case) DefaultBranch() string {
	if repo, ok := c.World.GitHub.Repository.Get(); ok {
		return repo.DefaultBranch
	}
	git := c.World.Tree.Git.Or(evidence.Git{})
	return cmp.Or(git.DefaultBranch.Or(""), git.Branch.Or(""), "main")
}

// off says that GitHub starts no runs of a file at all: Actions are off, or the
// workflow is.
func (c *Case) off(f *workflow.File) string {
	if actions, ok := c.World.GitHub.Actions.Get(); ok && !actions.Enabled {
		return "GitHub Actions are turned off for the repository"
	}
	if repo, ok := c.World.GitHub.Repository.Get(); ok && repo.Archived {
		return "the repository is archived, so no workflow runs"
	}
	return c.turnedOff(f)
}

// turnedOff says that the workflow is disabled at GitHub; "" when it is not
// seen to be.
func (c *Case) turnedOff(f *workflow.File) string {
	for _, state := range c.World.GitHub.WorkflowStates.Or(nil) {
		if state.Path == f.Path && strings.HasPrefix(state.State, "disabled") {
			return "the workflow " + f.Base() + " is " + stateText(state.State)
		}
	}
	return ""
}

// stateText spells GitHub's states of a workflow out.
func stateText(state string) string {
	switch state {
	case "disabled_manually":
		return "disabled: somebody turned it off"
	case "disabled_inactivity":
		return "disabled: GitHub turned it off after 60 days without activity in the repository"
	case "disabled_fork":
		return "disabled, as in every fork until somebody enables it"
	}
	return state
}

// followers are the runs that start when a run of the file has ended: of files
// that wait for it with workflow_run, which run on the default branch.
func (s *foresight) followers(f *workflow.File, started map[string]string) []RunForecast {
	var runs []RunForecast
	for _, next := range s.ownFiles() {
		t := next.Trigger("workflow_run")
		if t == nil || started[next.Path] != "" || !slices.Contains(t.Workflows, f.Name) && !slices.Contains(t.Workflows, f.Path) {
			continue
		}
		run, why := s.run(next, "workflow_run")
		if why == "" {
			started[next.Path] = "workflow_run"
			runs = append(runs, run...)
		}
	}
	return runs
}

// idle lists the files that publish and that nothing starts, each once with
// what would.
func (s *foresight) idle(started map[string]string, known []Idle) []Idle {
	var idle []Idle
	for _, f := range s.ownFiles() {
		if started[f.Path] != "" || !s.publishesIn(f) {
			continue
		}
		why := ""
		for _, k := range known {
			if k.File == f.Path && why == "" {
				why = k.Because
			}
		}
		if why == "" {
			why = f.Base() + " is started by " + strings.Join(workflow.Events(f), ", ")
		}
		idle = append(idle, Idle{f.Path, why})
	}
	return idle
}

// unreadable are workflow files that could not be read, so that nobody knows
// what they do.
func (c *Case) unreadable() []Idle {
	var all []Idle
	for _, f := range c.World.Workflows.Or(nil) {
		if !f.Content.Seen() {
			all = append(all, Idle{f.Path, "it could not be read: " + f.Content.Reason()})
		}
	}
	return all
}
