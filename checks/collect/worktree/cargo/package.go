package cargo

import (
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// evidence is what the crate's manifest, and the workspace's where it inherits,
// say of it.
func (r *reader) evidence(c *crate) evidence.Package {
	p := evidence.Package{
		Ecosystem:   evidence.Cargo,
		Path:        evidence.CleanLine(c.path),
		Name:        r.text(c, "name"),
		Version:     r.text(c, "version"),
		Description: r.text(c, "description"),
		License:     r.text(c, "license"),
		Repository:  r.text(c, "repository"),
		Publish:     r.publish(c),
		Backend:     evidence.Absent[string](r.tree.Source(c.path, 0)),
		Unversioned: unversioned(c),
	}
	if p.License.Absent() {
		p.License = r.text(c, "license-file")
	}
	for _, other := range r.needs(c, true) {
		p.DependsOn = append(p.DependsOn, other.name())
	}
	return p
}

// place is a value of [package] with the manifest that really sets it.
type place struct {
	value    *tomlpos.Value
	manifest string
	key      string
	// lost says why an inherited value cannot be had.
	lost string
}

// field looks a key of [package] up, through "key.workspace = true".
func (r *reader) field(c *crate, key string) place {
	own := place{value: c.pkg.Get(key), manifest: c.path, key: "package." + key}
	inherit, _ := own.value.Get("workspace").Truth()
	if !inherit {
		return own
	}
	if c.root == nil {
		own.lost = own.key + " is inherited from a workspace, and no workspace was found that the crate is a member of"
		return own
	}
	inherited := place{
		value: c.root.doc.Get("workspace", "package", key), manifest: c.root.path, key: "workspace.package." + key,
	}
	if inherited.value == nil {
		own.lost = own.key + " is inherited from the workspace, and " + c.root.path + " sets no " + inherited.key
		return own
	}
	return inherited
}

func (r *reader) text(c *crate, key string) evidence.Fact[string] {
	at := r.field(c, key)
	if at.lost != "" {
		return evidence.Unknown[string](r.tree.Source(at.manifest, at.value.At()), "%s", evidence.CleanLine(at.lost))
	}
	if at.value == nil {
		return evidence.Absent[string](r.tree.Source(c.path, c.pkg.At()))
	}
	return r.tree.Text(at.manifest, at.key, at.value)
}

// publish says whether the crate may go to crates.io. Without a version it may
// not, unless publish says so in as many words (cargo 1.75 and later).
func (r *reader) publish(c *crate) evidence.Fact[bool] {
	at := r.field(c, "publish")
	src := r.tree.Source(at.manifest, at.value.At())
	switch {
	case at.lost != "":
		return evidence.Unknown[bool](src, "%s", evidence.CleanLine(at.lost))
	case at.value == nil:
		return evidence.Seen(c.pkg.Get("version") != nil, r.tree.Source(c.path, c.pkg.At()))
	case at.value.Kind == tomlpos.Bool:
		allowed, _ := at.value.Truth()
		return evidence.Seen(allowed, src)
	case at.value.Kind == tomlpos.Array:
		return evidence.Seen(namesCratesIO(at.value), src)
	}
	return evidence.Unknown[bool](src, "%s is %s, not a boolean or a list of registries", at.key, at.value.Kind)
}

func namesCratesIO(registries *tomlpos.Value) bool {
	for _, item := range registries.Items() {
		if name, _ := item.Text(); name == "crates-io" {
			return true
		}
	}
	return false
}
