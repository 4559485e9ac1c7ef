package cratesio

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxPublishers is how many publishers a crate may have
// (src/controllers/trustpub/github_configs/create.rs).
const maxPublishers = 5

// Publisher is a trusted publishing configuration: whose runs may publish a
// crate.
type Publisher struct {
	ID                int       `json:"id"`
	Crate             string    `json:"crate"`
	RepositoryOwner   string    `json:"repository_owner"`
	RepositoryOwnerID int       `json:"repository_owner_id"`
	RepositoryName    string    `json:"repository_name"`
	WorkflowFilename  string    `json:"workflow_filename"`
	Environment       *string   `json:"environment"`
	CreatedAt         time.Time `json:"created_at"`
}

// Publishers lists the publishers of a crate, or all of them for "".
func (s *Service) Publishers(name string) []Publisher {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.publishers(func(p *Publisher) bool { return name == "" || canonical(p.Crate) == canonical(name) })
}

func (s *Service) publishers(wanted func(*Publisher) bool) []Publisher {
	list := []Publisher{}
	for _, p := range s.db.Publishers {
		if wanted(p) {
			list = append(list, *p)
		}
	}
	return list
}

// AddPublisher registers a publisher as it is given, without any check; its ID
// and time are filled in.
func (s *Service) AddPublisher(p Publisher) (Publisher, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addPublisher(p)
}

func (s *Service) addPublisher(p Publisher) (Publisher, error) {
	p.ID, p.CreatedAt = s.nextID(), s.now().UTC()
	s.db.Publishers = append(s.db.Publishers, &p)
	return p, s.save()
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
	return fmt.Errorf("setting a publisher of crates.io: there is none with the id %d", p.ID)
}

// RemovePublisher deletes a publisher, if it is there.
func (s *Service) RemovePublisher(id int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.removePublisher(id)
}

func (s *Service) removePublisher(id int) error {
	s.db.Publishers = slices.DeleteFunc(s.db.Publishers, func(p *Publisher) bool { return p.ID == id })
	return s.save()
}

// listConfigs lists the publishers of a crate or of a user's crates
// (src/controllers/trustpub/github_configs/list.rs).
func (s *Service) listConfigs(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	var list []Publisher
	var err error
	switch {
	case query.Has("crate") && query.Has("user_id"):
		return nil, badRequest("Cannot specify both `crate` and `user_id` query parameters")
	case query.Has("crate"):
		list, err = s.configsOfCrate(r, query.Get("crate"))
	case query.Has("user_id"):
		list, err = s.configsOfUser(r, query.Get("user_id"))
	default:
		return nil, badRequest("Must specify either `crate` or `user_id` query parameter")
	}
	if err != nil {
		return nil, err
	}
	list, meta, err := pageOf(r, list, func(p Publisher) int { return p.ID })
	if err != nil {
		return nil, err
	}
	return map[string]any{"github_configs": list, "meta": meta}, nil
}

func (s *Service) configsOfCrate(r *http.Request, name string) ([]Publisher, error) {
	who, err := s.authenticate(r, need{scope: TrustedPublishing, crate: name})
	if err != nil {
		return nil, err
	}
	c := s.crateNamed(name)
	if c == nil {
		return nil, crateNotFound(name)
	}
	if !c.ownedBy(who.user) {
		return nil, badRequest("You are not an owner of this crate")
	}
	return s.publishers(func(p *Publisher) bool { return p.Crate == c.Name }), nil
}

func (s *Service) configsOfUser(r *http.Request, id string) ([]Publisher, error) {
	asked, err := strconv.Atoi(id)
	if err != nil {
		return nil, badRequest("Failed to deserialize query string: user_id: invalid digit found in string")
	}
	who, err := s.authenticate(r, need{scope: TrustedPublishing, anyCrate: true, noLegacy: true})
	if err != nil {
		return nil, err
	}
	if who.user.ID != asked {
		return nil, forbidden("this action requires authentication as the specified user")
	}
	return s.publishers(func(p *Publisher) bool {
		c := s.crateNamed(p.Crate)
		inScope := who.token == nil || len(who.token.Crates) == 0 ||
			slices.ContainsFunc(who.token.Crates, func(pattern string) bool { return covers(pattern, p.Crate) })
		return c != nil && c.ownedBy(who.user) && inScope
	}), nil
}

type createRequest struct {
	GitHubConfig map[string]json.RawMessage `json:"github_config"`
}

// createConfig registers a publisher (src/controllers/trustpub/github_configs/create.rs).
func (s *Service) createConfig(r *http.Request) (any, error) {
	var asked createRequest
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.GitHubConfig == nil {
		return nil, missingField("github_config")
	}
	p, err := readPublisher(asked.GitHubConfig)
	if err != nil {
		return nil, err
	}
	made, err := s.register(r, p)
	if err != nil {
		return nil, err
	}
	return map[string]any{"github_config": made}, nil
}

func readPublisher(fields map[string]json.RawMessage) (Publisher, error) {
	for _, name := range []string{"crate", "repository_owner", "repository_name", "workflow_filename"} {
		if fields[name] == nil {
			return Publisher{}, missingField(name)
		}
	}
	var p Publisher
	for name, into := range map[string]any{
		"crate": &p.Crate, "repository_owner": &p.RepositoryOwner, "repository_name": &p.RepositoryName,
		"workflow_filename": &p.WorkflowFilename, "environment": &p.Environment,
	} {
		if fields[name] == nil {
			continue
		}
		if err := json.Unmarshal(fields[name], into); err != nil {
			return p, &refusal{status: http.StatusUnprocessableEntity, plain: true,
				detail: "Failed to deserialize the JSON body into the target type: " + name + ": " + err.Error()}
		}
	}
	return p, nil
}

// register checks who asks and what is asked, looks the owner up at GitHub, and
// keeps the publisher with GitHub's own spelling of the owner.
func (s *Service) register(r *http.Request, p Publisher) (Publisher, error) {
	if err := p.check(); err != nil {
		return p, err
	}
	name, err := s.mayRegister(r, p.Crate)
	if err != nil {
		return p, err
	}
	p.Crate = name
	if p.RepositoryOwner, p.RepositoryOwnerID, err = s.gitHubOwner(r.Context(), p.RepositoryOwner); err != nil {
		return p, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellOwners(s.crateNamed(p.Crate), "Trusted Publishing configuration added to %s", p.Crate)
	return s.addPublisher(p)
}

// mayRegister tells whether the caller may add a publisher, and the crate's
// own spelling of its name.
func (s *Service) mayRegister(r *http.Request, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, err := s.authenticate(r, need{scope: TrustedPublishing, crate: name})
	if err != nil {
		return "", err
	}
	c := s.crateNamed(name)
	if c == nil {
		return "", crateNotFound(name)
	}
	if len(s.publishers(func(p *Publisher) bool { return p.Crate == c.Name })) >= maxPublishers {
		return "", refuse(http.StatusConflict,
			"This crate already has the maximum number of GitHub Trusted Publishing configurations (%d)", maxPublishers)
	}
	// Owners without any e-mail address are not seen by the server's query.
	if !c.ownedBy(who.user) || who.user.Email == "" {
		return "", badRequest("You are not an owner of this crate")
	}
	if !who.user.Verified {
		return "", forbidden("You must verify your email address to create a Trusted Publishing config")
	}
	return c.Name, nil
}

// gitHubOwner asks GitHub for the spelling and the id of an owner.
func (s *Service) gitHubOwner(ctx context.Context, login string) (string, int, error) {
	at := "https://api.github.com/users/" + login
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", 0, err
	}
	r.Header.Set("User-Agent", "crates.io (https://crates.io)")
	r.Header.Set("Accept", "application/vnd.github.v3+json")
	answer, err := s.client.Do(r)
	if err != nil {
		return "", 0, fmt.Errorf("didn't get a 200 result from github: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return "", 0, badRequest("Unknown GitHub user or organization")
	default:
		return "", 0, fmt.Errorf("didn't get a 200 result from github: %s", answer.Status)
	}
	var owner struct {
		Login string `json:"login"`
		ID    int    `json:"id"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, bodyLimit)).Decode(&owner); err != nil || owner.ID == 0 {
		return "", 0, fmt.Errorf("didn't get a user from github: %w", err)
	}
	return owner.Login, owner.ID, nil
}

// deleteConfig removes a publisher (src/controllers/trustpub/github_configs/delete.rs).
func (s *Service) deleteConfig(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, plain: true,
			detail: "Invalid URL: Cannot parse `" + r.PathValue("id") + "` to a `i32`"}
	}
	found := s.publishers(func(p *Publisher) bool { return p.ID == id })
	if len(found) == 0 {
		return nil, notFound()
	}
	c := s.crateNamed(found[0].Crate)
	if c == nil {
		return nil, notFound()
	}
	who, err := s.authenticate(r, need{scope: TrustedPublishing, crate: c.Name})
	if err != nil {
		return nil, err
	}
	if !c.ownedBy(who.user) || who.user.Email == "" {
		return nil, badRequest("You are not an owner of this crate")
	}
	s.tellOwners(c, "Trusted Publishing configuration removed from %s", c.Name)
	return nil, s.removePublisher(id)
}
