// Package python finds the packages of a tree that could go to PyPI, with what
// their manifests say. It never runs their code: what a build backend computes
// is followed as far as plain literals go, and is unknown beyond that.
package python

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// The manifests that a Python package can have.
const (
	Pyproject = "pyproject.toml"
	SetupCfg  = "setup.cfg"
	SetupPy   = "setup.py"
)

// Manifests lists the file names to look for.
func Manifests() []string { return []string{Pyproject, SetupCfg, SetupPy} }

// Crate reads the crate that a manifest describes, for maturin.
type Crate func(manifest string) (evidence.Package, bool)

// Projects is what was found.
type Projects struct {
	// Packages are sorted by path.
	Packages []evidence.Package
	// Problems are manifests that could not be understood.
	Problems []evidence.Problem
}

// Read finds the packages of a tree whose manifests a listing names.
func Read(tree files.Tree, listing files.Listing, crate Crate) Projects {
	r := &reader{tree: tree, crate: crate}
	folders := foldersOf(listing)
	var found []*project
	for _, dir := range folders {
		if !files.IsFixture(path.Join(dir, Pyproject)) && !r.isModule(dir, listing) {
			found = append(found, r.open(dir))
		}
	}
	found = append(found, r.workspaceMembers(found, folders)...)
	sort.Slice(found, func(i, j int) bool { return found[i].dir < found[j].dir })
	packages := Projects{}
	for _, p := range found {
		if pkg, ok := p.evidence(); ok {
			packages.Packages = append(packages.Packages, pkg)
		}
	}
	packages.Problems = r.problems
	return packages
}

type reader struct {
	tree     files.Tree
	crate    Crate
	problems []evidence.Problem
}

// isModule says whether a folder is part of a package, in which a file called
// setup.py is a module like any other.
func (r *reader) isModule(dir string, listing files.Listing) bool {
	if dir == "." || slices.Contains(listing.ByName[Pyproject], path.Join(dir, Pyproject)) || slices.Contains(listing.ByName[SetupCfg], path.Join(dir, SetupCfg)) {
		return false
	}
	_, err := fs.Stat(r.tree.FS, path.Join(dir, "__init__.py"))
	return err == nil
}

func foldersOf(listing files.Listing) []string {
	var dirs []string
	seen := map[string]bool{}
	for _, name := range Manifests() {
		for _, found := range listing.ByName[name] {
			if dir := path.Dir(found); !seen[dir] {
				seen[dir] = true
				dirs = append(dirs, dir)
			}
		}
	}
	sort.Strings(dirs)
	return dirs
}

// workspaceMembers opens the folders that a uv workspace names and that the
// walk took for tests or examples (docs.astral.sh/uv, "Workspaces", 2026-11).
func (r *reader) workspaceMembers(roots []*project, folders []string) []*project {
	var found []*project
	for _, dir := range folders {
		if !files.IsFixture(path.Join(dir, Pyproject)) {
			continue
		}
		for _, root := range roots {
			workspace := root.doc.Get("tool", "uv", "workspace")
			if matchesAny(root.dir, workspace.Get("members"), dir) && !matchesAny(root.dir, workspace.Get("exclude"), dir) {
				found = append(found, r.open(dir))
				break
			}
		}
	}
	return found
}

func matchesAny(base string, patterns *tomlpos.Value, dir string) bool {
	for _, item := range patterns.Items() {
		pattern, _ := item.Text()
		if ok, err := doublestar.Match(path.Join(base, pattern), dir); err == nil && ok {
			return true
		}
	}
	return false
}

// open reads the manifests of one folder.
func (r *reader) open(dir string) *project {
	p := &project{reader: r, dir: dir}
	if data, ok := r.manifest(dir, Pyproject); ok {
		p.doc = r.toml(path.Join(dir, Pyproject), data)
		p.broken = p.doc == nil
	}
	if data, ok := r.manifest(dir, SetupCfg); ok {
		p.cfg = parseSetupCfg(data)
	}
	if data, ok := r.manifest(dir, SetupPy); ok {
		p.script(string(data))
	}
	return p
}

// manifest reads a file of the folder; ok is false when it is not there, or
// cannot be read, which is then a problem.
func (r *reader) manifest(dir, name string) ([]byte, bool) {
	full := path.Join(dir, name)
	if !r.tree.Exists(full) {
		return nil, false
	}
	data, err := r.tree.Read(full)
	if err != nil {
		r.problem(full, 0, err.Error())
		return nil, false
	}
	rest, had := files.TrimBOM(data)
	if had && name == Pyproject {
		r.problem(full, 1, "begins with a byte order mark, which Python's TOML reader refuses")
	}
	return rest, true
}

func (r *reader) toml(name string, data []byte) *tomlpos.Value {
	doc, err := tomlpos.Parse(data)
	if err == nil {
		return doc
	}
	line := 0
	var syntax *tomlpos.SyntaxError
	if errors.As(err, &syntax) {
		line = syntax.Line
	}
	r.problem(name, line, "is no valid TOML: "+err.Error())
	return nil
}

func (r *reader) problem(name string, line int, why string) {
	r.problems = append(r.problems, evidence.Problem{
		Source: r.tree.Source(name, line), Why: evidence.CleanLine(why),
	})
}

// unknown is a fact that only running somebody's code would tell.
func (r *reader) unknown(name string, line int, format string, args ...any) evidence.Fact[string] {
	return evidence.Unknown[string](r.tree.Source(name, line), "%s", evidence.CleanLine(fmt.Sprintf(format, args...)))
}

// seen is a fact read from a file that is no TOML; absent when it is empty.
func (r *reader) seen(name string, line int, text string) evidence.Fact[string] {
	if text = evidence.CleanLine(strings.TrimSpace(text)); text == "" {
		return evidence.Absent[string](r.tree.Source(name, line))
	}
	return evidence.Seen(text, r.tree.Source(name, line))
}
