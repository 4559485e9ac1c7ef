package build

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Dependency is one entry as cargo's publish request describes it (The Cargo
// Book, "Registry Web API").
type Dependency struct {
	Name            string   `json:"name"`
	Requirement     string   `json:"version_req"`
	Features        []string `json:"features"`
	Optional        bool     `json:"optional"`
	DefaultFeatures bool     `json:"default_features"`
	Target          *string  `json:"target"`
	Kind            string   `json:"kind"`
	Registry        *string  `json:"registry"`
	ExplicitName    *string  `json:"explicit_name_in_toml"`

	// dir is the folder of a path dependency, "" for others.
	dir string
}

// Dependencies lists what the published crate will depend on. A path
// dependency without a version cannot be published; for tests alone it is left
// out instead, as cargo does.
func (c *Crate) Dependencies() ([]Dependency, error) {
	out := []Dependency{}
	err := eachDependency(c.manifest, func(deps table, name, kind, target string) error {
		d, keep, err := c.dependency(deps[name], name, kind, target)
		if keep {
			out = append(out, d)
		}
		return err
	})
	return out, err
}

func (c *Crate) dependency(v any, name, kind, target string) (Dependency, bool, error) {
	d := Dependency{Name: name, Kind: kind, DefaultFeatures: true, Features: []string{}}
	if target != "" {
		d.Target = &target
	}
	spec := asTable(v)
	if version, ok := v.(string); ok {
		spec = table{"version": version}
	}
	if p := asText(spec["path"]); p != "" {
		d.dir = filepath.Join(c.Dir, filepath.FromSlash(p))
	}
	d.Requirement = requirement(asText(spec["version"]))
	if d.Requirement == "" {
		if kind == "dev" && d.dir != "" {
			return d, false, nil
		}
		return d, false, fmt.Errorf("all dependencies must have a version requirement specified when publishing.\n"+
			"dependency `%s` does not specify a version\n"+
			"Note: The published dependency will use the version from crates.io,\n"+
			"the `path` specification will be removed from the dependency declaration.", name)
	}
	d.Features = asTexts(spec["features"])
	d.Optional, _ = spec["optional"].(bool)
	if use, ok := spec["default-features"].(bool); ok {
		d.DefaultFeatures = use
	}
	if renamed := asText(spec["package"]); renamed != "" {
		d.Name, d.ExplicitName = renamed, &name
	}
	return d, true, nil
}

// requirement is a version requirement as cargo sends it: `1.2` means `^1.2`.
func requirement(v string) string {
	v = strings.TrimSpace(v)
	if v != "" && v[0] >= '0' && v[0] <= '9' {
		return "^" + v
	}
	return v
}
