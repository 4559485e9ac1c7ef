package oidc

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Verifier is a registry's check of identity tokens. Registries keep the ids
// (Claims.ID) of the tokens that they accept, so that each is used once.
type Verifier struct {
	// Client fetches the issuer's keys.
	Client *http.Client
	// Audience is the `aud` that tokens must be made for.
	Audience string
	// Leeway allows for clocks that differ; 0 for none.
	Leeway time.Duration
	// Now is the time that tokens are judged at; nil means time.Now.
	Now func() time.Time

	mu   sync.Mutex
	keys map[string]*rsa.PublicKey
}

// ErrNoKey is in the error for a token signed by a key that the issuer does
// not publish.
var ErrNoKey = errors.New("the issuer publishes no such key")

// Verify returns the claims of a token that is signed by the issuer, made for
// the audience, and valid now. The error wraps jwt.ErrTokenExpired,
// jwt.ErrTokenInvalidAudience and so on.
func (v *Verifier) Verify(ctx context.Context, token string) (*Claims, error) {
	now := v.Now
	if now == nil {
		now = time.Now
	}
	claims := &Claims{}
	_, err := jwt.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) { return v.key(ctx, t) },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(IssuerURL), jwt.WithAudience(v.Audience),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(v.Leeway), jwt.WithTimeFunc(now))
	if err != nil {
		return nil, fmt.Errorf("identity token refused: %w", err)
	}
	if claims.IssuedAt == nil || claims.ID == "" {
		return nil, fmt.Errorf("identity token refused: %w: iat and jti must be given", jwt.ErrTokenRequiredClaimMissing)
	}
	return claims, nil
}

func (v *Verifier) key(ctx context.Context, t *jwt.Token) (*rsa.PublicKey, error) {
	kid, _ := t.Header["kid"].(string)
	v.mu.Lock()
	defer v.mu.Unlock()
	if key := v.keys[kid]; key != nil {
		return key, nil
	}
	keys, err := v.fetch(ctx)
	if err != nil {
		return nil, err
	}
	v.keys = keys
	if key := keys[kid]; key != nil {
		return key, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrNoKey, kid)
}

// keysLimit is far above what a key set of a few keys needs.
const keysLimit = 1 << 20

func (v *Verifier) fetch(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	const from = IssuerURL + "/.well-known/jwks"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	answered, err := v.Client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", from, err)
	}
	defer func() { _ = answered.Body.Close() }()
	if answered.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching %s: %s", from, answered.Status)
	}
	var set struct{ Keys []jwk }
	if err := json.NewDecoder(io.LimitReader(answered.Body, keysLimit)).Decode(&set); err != nil {
		return nil, fmt.Errorf("reading %s: %w", from, err)
	}
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		key, err := k.public()
		if err != nil {
			return nil, fmt.Errorf("reading %s: key %q: %w", from, k.ID, err)
		}
		keys[k.ID] = key
	}
	return keys, nil
}

func (k jwk) public() (*rsa.PublicKey, error) {
	if k.KeyType != "RSA" {
		return nil, fmt.Errorf("is of type %q, not RSA", k.KeyType)
	}
	n, err := base64.RawURLEncoding.DecodeString(k.Modulus)
	if err != nil {
		return nil, err
	}
	e, err := base64.RawURLEncoding.DecodeString(k.Exponent)
	if err != nil {
		return nil, err
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
}
