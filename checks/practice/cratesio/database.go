package cratesio

import (
	"encoding/json"
	"strings"
	"time"
)

const stateName = "cratesio"

// database is everything that the registry keeps, except the crate files.
type database struct {
	LastID     int
	Users      []*User
	Tokens     []*apiToken
	Crates     []*crate
	Deleted    []deleted
	Reserved   []string
	Publishers []*Publisher
	// Minted are the temporary tokens of trusted publishing.
	Minted []minted
	// Used are the identity tokens that have been exchanged.
	Used    []usedJWT
	Buckets []*bucket
	// Mails are those that the registry sent, oldest first.
	Mails []Mail
}

// crate is one name on the registry.
type crate struct {
	ID            int
	Name          string
	Description   string
	Homepage      string
	Documentation string
	Repository    string
	Keywords      []string
	Categories    []string
	TrustpubOnly  bool
	Created       time.Time
	Updated       time.Time
	// Owners are ids of users.
	Owners   []int
	Teams    []Team
	Versions []*version
}

// Team is a team of a GitHub organisation that owns crates.
type Team struct {
	ID int
	// Login is "github:ORG:TEAM".
	Login string
	// Members are the logins of those who may publish as the team.
	Members []string
}

// version is one published version of a crate.
type version struct {
	ID          int
	Num         string
	Checksum    string
	Size        int
	License     string
	Edition     string
	RustVersion string
	Links       string
	Features    map[string][]string
	Deps        []dependency
	Yanked      bool
	Created     time.Time
	// PublishedBy is the id of a user, or 0 for a trusted publisher.
	PublishedBy int
	// Trusted is the run that published it, or nil.
	Trusted *TrustedRun
}

// TrustedRun is what the registry shows of a trusted publication.
type TrustedRun struct {
	Provider   string `json:"provider"`
	Repository string `json:"repository"`
	RunID      string `json:"run_id"`
	SHA        string `json:"sha"`
}

type deleted struct {
	Name      string
	Available time.Time
}

type usedJWT struct {
	ID      string
	Expires time.Time
}

func (s *Service) save() error { return s.state.Save(stateName, &s.db) }

// nextID gives every row of the registry a number of its own.
func (s *Service) nextID() int {
	s.db.LastID++
	return s.db.LastID
}

// canonical is the form in which names are compared: without case, and with
// hyphens as underscores (SQL function canon_crate_name).
func canonical(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "_")
}

// crateNamed finds a crate by any spelling of its name.
func (s *Service) crateNamed(name string) *crate {
	for _, c := range s.db.Crates {
		if canonical(c.Name) == canonical(name) {
			return c
		}
	}
	return nil
}

func (c *crate) version(num string) *version {
	for _, v := range c.Versions {
		if v.Num == num {
			return v
		}
	}
	return nil
}

// emptyAsNull writes "" as JSON null.
func emptyAsNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// stamp is a time as the API writes it.
type stamp time.Time

// MarshalJSON writes RFC 3339 with microseconds, in UTC.
func (t stamp) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(t).UTC().Format("2006-01-02T15:04:05.000000Z"))
}
