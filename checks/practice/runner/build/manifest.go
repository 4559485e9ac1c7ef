package build

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sort"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/pelletier/go-toml/v2"
)

// table is one TOML table.
type table = map[string]any

// Workspace is a cargo workspace, or a single package as a workspace of one.
type Workspace struct {
	// Root is the folder of the workspace's Cargo.toml.
	Root string
	// Crates are the members, by folder.
	Crates []*Crate
	// Here is the package of the folder that was asked for, nil for a virtual
	// manifest.
	Here *Crate
}

// Crate is one package, with everything inherited from its workspace filled in.
type Crate struct {
	// Name and Version as in the manifest.
	Name, Version string
	// Dir is the package's folder.
	Dir string

	root     string
	manifest table
	original []byte
}

func (c *Crate) pkg() table { return asTable(c.manifest["package"]) }

func (c *Crate) String() string { return c.Name + " v" + c.Version + " (" + c.Dir + ")" }

func asTable(v any) table {
	t, _ := v.(map[string]any)
	return t
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

func asTexts(v any) []string {
	list, _ := v.([]any)
	out := []string{}
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func readTOML(file string) (table, []byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", filepath.Base(file), err)
	}
	t := table{}
	if err := toml.Unmarshal(raw, &t); err != nil {
		return nil, nil, fmt.Errorf("failed to parse manifest at `%s`: %w", file, err)
	}
	return t, raw, nil
}

// LoadWorkspace reads the package in dir, or in the nearest folder above it
// that has a Cargo.toml, together with its workspace. It does not look above
// the folder `top`.
func LoadWorkspace(dir, top string) (*Workspace, error) {
	here, err := nearest(dir, top)
	if err != nil {
		return nil, err
	}
	t, _, err := readTOML(filepath.Join(here, "Cargo.toml"))
	if err != nil {
		return nil, err
	}
	root, rootTable := here, t
	if asTable(t["workspace"]) == nil {
		root, rootTable = enclosing(here, top, t)
	}
	w := &Workspace{Root: root}
	if err := w.load(rootTable, here); err != nil {
		return nil, err
	}
	return w, nil
}

func nearest(dir, top string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "Cargo.toml")); err == nil {
			return at, nil
		}
		if at == top || at == filepath.Dir(at) {
			return "", fmt.Errorf("could not find `Cargo.toml` in `%s` or any parent directory", dir)
		}
	}
}

// enclosing looks for a workspace above a package; without one the package is
// its own.
func enclosing(here, top string, own table) (string, table) {
	for at := here; at != top && at != filepath.Dir(at); {
		at = filepath.Dir(at)
		t, _, err := readTOML(filepath.Join(at, "Cargo.toml"))
		if err == nil && asTable(t["workspace"]) != nil {
			return at, t
		}
	}
	return here, own
}

func (w *Workspace) load(root table, here string) error {
	dirs, err := w.memberDirs(root)
	if err != nil {
		return err
	}
	if asTable(root["package"]) != nil {
		dirs[w.Root] = true
	}
	for _, dir := range sorted(dirs) {
		c, err := loadCrate(dir, w.Root, asTable(root["workspace"]))
		if err != nil {
			return err
		}
		w.Crates = append(w.Crates, c)
		if dir == here {
			w.Here = c
		}
	}
	if w.Here == nil && here != w.Root {
		return fmt.Errorf("current package believes it's in a workspace when it's not:\ncurrent:   %s\nworkspace: %s",
			filepath.Join(here, "Cargo.toml"), filepath.Join(w.Root, "Cargo.toml"))
	}
	if len(w.Crates) == 0 {
		return fmt.Errorf("manifest path `%s` contains no package", filepath.Join(w.Root, "Cargo.toml"))
	}
	return nil
}

func (w *Workspace) memberDirs(root table) (map[string]bool, error) {
	ws := asTable(root["workspace"])
	dirs := map[string]bool{}
	for _, pattern := range asTexts(ws["members"]) {
		found, err := doublestar.Glob(os.DirFS(w.Root), filepath.ToSlash(filepath.Clean(pattern)))
		if err != nil {
			return nil, fmt.Errorf("workspace member `%s`: %w", pattern, err)
		}
		for _, dir := range found {
			full := filepath.Join(w.Root, filepath.FromSlash(dir))
			if _, err := os.Stat(filepath.Join(full, "Cargo.toml")); err == nil {
				dirs[full] = true
			}
		}
	}
	for _, excluded := range asTexts(ws["exclude"]) {
		delete(dirs, filepath.Join(w.Root, filepath.FromSlash(excluded)))
	}
	return dirs, nil
}

func sorted(set map[string]bool) []string {
	var out []string
	for k := range maps.Keys(set) {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func loadCrate(dir, root string, ws table) (*Crate, error) {
	t, raw, err := readTOML(filepath.Join(dir, "Cargo.toml"))
	if err != nil {
		return nil, err
	}
	if asTable(t["package"]) == nil {
		return nil, fmt.Errorf("failed to parse manifest at `%s`: missing field `package`", filepath.Join(dir, "Cargo.toml"))
	}
	if err := inherit(t, ws, root, dir); err != nil {
		return nil, fmt.Errorf("failed to parse manifest at `%s`: %w", filepath.Join(dir, "Cargo.toml"), err)
	}
	c := &Crate{Dir: dir, root: root, manifest: t, original: raw}
	c.Name, c.Version = asText(c.pkg()["name"]), asText(c.pkg()["version"])
	if c.Name == "" {
		return nil, fmt.Errorf("failed to parse manifest at `%s`: missing field `name`", filepath.Join(dir, "Cargo.toml"))
	}
	if c.Version == "" {
		c.Version = "0.0.0"
	}
	return c, nil
}
