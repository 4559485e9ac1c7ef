package steps

import (
	"fmt"
	"slices"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// rehearsal exchanges tokens for real and publishes nothing.
func (l *layout) rehearsal(s *Scene) string {
	s.Now = append(tell(wrong(l.Report.Of("publisher-matches"))), s.Now...)
	s.Wanted = l.rehearsalWanted()
	run, live := l.liveRun("workflow_dispatch")
	rehearsed := l.rehearsed(s.Results)
	switch {
	case live:
		s.State = Waiting
		s.Now = append(withoutWaiting(s.Now), runLines(run)...)
		s.Ways = append(s.Ways, runPage(run))
	case rehearsed:
		s.State = Done
	default:
		s.State = Todo
		if state, _ := stand(s.Results); state == Blind && (len(s.Results) > 0 || l.World.Workflows.Unknown()) {
			s.State = Blind
		}
	}
	reason := l.rehearsalReason(s.State, s.Results)
	if live {
		return reason
	}
	way, why := l.rehearse()
	if len(s.Results) == 0 && s.State == Todo {
		reason = why
	}
	switch {
	case why == "":
		s.Preview = l.Tools.Rehearse(l.rehearsalOf()).Preview
		s.Ways = append(append(s.Ways, way), append(l.uploading(), l.rehearsalCommands())...)
	case !rehearsed:
		s.Now = append(s.Now, Line{Mark: checks.Wrong, Text: why})
	}
	if last, ok := l.newestRun("workflow_dispatch"); ok && !rehearsed {
		s.Ways = append(s.Ways, runPage(last))
	}
	return reason
}

func wrong(results []checks.Result) []checks.Result {
	return slices.DeleteFunc(slices.Clone(results), func(r checks.Result) bool { return r.Verdict != checks.Wrong })
}

func (l *layout) rehearsalReason(state State, results []checks.Result) string {
	if state == Done {
		return ""
	}
	_, reason := stand(results)
	return reason
}

func (l *layout) rehearsalWanted() []Line {
	lines := []Line{}
	for _, r := range identity.Registries() {
		switch all := l.of(r); {
		case len(all) == 0:
		case l.pending(all[0]) && r == identity.PyPI:
			lines = append(lines, wanted("PyPI:", "nothing yet; minting would create the project, so that the first release proves it", ""))
		case l.pending(all[0]):
			lines = append(lines, wanted("TestPyPI:", "a token minted, which creates the project there, without files", ""))
		default:
			lines = append(lines, wanted(r.Title()+":", "a token minted", ""))
		}
	}
	return lines
}

// rehearsed says whether every registry that can be rehearsed gave a token. A
// project of PyPI that is only pending waits for the first release, once
// something else was rehearsed or the run came to its end.
func (l *layout) rehearsed(results []checks.Result) bool {
	proven, waits := false, false
	last, ran := l.newestRun("workflow_dispatch")
	_, releasing := l.liveRun("push")
	for _, r := range results {
		switch {
		case r.Verdict == checks.OK:
			proven = true
		case r.Verdict == checks.Waiting && r.Subject == string(identity.PyPI) && l.allPending(identity.PyPI):
			waits = true
		case r.Verdict == checks.Waiting && releasing:
			waits = true // the release under way is newer, and says nothing yet
		default:
			return false
		}
	}
	return proven || waits && ran && last.Conclusion == "success"
}

func (l *layout) allPending(r identity.Registry) bool {
	all := l.of(r)
	return len(all) > 0 && !slices.ContainsFunc(all, func(p identity.Publisher) bool { return !l.pending(p) })
}

// rehearsalInputs are the inputs that make a started run publish nothing, the
// one of our own template first.
var rehearsalInputs = []string{"rehearse", "dry-run", "dry_run", "dryrun"}

func (l *layout) rehearsalOf() change.Rehearsal {
	name, _ := l.workflowName()
	r := change.Rehearsal{Workflow: name, Branch: l.branch}
	for _, input := range rehearsalInputs {
		if f := l.file(); f != nil && f.Trigger("workflow_dispatch") != nil && slices.Contains(f.Trigger("workflow_dispatch").Inputs, input) {
			r.Input = input
			break
		}
	}
	return r
}

// rehearse is the way to a rehearsal, or the reason why there is none: a file
// without such an input would publish.
func (l *layout) rehearse() (way Way, why string) {
	name, _ := l.workflowName()
	f := l.file()
	switch {
	case f == nil:
		return Way{}, name + " is not on " + l.branch + " yet"
	case f.Trigger("workflow_dispatch") == nil:
		return Way{}, name + " cannot be started by hand: it has no workflow_dispatch"
	}
	r := l.rehearsalOf()
	if r.Input == "" {
		return Way{}, fmt.Sprintf("%s has no input that makes it publish nothing (%s): started by hand it could publish", name, rehearsalInputs[0])
	}
	return Way{Kind: Do, Label: "Rehearse now", Help: "Starts the workflow on " + l.branch + ": tokens are exchanged, nothing is published.",
		Prepare: func(Answers) ([]change.Change, error) { return []change.Change{l.Tools.Rehearse(r)}, nil }}, ""
}

// uploading is the way to a rehearsal that uploads a development version to
// TestPyPI, where our template's input for that is there.
func (l *layout) uploading() []Way {
	r := l.rehearsalOf()
	if !slices.Contains(l.file().Trigger("workflow_dispatch").Inputs, template.UploadInput) {
		return nil
	}
	r.Upload = template.UploadInput
	return []Way{{Kind: Do, Offer: true, Label: "Rehearse, and upload a development version to TestPyPI",
		Help:    "Builds a version that ends in .dev and the run's id, and uploads it to TestPyPI alone: what PyPI would make of the files shows there.",
		Prepare: func(Answers) ([]change.Change, error) { return []change.Change{l.Tools.Rehearse(r)}, nil }}}
}

func (l *layout) rehearsalCommands() Way {
	r := l.rehearsalOf()
	return Way{Kind: Commands, Label: "Show me the commands", Lines: []string{
		fmt.Sprintf("gh workflow run %s --repo %s --ref %s -f %s=true", r.Workflow, l.repo, r.Branch, r.Input),
		fmt.Sprintf("gh run watch --repo %s", l.repo)}}
}

// newestRun is the newest run of the file that is to publish, of one event.
func (l *layout) newestRun(event string) (evidence.Run, bool) {
	name, _ := l.workflowName()
	for _, run := range l.World.GitHub.Runs.Or(nil) {
		if run.Event == event && run.Workflow == workflow.Dir+name {
			return run, true
		}
	}
	return evidence.Run{}, false
}

func (l *layout) liveRun(event string) (evidence.Run, bool) {
	run, ok := l.newestRun(event)
	return run, ok && run.Status != "completed"
}

// withoutWaiting leaves out what only says that the run goes on, which its own
// lines say better.
func withoutWaiting(lines []Line) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Mark == checks.Waiting })
}

// runLines say how a run stands and for whom it waits.
func runLines(run evidence.Run) []Line {
	lines := []Line{{Mark: checks.Waiting, Text: fmt.Sprintf("run %d is %s", run.Number, spaced(run.Status)), Source: evidence.Source{Name: run.URL}}}
	for _, job := range run.Jobs.Or(nil) {
		state := job.Status
		if state == "completed" {
			state = job.Conclusion
		}
		lines = append(lines, Line{Text: job.Name + ": " + spaced(state)})
	}
	for _, p := range run.Pending.Or(nil) {
		lines = append(lines, Line{Mark: checks.Waiting, Text: awaited(p)})
	}
	return lines
}

func awaited(p evidence.PendingDeployment) string {
	if p.CanApprove {
		return p.Environment + " waits for your review"
	}
	text := p.Environment + " waits for a review"
	for i, r := range p.Reviewers {
		text += []string{" by ", " or "}[min(i, 1)] + r.Name
	}
	return text
}

func runPage(run evidence.Run) Way {
	w := Way{Kind: Page, Label: fmt.Sprintf("Open the page of run %d", run.Number), Open: &PageLink{Title: fmt.Sprintf("Run %d", run.Number), URL: run.URL}}
	for _, p := range run.Pending.Or(nil) {
		if p.CanApprove {
			w.Label = "Open the run's page to review it"
			w.Open.Note = "Choose Review deployments, tick " + p.Environment + ", and approve. This screen goes on by itself."
		}
	}
	return w
}
