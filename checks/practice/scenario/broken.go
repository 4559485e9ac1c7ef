package scenario

import (
	"context"
	"errors"
	"strconv"

	"github.com/trustpub/gh-trustpub/assets"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// broken is the project of fresh after an afternoon with trusted publishing: a
// workflow of which half was changed, with rights for every job, an environment
// that a run has made, publishers that name something else, and every token
// still in its place.
func broken(ctx context.Context, place Place, s Setting) (Setting, error) {
	s, err := fresh(ctx, place, s)
	if err != nil {
		return s, err
	}
	added, err := assets.Scenario("broken")
	if err != nil {
		return s, err
	}
	err = errors.Join(write(added, s.Checkout), leaveTokens(place, s))
	err = errors.Join(err, Stage{place, s}.Commit(ctx, "Try trusted publishing"))
	return s, errors.Join(err, place.GitHub.AcceptRefs(ctx, s.Owner, s.Name))
}

// leaveTokens keeps a token at every level, and makes the environment as a run
// does.
func leaveTokens(place Place, s Setting) error {
	crates, err := place.Crates.AddToken(s.Login, cratesio.Token{Name: "ci", Scopes: []cratesio.Scope{cratesio.PublishNew, cratesio.PublishUpdate}})
	if err != nil {
		return err
	}
	index, err := place.PyPI.AddToken(s.Login, "ci", "")
	if err != nil {
		return err
	}
	return errors.Join(
		place.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
			r.Actions.WritableToken = true
			r.Environments = []*github.Environment{{Name: environment, Secrets: []github.Secret{{Name: "PYPI_API_TOKEN", Value: index}}}}
			r.Secrets = []github.Secret{{Name: "CARGO_REGISTRY_TOKEN", Value: crates}, {Name: "PYPI_API_TOKEN", Value: index}}
			r.DependabotSecrets = []github.Secret{{Name: "CARGO_REGISTRY_TOKEN", Value: crates}}
			return nil
		}),
		place.GitHub.EditAccount(s.Owner, func(a *github.Account) error {
			a.Secrets = []github.OrganizationSecret{{Secret: github.Secret{Name: "CRATES_IO_TOKEN", Value: crates}, Visibility: "all"}}
			return nil
		}))
}

// brokenReleases publishes by hand, registers what does not fit, and lets a
// release fail half.
func brokenReleases(ctx context.Context, s Stage) error {
	if err := errors.Join(byHand(ctx, s, "0.1.0"), misregister(s)); err != nil {
		return err
	}
	if err := s.Bump(ctx, "0.1.0", "0.2.0"); err != nil {
		return err
	}
	run, err := s.Release(ctx, "v0.2.0")
	if err == nil && well(run) == nil {
		err = errors.New("nothing refused the release of a broken world")
	}
	return err
}

// misregister puts two publishers on crates.io of which none fits, one on PyPI
// for another repository, and a pending one on TestPyPI for another file.
func misregister(s Stage) error {
	id, elsewhere := s.GitHub.AccountID(s.Owner), "crates-io"
	owner := strconv.FormatInt(id, 10)
	_, renamed := s.Crates.AddPublisher(cratesio.Publisher{Crate: s.Name, RepositoryOwner: s.Owner, RepositoryOwnerID: int(id),
		RepositoryName: s.Name, WorkflowFilename: "ci.yml"})
	_, moved := s.Crates.AddPublisher(cratesio.Publisher{Crate: s.Name, RepositoryOwner: s.Login, RepositoryOwnerID: int(s.GitHub.AccountID(s.Login)),
		RepositoryName: s.Name, WorkflowFilename: publishFile, Environment: &elsewhere})
	_, other := s.PyPI.AddPublisher(s.Name, pypi.Identity{Owner: s.Owner, OwnerID: owner, Repository: "market-prices", Workflow: publishFile})
	_, pending := s.TestPyPI.AddPending(pypi.Pending{Project: s.Name, AddedBy: s.Login,
		Identity: pypi.Identity{Owner: s.Owner, OwnerID: owner, Repository: s.Name, Workflow: "release.yml", Environment: environment}})
	return errors.Join(renamed, moved, other, pending)
}
