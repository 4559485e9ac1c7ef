package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// onCrates changes the crate's publisher and lets a rehearsal meet it.
func (s Stage) onCrates(ctx context.Context, change func(*cratesio.Publisher)) error {
	for _, p := range s.Crates.Publishers(s.Name) {
		change(&p)
		if err := s.Crates.SetPublisher(p); err != nil {
			return err
		}
	}
	return s.refused(ctx, publishFile, "main")
}

func pypiPublisherDiffers(ctx context.Context, s Stage) error {
	for _, p := range s.PyPI.Publishers(s.Name) {
		p.Repository = "market-prices"
		if err := s.PyPI.SetPublisher(p); err != nil {
			return err
		}
	}
	return s.refused(ctx, publishFile, "main")
}

func noConfig(ctx context.Context, s Stage) error {
	for _, p := range s.Crates.Publishers(s.Name) {
		if err := s.Crates.RemovePublisher(p.ID); err != nil {
			return err
		}
	}
	return s.refused(ctx, publishFile, "main")
}

func workflowRenamed(ctx context.Context, s Stage) error {
	const renamed = "release.yml"
	if err := s.Git(ctx, []string{"mv", publishPath, strings.Replace(publishPath, publishFile, renamed, 1)}); err != nil {
		return err
	}
	if err := s.Commit(ctx, "Call the workflow what it does"); err != nil {
		return err
	}
	return s.refused(ctx, renamed, "main")
}

func environmentDiffers(ctx context.Context, s Stage) error {
	other := "production"
	return s.onCrates(ctx, func(p *cratesio.Publisher) { p.Environment = &other })
}

func ownerRecreated(ctx context.Context, s Stage) error {
	return s.onCrates(ctx, func(p *cratesio.Publisher) { p.RepositoryOwnerID -= 1000 })
}

// stalePending leaves what was registered for the first release, on a project
// that stands: PyPI takes the pending publisher away as it refuses it.
func stalePending(ctx context.Context, s Stage) error {
	list := s.PyPI.Publishers(s.Name)
	if len(list) == 0 {
		return fmt.Errorf("PyPI has no publisher of %s", s.Name)
	}
	if err := s.PyPI.RemovePublisher(s.Name, list[0].ID); err != nil {
		return err
	}
	if _, err := s.PyPI.AddPending(pypi.Pending{Project: s.Name, AddedBy: s.Login, Identity: list[0].Identity}); err != nil {
		return err
	}
	return s.refused(ctx, publishFile, "main")
}

func wrongIndex(ctx context.Context, s Stage) error {
	for _, p := range s.TestPyPI.Publishers(s.Name) {
		if err := s.TestPyPI.RemovePublisher(s.Name, p.ID); err != nil {
			return err
		}
	}
	return s.refused(ctx, publishFile, "main")
}

func projectRenamed(ctx context.Context, s Stage) error {
	return s.Edit(ctx, "pyproject.toml", func(text string) string {
		return strings.Replace(text, "name = \"market-data\"", "name = \"market-data-tools\"", 1)
	})
}
