package checks

import (
	"maps"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Case is the evidence of one pass with what follows from it once for all
// checks: the parsed workflow files, the places that publish, and the identity
// that each package's publisher must have.
type Case struct {
	World *evidence.World
	// Files are the workflow files that could be read.
	Files []*workflow.File
	// Publishing are the places that publish or exchange tokens.
	Publishing []workflow.Publishing
	// Publishers are the publishers that should stand at the registries.
	Publishers []identity.Publisher
	// attempts are what the runs came to at each registry, newest first.
	attempts map[identity.Registry][]attempt
}

// NewCase derives a case from the evidence.
func NewCase(w *evidence.World) *Case {
	files := parse(w)
	publishing := workflow.Publishes(files)
	c := &Case{World: w, Files: files, Publishing: publishing, Publishers: wantedPublishers(w, publishing), attempts: map[identity.Registry][]attempt{}}
	for _, r := range identity.Registries() {
		c.attempts[r] = c.attemptsAt(r)
	}
	return c
}

// parse reads the repository's workflow files and those of other repositories
// that they call.
func parse(w *evidence.World) []*workflow.File {
	var files []*workflow.File
	for _, f := range w.Workflows.Or(nil) {
		if src, ok := f.Content.Get(); ok {
			files = append(files, workflow.Parse(f.Path, src))
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(w.Called)) {
		if src, ok := w.Called[ref].Get(); ok {
			files = append(files, workflow.ParseRemote(ref, src))
		}
	}
	return files
}
