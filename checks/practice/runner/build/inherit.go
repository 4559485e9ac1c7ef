package build

import (
	"fmt"
	"path/filepath"
)

// inherit fills in what a member takes from its workspace: `x.workspace = true`
// under [package] and under the dependency tables (The Cargo Book, "The
// workspace section").
func inherit(t, ws table, root, dir string) error {
	shared := asTable(ws["package"])
	pkg := asTable(t["package"])
	for key, v := range pkg {
		if asTable(v)["workspace"] != true {
			continue
		}
		value, ok := shared[key]
		if !ok {
			return fmt.Errorf("error inheriting `%s` from workspace root manifest's `workspace.package.%s`", key, key)
		}
		if key == "readme" || key == "license-file" {
			value = rebase(value, root, dir)
		}
		pkg[key] = value
	}
	return eachDependency(t, func(deps table, name, _, _ string) error {
		return inheritDependency(deps, name, asTable(ws["dependencies"]), root, dir)
	})
}

func rebase(v any, root, dir string) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	rel, err := filepath.Rel(dir, filepath.Join(root, filepath.FromSlash(s)))
	if err != nil {
		return v
	}
	return filepath.ToSlash(rel)
}

func inheritDependency(deps table, name string, shared table, root, dir string) error {
	own := asTable(deps[name])
	if own["workspace"] != true {
		return nil
	}
	base, ok := shared[name]
	if !ok {
		return fmt.Errorf("error inheriting `%s` from workspace root manifest's `workspace.dependencies.%s`", name, name)
	}
	merged := table{}
	if version, ok := base.(string); ok {
		merged["version"] = version
	}
	for k, v := range asTable(base) {
		merged[k] = v
	}
	for k, v := range own {
		if k == "features" {
			v = append(append([]any{}, list(merged["features"])...), list(v)...)
		}
		merged[k] = v
	}
	delete(merged, "workspace")
	if p, ok := asTable(base)["path"]; ok {
		merged["path"] = rebase(p, root, dir)
	}
	deps[name] = merged
	return nil
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

var kinds = []struct{ key, kind string }{{"dependencies", "normal"}, {"dev-dependencies", "dev"}, {"build-dependencies", "build"}}

// eachDependency visits every entry of every dependency table, the ones under
// [target.'cfg(…)'] too.
func eachDependency(t table, visit func(deps table, name, kind, target string) error) error {
	one := func(t table, target string) error {
		for _, k := range kinds {
			deps := asTable(t[k.key])
			for _, name := range keys(deps) {
				if err := visit(deps, name, k.kind, target); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := one(t, ""); err != nil {
		return err
	}
	targets := asTable(t["target"])
	for _, target := range keys(targets) {
		if err := one(asTable(targets[target]), target); err != nil {
			return err
		}
	}
	return nil
}

func keys(t table) []string {
	set := map[string]bool{}
	for k := range t {
		set[k] = true
	}
	return sorted(set)
}
