package scenario

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/trustpub/gh-trustpub/assets"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// fresh is a repository with a crate and its Python wheel: nothing published,
// nothing configured, and two people who could review.
func fresh(ctx context.Context, place Place, s Setting) (Setting, error) {
	s.Owner, s.Name = "acme", "market-data"
	s.Checkout, s.GitConfig = filepath.Join(place.Dir, s.Name), filepath.Join(place.Dir, "gitconfig")
	if err := people(place, &s); err != nil {
		return s, err
	}
	repo, err := place.GitHub.AddRepository(ctx, github.Repository{Owner: s.Owner, Name: s.Name,
		Description: "Summaries of price series", Collaborators: map[string]github.Role{}})
	if err != nil {
		return s, err
	}
	bare, err := place.GitHub.GitDir(repo.Owner, repo.Name)
	if err != nil {
		return s, err
	}
	project, err := assets.Scenario("fresh")
	if err != nil {
		return s, err
	}
	if err := write(project, s.Checkout); err != nil {
		return s, err
	}
	return s, errors.Join(checkout(ctx, s, bare), place.GitHub.AcceptRefs(ctx, s.Owner, s.Name))
}

// people signs two maintainers up everywhere.
func people(place Place, s *Setting) error {
	members := map[string]string{}
	for _, login := range append([]string{s.Login}, s.Others...) {
		members[login] = "admin"
		if err := person(place, login); err != nil {
			return err
		}
	}
	if _, err := place.GitHub.AddOrganization(s.Owner, "Acme", members); err != nil {
		return err
	}
	token, err := place.GitHub.AddToken(github.Token{Login: s.Login, Kind: github.Classic, Scopes: []string{"repo", "workflow", "read:org"}})
	s.Token = token.Value
	return err
}

func person(place Place, login string) error {
	if _, err := place.GitHub.AddUser(login, login); err != nil {
		return err
	}
	if _, err := place.Crates.AddUser(login); err != nil {
		return err
	}
	mail := login + "@acme.example"
	return errors.Join(place.Crates.SetEmail(login, mail, true),
		place.PyPI.AddUser(pypi.User{Username: login, Email: mail, Verified: true}),
		place.TestPyPI.AddUser(pypi.User{Username: login, Email: mail, Verified: true}))
}
