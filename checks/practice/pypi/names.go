package pypi

import (
	_ "embed"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var validName = regexp.MustCompile(`(?i)^([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])$`)

// stdlibNames are the modules of Python's standard library (3.13), one a line;
// no project may have the name of one.
//
//go:embed stdlib.txt
var stdlibNames string

var stdlib = sync.OnceValue(func() []string { return strings.Fields(stdlibNames) })

// unavailable is why a name cannot be had.
type unavailable int

const (
	available unavailable = iota
	invalidName
	stdlibName
	existingName
	similarName
)

// availability checks a name in the order of the server
// (warehouse/packaging/services.py, check_project_name).
func (s *Service) availability(name string) unavailable {
	switch {
	case !validName.MatchString(name):
		return invalidName
	case slices.Contains(stdlib(), normalized(name)):
		return stdlibName
	case s.project(name) != nil:
		return existingName
	case slices.ContainsFunc(s.db.Projects, func(p *project) bool { return confusable(p.Name) == confusable(name) }):
		return similarName
	}
	return available
}

// refuseName is the answer to an attempt to create a project of a name.
func (s *Service) refuseName(name string) error {
	see := "See " + s.help("project-name") + " for more information."
	switch s.availability(name) {
	case invalidName:
		return badRequest("The name %s is invalid.", repr(name))
	case stdlibName:
		return badRequest("The name %s isn't allowed (conflict with Python Standard Library module name). %s", repr(name), see)
	case existingName:
		return &refusal{status: http.StatusConflict, detail: "The name " + repr(name) + " conflicts with an existing project. " + see}
	case similarName:
		return badRequest("The name %s is too similar to an existing project. %s", repr(name), see)
	}
	return nil
}
