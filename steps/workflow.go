package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
)

const workflowMessage = "Publish by trusted publishing"

// workflow puts the file that publishes onto the default branch. A file that is
// there is never written anew: what is wrong in it is repaired at its place.
func (l *layout) workflow(s *Scene) string {
	state, reason := stand(s.Results, admission) // the environment's step mends it
	s.State = state
	name, origin := l.workflowName()
	s.Wanted = append(s.Wanted, wanted("file", workflow.Dir+name, origin), wanted("environment", l.environments()[0], l.environmentOrigin(l.environments()[0])), wanted("release tags", l.tag, l.tagOrigin))
	if l.publishes() || l.mayPublishUnseen() {
		if waits := l.repair(s); waits != "" {
			s.State = Waiting
			return waits
		}
		return reason
	}
	if l.World.Workflows.Unknown() {
		s.State = Blind
		return l.World.Workflows.Reason()
	}
	s.State = Todo
	if !l.World.Repo.Seen() {
		return noRepository
	}
	file, err := l.render()
	if err != nil {
		s.Now = append(s.Now, Line{Mark: checks.Wrong, Text: err.Error()})
		return err.Error()
	}
	s.Now = append(s.Now, l.pinWarnings()...)
	s.Preview = l.withOrigins(change.Diff(workflow.Dir+name, "", file))
	s.Ways = l.deliver(settlesWorkflow, workflowMessage, []fileEdit{{path: workflow.Dir + name, after: []byte(file), about: l.workflowAbout()}})
	if waits := awaits(s.Ways); waits != "" {
		s.State = Waiting
		return waits
	}
	return "there is no workflow that publishes"
}

// workflowAbout says what the workflow does, for a reviewer.
func (l *layout) workflowAbout() string {
	var goes []string
	for _, p := range l.Report.Publishers {
		goes = with(goes, p.Package+" to "+p.Registry.Title())
	}
	if len(goes) > fewOK {
		goes = []string{plural(len(goes), "package", "packages")}
	}
	return fmt.Sprintf("publishes %s by trusted publishing when a tag `%s` is pushed, in the environment `%s`; started by hand it rehearses, and publishes nothing", strings.Join(goes, ", "), l.tag, l.environments()[0])
}

// publishes says whether a workflow at the judged commit publishes; a dry run
// does not.
func (l *layout) publishes() bool {
	return slices.ContainsFunc(l.Case.Publishing, func(p workflow.Publishing) bool { return !p.DryRun })
}

// mayPublishUnseen says whether the file is there already, and was taken because
// it may publish by what it does not show: it is its author's.
func (l *layout) mayPublishUnseen() bool {
	return slices.ContainsFunc(l.Report.Publishers, func(p identity.Publisher) bool { return p.Origin[identity.FieldWorkflow] == checks.OnlyUnseen })
}
