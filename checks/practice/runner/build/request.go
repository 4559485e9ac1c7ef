package build

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// metadata is the JSON part of cargo's publish request (The Cargo Book,
// "Registry Web API", section Publish).
type metadata struct {
	Name          string              `json:"name"`
	Vers          string              `json:"vers"`
	Deps          []Dependency        `json:"deps"`
	Features      map[string][]string `json:"features"`
	Authors       []string            `json:"authors"`
	Description   *string             `json:"description"`
	Documentation *string             `json:"documentation"`
	Homepage      *string             `json:"homepage"`
	Readme        *string             `json:"readme"`
	ReadmeFile    *string             `json:"readme_file"`
	Keywords      []string            `json:"keywords"`
	Categories    []string            `json:"categories"`
	License       *string             `json:"license"`
	LicenseFile   *string             `json:"license_file"`
	Repository    *string             `json:"repository"`
	Badges        map[string]any      `json:"badges"`
	Links         *string             `json:"links"`
	RustVersion   *string             `json:"rust_version"`
}

// PublishBody is the body of PUT /api/v1/crates/new: the length of the metadata
// as a little-endian 32-bit number, the metadata, the length of the .crate, the
// .crate.
func (c *Crate) PublishBody(a *Archive) ([]byte, error) {
	m, err := c.metadata()
	if err != nil {
		return nil, err
	}
	head, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("describing %s for its registry: %w", c.Name, err)
	}
	var body bytes.Buffer
	for _, part := range [][]byte{head, a.Data} {
		body.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(part))))
		body.Write(part)
	}
	return body.Bytes(), nil
}

func (c *Crate) metadata() (metadata, error) {
	deps, err := c.Dependencies()
	if err != nil {
		return metadata{}, err
	}
	p := c.pkg()
	m := metadata{Name: c.Name, Vers: c.Version, Deps: deps, Features: map[string][]string{}, Badges: map[string]any{},
		Authors: asTexts(p["authors"]), Keywords: asTexts(p["keywords"]), Categories: asTexts(p["categories"]),
		Description: textOrNil(p, "description"), Documentation: textOrNil(p, "documentation"), Homepage: textOrNil(p, "homepage"),
		License: textOrNil(p, "license"), LicenseFile: textOrNil(p, "license-file"), Repository: textOrNil(p, "repository"),
		Links: textOrNil(p, "links"), RustVersion: textOrNil(p, "rust-version")}
	features := asTable(c.manifest["features"])
	for name := range features {
		m.Features[name] = asTexts(features[name])
	}
	if name := c.readme(); name != "" {
		text, err := os.ReadFile(filepath.Join(c.Dir, filepath.FromSlash(name)))
		if err != nil {
			return m, fmt.Errorf("readme `%s` does not appear to exist (relative to `%s`): %w", name, c.Dir, err)
		}
		readme := string(text)
		m.Readme, m.ReadmeFile = &readme, &name
	}
	return m, nil
}

func textOrNil(p table, key string) *string {
	if s, ok := p[key].(string); ok {
		return &s
	}
	return nil
}
