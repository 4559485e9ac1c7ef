package pypi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// database is everything that the index keeps, except the files.
type database struct {
	Users    []*User
	Projects []*project
	// Publishers are attached to projects by id; one may serve many.
	Publishers []*Publisher
	Pending    []*Pending
	Tokens     []*apiToken
	Minted     []minted
	// Used are the identity tokens that a token was minted for.
	Used []usedJWT
	// Filenames are all that were ever uploaded: none can be used again.
	Filenames []string
	// Registrations counts attempts to register a publisher.
	Registrations []registration
	Serial        int
}

type usedJWT struct {
	ID      string
	Expires time.Time
}

type registration struct {
	User string
	At   time.Time
}

// Role is what a user may do on a project: both may upload.
type Role string

// The roles of a project.
const (
	Owner      Role = "Owner"
	Maintainer Role = "Maintainer"
)

type role struct {
	User string
	Role Role
}

// project is one name on the index.
type project struct {
	ID   string
	Name string
	// Status is "" for active, or archived, quarantined, deprecated.
	Status string
	// Organization is the name of the PyPI organisation that holds it, or "".
	Organization string
	Roles        []role
	Publishers   []string
	Releases     []*release
	Serial       int
}

// release is one version of a project.
type release struct {
	Version string
	Created time.Time
	// Fields are the metadata of the first upload, by the names of the form.
	Fields map[string][]string
	Files  []*file
	Yanked bool
}

// file is one distribution.
type file struct {
	Filename string
	// Type is sdist or bdist_wheel.
	Type, PythonVersion string
	Size                int
	MD5, SHA256, Blake2 string
	MetadataSHA256      string
	Uploaded            time.Time
	// Provenance is nil where there are no attestations; it must stay so when it
	// is kept.
	Provenance              json.RawMessage `json:",omitempty"`
	ViaPublisher, Submitter string
}

// path is where a file is served (warehouse/forklift/legacy.py).
func (f *file) path() string {
	return f.Blake2[:2] + "/" + f.Blake2[2:4] + "/" + f.Blake2[4:] + "/" + f.Filename
}

func (s *Service) save() error {
	s.db.Serial++
	return s.store.Save(s.state, &s.db)
}

func (s *Service) fileName(f *file) string { return s.state + "-file-" + f.SHA256 }

var separators = regexp.MustCompile(`[-_.]+`)

// normalized is the form in which names are compared (PEP 503).
func normalized(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// confusable is the form in which names are too similar: without separators,
// with l and i as 1 and o as 0 (SQL function ultranormalize_name).
func confusable(name string) string {
	return strings.NewReplacer("l", "1", "i", "1", "o", "0").Replace(strings.ToLower(separators.ReplaceAllString(name, "")))
}

func (s *Service) project(name string) *project {
	for _, p := range s.db.Projects {
		if normalized(p.Name) == normalized(name) {
			return p
		}
	}
	return nil
}

// mustProject finds a project for those who set the world up.
func (s *Service) mustProject(name string) (*project, error) {
	if p := s.project(name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s has no project %q", s.Site, name)
}

func (p *project) roleOf(username string) Role {
	for _, r := range p.Roles {
		if strings.EqualFold(r.User, username) {
			return r.Role
		}
	}
	return ""
}

func (p *project) status() string {
	if p.Status == "" {
		return "active"
	}
	return p.Status
}

// help is the address of an entry of the index's help page.
func (s *Service) help(entry string) string { return "https://" + s.Host + "/help/#" + entry }
