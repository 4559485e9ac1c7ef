package python

import (
	"path"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// fromCrate is a field that maturin takes from Cargo.toml (maturin's
// src/metadata.rs, 2026-07-23).
func (p *project) fromCrate(key string) evidence.Fact[string] {
	manifest := p.crateManifest()
	found, ok := p.crate(manifest)
	if !ok {
		return p.unknown(p.file(Pyproject), p.doc.Get("build-system").At(),
			"taken by maturin from %s, which has no readable [package]", manifest)
	}
	switch key {
	case "name":
		return found.Name
	case "version":
		return found.Version
	case "description":
		return found.Description
	case "license":
		return found.License
	case "urls": // maturin makes one of the crate's repository
		return found.Repository
	}
	return p.computedBy(key, 0)
}

// crateManifest is the Cargo.toml that maturin builds: manifest-path, else
// rust/Cargo.toml beside a Python source folder, else the one in the folder
// (maturin's src/project_layout.rs, 2026-07-23).
func (p *project) crateManifest() string {
	if text, ok := p.doc.Get("tool", "maturin", "manifest-path").Text(); ok {
		return path.Join(p.dir, text)
	}
	if inRust := p.file("rust/Cargo.toml"); p.tree.Exists(inRust) && p.pythonFirst() {
		return inRust
	}
	return p.file("Cargo.toml")
}

func (p *project) pythonFirst() bool {
	if p.doc.Get("tool", "maturin", "python-source") != nil {
		return true
	}
	name, _ := p.doc.Get("project", "name").Text()
	folder := strings.ReplaceAll(name, "-", "_")
	return folder != "" && p.tree.Exists(p.file(path.Join("src", folder, "__init__.py")))
}
