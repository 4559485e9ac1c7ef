package cratesio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/Masterminds/semver/v3"
)

const maxVersion = 150

const notOwner = "this crate exists but you don't seem to be an owner. If you believe this is a mistake, " +
	"perhaps you need to accept an invitation to be an owner before publishing."

// publisher is who publishes: a user, or a run of a workflow.
type publisher struct {
	user *User
	run  *TrustedRun
}

// publication is an upload on its way through the checks.
type publication struct {
	announced
	by       publisher
	existing *crate
	file     []byte
	manifest *manifest
	deps     []dependency
}

// publish takes `cargo publish` (src/controllers/krate/publish.rs). The stages
// are the server's, in its order.
func (s *Service) publish(r *http.Request) (any, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxMetadata+2*maxCrate))
	if err != nil {
		return nil, refuse(http.StatusRequestEntityTooLarge, "max upload size is: %d", maxCrate)
	}
	body := bytes.NewReader(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	var p publication
	if p.announced, err = readAnnounced(body); err != nil {
		return nil, err
	}
	if err := s.nameFree(p.announced); err != nil {
		return nil, err
	}
	p.existing = s.crateNamed(p.Name)
	if p.by, err = s.publisher(r, p); err != nil {
		return nil, err
	}
	if p.file, err = readCrate(body); err != nil {
		return nil, err
	}
	if err := s.examine(&p); err != nil {
		return nil, err
	}
	return s.accept(p)
}

// nameFree checks name and version before anybody is asked who they are.
func (s *Service) nameFree(a announced) error {
	if err := validName("crate", a.Name); err != nil {
		return badRequest("%s", err)
	}
	if _, err := semver.StrictNewVersion(a.Vers); err != nil {
		return badRequest("\"%s\" is an invalid semver version", a.Vers)
	}
	if utf8.RuneCountInString(a.Vers) > maxVersion {
		return badRequest("the version number is too long (max %d characters)", maxVersion)
	}
	for _, d := range s.db.Deleted {
		if canonical(d.Name) == canonical(a.Name) && d.Available.After(s.now()) {
			return badRequest("A crate with the name `%s` was recently deleted. Reuse of this name will be available after %s.",
				d.Name, d.Available.UTC().Format("2006-01-02T15:04:05Z"))
		}
	}
	return nil
}

// publisher tells who may publish, by temporary token or by user token.
func (s *Service) publisher(r *http.Request, p publication) (publisher, error) {
	plain, _, err := bearer(r)
	if err != nil {
		return publisher{}, err
	}
	if strings.HasPrefix(plain, mintedPrefix) {
		run, err := s.trustedRun(plain, p.existing)
		return publisher{run: run}, err
	}
	scope, limited := PublishUpdate, publishUpdate
	if p.existing == nil {
		scope, limited = PublishNew, publishNew
	}
	who, err := s.authenticate(r, need{scope: scope, crate: p.Name})
	if err != nil {
		return publisher{}, err
	}
	if p.existing != nil && p.existing.TrustpubOnly {
		return publisher{}, forbidden("New versions of this crate can only be published using Trusted Publishing " +
			"(see https://crates.io/docs/trusted-publishing).")
	}
	if !who.user.Verified {
		return publisher{}, badRequest("A verified email address is required to publish crates to crates.io. " +
			"Visit https://crates.io/settings/profile to set and verify your email address.")
	}
	return publisher{user: who.user}, s.take(who.user, limited)
}

// trustedRun is the run that a temporary token was minted for.
func (s *Service) trustedRun(plain string, existing *crate) (*TrustedRun, error) {
	hash, ok := parseMinted(plain)
	if !ok {
		return nil, refuse(http.StatusUnauthorized, "Invalid `Authorization` header: Failed to parse token")
	}
	if existing == nil {
		return nil, forbidden("Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first")
	}
	for _, m := range s.db.Minted {
		if m.Hash != hash || !m.Expires.After(s.now()) {
			continue
		}
		if !slices.Contains(m.Crates, existing.ID) {
			return nil, forbidden("The provided access token is not valid for crate `%s`", existing.Name)
		}
		return &m.Run, nil
	}
	return nil, forbidden("Invalid authentication token")
}

// examine reads the crate file and refuses what is wrong with it.
func (s *Service) examine(p *publication) error {
	var err error
	if p.manifest, err = readTarball(p.Name+"-"+p.Vers, p.file); err != nil {
		return err
	}
	found := p.manifest.Package
	if found.Name != p.Name {
		return badRequest("metadata name `%s` does not match manifest name `%s`", p.Name, found.Name)
	}
	if found.Version != p.Vers {
		return badRequest("metadata version `%s` does not match manifest version `%s`", p.Vers, found.Version)
	}
	if err := p.manifest.check(); err != nil {
		return err
	}
	if p.deps, err = p.manifest.checked(); err != nil {
		return err
	}
	return s.fits(p)
}

// fits checks the publication against what the registry holds.
func (s *Service) fits(p *publication) error {
	if slices.ContainsFunc(s.db.Reserved, func(name string) bool { return canonical(name) == canonical(p.Name) }) {
		return badRequest("cannot upload a crate with a reserved name")
	}
	if c := p.existing; c != nil {
		if p.by.user != nil && !c.mayPublish(p.by.user) {
			return forbidden("%s", notOwner)
		}
		if c.Name != p.Name {
			return badRequest("crate was previously named `%s`", c.Name)
		}
		// Versions that differ in build metadata alone are the same to cargo.
		number, _, _ := strings.Cut(p.Vers, "+")
		for _, v := range c.Versions {
			if other, _, _ := strings.Cut(v.Num, "+"); other == number {
				return badRequest("crate version `%s` is already uploaded", number)
			}
		}
	}
	for _, d := range p.deps {
		if c := s.crateNamed(d.Crate); c == nil || c.Name != d.Crate {
			return badRequest("no known crate named `%s`", d.Crate)
		}
	}
	return knownCategories(p.manifest.Package.Categories)
}

// accept puts the version on the registry.
func (s *Service) accept(p publication) (any, error) {
	c, found, now := p.existing, p.manifest.Package, s.now()
	if c == nil {
		c = &crate{ID: s.nextID(), Name: p.Name, Created: now, Owners: []int{p.by.user.ID}}
		s.db.Crates = append(s.db.Crates, c)
	}
	c.Description, c.Homepage, c.Documentation = found.Description, found.Homepage, found.Documentation
	c.Repository, c.Keywords, c.Categories, c.Updated = found.Repository, found.Keywords, found.Categories, now
	sum := sha256.Sum256(p.file)
	v := &version{
		ID: s.nextID(), Num: p.Vers, Checksum: hex.EncodeToString(sum[:]), Size: len(p.file),
		License: found.License, Edition: found.Edition, RustVersion: found.RustVersion, Links: found.Links,
		Features: p.manifest.Features, Deps: p.deps, Created: now, Trusted: p.by.run,
	}
	if p.by.user != nil {
		v.PublishedBy = p.by.user.ID
	}
	c.Versions = append(c.Versions, v)
	if err := s.state.Save(fileName(v.Checksum), p.file); err != nil {
		return nil, err
	}
	if err := s.save(); err != nil {
		return nil, err
	}
	none := []string{}
	return map[string]any{
		"crate":    s.crateView(c, crateParts{}),
		"warnings": map[string]any{"invalid_categories": none, "invalid_badges": none, "other": none},
	}, nil
}

// fileName is where a crate file is kept.
func fileName(checksum string) string { return "cratesio-file-" + checksum }
