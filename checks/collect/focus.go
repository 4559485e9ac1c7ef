package collect

import (
	"context"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Bounds of following reusable workflows into other repositories
// (docs.github.com, "Reusing workflow configurations", read 2026-08): so many
// levels, and so many different files in one run.
const (
	maxNesting = 10
	maxCalled  = 50
)

// follow reads the workflow files of other repositories that ours call, and
// what those call, until none is lacking. It returns all files that could be
// read, and a fact for each reference.
func follow(ctx context.Context, r *rest.Reader, own []evidence.WorkflowFile) ([]*workflow.File, map[string]evidence.Fact[[]byte]) {
	files := parsed(own)
	got := map[string]evidence.Fact[[]byte]{}
	for range maxNesting {
		refs := lacking(files, got)
		if len(refs) == 0 {
			break
		}
		for ref, fact := range github.Called(ctx, r, refs) {
			got[ref] = fact
			if data, ok := fact.Get(); ok {
				files = append(files, workflow.ParseRemote(ref, data))
			}
		}
	}
	return files, got
}

func parsed(files []evidence.WorkflowFile) []*workflow.File {
	var out []*workflow.File
	for _, f := range files {
		if data, ok := f.Content.Get(); ok {
			out = append(out, workflow.Parse(f.Path, data))
		}
	}
	return out
}

// lacking are references that nobody tried yet.
func lacking(files []*workflow.File, got map[string]evidence.Fact[[]byte]) []string {
	var refs []string
	for _, l := range workflow.Lacking(files) {
		if _, tried := got[l.Ref]; l.Remote && !tried && len(got)+len(refs) < maxCalled {
			refs = append(refs, l.Ref)
		}
	}
	return refs
}

// focus chooses what is worth a closer look: the runs of files that are
// triggered and end in a publishing job (a run belongs to the file that was
// triggered, wherever the job is written), the environments of those jobs, and
// what was asked for by name.
func focus(files []*workflow.File, wanted evidence.Wanted) github.Focus {
	out := github.Focus{}
	for _, p := range workflow.Publishes(files) {
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
	for _, f := range files {
		if f.Remote == "" && f.Base() == wanted.Workflow && !slices.Contains(out.Workflows, f.Path) {
			out.Workflows = append(out.Workflows, f.Path)
		}
	}
	if wanted.Environment != "" {
		out.Environments = append(out.Environments, wanted.Environment)
	}
	return out
}
