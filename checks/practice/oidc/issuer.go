package oidc

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
)

// keyBits is the size that RS256 asks for at least (RFC 7518, 3.3).
const keyBits = 2048

// stateName is where the key is kept, so that a world taken up again goes on
// with the tokens and keys that it had.
const stateName = "oidc-issuer"

// Issuer signs tokens and serves its public key. It is a [box.Service].
type Issuer struct {
	key *rsa.PrivateKey
	kid string
	mux *http.ServeMux
}

// NewIssuer makes the issuer with the key of the state, or with a new one that
// it saves there.
func NewIssuer(state box.State) (*Issuer, error) {
	key, err := keyFrom(state)
	if err != nil {
		return nil, fmt.Errorf("the signing key of %s: %w", IssuerURL, err)
	}
	thumb := sha256.Sum256(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	i := &Issuer{key: key, kid: base64.RawURLEncoding.EncodeToString(thumb[:]), mux: http.NewServeMux()}
	i.mux.HandleFunc("GET /.well-known/openid-configuration", i.configuration)
	i.mux.HandleFunc("GET /.well-known/jwks", i.keys)
	return i, nil
}

func keyFrom(state box.State) (*rsa.PrivateKey, error) {
	var kept string
	found, err := state.Load(stateName, &kept)
	if err != nil {
		return nil, err
	}
	if found {
		return parseKey(kept)
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, state.Save(stateName, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func parseKey(kept string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(kept))
	if block == nil {
		return nil, errors.New("what was kept is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("what was kept is a %T, not an RSA key", parsed)
	}
	return key, nil
}

// Sign makes a token out of claims: issuer, times, and, if empty, the id are
// filled in; audience and subject are the caller's.
func (i *Issuer) Sign(claims Claims, now time.Time) (string, error) {
	claims.Issuer = IssuerURL
	claims.IssuedAt = jwt.NewNumericDate(now)
	claims.NotBefore = jwt.NewNumericDate(now.Add(-EarlyBy))
	claims.ExpiresAt = jwt.NewNumericDate(now.Add(Life))
	if claims.ID == "" {
		claims.ID = uuid.NewString()
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, asGitHub(claims))
	token.Header["kid"] = i.kid
	signed, err := token.SignedString(i.key)
	if err != nil {
		return "", fmt.Errorf("signing an identity token: %w", err)
	}
	return signed, nil
}

// tokenClaims are claims as they stand in a token of GitHub's: one audience is
// a text, not a list of one. Registries refuse a list.
type tokenClaims struct {
	Claims
	Audience any `json:"aud,omitempty"`
}

func asGitHub(claims Claims) tokenClaims {
	if len(claims.RegisteredClaims.Audience) == 1 {
		return tokenClaims{Claims: claims, Audience: claims.RegisteredClaims.Audience[0]}
	}
	return tokenClaims{Claims: claims, Audience: claims.RegisteredClaims.Audience}
}

// Hosts is the issuer's one host.
func (i *Issuer) Hosts() []string { return []string{Host} }

// ServeHTTP serves the discovery document and the keys.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.mux.ServeHTTP(w, r) }

func (i *Issuer) configuration(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{
		"issuer":                                IssuerURL,
		"jwks_uri":                              IssuerURL + "/.well-known/jwks",
		"subject_types_supported":               []string{"public", "pairwise"},
		"response_types_supported":              []string{"id_token"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid"},
	})
}

type jwk struct {
	KeyType   string `json:"kty"`
	Algorithm string `json:"alg"`
	Use       string `json:"use"`
	ID        string `json:"kid"`
	Modulus   string `json:"n"`
	Exponent  string `json:"e"`
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	b64 := base64.RawURLEncoding.EncodeToString
	answer(w, map[string][]jwk{"keys": {{
		KeyType: "RSA", Algorithm: "RS256", Use: "sig", ID: i.kid,
		Modulus:  b64(i.key.N.Bytes()),
		Exponent: b64(big.NewInt(int64(i.key.E)).Bytes()),
	}}})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v)
}
