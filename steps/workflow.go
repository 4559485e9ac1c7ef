package steps

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

const workflowMessage = "Publish by trusted publishing"

// workflow puts the file that publishes onto the default branch. A file that
// is there is judged and shown; repairing it is its author's.
func (l *layout) workflow(s *Scene) string {
	state, reason := stand(s.Results)
	s.State = state
	name, origin := l.workflowName()
	s.Wanted = append(s.Wanted, wanted("file", workflow.Dir+name, origin), wanted("environment", l.environments()[0], l.environmentOrigin(l.environments()[0])), wanted("release tags", l.tag, l.tagOrigin))
	if l.publishes() || l.mayPublishUnseen() {
		return reason
	}
	if l.World.Workflows.Unknown() {
		s.State = Blind
		return l.World.Workflows.Reason()
	}
	s.State = Todo
	file, err := l.render()
	if err != nil {
		s.Now = append(s.Now, Line{Mark: checks.Wrong, Text: err.Error()})
		return "there is no workflow that publishes"
	}
	s.Preview = change.Diff(workflow.Dir+name, "", file)
	s.Ways = l.writingWays(workflow.Dir+name, file)
	return "there is no workflow that publishes"
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

// render writes the workflow for the packages that are to be published.
func (l *layout) render() (string, error) {
	plan := template.Plan{Repository: l.repo.String(), Environment: l.environments()[0], TagPattern: l.tag, TestPyPI: len(l.of(identity.TestPyPI)) > 0}
	for _, pkg := range l.packages(identity.CratesIO) {
		plan.Crates = append(plan.Crates, template.Crate{Name: pkg.Name.Or(""), Manifest: pkg.Path})
	}
	plan.Workspace = len(plan.Crates) == l.publishableCrates()
	for _, pkg := range l.packages(identity.PyPI) {
		plan.Projects = append(plan.Projects, template.Project{Name: pkg.Name.Or(""), Dir: path.Dir(pkg.Path), Maturin: strings.HasPrefix(pkg.Backend.Or(""), "maturin")})
	}
	return template.Render(plan)
}

func (l *layout) publishableCrates() int {
	n := 0
	for _, pkg := range l.World.Tree.Packages.Or(nil) {
		if pkg.Ecosystem == evidence.Cargo && pkg.Publish.Or(true) {
			n++
		}
	}
	return n
}

func (l *layout) writingWays(file, text string) []Way {
	var ways []Way
	if why := l.checkout(); why == "" {
		ways = append(ways, Way{Kind: Do, Label: "Write it, commit it and push it to " + l.branch,
			Help:    "Commits this one file; what else is in your tree stays as it is.",
			Prepare: func(Answers) ([]change.Change, error) { return l.writeAndPush(file, text) }})
	}
	if l.World.Tree.Dir != "" {
		ways = append(ways, Way{Kind: Do, Label: "Only write the file", Help: "Commit and push it yourself, or open a pull request. This step ends when it is on " + l.branch + ".",
			Prepare: func(Answers) ([]change.Change, error) {
				c, err := l.write(file, text)
				if err == nil && len(c) == 0 {
					err = fmt.Errorf("%s stands in your tree as it should: commit and push it", file)
				}
				return c, err
			}})
	}
	return append(ways, Way{Kind: Commands, Label: "Show me the commands", Lines: l.writingCommands(file, text)})
}

func (l *layout) writingCommands(file, text string) []string {
	lines := []string{"mkdir -p " + path.Dir(file), "cat > " + file + " <<'END_OF_WORKFLOW'"}
	lines = append(lines, strings.Split(strings.TrimSuffix(text, "\n"), "\n")...)
	return append(lines, "END_OF_WORKFLOW", "git add "+file, fmt.Sprintf("git commit -m %q -- %s", workflowMessage, file), "git push "+l.remote()+" HEAD:"+l.branch)
}

// write makes the change of the file; none when the tree has it already.
func (l *layout) write(file, text string) ([]change.Change, error) {
	before, err := l.Tools.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if before != nil && bytes.Equal(before, []byte(text)) {
		return nil, nil
	}
	if before != nil && !l.mayReplace(file) {
		return nil, fmt.Errorf("%s is there already and does something else: choose another file name in the survey", file)
	}
	return []change.Change{l.Tools.WriteFile(file, before, []byte(text))}, nil
}

// mayReplace says whether a file of that name is not on the default branch: a
// draft of ours that was not pushed may be written anew, after its diff was
// seen.
func (l *layout) mayReplace(file string) bool {
	for _, f := range l.World.Workflows.Or(nil) {
		if f.Path == file {
			return false
		}
	}
	return true
}

func (l *layout) writeAndPush(file, text string) ([]change.Change, error) {
	changes, err := l.write(file, text)
	if err != nil {
		return nil, err
	}
	if why := l.checkout(); why != "" {
		return nil, errors.New(why)
	}
	push, err := l.Tools.Push(context.Background(), l.push(workflowMessage, file))
	return append(changes, push), err
}
