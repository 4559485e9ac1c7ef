package cratesio

import (
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// oldToken is the refusal of what does not look like a token of crates.io
// (src/util/errors/json.rs).
const oldToken = "The given API token does not match the format used by crates.io. " +
	"Tokens generated before 2020-07-14 were generated with an insecure random number generator, and have been revoked. " +
	"You can generate a new token at https://crates.io/me. For more information please see " +
	"https://blog.rust-lang.org/2020/07/14/crates-io-security-advisory.html. We apologize for any inconvenience."

// need is what an endpoint asks of whoever calls it (src/auth.rs).
type need struct {
	// scope is what a scoped token must have; "" admits no scoped token.
	scope Scope
	// crate is the name, as the request spells it, that a token limited to
	// crates must cover.
	crate string
	// anyCrate admits tokens limited to crates although none is named.
	anyCrate bool
	// cookieOnly admits the browser alone.
	cookieOnly bool
	// noLegacy refuses tokens without scopes.
	noLegacy bool
}

// caller is who is asking, and with which token; the browser has none.
type caller struct {
	user  *User
	token *Token
}

// bearer reads the Authorization header: the token alone, or after "Bearer".
func bearer(r *http.Request) (token string, given bool, err error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", false, nil
	}
	scheme, rest, found := strings.Cut(header, " ")
	if !found {
		return strings.TrimSpace(header), true, nil
	}
	if !strings.EqualFold(scheme, "Bearer") && scheme != "" {
		return "", false, refuse(http.StatusUnauthorized,
			"Invalid `Authorization` header: Found unexpected authentication scheme `%s`", scheme)
	}
	return strings.TrimSpace(rest), true, nil
}

// authenticate finds out who is asking and whether the token is enough.
func (s *Service) authenticate(r *http.Request, n need) (caller, error) {
	u, err := s.browserUser(box.Person(r.Context()))
	if err != nil || u != nil {
		return caller{user: u}, err
	}
	plain, given, err := bearer(r)
	if err != nil {
		return caller{}, err
	}
	if !given {
		return caller{}, forbidden("this action requires authentication")
	}
	t, err := s.tokenFor(plain)
	if err != nil {
		return caller{}, err
	}
	if err := n.admits(t.Token); err != nil {
		return caller{}, err
	}
	return caller{user: s.userByID(t.User), token: &t.Token}, nil
}

func (s *Service) tokenFor(plain string) (*apiToken, error) {
	if !strings.HasPrefix(plain, tokenPrefix) {
		return nil, refuse(http.StatusUnauthorized, "%s", oldToken)
	}
	hash := digest(plain)
	for _, t := range s.db.Tokens {
		expired := !t.Token.Expires.IsZero() && !t.Token.Expires.After(s.now())
		if t.Hash == hash && !t.Revoked && !expired {
			return t, nil
		}
	}
	return nil, forbidden("authentication failed")
}

func (n need) admits(t Token) error {
	if n.cookieOnly {
		return forbidden("this action can only be performed on the crates.io website")
	}
	legacy := t.Scopes == nil
	if !legacy && (n.scope == "" || !slices.Contains(t.Scopes, n.scope)) || !n.admitsCrates(t) {
		return forbidden("this token does not have the required permissions to perform this action")
	}
	if legacy && n.noLegacy {
		return forbidden("This endpoint cannot be used with legacy API tokens. Use a scoped API token instead.")
	}
	return nil
}

func (n need) admitsCrates(t Token) bool {
	if len(t.Crates) == 0 || n.anyCrate {
		return true
	}
	return n.crate != "" && slices.ContainsFunc(t.Crates, func(p string) bool { return covers(p, n.crate) })
}
