package scenario

import (
	"context"
	"errors"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// marketData is a crate and its Python wheel, of an organisation.
var marketData = project{owner: "acme", name: "market-data", about: "Summaries of price series", samples: []string{"fresh"}}

// fresh is a repository with a crate and its Python wheel: nothing published,
// nothing configured, and two people who could review.
func fresh(ctx context.Context, place Place, s Setting) (Setting, error) {
	return marketData.lay(ctx, place, s)
}

// people signs all of the world up everywhere, and makes the organisation.
func (p project) people(place Place, s *Setting) error {
	members := map[string]string{}
	for _, login := range append([]string{s.Login}, s.Others...) {
		members[login] = "admin"
		if slices.Contains(p.members, login) {
			members[login] = "member"
		}
		if err := person(place, login); err != nil {
			return err
		}
	}
	if p.owner != s.Login {
		if _, err := place.GitHub.AddOrganization(p.owner, "Acme", members); err != nil {
			return err
		}
	}
	err := place.GitHub.EditAccount(p.owner, func(a *github.Account) error { a.Plan = p.plan; return nil })
	if err != nil {
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
