package checks

import (
	"fmt"
	"path"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// What makes a file the one that is registered.
const (
	onlyFile    = "the only file that publishes"
	onlyBuilder = "the only file that builds and publishes it"
	// OnlyUnseen is the origin of a file that may publish by what the files do not
	// show, and beside which none is seen to.
	OnlyUnseen = "the only file that may publish, by what the files do not show"
)

// wantedWorkflow gives the workflow file's name that the registry must be told
// and where that comes from. places are those that publish the package, the
// weightiest first, and how says what makes a single file the one.
func wantedWorkflow(w evidence.Wanted, r identity.Registry, places []workflow.Publishing, how string) (name, origin string) {
	if w.Workflow != "" {
		return path.Base(w.Workflow), "--workflow"
	}
	names := workflowNames(r, places)
	switch {
	case len(names) == 0:
		return DefaultWorkflow, ourDefault
	case len(names) == 1:
		return names[0], how
	}
	return names[0], fmt.Sprintf("%s, the first of %d files that publish", startOf(readFile(r, places[0]), places[0]), len(names))
}

func workflowNames(r identity.Registry, places []workflow.Publishing) []string {
	var names []string
	for _, p := range places {
		if n := path.Base(readFile(r, p)); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// wantedEnvironment gives the environment that the registry must be told. A
// job that publishes without one, or names one by an expression, gives "".
func wantedEnvironment(w evidence.Wanted, r identity.Registry, places []workflow.Publishing, file string) (name, origin string) {
	if w.Environment != "" {
		return w.Environment, "--environment"
	}
	if len(places) == 0 {
		return DefaultEnvironment, ourDefault
	}
	p := placeIn(r, places, file)
	base := p.File.Base()
	switch env := p.Job.Environment; {
	case env == nil && p.Means == "" && p.Job.Uses != "":
		return "", fmt.Sprintf("%s:%d calls what was not read", base, p.Job.UsesLine)
	case env == nil:
		return "", fmt.Sprintf("%s:%d names none", base, p.Job.Line)
	case env.Expression:
		return "", fmt.Sprintf("%s:%d names it by an expression", base, env.Line)
	default:
		return env.Name, fmt.Sprintf("%s:%d", base, env.Line)
	}
}

// placeIn is the weightiest place whose registered file is the named one.
func placeIn(r identity.Registry, places []workflow.Publishing, file string) workflow.Publishing {
	for _, p := range places {
		if path.Base(readFile(r, p)) == file {
			return p
		}
	}
	return places[0]
}
