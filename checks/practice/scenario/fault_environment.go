package scenario

import (
	"context"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// inEnvironment changes the environment that publishing runs in.
func (s Stage) inEnvironment(change func(*github.Environment)) error {
	return s.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		change(r.Environment(environment))
		return nil
	})
}

func tagNotAllowed(_ context.Context, s Stage) error {
	return s.inEnvironment(func(e *github.Environment) { e.Policies = e.Policies[:1] })
}

// branchNotAllowed leaves the tag in, and starts releases elsewhere.
func branchNotAllowed(ctx context.Context, s Stage) error {
	if err := s.inEnvironment(func(e *github.Environment) { e.Policies = e.Policies[1:] }); err != nil {
		return err
	}
	return s.Edit(ctx, publishPath, func(text string) string {
		return strings.Replace(text, "  push:\n    tags:\n      - 'v*'\n", "  repository_dispatch:\n    types: [release]\n", 1)
	})
}

func bareEnvironment(_ context.Context, s Stage) error {
	return s.inEnvironment(func(e *github.Environment) { *e = github.Environment{ID: e.ID, Name: e.Name} })
}

func nobodyCanApprove(_ context.Context, s Stage) error {
	return s.inEnvironment(func(e *github.Environment) { e.Reviewers = e.Reviewers[:1] })
}
