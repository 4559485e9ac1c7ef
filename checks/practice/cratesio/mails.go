package cratesio

import (
	"fmt"
	"time"
)

// Mail is a message of the registry to an owner.
type Mail struct {
	To, Subject string
	Sent        time.Time
}

// Mails are the subjects of what was sent to somebody, oldest first.
func (s *Service) Mails(login string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var subjects []string
	for _, m := range s.db.Mails {
		if m.To == login {
			subjects = append(subjects, m.Subject)
		}
	}
	return subjects
}

// tellOwners writes to each individual owner whose address is verified, as the
// server does of every change of publishers and of trusted publishing only
// (src/controllers/trustpub/github_configs/create.rs and delete.rs,
// src/controllers/krate/update.rs; the words are ours).
func (s *Service) tellOwners(c *crate, format string, args ...any) {
	for _, id := range c.Owners {
		if u := s.userByID(id); u != nil && u.Email != "" && u.Verified {
			s.db.Mails = append(s.db.Mails, Mail{To: u.Login, Subject: fmt.Sprintf(format, args...), Sent: s.now().UTC()})
		}
	}
}

// TrustpubOnly says whether a crate may be published by trusted publishers alone.
func (s *Service) TrustpubOnly(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	return c != nil && c.TrustpubOnly
}
