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
	// Actions are the descriptions of actions that could be read.
	Actions []*workflow.Action
	// Publishing are the places that publish or exchange tokens.
	Publishing []workflow.Publishing
	// Blind are the places where a job goes on in a file that could not be read.
	Blind []workflow.Blind
	// Publishers are the publishers that should stand at the registries.
	Publishers []identity.Publisher
	// attempts are what the runs came to at each registry, newest first.
	attempts map[identity.Registry][]attempt
}

// NewCase derives a case from the evidence.
func NewCase(w *evidence.World) *Case {
	sources := sourcesOf(w)
	answer := workflow.Read(sources)
	c := &Case{World: w, Files: sources.Files, Actions: sources.Actions, Publishing: answer.Publishing, Blind: answer.Blind,
		attempts: map[identity.Registry][]attempt{}}
	c.Publishers = c.wantedPublishers()
	for _, r := range identity.Registries() {
		c.attempts[r] = c.attemptsAt(r)
	}
	return c
}

// sourcesOf are the repository's workflow files, those of other repositories that
// they call, the actions that they use, and why others could not be read.
func sourcesOf(w *evidence.World) workflow.Sources {
	s := workflow.Sources{Gone: map[string]string{}}
	for _, f := range w.Workflows.Or(nil) {
		if src, ok := f.Content.Get(); ok {
			s.Files = append(s.Files, workflow.Parse(f.Path, src))
		} else {
			s.Gone[f.Path] = f.Content.Missing()
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(w.Called)) {
		if src, ok := w.Called[ref].Get(); ok {
			s.Files = append(s.Files, workflow.ParseRemote(ref, src))
		} else {
			s.Gone[ref] = w.Called[ref].Missing()
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(w.Actions)) {
		if file, ok := w.Actions[ref].Get(); ok {
			s.Actions = append(s.Actions, workflow.ParseAction(ref, file.Path, file.Content))
		} else {
			s.Gone[ref] = w.Actions[ref].Missing()
		}
	}
	return s
}
