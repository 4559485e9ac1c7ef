package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// dispatchers are actions that start another workflow.
var dispatchers = []string{"benc-uk/workflow-dispatch", "the-actions-org/workflow-dispatch", "peter-evans/repository-dispatch", "lasith-kg/dispatch-workflow", "codex-/return-dispatch"}

// dispatches says whether a file starts others by a dispatch.
func dispatches(f *workflow.File) bool {
	for _, j := range f.Jobs {
		for _, s := range j.Steps {
			for _, d := range dispatchers {
				if strings.HasPrefix(strings.ToLower(s.Uses), d+"@") {
					return true
				}
			}
			if strings.HasPrefix(strings.ToLower(s.Uses), "actions/github-script@") && strings.Contains(strings.ToLower(s.With["script"]), "dispatch") {
				return true
			}
			for _, c := range script.Read(s.Run, nil).Commands {
				line := strings.Join(c.Args, " ")
				if strings.HasPrefix(line, "gh workflow run") || strings.Contains(line, "/dispatches") {
					return true
				}
			}
		}
	}
	return false
}
