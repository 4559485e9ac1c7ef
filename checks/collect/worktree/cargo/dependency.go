package cargo

import (
	"path"
	"sort"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// dependency is one entry of a dependency table, with what it inherits from
// the workspace.
type dependency struct {
	name      string // the package's, also where the entry is renamed
	base      string // the folder that path is relative to
	path      string // "" without one
	git       bool
	elsewhere bool // from a registry other than crates.io
	versioned bool
	dev       bool
}

// manifest is the dependency's Cargo.toml in the tree, if it has a path.
func (d dependency) manifest() (string, bool) {
	if d.path == "" {
		return "", false
	}
	if path.IsAbs(d.path) {
		return "", false
	}
	return path.Join(d.base, strings.ReplaceAll(d.path, `\`, "/"), Manifest), true
}

// before says whether cargo needs the dependency on the registry before the
// crate: dev-dependencies without a version are left out of what is published.
func (d dependency) before() bool { return !d.dev || d.versioned }

// refused says whether a registry refuses the crate for want of a version.
func (d dependency) refused() bool { return !d.dev && !d.versioned && (d.path != "" || d.git) }

var dependencyTables = []struct {
	key string
	dev bool
}{
	{"dependencies", false}, {"build-dependencies", false}, {"build_dependencies", false},
	{"dev-dependencies", true}, {"dev_dependencies", true},
}

// dependencies are all dependencies of a crate, of every target and kind.
func dependencies(c *crate) []dependency {
	found := dependenciesIn(c, c.doc)
	targets := c.doc.Get("target")
	for _, target := range targets.Keys() {
		found = append(found, dependenciesIn(c, targets.Get(target))...)
	}
	return found
}

func dependenciesIn(c *crate, table *tomlpos.Value) []dependency {
	var found []dependency
	for _, kind := range dependencyTables {
		entries := table.Get(kind.key)
		for _, key := range entries.Keys() {
			d := c.dependency(key, entries.Get(key))
			d.dev = kind.dev
			found = append(found, d)
		}
	}
	return found
}

func (c *crate) dependency(key string, entry *tomlpos.Value) dependency {
	base := c.dir
	if inherit, _ := entry.Get("workspace").Truth(); inherit && c.root != nil {
		entry, base = c.root.doc.Get("workspace", "dependencies", key), c.root.dir
	}
	d := dependency{name: key, base: base}
	if !entry.IsTable() {
		_, d.versioned = entry.Text()
		return d
	}
	if renamed, ok := entry.Get("package").Text(); ok {
		d.name = renamed
	}
	d.path, _ = entry.Get("path").Text()
	d.git = entry.Get("git") != nil
	d.elsewhere = entry.Get("registry") != nil || entry.Get("registry-index") != nil
	d.versioned = entry.Get("version") != nil
	return d
}

// needs are the counted crates that must be published before c, each once,
// sorted by name. Without development dependencies they are those that later
// releases need as well: a development dependency is content with the release
// before.
func (r *reader) needs(c *crate, development bool) []*crate {
	var found []*crate
	seen := map[*crate]bool{c: true}
	for _, d := range dependencies(c) {
		if !d.before() || d.dev && !development {
			continue
		}
		if other := r.member(d); other != nil && !seen[other] {
			seen[other] = true
			found = append(found, other)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].name() < found[j].name() })
	return found
}

// member is the counted crate that a dependency means: by its path, or by its
// name where it comes from crates.io and the tree has it too (such trees use
// [patch.crates-io] to build against themselves).
func (r *reader) member(d dependency) *crate {
	if manifest, ok := d.manifest(); ok {
		if other := r.byPath[manifest]; other != nil && other.counted && other.isPackage() {
			return other
		}
		return nil
	}
	if d.git || d.elsewhere {
		return nil
	}
	return r.byName[identity.NormalizeCrate(d.name)]
}

// unversioned are the dependencies for which a registry refuses the crate.
func unversioned(c *crate) []string {
	var found []string
	seen := map[string]bool{}
	for _, d := range dependencies(c) {
		if name := evidence.CleanLine(d.name); d.refused() && !seen[name] {
			seen[name] = true
			found = append(found, name)
		}
	}
	sort.Strings(found)
	return found
}
