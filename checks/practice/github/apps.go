package github

import (
	"fmt"
	"slices"
)

// guards are the apps that must agree to a deployment.
func (e *Environment) guards() []string {
	var slugs []string
	for _, a := range e.Apps {
		if !a.Disabled {
			slugs = append(slugs, a.Slug)
		}
	}
	return slugs
}

// agreed tells whether every app of the environment has agreed.
func (p *Pending) agreed(e *Environment) bool {
	return !slices.ContainsFunc(e.guards(), func(slug string) bool { return !slices.Contains(p.Agreed, slug) })
}

// Agree is the answer of an app to a run that waits for an environment.
func (s *Store) Agree(runID int64, environment, app string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := s.run(runID)
	if run == nil || run.pending(environment) == nil {
		return fmt.Errorf("run %d waiting for %s: %w", runID, environment, ErrNotFound)
	}
	pending := run.pending(environment)
	pending.Agreed = append(pending.Agreed, app)
	return s.save()
}
