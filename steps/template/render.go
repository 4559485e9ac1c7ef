package template

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"
	"text/template"
)

//go:embed assets
var assets embed.FS

// sheet is the parsed template. It is part of the program, so that one which
// does not parse is a fault of the build, not of a run.
var sheet = template.Must(template.New("publish.yml.tmpl").
	Funcs(template.FuncMap{"quote": quote, "scalar": scalar, "pin": Plan{}.pin}).
	ParseFS(assets, "assets/*.tmpl"))

// view is a plan as the template reads it.
type view struct {
	Plan
	// Ours, Release and Rehearsal are conditions: not a fork; a run that
	// publishes; a run that does not.
	Ours, Release, Rehearsal string
	Registries, Prefix       string
	CrateNames, ProjectNames string
	// Manifest is the option that names the manifest for cargo metadata.
	Manifest string
	// Publish are the calls of cargo publish.
	Publish       []call
	Pure, Maturin []build
}

// call is one call of cargo publish.
type call struct{ What, Flags string }

// build is one project to build.
type build struct{ Name, Dir, Manifest string }

// Render writes the workflow of a plan. It fails when a value of the plan
// cannot be written into a workflow safely.
func Render(p Plan) (string, error) {
	if err := p.check(); err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	own, err := sheet.Clone()
	if err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	var b strings.Builder
	if err := own.Funcs(template.FuncMap{"pin": p.pin}).Execute(&b, p.view()); err != nil {
		return "", fmt.Errorf("write the publish workflow: %w", err)
	}
	return b.String(), nil
}

func (p Plan) view() view {
	prefix, _ := Prefix(p.TagPattern)
	v := view{Plan: p, Prefix: prefix, Registries: p.registries(),
		Ours:      "github.repository == " + quote(p.Repository),
		Release:   "github.event_name == 'push' || !inputs.rehearse",
		Rehearsal: "github.event_name == 'workflow_dispatch' && inputs.rehearse",
	}
	v.CrateNames, v.ProjectNames = p.crateNames(), p.projectNames()
	v.Publish, v.Manifest = p.calls()
	for _, pr := range p.Projects {
		if pr.Maturin {
			v.Maturin = append(v.Maturin, pr.build())
		} else {
			v.Pure = append(v.Pure, pr.build())
		}
	}
	return v
}

// calls are the cargo calls that publish all crates: one for a workspace, so
// that cargo orders the members and verifies them against each other, which
// several -p do too (cargo 1.90 and newer).
func (p Plan) calls() (publish []call, manifest string) {
	switch {
	case len(p.Crates) == 0:
		return nil, ""
	case len(p.Crates) == 1:
		c := p.Crates[0]
		option := manifestOption(c.Manifest, "Cargo.toml")
		return []call{{c.Name, option}}, option
	case p.Workspace:
		return []call{{"the workspace", " --workspace"}}, ""
	}
	flags := ""
	for _, c := range p.Crates {
		flags += " -p " + c.Name
	}
	return []call{{"the crates", flags}}, ""
}

func (p Project) build() build {
	return build{Name: p.Name, Dir: shell(p.Dir), Manifest: manifestOption(path.Join(p.Dir, "Cargo.toml"), "Cargo.toml")}
}

func manifestOption(manifest, usual string) string {
	if manifest == usual {
		return ""
	}
	return " --manifest-path " + shell(manifest)
}

func (p Plan) registries() string {
	switch {
	case len(p.Crates) == 0:
		return "PyPI"
	case len(p.Projects) == 0:
		return "crates.io"
	}
	return "crates.io and PyPI"
}

func (p Plan) crateNames() string {
	var names []string
	for _, c := range p.Crates {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

func (p Plan) projectNames() string {
	var names []string
	for _, pr := range p.Projects {
		names = append(names, pr.Name)
	}
	return strings.Join(names, " ")
}

// quote writes a string for YAML and for an expression alike; plans hold no
// quotes.
func quote(s string) string { return "'" + s + "'" }

var plain = regexp.MustCompile(`^[a-z][a-z0-9-]{2,}$`)

// scalar writes a YAML string, without quotes where it can be read as nothing
// else.
func scalar(s string) string {
	switch s {
	case "true", "false", "null", "yes", "off":
		return quote(s)
	}
	if plain.MatchString(s) {
		return s
	}
	return quote(s)
}

// shell quotes a path for a shell if it needs that; plans hold no quotes.
func shell(p string) string {
	if strings.Contains(p, " ") {
		return quote(p)
	}
	return p
}
