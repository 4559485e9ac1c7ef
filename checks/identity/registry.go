// Package identity holds the one identity that a trusted publisher is: who may
// publish which package, from which repository, workflow file and environment.
//
// It is built in one place and carried unchanged into the workflow file, the
// environment, the registry's form, the checks and the diagnosis. The package
// is pure: it compares and validates, it never looks anything up.
package identity

// Registry names an index that accepts trusted publishers from GitHub Actions.
type Registry string

// The registries, spelled as in the JSON report and in --registry.
const (
	CratesIO Registry = "crates.io"
	PyPI     Registry = "pypi"
	TestPyPI Registry = "testpypi"
)

// Registries lists every registry, in the order in which screens show them.
func Registries() []Registry { return []Registry{CratesIO, PyPI, TestPyPI} }

// Title is the registry's name as its own pages write it.
func (r Registry) Title() string {
	switch r {
	case PyPI:
		return "PyPI"
	case TestPyPI:
		return "TestPyPI"
	default:
		return string(r)
	}
}

// Host is the host of the registry's pages and API.
func (r Registry) Host() string {
	switch r {
	case PyPI:
		return "pypi.org"
	case TestPyPI:
		return "test.pypi.org"
	default:
		return "crates.io"
	}
}

// Audience is the `aud` claim that the registry demands of an OIDC token
// (crates.io commit 57fa000, warehouse commit 6b62157, 2026-08-21).
func (r Registry) Audience() string { return string(r) }
