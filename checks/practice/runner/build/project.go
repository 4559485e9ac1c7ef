package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Project is a Python project, read from its pyproject.toml.
type Project struct {
	// Dir is the folder of the pyproject.toml.
	Dir string
	// Name and Version as they go into the metadata.
	Name, Version string
	// Backend is the build backend: maturin, hatchling.build, ….
	Backend string

	project, tool table
	crate         *Crate
}

// LoadProject reads dir/pyproject.toml. A version that the backend computes is
// looked up where maturin, hatchling and flit keep it; for any other the error
// says that the practice runner cannot know it.
func LoadProject(dir string) (*Project, error) {
	t, _, err := readTOML(filepath.Join(dir, "pyproject.toml"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s does not appear to be a Python project: no pyproject.toml", dir)
	}
	if err != nil {
		return nil, err
	}
	p := &Project{Dir: dir, project: asTable(t["project"]), tool: asTable(t["tool"]), Backend: asText(asTable(t["build-system"])["build-backend"])}
	p.Name, p.Version = asText(p.project["name"]), asText(p.project["version"])
	if p.IsMaturin() {
		if err := p.readCrate(); err != nil {
			return nil, err
		}
	}
	if p.Name == "" {
		return nil, fmt.Errorf("%s: [project] has no name", filepath.Join(dir, "pyproject.toml"))
	}
	if p.Version == "" {
		if p.Version, err = p.versionFromSource(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// IsMaturin tells a project with native code from a pure one.
func (p *Project) IsMaturin() bool { return p.Backend == "maturin" }

// readCrate takes from the Cargo.toml what the pyproject.toml leaves to it.
func (p *Project) readCrate() error {
	manifest := asText(asTable(p.tool["maturin"])["manifest-path"])
	if manifest == "" {
		manifest = "Cargo.toml"
		if _, err := os.Stat(filepath.Join(p.Dir, manifest)); errors.Is(err, fs.ErrNotExist) {
			manifest = "rust/Cargo.toml" // maturin's second guess
		}
	}
	dir := filepath.Dir(filepath.Join(p.Dir, filepath.FromSlash(manifest)))
	w, err := LoadWorkspace(dir, "")
	if err != nil {
		return fmt.Errorf("reading the crate of %s: %w", p.Dir, err)
	}
	if w.Here == nil {
		return fmt.Errorf("%s has no package: [tool.maturin] manifest-path must name the crate to build", filepath.Join(dir, "Cargo.toml"))
	}
	p.crate = w.Here
	if p.Name == "" {
		p.Name = p.crate.Name
	}
	if p.Version == "" {
		p.Version = pythonVersion(p.crate.Version)
	}
	for key, from := range map[string]string{"description": "description", "license": "license"} {
		if p.project[key] == nil && p.crate.pkg()[from] != nil {
			if p.project == nil {
				p.project = table{}
			}
			p.project[key] = p.crate.pkg()[from]
		}
	}
	return nil
}

// pythonVersion writes a Cargo pre-release as PEP 440 does: 1.0.0-rc.1 is
// 1.0.0rc1, and 1.0.0-dev.1 is 1.0.0.dev1 (maturin's src/metadata.rs parses it
// by those rules, 2026-07-23).
func pythonVersion(v string) string {
	base, pre, found := strings.Cut(v, "-")
	if !found {
		return v
	}
	for long, short := range map[string]string{"alpha": "a", "beta": "b"} {
		pre = strings.Replace(pre, long, short, 1)
	}
	return base + strings.Replace(strings.ReplaceAll(pre, ".", ""), "dev", ".dev", 1)
}

var assignment = regexp.MustCompile(`(?m)^_*(?i:version)_*\s*(?::\s*[\w.]+\s*)?=\s*['"]([^'"]+)['"]`)

// versionFromSource reads `__version__ = "…"` where hatchling is told to, or in
// the package's __init__.py.
func (p *Project) versionFromSource() (string, error) {
	files := []string{asText(asTable(asTable(p.tool["hatch"])["version"])["path"])}
	for _, base := range []string{"src/", ""} {
		files = append(files, base+p.module()+"/__init__.py", base+p.module()+".py")
	}
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(p.Dir, filepath.FromSlash(f)))
		if f == "" || err != nil {
			continue
		}
		if m := assignment.FindSubmatch(raw); m != nil {
			return string(m[1]), nil
		}
	}
	return "", fmt.Errorf("%s: the version is dynamic and %s would compute it; the practice runner reads it only from Cargo.toml or a `__version__ = \"…\"`",
		filepath.Join(p.Dir, "pyproject.toml"), p.Backend)
}

var separators = regexp.MustCompile(`[-_.]+`)

// fileName is a name as file names of wheels and sdists carry it.
func fileName(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "_"))
}

// module is the import name: the project's, or the one that maturin is told.
func (p *Project) module() string {
	if m := asText(asTable(p.tool["maturin"])["module-name"]); m != "" {
		top, _, _ := strings.Cut(m, ".")
		return top
	}
	return fileName(p.Name)
}
