package pypi

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// User is an account. A person of the practice world has the same name here as
// on GitHub.
type User struct {
	Username string
	// Email is "" until it is set on the account page.
	Email    string
	Verified bool
	// NoTwoFactor is true for the few who have no second factor, and may not
	// upload.
	NoTwoFactor bool
}

// AddUser makes an account or overwrites it.
func (s *Service) AddUser(u User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.signIn(u.Username)
	if err != nil {
		return err
	}
	*found = u
	return s.save()
}

func (s *Service) signIn(username string) (*User, error) {
	if u := s.user(username); u != nil {
		return u, nil
	}
	u := &User{Username: username}
	s.db.Users = append(s.db.Users, u)
	return u, s.save()
}

func (s *Service) user(username string) *User {
	for _, u := range s.db.Users {
		if strings.EqualFold(u.Username, username) {
			return u
		}
	}
	return nil
}

// person is the account of the person in front of the browser, or nil.
func (s *Service) person(r *http.Request) *User {
	name := box.Person(r.Context())
	if name == "" {
		return nil
	}
	u, err := s.signIn(name)
	if err != nil {
		return nil
	}
	return u
}

// AddProject makes an empty project with an owner, as if it had always been
// there; or adds the owner to the one that is there.
func (s *Service) AddProject(name, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(owner)
	if err != nil {
		return err
	}
	if p := s.project(name); p != nil {
		p.Roles = append(p.Roles, role{User: u.Username, Role: Owner})
		return s.save()
	}
	s.createProject(name, u)
	return s.save()
}

// SetRole gives a user a role on a project, or none for "".
func (s *Service) SetRole(name, username string, r Role) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	u, err := s.signIn(username)
	if err != nil {
		return err
	}
	p.Roles = slices.DeleteFunc(p.Roles, func(old role) bool { return strings.EqualFold(old.User, u.Username) })
	if r != "" {
		p.Roles = append(p.Roles, role{User: u.Username, Role: r})
	}
	return s.save()
}

// SetStatus makes a project active, archived, quarantined or deprecated.
func (s *Service) SetStatus(name, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	p.Status = status
	return s.save()
}

// SetOrganization gives a project to an organisation, or takes it away with "".
func (s *Service) SetOrganization(name, organization string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	p.Organization = organization
	return s.save()
}

// DeleteFile takes a file away; its name cannot be used again.
func (s *Service) DeleteFile(name, filename string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	for _, r := range p.Releases {
		r.Files = slices.DeleteFunc(r.Files, func(f *file) bool { return f.Filename == filename })
	}
	return s.save()
}

// DeleteProject takes a project away, with its files and its tie to
// publishers; its name is free again.
func (s *Service) DeleteProject(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	s.db.Projects = slices.DeleteFunc(s.db.Projects, func(other *project) bool { return other == p })
	s.dropUnused()
	return s.save()
}

// createProject keeps a new project of a user, and drops what others had
// pending for a name like it (warehouse/packaging/services.py).
func (s *Service) createProject(name string, creator *User) *project {
	p := &project{ID: uuid.NewString(), Name: name, Roles: []role{{User: creator.Username, Role: Owner}}}
	s.db.Projects = append(s.db.Projects, p)
	s.db.Pending = slices.DeleteFunc(s.db.Pending, func(other *Pending) bool {
		return confusable(other.Project) == confusable(name) && !strings.EqualFold(other.AddedBy, creator.Username)
	})
	return p
}

// Projects lists the names of all projects.
func (s *Service) Projects() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, p := range s.db.Projects {
		names = append(names, p.Name)
	}
	return names
}

var errNoPublisher = errors.New("there is no such publisher")
