// Package cargo finds the crates of a tree as cargo does: single crates and
// workspaces, with every value traced to the manifest and line that sets it.
//
// The rules are cargo's own (The Cargo Book, "Workspaces" and "The Manifest
// Format", cargo 1.95, 2026-04; src/cargo/core/workspace.rs).
package cargo

import (
	"errors"
	"path"
	"sort"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Manifest is the file name that cargo looks for.
const Manifest = "Cargo.toml"

// Crates is what was found.
type Crates struct {
	// Packages are the crates, what others depend on first, and alphabetical
	// where nothing else decides.
	Packages []evidence.Package
	// Cycles are groups of crates of which each needs another one first.
	Cycles [][]string
	// Problems are manifests, or parts of them, that could not be understood.
	Problems []evidence.Problem

	reader *reader
}

// Read finds the crates of a tree whose manifests a listing names.
func Read(tree files.Tree, listing files.Listing) Crates {
	r := &reader{tree: tree, byPath: map[string]*crate{}, byName: map[string]*crate{}, listed: listing.ByName[Manifest]}
	r.workspaces()
	r.loners()
	ordered, cycles := r.order()
	found := Crates{Cycles: cycles, reader: r}
	for _, c := range ordered {
		found.Packages = append(found.Packages, r.evidence(c))
	}
	found.Problems = r.problems
	return found
}

// At reads the crate of one manifest, also of one that is no package to publish
// by itself: maturin takes a wheel's version from there.
func (c *Crates) At(manifest string) (evidence.Package, bool) {
	found := c.reader.load(manifest)
	if found == nil || !found.isPackage() {
		return evidence.Package{}, false
	}
	return c.reader.evidence(found), true
}

// reader holds the manifests read so far.
type reader struct {
	tree     files.Tree
	listed   []string
	byPath   map[string]*crate // nil: read, and not understood
	byName   map[string]*crate // the members, by identity.NormalizeCrate
	members  []*crate
	problems []evidence.Problem
}

// crate is one Cargo.toml.
type crate struct {
	path, dir string
	doc       *tomlpos.Value
	pkg       *tomlpos.Value
	// root is the manifest of the workspace that the crate is a member of; nil
	// when it stands alone.
	root *crate
	// counted is set once the crate is among the packages.
	counted bool
}

func (c *crate) isPackage() bool       { return c.pkg.IsTable() }
func (c *crate) isWorkspaceRoot() bool { return c.doc.Get("workspace").IsTable() }

// name is the package's name for ordering; its fact is made elsewhere.
func (c *crate) name() string {
	text, _ := c.pkg.Get("name").Text()
	return evidence.CleanLine(text)
}

// load reads a manifest once; nil when it cannot be understood, which is then
// among the problems.
func (r *reader) load(manifest string) *crate {
	if c, done := r.byPath[manifest]; done {
		return c
	}
	r.byPath[manifest] = nil
	data, err := r.tree.Read(manifest)
	if err != nil {
		r.problem(manifest, 0, err.Error())
		return nil
	}
	data, _ = files.TrimBOM(data)
	doc, err := tomlpos.Parse(data)
	if err != nil {
		line := 0
		var syntax *tomlpos.SyntaxError
		if errors.As(err, &syntax) {
			line = syntax.Line
		}
		r.problem(manifest, line, "is no valid TOML: "+err.Error())
		return nil
	}
	c := &crate{path: manifest, dir: path.Dir(manifest), doc: doc, pkg: doc.Get("package")}
	if c.pkg == nil {
		c.pkg = doc.Get("project") // the table's name before cargo 1.0
	}
	r.byPath[manifest] = c
	return c
}

func (r *reader) problem(manifest string, line int, why string) {
	r.problems = append(r.problems, evidence.Problem{
		Source: r.tree.Source(manifest, line), Why: evidence.CleanLine(why),
	})
}

// count takes a crate among the packages, once.
func (r *reader) count(c *crate) {
	if c.counted {
		return
	}
	c.counted = true
	if !c.isPackage() {
		return
	}
	r.members = append(r.members, c)
	if key := identity.NormalizeCrate(c.name()); key != "" && r.byName[key] == nil {
		r.byName[key] = c
	}
}

// byDepth sorts paths so that a workspace's root comes before what lies below.
func byDepth(paths []string) []string {
	sorted := append([]string(nil), paths...)
	depth := func(p string) int { return len(splitPath(path.Dir(p))) }
	sort.SliceStable(sorted, func(i, j int) bool {
		if a, b := depth(sorted[i]), depth(sorted[j]); a != b {
			return a < b
		}
		return sorted[i] < sorted[j]
	})
	return sorted
}
