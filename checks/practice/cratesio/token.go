package cratesio

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"
	"time"
)

// Scope is something that an API token may do
// (crates/crates_io_database/src/models/token/scopes.rs).
type Scope string

// The scopes of API tokens.
const (
	ChangeOwners      Scope = "change-owners"
	PublishNew        Scope = "publish-new"
	PublishUpdate     Scope = "publish-update"
	TrustedPublishing Scope = "trusted-publishing"
	Yank              Scope = "yank"
)

// Scopes lists all scopes in the order of the form.
var Scopes = []Scope{ChangeOwners, PublishNew, PublishUpdate, TrustedPublishing, Yank}

// Token describes an API token of a user.
type Token struct {
	Name string
	// Scopes limits what the token may do; nil is an old token without
	// scopes, which may do most things but changes no crate settings.
	Scopes []Scope
	// Crates limits the names that it is for: "name", "prefix*" or "*". None
	// means every crate.
	Crates []string
	// Expires is zero for a token that never does.
	Expires time.Time
}

// apiToken is a token as it is kept: hashed.
type apiToken struct {
	ID      int
	User    int
	Hash    string
	Token   Token
	Created time.Time
	Revoked bool
}

// minted is a temporary token of trusted publishing, for the crates whose
// configuration matched.
type minted struct {
	Hash    string
	Crates  []int
	Expires time.Time
	Run     TrustedRun
}

// mintedLife is how long a temporary token lives
// (src/controllers/trustpub/tokens/exchange/mod.rs).
const mintedLife = 30 * time.Minute

const (
	tokenPrefix  = "cio"
	mintedPrefix = "cio_tp_"
	// mintedRaw is the length of the random part of a temporary token.
	mintedRaw    = 31
	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// AddToken makes an API token and returns it as the person sees it once.
func (s *Service) AddToken(login string, t Token) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(login)
	if err != nil {
		return "", err
	}
	return s.addToken(u, t)
}

func (s *Service) addToken(u *User, t Token) (string, error) {
	plain := tokenPrefix + randomString(32)
	s.db.Tokens = append(s.db.Tokens, &apiToken{ID: s.nextID(), User: u.ID, Hash: digest(plain), Token: t, Created: s.now()})
	return plain, s.save()
}

func randomString(length int) string {
	var b strings.Builder
	for range length {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphanumeric))))
		if err != nil {
			panic("no randomness: " + err.Error()) // crypto/rand never fails on supported systems
		}
		b.WriteByte(alphanumeric[n.Int64()])
	}
	return b.String()
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// newMinted makes a temporary token: prefix, random part, check character
// (crates/crates_io_trustpub/src/access_token.rs). The hash is of the random
// part alone.
func newMinted() (plain, hash string) {
	raw := randomString(mintedRaw)
	return mintedPrefix + raw + string(checkCharacter(raw)), digest(raw)
}

func checkCharacter(raw string) byte {
	sum := byte(0)
	for i := range len(raw) {
		sum ^= raw[i]
	}
	return alphanumeric[int(sum)%len(alphanumeric)]
}

// parseMinted returns the hash that a temporary token is kept under.
func parseMinted(plain string) (hash string, ok bool) {
	rest, found := strings.CutPrefix(plain, mintedPrefix)
	if !found || len(rest) != mintedRaw+1 || strings.Trim(rest, alphanumeric) != "" {
		return "", false
	}
	raw := rest[:mintedRaw]
	if rest[mintedRaw] != checkCharacter(raw) {
		return "", false
	}
	return digest(raw), true
}

// covers tells whether a crate scope of a token covers a name; case and
// hyphens count, as on the server.
func covers(pattern, name string) bool {
	if prefix, wild := strings.CutSuffix(pattern, "*"); wild {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

func validCrateScope(pattern string) bool {
	if pattern == "*" {
		return true
	}
	return validName("crate", strings.TrimSuffix(pattern, "*")) == nil
}
