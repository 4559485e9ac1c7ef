package oidc

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func issuer(t *testing.T, state box.State) *Issuer {
	t.Helper()
	i, err := NewIssuer(state)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func verifier(i *Issuer, audience string, now time.Time) *Verifier {
	return &Verifier{
		Client: &http.Client{Transport: handlerTransport{i}}, Audience: audience, Now: func() time.Time { return now },
	}
}

func sign(t *testing.T, i *Issuer, audience string) string {
	t.Helper()
	c := Claims{Repository: "acme/x", Environment: "release", RunID: "7"}
	c.Audience = jwt.ClaimStrings{audience}
	token, err := i.Sign(c, noon)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestASignedTokenIsAcceptedWithItsClaims(t *testing.T) {
	i := issuer(t, &box.MemoryState{})
	claims, err := verifier(i, "pypi", noon).Verify(t.Context(), sign(t, i, "pypi"))
	if err != nil {
		t.Fatal(err)
	}
	if claims.Repository != "acme/x" || claims.Environment != "release" || claims.RunID != "7" || claims.Issuer != IssuerURL {
		t.Errorf("claims changed on the way: %+v", claims)
	}
	again, _ := verifier(i, "pypi", noon).Verify(t.Context(), sign(t, i, "pypi"))
	if claims.ID == "" || claims.ID == again.ID {
		t.Error("each token must have an id of its own, or single use means nothing")
	}
}

func TestTimeDecides(t *testing.T) {
	i := issuer(t, &box.MemoryState{})
	token := sign(t, i, "pypi")
	for _, c := range []struct {
		after time.Duration
		want  error
	}{
		{0, nil}, {Life - time.Second, nil}, {Life + time.Second, jwt.ErrTokenExpired},
		{-time.Second, jwt.ErrTokenUsedBeforeIssued}, {-EarlyBy - time.Second, jwt.ErrTokenNotValidYet},
	} {
		if _, err := verifier(i, "pypi", noon.Add(c.after)).Verify(t.Context(), token); !errors.Is(err, c.want) {
			t.Errorf("%s after issue: %v, want %v", c.after, err, c.want)
		}
	}
}

func TestAnotherAudienceIsRefused(t *testing.T) {
	i := issuer(t, &box.MemoryState{})
	for _, asked := range []string{"testpypi", "crates.io", "", "PYPI"} {
		if _, err := verifier(i, asked, noon).Verify(t.Context(), sign(t, i, "pypi")); !errors.Is(err, jwt.ErrTokenInvalidAudience) {
			t.Errorf("audience %q: %v", asked, err)
		}
	}
}

func TestATamperedTokenIsRefused(t *testing.T) {
	i := issuer(t, &box.MemoryState{})
	parts := strings.Split(sign(t, i, "pypi"), ".")
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	changed := strings.Replace(string(payload), "acme/x", "evil/x", 1)
	if changed == string(payload) {
		t.Fatal("the test changed nothing")
	}
	forged := parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(changed)) + "." + parts[2]
	if _, err := verifier(i, "pypi", noon).Verify(t.Context(), forged); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		t.Errorf("a changed claim: %v", err)
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": IssuerURL, "aud": "pypi"})
	none, _ := unsigned.SignedString(jwt.UnsafeAllowNoneSignatureType)
	if _, err := verifier(i, "pypi", noon).Verify(t.Context(), none); !errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		t.Errorf("alg none: %v", err)
	}
}

func TestATokenOfAnotherIssuerIsRefused(t *testing.T) {
	ours, theirs := issuer(t, &box.MemoryState{}), issuer(t, &box.MemoryState{})
	if _, err := verifier(ours, "pypi", noon).Verify(t.Context(), sign(t, theirs, "pypi")); !errors.Is(err, ErrNoKey) {
		t.Errorf("another key: %v", err)
	}
}

func TestAWorldTakenUpAgainKeepsItsKey(t *testing.T) {
	state := &box.MemoryState{}
	token := sign(t, issuer(t, state), "pypi")
	if _, err := verifier(issuer(t, state), "pypi", noon).Verify(t.Context(), token); err != nil {
		t.Error(err)
	}
	broken := &box.MemoryState{}
	_ = broken.Save(stateName, "no key")
	if _, err := NewIssuer(broken); err == nil {
		t.Error("a broken key must be an error, not a new key in silence")
	}
}

func TestAnIssuerThatCannotBeReadIsAnError(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"html":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		"curve": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[{"kty":"EC"}]}`)) },
	} {
		v := &Verifier{Client: &http.Client{Transport: handlerTransport{h}}, Audience: "pypi"}
		if _, err := v.Verify(t.Context(), sign(t, issuer(t, &box.MemoryState{}), "pypi")); err == nil {
			t.Errorf("%s: a token was accepted without a key", name)
		}
	}
}
