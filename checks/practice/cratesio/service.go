package cratesio

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// The host names that the registry answers for.
const (
	Host       = "crates.io"
	IndexHost  = "index.crates.io"
	StaticHost = "static.crates.io"
)

// Audience is the `aud` that identity tokens for crates.io are made for.
const Audience = "crates.io"

// JWTLeeway is how far the clocks of issuer and registry may differ
// (crates/crates_io_trustpub/src/lib.rs).
const JWTLeeway = time.Minute

// Verifier tells whether an identity token is signed by GitHub Actions, made
// for crates.io and valid now. [oidc.Verifier] is one.
type Verifier interface {
	Verify(ctx context.Context, token string) (*oidc.Claims, error)
}

// Rate is how many publications a user has at once, and how long it takes
// until there is one more.
type Rate struct {
	Burst  int
	Period time.Duration
}

// Options are what a registry is made of. Only State is needed.
type Options struct {
	// State keeps what must outlive the process.
	State box.State
	// Client reaches the other services of the box: the issuer's keys, and
	// api.github.com for the id of a repository's owner.
	Client *http.Client
	// Verifier checks identity tokens; nil means one that uses Client.
	Verifier Verifier
	// Now is the registry's clock; nil means time.Now.
	Now func() time.Time
	// NewCrates and NewVersions limit what a user publishes; zero means the
	// server's 5 and one in 10 minutes, 30 and one a minute (src/rate_limiter.rs).
	NewCrates, NewVersions Rate
}

// Service is the registry. It implements [box.Service].
type Service struct {
	state    box.State
	client   *http.Client
	verifier Verifier
	now      func() time.Time
	limits   map[action]Rate
	mux      *http.ServeMux

	mu sync.Mutex
	db database
}

// New makes the registry, with what the state holds.
func New(o Options) (*Service, error) {
	s := &Service{state: o.State, client: o.Client, verifier: o.Verifier, now: o.Now}
	if s.client == nil {
		s.client = http.DefaultClient
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.verifier == nil {
		s.verifier = &oidc.Verifier{Client: s.client, Audience: Audience, Leeway: JWTLeeway, Now: s.now}
	}
	s.limits = map[action]Rate{
		publishNew:    o.NewCrates.or(Rate{Burst: 5, Period: 10 * time.Minute}),
		publishUpdate: o.NewVersions.or(Rate{Burst: 30, Period: time.Minute}),
	}
	if _, err := s.state.Load(stateName, &s.db); err != nil {
		return nil, fmt.Errorf("taking up the practice crates.io: %w", err)
	}
	s.mux = s.routes()
	return s, nil
}

func (r Rate) or(other Rate) Rate {
	if r == (Rate{}) {
		return other
	}
	return r
}

// Hosts lists crates.io, its index and its file store.
func (s *Service) Hosts() []string { return []string{Host, IndexHost, StaticHost} }

// ServeHTTP answers for all three hosts.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Service) routes() *http.ServeMux {
	m := http.NewServeMux()
	for pattern, answer := range map[string]endpoint{
		"PUT /api/v1/crates/new":                                s.publish,
		"GET /api/v1/crates/{name}":                             s.getCrate,
		"PATCH /api/v1/crates/{name}":                           s.patchCrate,
		"GET /api/v1/crates/{name}/versions":                    s.listVersions,
		"GET /api/v1/crates/{name}/{version}":                   s.getVersion,
		"GET /api/v1/crates/{name}/{version}/download":          s.download,
		"DELETE /api/v1/crates/{name}/{version}/yank":           s.yank,
		"PUT /api/v1/crates/{name}/{version}/unyank":            s.unyank,
		"GET /api/v1/crates/{name}/owners":                      s.listOwners,
		"GET /api/v1/crates/{name}/owner_user":                  s.listUserOwners,
		"GET /api/v1/crates/{name}/owner_team":                  s.listTeamOwners,
		"GET /api/v1/users/{user}":                              s.getUser,
		"GET /api/v1/me":                                        s.getMe,
		"GET /api/v1/trusted_publishing/github_configs":         s.listConfigs,
		"POST /api/v1/trusted_publishing/github_configs":        s.createConfig,
		"DELETE /api/v1/trusted_publishing/github_configs/{id}": s.deleteConfig,
		"POST /api/v1/trusted_publishing/tokens":                s.exchange,
		"DELETE /api/v1/trusted_publishing/tokens":              s.revoke,
		"/api/": func(*http.Request) (any, error) { return nil, notFound() },
	} {
		method, path := splitPattern(pattern)
		m.Handle(method+Host+path, s.api(answer))
	}
	s.pages(m)
	m.HandleFunc("GET "+IndexHost+"/", s.index)
	m.HandleFunc("GET "+StaticHost+"/crates/{name}/{version}/download", s.file)
	m.HandleFunc("GET "+StaticHost+"/crates/{name}/{file}", s.file)
	return m
}
