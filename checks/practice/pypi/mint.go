package pypi

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// oneError is one reason why no token was minted.
type oneError struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}

// Error is the server's description.
func (e *oneError) Error() string { return e.Code + ": " + e.Description }

// bodyLimit is far above what a request for a token needs.
const bodyLimit = 1 << 20

func (s *Service) audience(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, "application/json", map[string]string{"audience": s.Audience})
}

func writeJSON(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// mint turns an identity token into a token for uploads
// (warehouse/oidc/views.py).
func (s *Service) mint(w http.ResponseWriter, r *http.Request) {
	token, expires, err := s.mintFor(r)
	var no *oneError
	switch {
	case errors.As(err, &no):
		writeJSON(w, http.StatusUnprocessableEntity, "application/json",
			map[string]any{"message": "Token request failed", "errors": []*oneError{no}})
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		writeJSON(w, http.StatusOK, "application/json", map[string]any{"success": true, "token": token, "expires": expires.Unix()})
	}
}

func (s *Service) mintFor(r *http.Request) (string, time.Time, error) {
	token, err := readPayload(r)
	if err != nil {
		return "", time.Time{}, err
	}
	issuer, ok := peekIssuer(token)
	if !ok {
		return "", time.Time{}, &oneError{"invalid-payload", "malformed JWT"}
	}
	if issuer != oidc.IssuerURL {
		return "", time.Time{}, &oneError{"invalid-payload", "unknown trusted publishing issuer"}
	}
	c, signed, ok := s.verify(r.Context(), token)
	if !ok {
		return "", time.Time{}, &oneError{"invalid-token", "malformed or invalid token"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.reify(c); err != nil {
		return "", time.Time{}, err
	}
	p, err := s.publisherOf(c)
	if err != nil {
		return "", time.Time{}, err
	}
	return s.mintToken(p, c, signed)
}

func readPayload(r *http.Request) (string, error) {
	bad := func(problem string) error {
		return &oneError{"invalid-payload", "1 validation error for TokenPayload\n" + problem}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, bodyLimit))
	if err != nil {
		return "", bad("  Invalid JSON: " + err.Error())
	}
	var payload map[string]any
	if err := json.Unmarshal(body, &payload); err != nil {
		var typed *json.UnmarshalTypeError
		if errors.As(err, &typed) {
			return "", bad("  Input should be an object [type=model_type]")
		}
		return "", bad("  Invalid JSON: " + err.Error() + " [type=json_invalid]")
	}
	token, isText := payload["token"].(string)
	if _, given := payload["token"]; !given {
		return "", bad("token\n  Field required [type=missing]")
	}
	if !isText {
		return "", bad("token\n  Input should be a valid string [type=string_type]")
	}
	return token, nil
}

// reify makes a project out of a pending publisher that the claims match. That
// none matches is no error: there may be a publisher.
func (s *Service) reify(c claims) error {
	if c.missing() != nil {
		return nil
	}
	p, err := lookup(s.alive(), func(p *Pending) Identity { return p.Identity }, c)
	if err != nil {
		return nil
	}
	if err := s.check(p.Identity, c); errors.Is(err, errReused) {
		// The server does not expect this here, and fails.
		return err
	} else if err != nil {
		return nil
	}
	if s.project(p.Project) != nil {
		if err := s.removePending(p.ID); err != nil {
			return err
		}
		return &oneError{"invalid-pending-publisher", "valid token, but project already exists"}
	}
	if err := s.refuseName(p.Project); err != nil {
		return &oneError{"invalid-payload", err.Error()}
	}
	creator, err := s.signIn(p.AddedBy)
	if err != nil {
		return err
	}
	made := s.createProject(p.Project, creator)
	made.Publishers = []string{s.publisherFor(p.Identity).ID}
	s.db.Registrations = slices.DeleteFunc(s.db.Registrations, func(one registration) bool { return one.User == creator.Username })
	return s.removePending(p.ID)
}

// publisherOf finds the publisher that a token is minted for.
func (s *Service) publisherOf(c claims) (*Publisher, error) {
	invalid := func(err error) error {
		return &oneError{"invalid-publisher", "valid token, but no corresponding publisher (" + err.Error() + ")"}
	}
	if err := c.missing(); err != nil {
		return nil, invalid(err)
	}
	p, err := lookup(s.db.Publishers, func(p *Publisher) Identity { return p.Identity }, c)
	if err != nil {
		return nil, invalid(err)
	}
	if err := s.check(p.Identity, c); errors.Is(err, errReused) {
		return nil, &oneError{"invalid-reuse-token", "invalid token: already used"}
	} else if err != nil {
		return nil, invalid(err)
	}
	return p, nil
}

func (s *Service) mintToken(p *Publisher, c claims, signed *oidc.Claims) (string, time.Time, error) {
	m := minted{Publisher: p.ID, Expires: s.now().Add(mintedLife), Ref: c.text("ref"), SHA: c.text("sha")}
	for _, project := range s.projectsOf(p.ID) {
		m.Projects = append(m.Projects, project.ID)
	}
	plain := s.newToken()
	m.Hash = digest(plain)
	s.db.Minted = append(s.db.Minted, m)
	s.db.Used = append(s.db.Used, usedJWT{ID: c.text("jti"), Expires: signed.ExpiresAt.Add(JWTLeeway + 5*time.Second)})
	return plain, m.Expires, s.save()
}
