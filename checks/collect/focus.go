package collect

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// focus chooses what is worth a closer look: the runs of files that are
// triggered and end in a publishing job (a run belongs to the file that was
// triggered, wherever the job is written), the environments of those jobs, and
// what was asked for by name.
func focus(sources workflow.Sources, wanted evidence.Wanted) github.Focus {
	out := github.Focus{}
	for _, p := range workflow.Read(sources).Publishing {
		if p.Triggered != nil && !slices.Contains(out.Workflows, p.Triggered.Path) {
			out.Workflows = append(out.Workflows, p.Triggered.Path)
		}
		out.Jobs = append(out.Jobs, p.Job.ID)
		if p.Job.Name != "" {
			out.Jobs = append(out.Jobs, p.Job.Name)
		}
		if e := p.Job.Environment; e != nil && !e.Expression {
			out.Environments = append(out.Environments, e.Name)
		}
	}
	for _, f := range sources.Files {
		if f.Remote == "" && f.Base() == wanted.Workflow && !slices.Contains(out.Workflows, f.Path) {
			out.Workflows = append(out.Workflows, f.Path)
		}
	}
	if wanted.Environment != "" {
		out.Environments = append(out.Environments, wanted.Environment)
	}
	return out
}
