package cratesio

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// User is an account, which crates.io makes when a GitHub user first signs in.
type User struct {
	ID    int
	Login string
	Name  string
	// Email is "" until it is set on the profile page.
	Email    string
	Verified bool
}

// AddUser makes an account for a GitHub login, or finds the one that is there.
// A new account has no e-mail address.
func (s *Service) AddUser(login string) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(login)
	if err != nil {
		return User{}, err
	}
	return *u, nil
}

// SetEmail gives an account an address, verified or not.
func (s *Service) SetEmail(login, email string, verified bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(login)
	if err != nil {
		return err
	}
	u.Email, u.Verified = email, verified
	return s.save()
}

// signIn finds the account of a GitHub login, or makes it.
func (s *Service) signIn(login string) (*User, error) {
	if u := s.userByLogin(login); u != nil {
		return u, nil
	}
	u := &User{ID: s.nextID(), Login: login, Name: login}
	s.db.Users = append(s.db.Users, u)
	return u, s.save()
}

func (s *Service) userByLogin(login string) *User {
	for _, u := range s.db.Users {
		if strings.EqualFold(u.Login, login) {
			return u
		}
	}
	return nil
}

func (s *Service) userByID(id int) *User {
	for _, u := range s.db.Users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

// AddOwner makes a user an individual owner of a crate, without the invitation
// that crates.io sends.
func (s *Service) AddOwner(name, login string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	if c == nil {
		return fmt.Errorf("adding an owner: %w", crateNotFound(name))
	}
	u, err := s.signIn(login)
	if err != nil {
		return err
	}
	if !c.ownedBy(u) {
		c.Owners = append(c.Owners, u.ID)
	}
	return s.save()
}

// RemoveOwner takes an individual owner's rights to a crate away.
func (s *Service) RemoveOwner(name, login string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, u := s.crateNamed(name), s.userByLogin(login)
	if c == nil || u == nil {
		return fmt.Errorf("removing the owner %q of %q: no such crate or user", login, name)
	}
	kept := c.Owners[:0]
	for _, id := range c.Owners {
		if id != u.ID {
			kept = append(kept, id)
		}
	}
	c.Owners = kept
	return s.save()
}

// AddTeam makes a team ("github:ORG:TEAM") an owner of a crate: its members may
// publish, and may not change the crate's settings.
func (s *Service) AddTeam(name, login string, members ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	if c == nil {
		return fmt.Errorf("adding a team: %w", crateNotFound(name))
	}
	c.Teams = append(c.Teams, Team{ID: s.nextID(), Login: login, Members: members})
	return s.save()
}

func (c *crate) ownedBy(u *User) bool {
	for _, id := range c.Owners {
		if id == u.ID {
			return true
		}
	}
	return false
}

// mayPublish is true for individual owners and for members of owning teams.
func (c *crate) mayPublish(u *User) bool {
	if c.ownedBy(u) {
		return true
	}
	for _, t := range c.Teams {
		for _, login := range t.Members {
			if strings.EqualFold(login, u.Login) {
				return true
			}
		}
	}
	return false
}

// browserUser is the account of the person in front of the browser, or nil.
func (s *Service) browserUser(person string) (*User, error) {
	if person == "" {
		return nil, nil
	}
	return s.signIn(person)
}

var _ box.Service = (*Service)(nil)
