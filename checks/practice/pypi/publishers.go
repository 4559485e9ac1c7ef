package pypi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Identity is whose runs a publisher trusts.
type Identity struct {
	Owner, OwnerID string
	// Repository is kept as it was typed; its case counts.
	Repository string
	Workflow   string
	// Environment is in small letters; "" takes any.
	Environment string
}

// Publisher is a registered trusted publisher. One may serve many projects.
type Publisher struct {
	ID string
	Identity
}

// Pending is a publisher of a project that does not exist yet.
type Pending struct {
	ID      string
	Project string
	AddedBy string
	Created time.Time
	Identity
}

// repository is OWNER/REPOSITORY as it was registered.
func (i Identity) repository() string { return i.Owner + "/" + i.Repository }

// same is what the index takes for one and the same publisher: the owner's id
// is not asked (warehouse/oidc/models/github.py, unique constraint).
func (i Identity) same(o Identity) bool {
	o.OwnerID = i.OwnerID
	return i == o
}

// Publishers lists the publishers of a project.
func (s *Service) Publishers(name string) []Publisher {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(name)
	if p == nil {
		return nil
	}
	return s.publishersOf(p)
}

func (s *Service) publishersOf(p *project) []Publisher {
	var list []Publisher
	for _, publisher := range s.db.Publishers {
		if slices.Contains(p.Publishers, publisher.ID) {
			list = append(list, *publisher)
		}
	}
	return list
}

// AddPublisher attaches a publisher to a project as it is given, without any
// check; its ID is filled in.
func (s *Service) AddPublisher(name string, i Identity) (Publisher, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return Publisher{}, err
	}
	publisher := s.publisherFor(i)
	if !slices.Contains(p.Publishers, publisher.ID) {
		p.Publishers = append(p.Publishers, publisher.ID)
	}
	return *publisher, s.save()
}

// publisherFor finds the publisher with an identity, or makes it.
func (s *Service) publisherFor(i Identity) *Publisher {
	for _, p := range s.db.Publishers {
		if p.same(i) {
			return p
		}
	}
	p := &Publisher{ID: uuid.NewString(), Identity: i}
	s.db.Publishers = append(s.db.Publishers, p)
	return p
}

// SetPublisher overwrites the publisher with the same ID, whatever it says:
// for worlds in which one field is wrong.
func (s *Service) SetPublisher(p Publisher) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.db.Publishers {
		if s.db.Publishers[i].ID == p.ID {
			s.db.Publishers[i] = &p
			return s.save()
		}
	}
	return fmt.Errorf("setting a publisher of %s: %w", s.Site, errNoPublisher)
}

// RemovePublisher takes a publisher from a project, and away if no other
// project has it.
func (s *Service) RemovePublisher(name, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.mustProject(name)
	if err != nil {
		return err
	}
	return s.detach(p, id)
}

func (s *Service) detach(p *project, id string) error {
	p.Publishers = slices.DeleteFunc(p.Publishers, func(other string) bool { return other == id })
	s.dropUnused()
	return s.save()
}

func (s *Service) dropUnused() {
	s.db.Publishers = slices.DeleteFunc(s.db.Publishers, func(p *Publisher) bool { return len(s.projectsOf(p.ID)) == 0 })
}

func (s *Service) projectsOf(publisher string) []*project {
	var list []*project
	for _, p := range s.db.Projects {
		if slices.Contains(p.Publishers, publisher) {
			list = append(list, p)
		}
	}
	return list
}

// PendingPublishers lists the pending publishers that have not lapsed.
func (s *Service) PendingPublishers() []Pending {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Pending
	for _, p := range s.alive() {
		list = append(list, *p)
	}
	return list
}

// AddPending registers a pending publisher as it is given, without any check;
// its ID is filled in, and its time if it has none.
func (s *Service) AddPending(p Pending) (Pending, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addPending(p)
}

func (s *Service) addPending(p Pending) (Pending, error) {
	p.ID = uuid.NewString()
	if p.Created.IsZero() {
		p.Created = s.now()
	}
	s.db.Pending = append(s.db.Pending, &p)
	return p, s.save()
}

// SetPending overwrites the pending publisher with the same ID.
func (s *Service) SetPending(p Pending) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.db.Pending {
		if s.db.Pending[i].ID == p.ID {
			s.db.Pending[i] = &p
			return s.save()
		}
	}
	return fmt.Errorf("setting a pending publisher of %s: %w", s.Site, errNoPublisher)
}

// RemovePending takes a pending publisher away, if it is there.
func (s *Service) RemovePending(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.removePending(id)
}

func (s *Service) removePending(id string) error {
	s.db.Pending = slices.DeleteFunc(s.db.Pending, func(p *Pending) bool { return p.ID == id })
	return s.save()
}

// alive drops the pending publishers that have lapsed and returns the others.
// The server does so once a day.
func (s *Service) alive() []*Pending {
	s.db.Pending = slices.DeleteFunc(s.db.Pending, func(p *Pending) bool { return s.now().Sub(p.Created) > pendingLife })
	return s.db.Pending
}

func (s *Service) pendingOf(u *User) []*Pending {
	var list []*Pending
	for _, p := range s.alive() {
		if strings.EqualFold(p.AddedBy, u.Username) {
			list = append(list, p)
		}
	}
	return list
}
