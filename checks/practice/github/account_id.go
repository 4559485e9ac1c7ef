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
