package collect

import (
	"context"
	"path"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Bounds of following what workflow files use: ten levels of workflows and as
// many of composite actions, and 50 different workflows in one run
// (docs.github.com, "Reusing workflow configurations", read 2026-08;
// github.com/actions/runner, docs/adrs/1144-composite-actions.md). GitHub bounds
// the number of actions nowhere; more than these are not read.
const (
	maxRounds  = 20
	maxCalled  = 50
	maxActions = 50
)

// fetched is what was got for references: workflows by their content, actions by
// their description.
type fetched struct {
	called  map[string]evidence.Fact[[]byte]
	actions map[string]evidence.Fact[evidence.ActionFile]
}

// fetch gets what references name, each once.
type fetch func(workflows, actions []workflow.Reference) fetched

// followed is what the workflow files and all that they use came to.
type followed struct {
	fetched
	sources workflow.Sources
}

// follow gets what the engine lacks and asks it again, until nothing is lacking
// or GitHub's limits are met. What is left is unknown.
func follow(own []evidence.WorkflowFile, get fetch) followed {
	f := followed{fetched: fetched{map[string]evidence.Fact[[]byte]{}, map[string]evidence.Fact[evidence.ActionFile]{}}}
	f.sources.Gone = map[string]string{}
	for _, file := range own {
		if data, ok := file.Content.Get(); ok {
			f.sources.Files = append(f.sources.Files, workflow.Parse(file.Path, data))
		}
	}
	for range maxRounds {
		workflows, actions := f.lacking()
		if len(workflows)+len(actions) == 0 {
			break
		}
		f.add(get(workflows, actions))
	}
	return f
}

// lacking are the references that nobody tried yet. A workflow file of our own
// repository that is lacking is not there.
func (f *followed) lacking() (workflows, actions []workflow.Reference) {
	for _, l := range workflow.Read(f.sources).Lacking {
		switch l.Kind {
		case workflow.KindWorkflow:
			if l.Remote && len(f.called)+len(workflows) < maxCalled {
				workflows = append(workflows, l)
			}
		case workflow.KindAction:
			if len(f.actions)+len(actions) < maxActions {
				actions = append(actions, l)
			}
		}
	}
	return workflows, actions
}

// add puts what was got among the sources; what was not is gone, so that it is
// not asked for again.
func (f *followed) add(got fetched) {
	for ref, fact := range got.called {
		f.called[ref] = fact
		if data, ok := fact.Get(); ok {
			f.sources.Files = append(f.sources.Files, workflow.ParseRemote(ref, data))
		} else {
			f.sources.Gone[ref] = fact.Missing()
		}
	}
	for ref, fact := range got.actions {
		f.actions[ref] = fact
		if file, ok := fact.Get(); ok {
			f.sources.Actions = append(f.sources.Actions, workflow.ParseAction(ref, file.Path, file.Content))
		} else {
			f.sources.Gone[ref] = fact.Missing()
		}
	}
}

// throughGitHub gets references through the API.
func throughGitHub(ctx context.Context, r *rest.Reader, at github.Judged) fetch {
	return func(workflows, actions []workflow.Reference) fetched {
		got := fetched{actions: map[string]evidence.Fact[evidence.ActionFile]{}}
		var refs []string
		for _, w := range workflows {
			refs = append(refs, w.Ref)
		}
		together(
			func() { got.called = github.Called(ctx, r, refs) },
			func() {
				for i, fact := range github.Actions(ctx, r, at, actions) {
					got.actions[actions[i].Ref] = fact
				}
			})
		return got
	}
}

// throughTree gets actions out of a working tree, and nothing of other
// repositories, for the reason why.
func throughTree(dir string, at time.Time, why string) fetch {
	return func(workflows, actions []workflow.Reference) fetched {
		got := fetched{map[string]evidence.Fact[[]byte]{}, map[string]evidence.Fact[evidence.ActionFile]{}}
		for _, w := range workflows {
			got.called[w.Ref] = evidence.Unknown[[]byte](evidence.Source{Name: w.Ref}, "%s", why)
		}
		for _, a := range actions {
			if got.actions[a.Ref] = evidence.Unknown[evidence.ActionFile](evidence.Source{Name: a.Ref}, "%s", why); !a.Remote {
				got.actions[a.Ref] = treeAction(dir, a.Ref, at)
			}
		}
		return got
	}
}

func treeAction(dir, folder string, at time.Time) evidence.Fact[evidence.ActionFile] {
	var last evidence.Fact[[]byte]
	for _, name := range workflow.ActionFiles() {
		file := path.Join(folder, name)
		last = worktree.File(dir, file, at)
		if data, ok := last.Get(); ok {
			return evidence.Seen(evidence.ActionFile{Path: file, Content: data}, last.Source())
		}
		if !last.Absent() {
			break
		}
	}
	return evidence.Carry[evidence.ActionFile](last)
}
