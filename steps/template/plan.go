// Package template writes the workflow that publishes by trusted publishing
// alone. It is pure: it turns a plan into the text of one file.
package template

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Plan says what the workflow publishes, from where and under which identity.
type Plan struct {
	// Repository is OWNER/NAME: runs in forks do nothing.
	Repository string
	// Environment is the GitHub environment of every job that mints a token.
	Environment string
	// TagPattern starts a release: a prefix and "*", "v*". What the "*" stands
	// for must be the version.
	TagPattern string
	// Crates go to crates.io, what others depend on first.
	Crates []Crate
	// Workspace is whether Crates are all publishable members of the Cargo
	// workspace at the top of the repository.
	Workspace bool
	// Projects go to PyPI.
	Projects []Project
	// Pins are the actions as they are to be written, by OWNER/NAME; those that
	// are not in it are written as the table has them.
	Pins map[string]Pin
	// TestPyPI is whether rehearsals exchange a token with TestPyPI too.
	TestPyPI bool
	// Upload gives rehearsals an input that has them upload a development version
	// to TestPyPI. Every project's Version must be known for that.
	Upload bool
	// Attest has GitHub attest which run packaged the crates.
	Attest bool
}

// Crate is a package for crates.io.
type Crate struct {
	Name string
	// Manifest is its Cargo.toml, slash-separated, from the repository's top.
	Manifest string
}

// Project is a package for PyPI.
type Project struct {
	Name string
	// Dir is its folder, slash-separated, from the repository's top; "." is
	// the top.
	Dir string
	// Builder is the program that builds it.
	Builder Builder
	// Version is the manifest that holds its version in a line of its own, a
	// pyproject.toml or a Cargo.toml, slash-separated, from the repository's top;
	// "" when the version is computed.
	Version string
	// Environment is an environment of its own, which a project needs while it is
	// pending on PyPI beside another: one identity can be pending for one project
	// alone. "" is the plan's.
	Environment string
}

// Builder builds the distributions of a project.
type Builder string

// The builders.
const (
	// Build is python -m build, which asks the project's own backend.
	Build Builder = "build"
	// UV is uv build, for projects that are kept with uv.
	UV Builder = "uv"
	// Maturin makes one wheel for each platform, which needs Rust.
	Maturin Builder = "maturin"
)

var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$`)
	crateForm      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	projectForm    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)
	folderForm     = regexp.MustCompile(`^[A-Za-z0-9._+-]+( ?[A-Za-z0-9._/+-]+)*$`)
	pinForm        = regexp.MustCompile(`^[0-9a-f]{40}$`)
	versionForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/+-]*$`)
	prefixForm     = regexp.MustCompile(`^[A-Za-z0-9._/+-]*$`)
	// environmentForm is what both registries accept of an environment's name
	// (crates.io commit 57fa000, warehouse commit 6b62157, 2026-08-21), without
	// what an expression needs.
	environmentForm = regexp.MustCompile(`^[^'",;\\` + "`" + `\x00-\x1f\x7f${}\s]([^'",;\\` + "`" + `\x00-\x1f\x7f${}]*[^'",;\\` + "`" + `\x00-\x1f\x7f${}\s])?$`)
)

// Prefix is the part of a tag pattern before what stands for the version, and
// whether the pattern is one from which the version can be told.
func Prefix(pattern string) (string, bool) {
	prefix := strings.TrimSuffix(pattern, "*")
	if prefix == pattern {
		return "", false
	}
	prefix = strings.TrimSuffix(prefix, "[0-9]")
	return prefix, prefixForm.MatchString(prefix)
}

// CheckEnvironment says why a name cannot be the environment of a publisher.
func CheckEnvironment(name string) error {
	if !environmentForm.MatchString(name) || len(name) > 255 {
		return fmt.Errorf("%q cannot be the environment of a publisher: up to 255 characters, without quotes, commas, semicolons, backslashes, braces and control characters", name)
	}
	return nil
}

// check says what in a plan cannot be written down safely: every value ends in
// a file that GitHub executes.
func (p Plan) check() error {
	switch {
	case !repositoryForm.MatchString(p.Repository):
		return fmt.Errorf("%q is not OWNER/NAME", p.Repository)
	case len(p.Crates) == 0 && len(p.Projects) == 0:
		return fmt.Errorf("there is no package to publish")
	}
	for _, name := range p.Environments() {
		if err := CheckEnvironment(name); err != nil {
			return err
		}
	}
	if _, ok := Prefix(p.TagPattern); !ok {
		return fmt.Errorf("the tag pattern %q must be a plain prefix and one \"*\" for the version, as v* is", p.TagPattern)
	}
	return p.checkPackages()
}

func (p Plan) checkPackages() error {
	for _, c := range p.Crates {
		if !crateForm.MatchString(c.Name) || !relative(c.Manifest) {
			return fmt.Errorf("cannot write crate %q of %q into a workflow", c.Name, c.Manifest)
		}
	}
	for _, pr := range p.Projects {
		if err := pr.check(); err != nil {
			return err
		}
		if p.Upload && pr.Version == "" {
			return fmt.Errorf("the version of %s is computed: a development version of it cannot be made for TestPyPI", pr.Name)
		}
	}
	return nil
}

func (p Project) check() error {
	switch {
	case !projectForm.MatchString(p.Name) || !relative(p.Dir) || p.Version != "" && !relative(p.Version):
		return fmt.Errorf("cannot write project %q of %q into a workflow", p.Name, p.Dir)
	case p.Builder != Build && p.Builder != UV && p.Builder != Maturin:
		return fmt.Errorf("%q builds no project", p.Builder)
	}
	return nil
}

// Environments are the environments of the jobs that mint, the plan's first
// where something publishes under it.
func (p Plan) Environments() []string {
	var names []string
	if len(p.Crates) > 0 {
		names = append(names, p.Environment)
	}
	for _, pr := range p.Projects {
		if name := cmp.Or(pr.Environment, p.Environment); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// relative says whether a path stays inside the repository and needs no
// quoting that a shell or YAML could get wrong.
func relative(p string) bool {
	return folderForm.MatchString(p) && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(path.Clean(p), "../")
}
