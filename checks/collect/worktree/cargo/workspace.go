package cargo

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
)

// workspaces takes in every workspace of the tree with its members.
func (r *reader) workspaces() {
	for _, manifest := range byDepth(r.listed) {
		if files.IsFixture(manifest) {
			continue
		}
		if c := r.load(manifest); c != nil && c.root == nil && c.isWorkspaceRoot() {
			r.expand(c)
		}
	}
}

// expand joins a root's members: the root package, what members lists, and
// what these reach by path dependencies below the root.
func (r *reader) expand(root *crate) {
	table := root.doc.Get("workspace")
	root.root = root
	if root.isPackage() {
		r.count(root)
	}
	r.follow(root, root)
	for _, entry := range table.Get("members").Items() {
		pattern, ok := entry.Text()
		if !ok {
			r.problem(root.path, entry.At(), "workspace.members holds "+entry.Kind.String()+" among its paths")
			continue
		}
		for _, manifest := range r.matches(root, entry, pattern) {
			r.join(root, manifest)
			r.secondRoot(root, manifest, entry)
		}
	}
}

// matches are the manifests that one entry of members means. A plain path must
// have a manifest; of what a pattern matches, folders without one do not count.
func (r *reader) matches(root *crate, entry *tomlpos.Value, pattern string) []string {
	full := path.Join(root.dir, strings.ReplaceAll(pattern, `\`, "/"))
	if !strings.ContainsAny(pattern, "*?[") {
		manifest := path.Join(full, Manifest)
		if !r.tree.Exists(manifest) {
			r.problem(root.path, entry.At(), fmt.Sprintf("workspace member %q has no %s", pattern, Manifest))
			return nil
		}
		return []string{manifest}
	}
	var found []string
	for _, manifest := range r.listed {
		if ok, err := doublestar.Match(full, path.Dir(manifest)); err != nil {
			r.problem(root.path, entry.At(), fmt.Sprintf("workspace member pattern %q is broken: %v", pattern, err))
			return nil
		} else if ok {
			found = append(found, manifest)
		}
	}
	return found
}

// join makes the crate of a manifest a member of root, unless it is excluded,
// is in another workspace already, or is the root of one itself.
func (r *reader) join(root *crate, manifest string) {
	if excluded(root, path.Dir(manifest)) {
		return
	}
	c := r.load(manifest)
	if c == nil || c.root != nil || c.isWorkspaceRoot() {
		return
	}
	if other, named := c.ownRoot(); named && other != root.path {
		return // told among the loners: cargo follows package.workspace
	}
	c.root = root
	r.count(c)
	r.follow(root, c)
}

// secondRoot tells of a member that is the root of a workspace itself.
func (r *reader) secondRoot(root *crate, manifest string, entry *tomlpos.Value) {
	c := r.load(manifest)
	if c != nil && c != root && c.isWorkspaceRoot() && !excluded(root, c.dir) {
		r.problem(root.path, entry.At(), fmt.Sprintf("names %s as a member, which is the root of a workspace itself; cargo refuses two roots", c.path))
	}
}

// ownRoot is the workspace that a crate says it is a member of, with
// package.workspace.
func (c *crate) ownRoot() (manifest string, named bool) {
	text, ok := c.pkg.Get("workspace").Text()
	if !ok || path.IsAbs(text) {
		return "", ok
	}
	return path.Join(c.dir, strings.ReplaceAll(text, `\`, "/"), Manifest), true
}

// follow joins what a member reaches by path dependencies below the root, as
// cargo does by itself.
func (r *reader) follow(root, member *crate) {
	for _, d := range dependencies(member) {
		manifest, ok := d.manifest()
		if !ok || !below(path.Dir(manifest), root.dir) || !r.tree.Exists(manifest) {
			continue
		}
		r.join(root, manifest)
	}
}

// excluded says whether workspace.exclude takes a folder out. What members
// names literally stays in; exclude entries are paths, not patterns.
func excluded(root *crate, dir string) bool {
	return named(root, "exclude", dir) && !named(root, "members", dir)
}

func named(root *crate, list, dir string) bool {
	for _, entry := range root.doc.Get("workspace", list).Items() {
		if text, ok := entry.Text(); ok && below(dir, path.Join(root.dir, text)) {
			return true
		}
	}
	return false
}

// loners takes in the crates that are in no workspace.
func (r *reader) loners() {
	for _, manifest := range byDepth(r.listed) {
		if files.IsFixture(manifest) {
			continue
		}
		c := r.load(manifest)
		if c == nil || c.root != nil || !c.isPackage() {
			continue
		}
		if manifest, named := c.ownRoot(); named {
			r.problem(c.path, c.pkg.Get("workspace").At(), r.notItsRoot(c, manifest))
			continue
		}
		if root := r.claims(c); root != nil {
			r.problem(c.path, c.pkg.At(), fmt.Sprintf(
				"is below the workspace of %s, which neither names it as a member nor excludes it; cargo refuses to publish it", root.path))
			continue
		}
		r.count(c)
	}
}

// notItsRoot says why cargo does not find a crate in the workspace that it
// names.
func (r *reader) notItsRoot(c *crate, manifest string) string {
	says := "says that it is a member of the workspace of " + manifest
	if root := r.byPath[manifest]; root == nil || !root.isWorkspaceRoot() {
		return says + ", which is no workspace here; cargo refuses to publish it"
	}
	return says + ", which does not name it as one; cargo refuses to publish it"
}

// claims is the workspace that cargo would look for the crate in, and not find
// it; nil when there is none above, or the nearest one excludes it.
func (r *reader) claims(c *crate) *crate {
	for dir := c.dir; dir != "."; {
		dir = path.Dir(dir)
		above := r.byPath[path.Join(dir, Manifest)]
		if above != nil && above.isWorkspaceRoot() {
			if excluded(above, c.dir) {
				return nil
			}
			return above
		}
	}
	return nil
}

// below says whether dir is parent or lies in it.
func below(dir, parent string) bool {
	return parent == "." && !strings.HasPrefix(dir, "..") || dir == parent || strings.HasPrefix(dir, parent+"/")
}

func splitPath(dir string) []string {
	if dir == "." {
		return nil
	}
	return strings.Split(dir, "/")
}
