package github

// AccountID is the id of a user or an organisation, 0 where there is none of
// that login: jobs see it as github.actor_id and github.repository_owner_id.
func (s *Store) AccountID(login string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.account(login); a != nil {
		return a.ID
	}
	return 0
}

// RefProtected tells whether a branch protection or an active ruleset covers a
// full ref: jobs see it as github.ref_protected.
func (s *Store) RefProtected(owner, name, ref string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo(owner, name)
	return repo != nil && s.refProtected(repo, ref)
}
