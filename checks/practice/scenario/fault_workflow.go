package scenario

import (
	"context"
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

// reusablePublishJob moves a job into a file of its own, which the registered
// one calls: PyPI goes by the file that the job is written in.
func reusablePublishJob(ctx context.Context, s Stage) error {
	const called = "upload.yml"
	job := ""
	err := s.inWorkflow(ctx, func(text string) string {
		head, rest, _ := strings.Cut(text, "\n  pypi:\n")
		body, tail, _ := strings.Cut(rest, "\n\n")
		job = strings.Replace(body, "    needs: build\n", "", 1)
		return head + "\n  pypi:\n    needs: build\n    permissions:\n      id-token: write\n    uses: ./.github/workflows/" + called + "\n    with:\n" +
			"      rehearse: ${{ github.event_name == 'workflow_dispatch' && inputs.rehearse }}\n\n" + tail
	})
	if err != nil {
		return err
	}
	err = s.Edit(ctx, ".github/workflows/"+called, func(string) string {
		return "name: Upload\n\non:\n  workflow_call:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n\n" +
			"permissions: {}\n\njobs:\n  pypi:\n" + job + "\n"
	})
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

// tokenRefused goes back to the token of before, for a crate that takes none
// any more.
func tokenRefused(ctx context.Context, s Stage) error {
	err := s.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		r.Secrets = append(r.Secrets, github.Secret{Name: "CARGO_REGISTRY_TOKEN", Value: "of-before"})
		return nil
	})
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

func twoIndexesOneJob(ctx context.Context, s Stage) error {
	const upload = "      - name: Publish to PyPI\n        if: github.event_name == 'push' || !inputs.rehearse\n" +
		"        uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2\n        with:\n          packages-dir: dist/\n"
	return s.inWorkflow(ctx, func(text string) string {
		first := strings.Replace(upload, "to PyPI", "to TestPyPI", 1) + "          repository-url: https://test.pypi.org/legacy/\n"
		return strings.Replace(text, upload, first+upload, 1)
	})
}

// slowPublish mints first and verifies for longer than the token lives.
func slowPublish(ctx context.Context, s Stage) error {
	return s.inWorkflow(ctx, func(text string) string {
		text = inJob(text, "crates-io", "    timeout-minutes: 30\n", "    timeout-minutes: 120\n")
		text = inJob(text, "crates-io", "      # Verified in the job \"build\"; here no code of the project runs. Outside of\n", "      - name: Test once more\n        run: cargo test --all-features\n")
		return inJob(text, "crates-io", "--target-dir target --no-verify\n", "--target-dir target\n")
	})
}

// silentRelease waits for releases, and lets another workflow make them with
// its own token.
func silentRelease(ctx context.Context, s Stage) error {
	err := s.inWorkflow(ctx, func(text string) string {
		return strings.NewReplacer("  push:\n    tags:\n      - 'v*'\n", "  release:\n    types: [published]\n",
			"github.event_name == 'push'", "github.event_name == 'release'").Replace(text)
	})
	if err != nil {
		return err
	}
	return s.Edit(ctx, ".github/workflows/tag.yml", func(string) string {
		return "name: Tag\n\non:\n  push:\n    branches: [main]\n    paths: [Cargo.toml]\n\njobs:\n  release:\n    runs-on: ubuntu-latest\n" +
			"    permissions:\n      contents: write\n    steps:\n" +
			"      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n" +
			"      - run: gh release create \"v$(cargo pkgid | cut -d'#' -f2)\" --generate-notes\n        env:\n          GH_TOKEN: ${{ github.token }}\n"
	})
}

func publishOnPullRequest(ctx context.Context, s Stage) error {
	return s.inWorkflow(ctx, func(text string) string {
		text = strings.Replace(text, "  workflow_dispatch:\n", "  pull_request:\n  workflow_dispatch:\n", 1)
		return strings.ReplaceAll(text, "github.event_name == 'push' || !inputs.rehearse", "github.event_name != 'workflow_dispatch' || !inputs.rehearse")
	})
}
