package scenario

import (
	"context"
	"errors"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// inWorkflow changes the file that publishes.
func (s Stage) inWorkflow(ctx context.Context, change func(text string) string) error {
	return s.Edit(ctx, publishPath, change)
}

func noIDToken(ctx context.Context, s Stage) error {
	return s.inWorkflow(ctx, func(text string) string {
		return inJob(text, "crates-io", "      id-token: write # to mint a token for crates.io\n", "")
	})
}

func pypiJobWithoutEnvironment(ctx context.Context, s Stage) error {
	err := s.inWorkflow(ctx, func(text string) string { return inJob(text, "pypi", "    environment: release\n", "") })
	if err != nil {
		return err
	}
	return s.refused(ctx, publishFile, "main")
}

func blockedEvent(ctx context.Context, s Stage) error {
	return s.inWorkflow(ctx, func(text string) string {
		return strings.NewReplacer("  push:\n    tags:\n      - 'v*'\n", "  workflow_run:\n    workflows: [CI]\n    types: [completed]\n",
			"github.event_name == 'push'", "github.event_name == 'workflow_run'").Replace(text)
	})
}

// tokenRefused is a release with the token of before, into a crate that takes
// none any more.
func tokenRefused(ctx context.Context, s Stage) error {
	err := s.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		r.Secrets = append(r.Secrets, github.Secret{Name: "CARGO_REGISTRY_TOKEN", Value: "of-before"})
		return nil
	})
	err = errors.Join(err, s.Crates.SetTrustpubOnly(s.Name, true))
	if err != nil {
		return err
	}
	return s.inWorkflow(ctx, func(text string) string {
		text = inJob(text, "crates-io", "      - name: Mint a crates.io token\n        id: auth\n        uses: rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18 # v1.0.5\n", "")
		return inJob(text, "crates-io", "${{ steps.auth.outputs.token }}", "${{ secrets.CARGO_REGISTRY_TOKEN }}")
	})
}

func noContents(ctx context.Context, s Stage) error {
	err := s.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error { r.Private = true; return nil })
	if err != nil {
		return err
	}
	return s.inWorkflow(ctx, func(text string) string { return inJob(text, "crates-io", "      contents: read # to check out\n", "") })
}

func leftoverPassword(ctx context.Context, s Stage) error {
	err := s.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		r.Secrets = append(r.Secrets, github.Secret{Name: "PYPI_API_TOKEN", Value: "of-before"})
		return nil
	})
	if err != nil {
		return err
	}
	return s.inWorkflow(ctx, func(text string) string {
		return inJob(text, "pypi", "          packages-dir: dist/\n", "          packages-dir: dist/\n          password: ${{ secrets.PYPI_API_TOKEN }}\n          attestations: true\n")
	})
}
