package identity

import (
	"regexp"
	"strconv"
	"strings"
)

var pythonSeparators = regexp.MustCompile(`[-_.]+`)

// NormalizeProject gives the form under which PyPI compares project names:
// lower case, runs of "-", "_" and "." folded into one "-" (PEP 503).
func NormalizeProject(name string) string {
	return strings.ToLower(pythonSeparators.ReplaceAllString(name, "-"))
}

// NormalizeCrate gives the form under which crates.io holds two crate names to
// be the same: case and the difference of "-" and "_" do not count.
func NormalizeCrate(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "-", "_")
}

// SamePackage says whether two names are one package at the registry.
func (r Registry) SamePackage(a, b string) bool {
	if r == CratesIO {
		return NormalizeCrate(a) == NormalizeCrate(b)
	}
	return NormalizeProject(a) == NormalizeProject(b)
}

func ownerID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}
