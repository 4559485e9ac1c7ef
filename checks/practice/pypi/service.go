package pypi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// Instance is one of the two indexes.
type Instance struct {
	// Site is what the index calls itself.
	Site string
	// Host serves pages and interfaces, Upload takes uploads, Files serves
	// what was uploaded.
	Host, Upload, Files string
	// Audience is the `aud` that identity tokens are made for.
	Audience string
	// state is the name that the instance's state is kept under.
	state string
}

// PyPI and TestPyPI are the two instances.
var (
	PyPI = Instance{
		Site: "PyPI", Host: "pypi.org", Upload: "upload.pypi.org", Files: "files.pythonhosted.org",
		Audience: "pypi", state: "pypi",
	}
	TestPyPI = Instance{
		Site: "TestPyPI", Host: "test.pypi.org", Upload: "test.pypi.org", Files: "test-files.pythonhosted.org",
		Audience: "testpypi", state: "testpypi",
	}
)

// JWTLeeway is how far the clocks of issuer and index may differ
// (warehouse/oidc/services.py).
const JWTLeeway = 30 * time.Second

// Limits of registering publishers (warehouse/accounts/views.py,
// warehouse/oidc/tasks.py, warehouse/config.py).
const (
	maxPending       = 3
	pendingLife      = 30 * 24 * time.Hour
	maxRegistrations = 100
	registrationsIn  = 24 * time.Hour
)

// Verifier tells whether an identity token is signed by GitHub Actions, made
// for the instance and valid now. [oidc.Verifier] is one.
type Verifier interface {
	Verify(ctx context.Context, token string) (*oidc.Claims, error)
}

// Options are what an index is made of. Only State is needed.
type Options struct {
	// Instance is PyPI or TestPyPI; the zero value means PyPI.
	Instance Instance
	// State keeps what must outlive the process.
	State box.State
	// Client reaches the other services of the box: the issuer's keys, and
	// api.github.com for the owner of a repository.
	Client *http.Client
	// Verifier checks identity tokens; nil means one that uses Client.
	Verifier Verifier
	// Now is the index's clock; nil means time.Now.
	Now func() time.Time
}

// Service is one index. It implements [box.Service].
type Service struct {
	Instance
	store    box.State
	client   *http.Client
	verifier Verifier
	now      func() time.Time
	mux      *http.ServeMux

	mu sync.Mutex
	db database
}

var _ box.Service = (*Service)(nil)

// New makes the index, with what the state holds.
func New(o Options) (*Service, error) {
	s := &Service{Instance: o.Instance, store: o.State, client: o.Client, verifier: o.Verifier, now: o.Now}
	if s.Host == "" {
		s.Instance = PyPI
	}
	if s.client == nil {
		s.client = http.DefaultClient
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.verifier == nil {
		s.verifier = &oidc.Verifier{Client: s.client, Audience: s.Audience, Leeway: JWTLeeway, Now: s.now}
	}
	if _, err := s.store.Load(s.state, &s.db); err != nil {
		return nil, fmt.Errorf("taking up the practice %s: %w", s.Site, err)
	}
	s.mux = s.routes()
	return s, nil
}

// Hosts lists the host names of the instance.
func (s *Service) Hosts() []string { return slices.Compact([]string{s.Host, s.Upload, s.Files}) }

// ServeHTTP answers for all hosts of the instance.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Service) routes() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET "+s.Host+"/simple/{$}", s.simpleIndex)
	m.HandleFunc("GET "+s.Host+"/simple/{name}/{$}", s.simpleDetail)
	m.HandleFunc("GET "+s.Host+"/pypi/{name}/json", s.jsonProject)
	m.HandleFunc("GET "+s.Host+"/pypi/{name}/{version}/json", s.jsonRelease)
	m.HandleFunc("GET "+s.Host+"/integrity/{name}/{version}/{file}/provenance", s.provenance)
	m.HandleFunc("GET "+s.Host+"/_/oidc/audience", s.audience)
	m.HandleFunc("POST "+s.Host+"/_/oidc/mint-token", s.mint)
	m.HandleFunc("POST "+s.Host+"/_/oidc/github/mint-token", s.mint)
	m.HandleFunc(s.Upload+"/legacy/", s.upload)
	m.HandleFunc("GET "+s.Files+"/packages/{path...}", s.file)
	s.pages(m)
	return m
}
