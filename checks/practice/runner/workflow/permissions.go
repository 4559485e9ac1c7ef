package workflow

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// Level is what a job may do with one scope.
type Level int

// The levels, in rising order.
const (
	None Level = iota
	ReadOnly
	Write
)

func (l Level) String() string { return [...]string{"none", "read", "write"}[l] }

// Permissions maps a scope (contents, id-token) to its level; a scope that is
// not in it has none.
type Permissions struct {
	levels map[string]Level
	// lends marks the repository's default of read and write.
	lends bool
}

// Of is the level of a scope. The metadata scope can always be read.
func (p *Permissions) Of(scope string) Level {
	if p == nil {
		return None
	}
	if scope == "metadata" && p.levels[scope] == None {
		return ReadOnly
	}
	return p.levels[scope]
}

// Scopes lists the scopes with a level above none, by name.
func (p *Permissions) Scopes() []string {
	var out []string
	for s, l := range p.levels {
		if l > None {
			out = append(out, s)
		}
	}
	sort.Strings(out)
	return out
}

// scopes are those of GitHub's page "Workflow syntax", section permissions
// (read August 2026).
var scopes = []string{"actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions",
	"id-token", "issues", "models", "packages", "pages", "pull-requests", "repository-projects", "security-events", "statuses"}

// Default is what a job may do where no permissions block is in force: the
// repository's setting `default_workflow_permissions`, "read" or "write". The
// id-token scope is never in it.
func Default(setting string) *Permissions {
	p := &Permissions{levels: map[string]Level{}}
	if setting != "write" {
		p.levels["contents"], p.levels["packages"] = ReadOnly, ReadOnly
		return p
	}
	for _, s := range scopes {
		if s != "id-token" && s != "models" {
			p.levels[s] = Write
		}
	}
	p.lends = true
	return p
}

// Ceiling is the most that a called file may ask for where its caller may do
// this. The default of read and write lends an identity too, to files of the same
// owner (github.com/actions/runner commit 18f53d3,
// src/Sdk/WorkflowParser/Conversion/PermissionsHelper.cs).
func (p *Permissions) Ceiling(sameOwner bool) *Permissions {
	if p == nil || !p.lends {
		return p
	}
	c := &Permissions{levels: maps.Clone(p.levels)}
	c.levels["models"] = ReadOnly
	if sameOwner {
		c.levels["id-token"] = Write
	}
	return c
}

func all(level Level) *Permissions {
	p := &Permissions{levels: map[string]Level{}}
	for _, s := range scopes {
		p.levels[s] = level
	}
	if level == ReadOnly {
		p.levels["id-token"] = None // there is nothing to read: write or none
	}
	p.levels["models"] = min(level, ReadOnly) // there is nothing to write
	return p
}

func readPermissions(fields *expr.Object) (*Permissions, error) {
	v, there := fields.Lookup("permissions")
	if !there {
		return nil, nil
	}
	switch v := v.(type) {
	case nil:
		return all(None), nil
	case string:
		switch v {
		case "read-all":
			return all(ReadOnly), nil
		case "write-all":
			return all(Write), nil
		}
		return nil, fmt.Errorf("permissions: unexpected value '%s'", v)
	case *expr.Object:
		return scopeLevels(v)
	}
	return nil, fmt.Errorf("permissions: a mapping, read-all or write-all was expected")
}

func scopeLevels(o *expr.Object) (*Permissions, error) {
	p := &Permissions{levels: map[string]Level{}}
	for _, scope := range o.Keys() {
		switch level := expr.String(o.Get(scope)); level {
		case "read":
			p.levels[scope] = ReadOnly
		case "write":
			p.levels[scope] = Write
		case "none":
			p.levels[scope] = None
		default:
			return nil, fmt.Errorf("permissions: unexpected value '%s' for '%s'", level, scope)
		}
	}
	if p.levels["id-token"] == ReadOnly {
		p.levels["id-token"] = None
	}
	return p, nil
}

// Effective is what a job may do: its own block, else the file's, else what was
// given from outside (the repository's default, or the calling job's
// permissions for a reusable workflow). Blocks replace each other whole.
func Effective(outer *Permissions, f *File, j *Job) *Permissions {
	switch {
	case j.Permissions != nil:
		return j.Permissions
	case f.Permissions != nil:
		return f.Permissions
	}
	return outer
}

// compared is the order in which GitHub compares scopes
// (github.com/actions/runner commit 18f53d3, src/Sdk/WorkflowParser/Permissions.cs).
var compared = []string{"actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "issues",
	"packages", "pages", "pull-requests", "repository-projects", "statuses", "security-events", "id-token", "models"}

// Exceeds lists the scopes in which asked is higher than allowed, with both
// levels, as GitHub's text does; ok is false where there is none.
func (p *Permissions) Exceeds(ceiling *Permissions) (asked, allowed string, ok bool) {
	var more, most []string
	for _, s := range compared {
		if p.Of(s) > ceiling.Of(s) {
			more, most = append(more, s+": "+p.Of(s).String()), append(most, s+": "+ceiling.Of(s).String())
		}
	}
	return strings.Join(more, ", "), strings.Join(most, ", "), len(more) > 0
}
