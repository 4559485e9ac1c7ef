package cratesio

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// manifest is the Cargo.toml of a crate file, as cargo rewrites it: without
// inheritance from a workspace.
type manifest struct {
	Package           *packageTable       `toml:"package"`
	Dependencies      map[string]any      `toml:"dependencies"`
	DevDependencies   map[string]any      `toml:"dev-dependencies"`
	BuildDependencies map[string]any      `toml:"build-dependencies"`
	Target            map[string]target   `toml:"target"`
	Features          map[string][]string `toml:"features"`
	Patch             map[string]any      `toml:"patch"`
}

type packageTable struct {
	Name          string   `toml:"name"`
	Version       string   `toml:"version"`
	Description   string   `toml:"description"`
	License       string   `toml:"license"`
	LicenseFile   string   `toml:"license-file"`
	Homepage      string   `toml:"homepage"`
	Documentation string   `toml:"documentation"`
	Repository    string   `toml:"repository"`
	RustVersion   string   `toml:"rust-version"`
	Edition       string   `toml:"edition"`
	Links         string   `toml:"links"`
	Keywords      []string `toml:"keywords"`
	Categories    []string `toml:"categories"`
}

type target struct {
	Dependencies      map[string]any `toml:"dependencies"`
	DevDependencies   map[string]any `toml:"dev-dependencies"`
	BuildDependencies map[string]any `toml:"build-dependencies"`
}

// maxManifest is far above what a manifest needs, in bytes.
const maxManifest = 10 << 20

func readManifest(from io.Reader) (*manifest, error) {
	text, err := io.ReadAll(io.LimitReader(from, maxManifest))
	if err != nil {
		return nil, badRequest(malformed)
	}
	m := &manifest{}
	if err := toml.Unmarshal(text, m); err != nil {
		return nil, badManifest(err.Error())
	}
	switch {
	case m.Package == nil:
		return nil, badManifest("missing field `package`")
	case len(m.Patch) > 0:
		return nil, badManifest("crates cannot be published with `[patch]` tables")
	case m.Package.Version == "":
		return nil, badManifest("missing field `version`")
	}
	return m, nil
}

func badManifest(problem string) error {
	return badRequest("failed to parse `Cargo.toml` manifest file\n\n%s", problem)
}

// dependency is what a version needs of another crate, with the fields of the
// index under other names.
type dependency struct {
	// Crate is the name on the registry; Local the manifest's name for it, if
	// it has another one.
	Crate, Local, Req, Kind, Target string
	Optional, DefaultFeatures       bool
	Features                        []string
	otherRegistry                   bool
}

func (m *manifest) dependencies() ([]dependency, error) {
	sections := []struct {
		deps         map[string]any
		kind, target string
	}{
		{m.Dependencies, "normal", ""}, {m.DevDependencies, "dev", ""}, {m.BuildDependencies, "build", ""},
	}
	for name, t := range m.Target {
		sections = append(sections, []struct {
			deps         map[string]any
			kind, target string
		}{{t.Dependencies, "normal", name}, {t.DevDependencies, "dev", name}, {t.BuildDependencies, "build", name}}...)
	}
	var all []dependency
	for _, section := range sections {
		for name, value := range section.deps {
			d, err := readDependency(name, value)
			if err != nil {
				return nil, badManifest(err.Error())
			}
			d.Kind, d.Target = section.kind, section.target
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b dependency) int {
		return strings.Compare(a.Crate+"\x00"+a.Local+"\x00"+a.Kind+"\x00"+a.Target, b.Crate+"\x00"+b.Local+"\x00"+b.Kind+"\x00"+b.Target)
	})
	return all, nil
}

// readDependency reads `name = "1.0"` and `name = { version = "1.0", … }`.
func readDependency(name string, value any) (dependency, error) {
	d := dependency{Crate: name, DefaultFeatures: true, Features: []string{}, Req: "*"}
	table, isTable := value.(map[string]any)
	if req, isText := value.(string); isText {
		d.Req = req
	} else if !isTable {
		return d, fmt.Errorf("invalid type for dependency `%s`", name)
	}
	if inherited, _ := table["workspace"].(bool); inherited {
		return d, errors.New("value from workspace hasn't been set")
	}
	if req, ok := table["version"].(string); ok {
		d.Req = req
	}
	if other, ok := table["package"].(string); ok {
		d.Crate, d.Local = other, name
	}
	d.Optional, _ = table["optional"].(bool)
	if defaults, ok := table["default-features"].(bool); ok {
		d.DefaultFeatures = defaults
	}
	features, _ := table["features"].([]any)
	for _, f := range features {
		d.Features = append(d.Features, fmt.Sprint(f))
	}
	_, byName := table["registry"]
	_, byURL := table["registry-index"]
	d.otherRegistry = byName || byURL
	return d, nil
}
