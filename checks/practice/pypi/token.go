package pypi

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// mintedLife is how long a minted token lives (warehouse/oidc/views.py).
const mintedLife = 15 * time.Minute

// apiToken is a user's token, hashed.
type apiToken struct {
	Hash, User, Description string
	// Project limits the token to one project; "" is for all of the user's.
	Project string
	Created time.Time
}

// minted is a token that a run of a publisher got, hashed.
type minted struct {
	Hash, Publisher string
	// Projects are the ids of those that the publisher had when it was made.
	Projects []string
	Expires  time.Time
	Ref, SHA string
}

// identity is who uploads: a user, or a run of a publisher.
type identity struct {
	user  *User
	token *apiToken
	run   *minted
	// publisher is the run's, as it is registered now.
	publisher *Publisher
}

// AddToken makes an API token for all of a user's projects, or for one, and
// returns it as the person sees it once.
func (s *Service) AddToken(username, description, project string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(username)
	if err != nil {
		return "", err
	}
	return s.addToken(u, description, project)
}

func (s *Service) addToken(u *User, description, project string) (string, error) {
	plain := s.newToken()
	s.db.Tokens = append(s.db.Tokens, &apiToken{
		Hash: digest(plain), User: u.Username, Description: description, Project: project, Created: s.now(),
	})
	return plain, s.save()
}

// RevokeToken takes a user's token away by its description.
func (s *Service) RevokeToken(username, description string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db.Tokens = slices.DeleteFunc(s.db.Tokens, func(t *apiToken) bool {
		return strings.EqualFold(t.User, username) && t.Description == description
	})
	return s.save()
}

// newToken looks like a token of the index, which is a macaroon that begins
// with the index's name and an identifier; scanners know it by that. What
// follows is random.
func (s *Service) newToken() string {
	const location, identifier = 1, 2
	random := make([]byte, 64)
	_, _ = rand.Read(random) // never fails
	id := uuid.NewString()
	token := append([]byte{2, location, byte(len(s.Host))}, s.Host...)
	token = append(append(token, identifier, byte(len(id))), id...)
	return "pypi-" + base64.RawURLEncoding.EncodeToString(append(token, random...))
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// identify finds out who uploads (warehouse/macaroons/security_policy.py).
func (s *Service) identify(r *http.Request) (identity, error) {
	invalid := forbidden("Invalid or non-existent authentication information. See %s for more information.", s.help("invalid-auth"))
	plain, given, err := s.secret(r)
	if err != nil {
		return identity{}, err
	}
	if !given {
		return identity{}, invalid
	}
	hash := digest(plain)
	for _, t := range s.db.Tokens {
		if t.Hash == hash {
			return identity{user: s.user(t.User), token: t}, nil
		}
	}
	for i, m := range s.db.Minted {
		// Minted tokens are forgotten a day after they were made.
		if m.Hash != hash || s.now().Sub(m.Expires) > 24*time.Hour {
			continue
		}
		for _, p := range s.db.Publishers {
			if p.ID == m.Publisher {
				return identity{run: &s.db.Minted[i], publisher: p}, nil
			}
		}
	}
	return identity{}, invalid
}

// secret reads the token out of basic authentication as __token__, or of a
// bearer.
func (s *Service) secret(r *http.Request) (plain string, given bool, err error) {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "token", "bearer":
		return rest, true, nil
	}
	name, password, ok := r.BasicAuth()
	if ok && name != "__token__" {
		return "", false, forbidden("Username/Password authentication is no longer supported. "+
			"Migrate to API Tokens or Trusted Publishers instead. See %s and %s", s.help("apitoken"), s.help("trusted-publishers"))
	}
	return strings.TrimSpace(password), ok, nil
}

// mayUpload tells whether an identity may upload to a project, which may be
// about to be made.
func (s *Service) mayUpload(who identity, p *project) error {
	if who.run != nil {
		return s.runMayUpload(who, p)
	}
	if only := who.token.Project; only != "" && normalized(only) != normalized(p.Name) {
		return forbidden("Invalid API Token: project-scoped token is not valid for project: %s", repr(p.Name))
	}
	if p.roleOf(who.user.Username) == "" {
		return forbidden("The user '%s' isn't allowed to upload to project '%s'. See %s for more information.",
			who.user.Username, p.Name, s.help("project-name"))
	}
	return nil
}

// runMayUpload looks at the restrictions of a minted token one by one
// (warehouse/macaroons/caveats/__init__.py).
func (s *Service) runMayUpload(who identity, p *project) error {
	switch {
	case !slices.Contains(p.Publishers, who.publisher.ID):
		return forbidden("Invalid API Token: OIDC scoped token is not valid for project '%s'", p.Name)
	case !slices.Contains(who.run.Projects, p.ID):
		return forbidden("Invalid API Token: project-scoped token is not valid for project: %s", repr(p.Name))
	case !s.now().Before(who.run.Expires):
		return forbidden("Invalid API Token: token is expired")
	}
	return nil
}
