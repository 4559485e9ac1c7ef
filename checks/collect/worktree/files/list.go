package files

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Limits of a listing: deeper folders are not looked into, and after so many
// entries the walk ends with a problem.
const (
	maxDepth   = 8
	maxEntries = 400_000
)

// Listing is where the files of interest lie.
type Listing struct {
	// ByName maps a file's base name to the paths that have it, in walk order:
	// parents before what lies below them.
	ByName map[string][]string
	// Problems are folders that could not be listed.
	Problems []evidence.Problem
}

// skipped are folders that hold what tools made or fetched. Hidden folders are
// skipped as well.
var skipped = map[string]bool{
	"target": true, "node_modules": true, "venv": true, "vendor": true, "build": true,
	"dist": true, "__pycache__": true, "site-packages": true,
}

// fixtures are folders whose manifests are material of tests and manuals, in
// lower case and with hyphens for underscores.
var fixtures = map[string]bool{
	"test": true, "tests": true, "testing": true, "testdata": true, "test-data": true,
	"fixture": true, "fixtures": true, "--fixtures--": true,
	"example": true, "examples": true, "sample": true, "samples": true, "doc": true,
	"docs": true, "bench": true, "benches": true, "benchmark": true, "benchmarks": true,
	"fuzz": true, "template": true, "templates": true, "third-party": true,
	"vendored": true, "testcases": true, "test-crates": true, "scripts": true,
}

// IsFixture says whether a path lies in a folder of tests, examples, documents
// or other people's code: a manifest there counts only if a workspace names it.
func IsFixture(name string) bool {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		base := path.Base(dir)
		if fixtures[strings.ReplaceAll(strings.ToLower(base), "_", "-")] || strings.Contains(base, "{{") {
			return true
		}
	}
	return false
}

// List walks the tree for files with one of the names. Symbolic links to
// folders are not followed. Folders in ignored, given without a trailing slash,
// are passed by. The error is the context's.
func (t Tree) List(ctx context.Context, ignored map[string]bool, names ...string) (Listing, error) {
	w := walk{tree: t, ctx: ctx, ignored: ignored, found: Listing{ByName: map[string][]string{}}}
	for _, name := range names {
		w.found.ByName[name] = nil
	}
	err := fs.WalkDir(t.FS, ".", w.visit)
	return w.found, err
}

type walk struct {
	tree    Tree
	ctx     context.Context
	ignored map[string]bool
	seen    int
	found   Listing
}

func (w *walk) visit(name string, entry fs.DirEntry, err error) error {
	if stop := w.ctx.Err(); stop != nil {
		return stop
	}
	if err != nil {
		w.problem(name, readError(err).Error())
		if entry != nil && entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	}
	if w.seen++; w.seen > maxEntries {
		w.problem(name, fmt.Sprintf("has more than %d files and folders up to here; the rest was not looked at", maxEntries))
		return fs.SkipAll
	}
	if entry.IsDir() {
		return w.enter(name)
	}
	base := path.Base(name)
	if paths, wanted := w.found.ByName[base]; wanted {
		w.found.ByName[base] = append(paths, name)
	}
	return nil
}

func (w *walk) enter(name string) error {
	if name == "." {
		return nil
	}
	base := path.Base(name)
	if skipped[base] || strings.HasPrefix(base, ".") || w.ignored[name] || strings.Count(name, "/") >= maxDepth {
		return fs.SkipDir
	}
	// A repository of its own, mostly a submodule: its packages are not ours.
	if w.tree.Exists(path.Join(name, ".git")) {
		return fs.SkipDir
	}
	return nil
}

func (w *walk) problem(name, why string) {
	w.found.Problems = append(w.found.Problems, evidence.Problem{Source: w.tree.Source(name, 0), Why: why})
}
