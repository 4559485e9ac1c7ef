package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/trustpub/gh-trustpub/assets"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// The names of the world that publishes with tokens.
const (
	tokenPath = ".github/workflows/release.yml"
	// wheelEnvironment is a mere place for a secret: it has no rule.
	wheelEnvironment = "pypi"
)

// tokens is the project of fresh as most were released for years: a workflow
// that hands long-lived tokens to the jobs, kept as secrets of the repository,
// of an environment and, from an earlier attempt, of the organisation.
func tokens(ctx context.Context, place Place, s Setting) (Setting, error) {
	s, err := fresh(ctx, place, s)
	if err != nil {
		return s, err
	}
	added, err := assets.Scenario("tokens")
	if err != nil {
		return s, err
	}
	err = errors.Join(write(added, s.Checkout), giveTokens(place, s))
	err = errors.Join(err, Stage{place, s}.Commit(ctx, "Publish from CI"))
	return s, errors.Join(err, place.GitHub.AcceptRefs(ctx, s.Owner, s.Name))
}

// giveTokens makes tokens that may publish anything of their owner's, and keeps
// them where the workflow finds them.
func giveTokens(place Place, s Setting) error {
	crates, err := place.Crates.AddToken(s.Login, cratesio.Token{Name: "ci", Scopes: []cratesio.Scope{cratesio.PublishNew, cratesio.PublishUpdate}})
	if err != nil {
		return err
	}
	index, err := place.PyPI.AddToken(s.Login, "ci", "")
	if err != nil {
		return err
	}
	old, err := place.PyPI.AddToken(s.Others[0], "acme's releases", "")
	if err != nil {
		return err
	}
	return errors.Join(
		place.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
			r.Actions.WritableToken = true // as for every repository made before 2023
			r.Secrets = []github.Secret{{Name: "CARGO_REGISTRY_TOKEN", Value: crates}}
			r.Environments = []*github.Environment{{Name: wheelEnvironment, Secrets: []github.Secret{{Name: "PYPI_API_TOKEN", Value: index}}}}
			return nil
		}),
		place.GitHub.EditAccount(s.Owner, func(a *github.Account) error {
			a.Secrets = []github.OrganizationSecret{{Secret: github.Secret{Name: "PYPI_TOKEN", Value: old}, Visibility: "all"}}
			return nil
		}))
}

// tokenReleases publishes versions one after the other, as the workflow does it
// with its tokens.
func tokenReleases(ctx context.Context, s Stage) error {
	version := "0.1.0"
	for _, next := range []string{"0.1.0", "0.2.0", "0.2.1"} {
		if next != version {
			if err := s.Bump(ctx, version, next); err != nil {
				return err
			}
		}
		version = next
		run, err := s.ReleaseBy(ctx, tokenPath, "v"+version)
		if err == nil {
			err = well(run)
		}
		if err != nil {
			return fmt.Errorf("the release of %s with a token: %w", version, err)
		}
	}
	return nil
}
