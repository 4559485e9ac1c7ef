package cratesio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

const undecodable = "Failed to decode JWT"

// exchange turns an identity token of a job into a temporary token
// (src/controllers/trustpub/tokens/exchange/mod.rs). A token that is refused
// at any stage counts as not used: the server undoes the whole transaction.
func (s *Service) exchange(r *http.Request) (any, error) {
	var asked struct {
		JWT *string `json:"jwt"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if asked.JWT == nil {
		return nil, missingField("jwt")
	}
	c, err := s.verify(r.Context(), *asked.JWT)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	crates, err := s.matching(c)
	if err != nil {
		return nil, err
	}
	plain, hash := newMinted()
	s.db.Minted = append(s.db.Minted, minted{Hash: hash, Crates: crates, Expires: s.now().Add(mintedLife), Run: TrustedRun{
		Provider: "github", Repository: c.Repository, RunID: c.RunID, SHA: c.SHA,
	}})
	s.db.Used = append(s.db.Used, usedJWT{ID: c.ID, Expires: c.Expires.Add(JWTLeeway)})
	return map[string]string{"token": plain}, s.save()
}

// claims are what the exchange reads of a token; it reads no other, `sub`
// included.
type claims struct {
	ID                string
	Expires           time.Time
	Repository        string
	RepositoryOwnerID string
	WorkflowRef       string
	EventName         string
	RunID             string
	SHA               string
	// Environment is nil for a job that names none.
	Environment *string
}

// verify refuses tokens that cannot be trusted. Issuer and key are looked at
// first, because they decide what the rest is checked with.
func (s *Service) verify(ctx context.Context, token string) (claims, error) {
	var c claims
	seen, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		return c, badRequest(undecodable)
	}
	issuer, _ := seen.Claims.GetIssuer()
	if issuer == "" {
		return c, badRequest(undecodable)
	}
	if issuer != oidc.IssuerURL {
		return c, badRequest("Unsupported JWT issuer: %s", issuer)
	}
	if kid, _ := seen.Header["kid"].(string); kid == "" {
		return c, badRequest("Missing JWT key ID")
	}
	signed, err := s.verifier.Verify(ctx, token)
	switch {
	case errors.Is(err, oidc.ErrNoKey):
		return c, badRequest("Invalid JWT key ID")
	case errors.Is(err, jwt.ErrTokenUnverifiable):
		return c, refuse(http.StatusInternalServerError, "Failed to load OIDC key set")
	case err != nil:
		return c, badRequest(undecodable)
	}
	c.ID, c.Expires = signed.ID, signed.ExpiresAt.Time
	if !c.read(token) {
		return c, badRequest(undecodable)
	}
	return c, nil
}

// read takes the claims out of a token that has been verified. Those that the
// server wants must be there, as text.
func (c *claims) read(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	var raw struct {
		Audience    *string `json:"aud"`
		Repository  *string `json:"repository"`
		OwnerID     *string `json:"repository_owner_id"`
		WorkflowRef *string `json:"workflow_ref"`
		EventName   *string `json:"event_name"`
		RunID       *string `json:"run_id"`
		SHA         *string `json:"sha"`
		Environment *string `json:"environment"`
	}
	if json.Unmarshal(text, &raw) != nil || raw.Audience == nil {
		return false
	}
	for _, f := range []struct{ from, into *string }{
		{raw.Repository, &c.Repository}, {raw.OwnerID, &c.RepositoryOwnerID}, {raw.WorkflowRef, &c.WorkflowRef},
		{raw.EventName, &c.EventName}, {raw.RunID, &c.RunID}, {raw.SHA, &c.SHA},
	} {
		if f.from == nil {
			return false
		}
		*f.into = *f.from
	}
	c.Environment = raw.Environment
	return true
}

var workflowInRef = regexp.MustCompile(`([^/]+\.(yml|yaml))(@.+)`)

// matching narrows the publishers down, stage by stage, to the crates that the
// run may publish. Each stage has its own refusal when nothing is left.
func (s *Service) matching(c claims) ([]int, error) {
	for _, used := range s.db.Used {
		if used.ID == c.ID && used.Expires.After(s.now()) {
			return nil, badRequest("JWT has already been used")
		}
	}
	if c.EventName == "pull_request_target" || c.EventName == "workflow_run" {
		return nil, badRequest("Trusted Publishing does not support the `%s` event trigger due to security concerns. "+
			"Please use a different trigger such as `push`, `release`, or `workflow_dispatch`.", c.EventName)
	}
	owner, name, found := strings.Cut(c.Repository, "/")
	if !found {
		return nil, badRequest("Unexpected `repository` value")
	}
	file := workflowInRef.FindStringSubmatch(c.WorkflowRef)
	if file == nil {
		return nil, badRequest("Unexpected `workflow_ref` value")
	}
	ownerID, err := strconv.ParseInt(c.RepositoryOwnerID, 10, 32)
	if err != nil {
		return nil, badRequest("Unexpected `repository_owner_id` value")
	}
	left := s.publishers(func(p *Publisher) bool {
		return strings.EqualFold(p.RepositoryOwner, owner) && strings.EqualFold(p.RepositoryName, name)
	})
	if left, err = narrow(left, c, int(ownerID), file[1]); err != nil {
		return nil, err
	}
	var ids []int
	for _, p := range left {
		if c := s.crateNamed(p.Crate); c != nil {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

func narrow(left []Publisher, c claims, ownerID int, file string) ([]Publisher, error) {
	if len(left) == 0 {
		return nil, badRequest("No Trusted Publishing config found for repository `%s`.", c.Repository)
	}
	config := "The Trusted Publishing config for repository `" + c.Repository + "` "
	left, others := split(left, func(p Publisher) (bool, string) {
		return p.RepositoryOwnerID == ownerID, strconv.Itoa(p.RepositoryOwnerID)
	})
	if len(left) == 0 {
		return nil, badRequest("%sdoes not match the repository owner ID (%d) in the JWT. Expected owner IDs: %s. "+
			"Please recreate the Trusted Publishing config to update the repository owner ID.", config, ownerID, others)
	}
	left, others = split(left, func(p Publisher) (bool, string) {
		return p.WorkflowFilename == file, "`" + p.WorkflowFilename + "`"
	})
	if len(left) == 0 {
		return nil, badRequest("%sdoes not match the workflow filename `%s` in the JWT. Expected workflow filenames: %s",
			config, file, others)
	}
	left, others = split(left, func(p Publisher) (bool, string) {
		if p.Environment == nil {
			return true, ""
		}
		return c.Environment != nil && strings.EqualFold(*p.Environment, *c.Environment), "`" + *p.Environment + "`"
	})
	switch {
	case len(left) > 0:
		return left, nil
	case c.Environment == nil:
		return nil, badRequest("%srequires an environment, but the JWT does not specify one. Expected environments: %s", config, others)
	}
	return nil, badRequest("%sdoes not match the environment `%s` in the JWT. Expected environments: %s", config, *c.Environment, others)
}

// split keeps the publishers that match, and lists what the others expect.
func split(all []Publisher, matches func(Publisher) (ok bool, expects string)) (left []Publisher, others string) {
	var expected []string
	for _, p := range all {
		ok, expects := matches(p)
		if ok {
			left = append(left, p)
		} else {
			expected = append(expected, expects)
		}
	}
	return left, strings.Join(expected, ", ")
}

// revoke ends the life of a temporary token; one that is not known is as good
// as revoked (src/controllers/trustpub/tokens/revoke/mod.rs).
func (s *Service) revoke(r *http.Request) (any, error) {
	plain, given, err := bearer(r)
	if err != nil {
		return nil, err
	}
	if !given {
		return nil, refuse(http.StatusUnauthorized, "Missing `Authorization` header")
	}
	hash, ok := parseMinted(plain)
	if !ok {
		return nil, refuse(http.StatusUnauthorized, "Invalid `Authorization` header: Failed to parse token")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.db.Minted[:0]
	for _, m := range s.db.Minted {
		if m.Hash != hash {
			kept = append(kept, m)
		}
	}
	s.db.Minted = kept
	return nil, s.save()
}
