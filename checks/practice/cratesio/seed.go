package cratesio

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"time"
)

// deletedFor is how long the name of a deleted crate stays blocked
// (src/controllers/krate/delete.rs).
const deletedFor = 24 * time.Hour

// Seed describes a crate version that was published before the world began.
type Seed struct {
	Owner, Name, Version string
	// Repository is the address that the manifest gives, or "".
	Repository string
	// Needs are crates that are there already, which it depends on.
	Needs []string
	// Trusted is the run that published it; nil for a publication by Owner.
	Trusted *TrustedRun
}

// AddCrate publishes a small library in the name of a user, past limits and
// without an e-mail address, as if it had always been there.
func (s *Service) AddCrate(seed Seed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.signIn(seed.Owner)
	if err != nil {
		return err
	}
	file, err := seed.file()
	if err != nil {
		return err
	}
	p := publication{announced: announced{Name: seed.Name, Vers: seed.Version}, file: file, by: publisher{user: u}}
	if err := s.nameFree(p.announced); err != nil {
		return fmt.Errorf("adding the crate %s %s: %w", seed.Name, seed.Version, err)
	}
	p.existing = s.crateNamed(seed.Name)
	if err := s.examine(&p); err != nil {
		return fmt.Errorf("adding the crate %s %s: %w", seed.Name, seed.Version, err)
	}
	if seed.Trusted != nil && p.existing != nil {
		p.by = publisher{run: seed.Trusted}
	}
	_, err = s.accept(p)
	return err
}

// file is a crate file with a manifest and an empty library.
func (seed Seed) file() ([]byte, error) {
	manifest := fmt.Sprintf("[package]\nname = %q\nversion = %q\nedition = \"2021\"\ndescription = %q\nlicense = \"MIT OR Apache-2.0\"\n",
		seed.Name, seed.Version, "The practice crate "+seed.Name)
	if seed.Repository != "" {
		manifest += fmt.Sprintf("repository = %q\n", seed.Repository)
	}
	for i, name := range seed.Needs {
		if i == 0 {
			manifest += "\n[dependencies]\n"
		}
		manifest += fmt.Sprintf("%s = %q\n", name, ">=0")
	}
	var file bytes.Buffer
	zipped := gzip.NewWriter(&file)
	archive := tar.NewWriter(zipped)
	for _, part := range []struct{ name, text string }{{"Cargo.toml", manifest}, {"src/lib.rs", ""}} {
		header := &tar.Header{Name: seed.Name + "-" + seed.Version + "/" + part.name, Mode: 0o644, Size: int64(len(part.text)), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write([]byte(part.text)); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zipped.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// SetTrustpubOnly says whether a crate may be published by trusted publishers
// alone.
func (s *Service) SetTrustpubOnly(name string, only bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	if c == nil {
		return fmt.Errorf("setting trusted publishing only: %w", crateNotFound(name))
	}
	c.TrustpubOnly = only
	return s.save()
}

// DeleteCrate takes a crate and its publishers away and blocks its name for a
// day.
func (s *Service) DeleteCrate(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.crateNamed(name)
	if c == nil {
		return fmt.Errorf("deleting a crate: %w", crateNotFound(name))
	}
	s.db.Crates = slices.DeleteFunc(s.db.Crates, func(other *crate) bool { return other == c })
	s.db.Publishers = slices.DeleteFunc(s.db.Publishers, func(p *Publisher) bool { return p.Crate == c.Name })
	s.db.Deleted = append(s.db.Deleted, deleted{Name: c.Name, Available: s.now().Add(deletedFor)})
	return s.save()
}

// ReserveName keeps a name from being published by anybody.
func (s *Service) ReserveName(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.db.Reserved = append(s.db.Reserved, name)
	return s.save()
}
