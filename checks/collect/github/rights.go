package github

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// readUser reads who is signed in, and what GitHub tells of the token with it.
func (l *look) readUser(ctx context.Context) (evidence.Fact[evidence.User], evidence.Fact[evidence.Token]) {
	src := l.Source("user")
	if !l.SignedIn() {
		nobody := evidence.Source{Name: "gh auth"}
		return evidence.Absent[evidence.User](nobody), evidence.Absent[evidence.Token](nobody)
	}
	var u struct {
		Login string
		ID    int64
	}
	answer, err := l.Get(ctx, "user", &u)
	if err == nil && (u.Login == "" || u.ID == 0) {
		err = answer.Shape("it describes no user")
	}
	if err != nil {
		return transport.Unknown[evidence.User](src, err), transport.Unknown[evidence.Token](src, err)
	}
	return evidence.Seen(evidence.User{Login: u.Login, ID: u.ID}, answer.Source()), evidence.Seen(token(answer.Header), answer.Source())
}

// expirations are the forms in which GitHub writes a token's end
// (docs.github.com, "Token expiration and revocation", read 2026-08).
var expirations = []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"}

func token(h http.Header) evidence.Token {
	var out evidence.Token
	scopes, classic := h["X-Oauth-Scopes"]
	out.Classic = classic
	out.Scopes = strings.FieldsFunc(strings.Join(scopes, ","), func(r rune) bool { return r == ',' || r == ' ' })
	for _, form := range expirations {
		if end, err := time.Parse(form, h.Get("GitHub-Authentication-Token-Expiration")); err == nil {
			out.Expires = end.UTC()
		}
	}
	return out
}

// readRole reads what the person may do, which can be more than the token lets
// through. Whoever asks again gets the pass's answer.
func (l *look) readRole(ctx context.Context) evidence.Fact[string] {
	user, ok := l.user.Get()
	if !ok {
		return evidence.Carry[string](l.user)
	}
	path := l.base + "/collaborators/" + rest.Path(user.Login) + "/permission"
	var p struct {
		Role string `json:"role_name"`
	}
	answer, err := l.Get(ctx, path, &p)
	if err == nil && p.Role == "" {
		err = answer.Shape("it names no role")
	}
	if err != nil {
		return transport.Unknown[string](l.Source(path), err)
	}
	return evidence.Seen(p.Role, answer.Source())
}
