package github

import (
	"slices"
	"strings"
)

// Secrets are what a job can read, by name: those of the organisation, over
// them the repository's, over them its environment's. A job sees its
// environment's only after [Store.EnterEnvironment] has let it in, which is
// when the runner asks.
func (s *Store) Secrets(owner, name, environment string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	values := map[string]string{}
	repo := s.repo(owner, name)
	if repo == nil {
		return values
	}
	for _, secret := range s.organizationSecrets(repo) {
		values[secret.Name] = secret.Value
	}
	for _, secret := range repo.Secrets {
		values[secret.Name] = secret.Value
	}
	if e := repo.Environment(environment); e != nil && environment != "" {
		for _, secret := range e.Secrets {
			values[secret.Name] = secret.Value
		}
	}
	return values
}

// Variables are the `vars` that a job can read, by name.
func (s *Store) Variables(owner, name, environment string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	values := map[string]string{}
	repo := s.repo(owner, name)
	if repo == nil {
		return values
	}
	for _, v := range repo.Variables {
		values[v.Name] = v.Value
	}
	if e := repo.Environment(environment); e != nil && environment != "" {
		for _, v := range e.Variables {
			values[v.Name] = v.Value
		}
	}
	return values
}

// organizationSecrets are those of the owner that the repository can see.
func (s *Store) organizationSecrets(repo *Repository) []Secret {
	owner := s.account(repo.Owner)
	if owner == nil {
		return nil
	}
	var seen []Secret
	for _, o := range owner.Secrets {
		switch {
		case o.Visibility == "selected" && !slices.Contains(o.Repositories, repo.ID):
		case o.Visibility == "private" && !repo.Private:
		default:
			seen = append(seen, o.Secret)
		}
	}
	return seen
}

func dropSecret(secrets *[]Secret, name string) bool {
	before := len(*secrets)
	*secrets = slices.DeleteFunc(*secrets, func(old Secret) bool { return strings.EqualFold(old.Name, name) })
	return len(*secrets) < before
}

func findSecret(secrets []Secret, name string) *Secret {
	for i := range secrets {
		if strings.EqualFold(secrets[i].Name, name) {
			return &secrets[i]
		}
	}
	return nil
}
