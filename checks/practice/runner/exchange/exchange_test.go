package exchange

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/internal/wire"
)

func answering(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

// Whatever a server answers, there is a token or an error that says why.
func TestAnswersThatAreNoTokens(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{{200, ""}, {200, "<html>"}, {200, "{}"}, {200, `{"token":5}`}, {200, "null"}, {500, "oops"}, {403, `{"errors":"x"}`}, {404, strings.Repeat("x", 5000)}} {
		h := answering(c.status, c.body)
		client := wire.New(map[string]http.Handler{"crates.io": h, "pypi.org": h, "gh": h}).Client()
		_, crates := CratesIO(context.Background(), client, "jwt")
		_, pypi := PyPI(context.Background(), client, "https://pypi.org", "jwt")
		_, audience := Audience(context.Background(), client, "https://pypi.org")
		_, github := Endpoint{URL: "https://gh/?a=b", Token: "t"}.IDToken(context.Background(), client, "aud")
		for i, err := range []error{crates, pypi, audience, github} {
			if err == nil || len(err.Error()) > 700 {
				t.Errorf("%d %.20q: call %d gave %v", c.status, c.body, i, err)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	client := wire.New(map[string]http.Handler{
		"crates.io": answering(400, `{"errors":[{"detail":"No Trusted Publishing config found for repository`+" `o/r`"+`."}]}`),
		"pypi.org":  answering(422, `{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"valid token, but"}]}`),
	}).Client()
	var r *Refusal
	if _, err := CratesIO(context.Background(), client, "j"); !errors.As(err, &r) || r.Status != 400 || r.Error() != "No Trusted Publishing config found for repository `o/r`." {
		t.Errorf("crates.io: %v", err)
	}
	if _, err := PyPI(context.Background(), client, "https://pypi.org", "j"); !errors.As(err, &r) || r.Error() != "invalid-publisher: valid token, but" {
		t.Errorf("PyPI: %v", err)
	}
	if err := RevokeCratesIO(context.Background(), client, "secret"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("revoking: %v", err)
	}
	if _, err := (Endpoint{}).IDToken(context.Background(), client, "x"); !errors.Is(err, ErrNoPermission) {
		t.Errorf("without an endpoint: %v", err)
	}
}

func TestIndex(t *testing.T) {
	for url, want := range map[string]string{"https://upload.pypi.org/legacy/": "https://pypi.org", "https://test.pypi.org/legacy/": "https://test.pypi.org", "nonsense": "", "": "", "%": ""} {
		if got, err := Index(url); got != want || (err == nil) != (want != "") {
			t.Errorf("Index(%q) = %q, %v", url, got, err)
		}
	}
}

func FuzzClaims(f *testing.F) {
	f.Add("a.eyJhIjoiYiJ9.c")
	f.Add("..")
	f.Add("a.bnVsbA.c")
	f.Fuzz(func(t *testing.T, jwt string) {
		if claims, err := Claims(jwt); err == nil && strings.Count(jwt, ".") != 2 {
			t.Errorf("%q gave %v", jwt, claims)
		}
	})
}
