package template

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// UploadInput is the input that has a rehearsal upload a development version to
// TestPyPI.
const UploadInput = "testpypi-upload"

// view is a plan as the template reads it.
type view struct {
	Plan
	// Ours, Release and Rehearsal are conditions: not a fork; a run that
	// publishes; a run that does not. Uploads is that of a run that uploads
	// anything, Chosen and NotChosen that of the choice to upload to TestPyPI.
	Ours, Release, Rehearsal, Uploads, Chosen, NotChosen string

	Registries, Prefix, UploadInput string
	CrateNames                      string
	// Manifest is the option that names the manifest for cargo metadata.
	Manifest string
	// Publish are the calls of cargo publish.
	Publish []call
	// Check is whether a job of its own looks at the tag, before several build.
	Check bool
	// Builds are the jobs that build on Linux, Groups what is uploaded together.
	Builds []buildJob
	Groups []group
	// CratesNeed are the jobs before the one for crates.io.
	CratesNeed string
}

// call is one call of cargo publish, with its options in the checkout and
// outside of it.
type call struct{ What, Here, There string }

// buildJob is a job that builds on Linux: the crates, a group, or both.
type buildJob struct {
	group
	ID     string
	Verify bool
	// Group is whether it builds projects.
	Group bool
}

// group is what one job uploads to an index, under one environment.
type group struct {
	view
	Environment string
	// Suffix and Title tell the jobs of several groups apart.
	Suffix, Title string
	// Names are the projects.
	Names             string
	Pure, UV, Maturin []build
	// Manifests hold the versions, for development versions.
	Manifests []string
	// Artifact is the name, or its beginning, under which the jobs hand over.
	Artifact string
	// Needs are the jobs that build the group.
	Needs string
	// If is the condition of the step that is being written.
	If string
}

// build is one project to build.
type build struct{ Name, Dir, WorkingDirectory string }

// When is the group for a step under a condition.
func (g group) When(condition string) group { g.If = condition; return g }

func (p Plan) view() view {
	prefix, _ := Prefix(p.TagPattern)
	v := view{Plan: p, Prefix: prefix, Registries: p.registries(), UploadInput: UploadInput,
		Ours:      "github.repository == " + quote(p.Repository),
		Release:   "github.event_name == 'push' || !inputs.rehearse",
		Rehearsal: "github.event_name == 'workflow_dispatch' && inputs.rehearse",
		Chosen:    "inputs." + UploadInput, NotChosen: "${{ !inputs." + UploadInput + " }}",
		CrateNames: p.crateNames(),
	}
	v.Uploads = v.Release
	if p.Upload {
		v.Uploads += " || " + v.Chosen
	}
	v.Publish, v.Manifest = p.calls()
	environments := p.grouped()
	v.Check = len(environments) > 1 || slices.ContainsFunc(p.Projects, func(pr Project) bool { return pr.Builder == Maturin })
	base := v
	for _, e := range environments {
		v.Groups = append(v.Groups, base.group(e, len(environments) > 1))
	}
	v.Builds = base.buildJobs(v.Groups)
	v.CratesNeed = needs(v.Builds, v.Groups)
	return v
}

// grouped are the environments of the projects.
func (p Plan) grouped() []string {
	var names []string
	for _, pr := range p.Projects {
		if name := p.environmentOf(pr); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (p Plan) environmentOf(pr Project) string { return cmp.Or(pr.Environment, p.Environment) }

// group gathers the projects of an environment.
func (v view) group(environment string, several bool) group {
	g := group{view: v, Environment: environment, Artifact: "dist"}
	var names []string
	for _, pr := range v.Projects {
		if v.environmentOf(pr) != environment {
			continue
		}
		names = append(names, pr.Name)
		if v.Upload && !slices.Contains(g.Manifests, pr.Version) {
			g.Manifests = append(g.Manifests, pr.Version)
		}
		into := map[Builder]*[]build{Build: &g.Pure, UV: &g.UV, Maturin: &g.Maturin}[pr.Builder]
		*into = append(*into, pr.build())
	}
	g.Names = strings.Join(names, " ")
	if several {
		g.Title, g.Suffix = names[0], "-"+identity.NormalizeProject(names[0])
		g.Artifact += g.Suffix
	}
	g.Needs = "build" + g.Suffix
	if len(g.Maturin) > 0 {
		g.Needs = list(g.Needs, "wheels"+g.Suffix)
	}
	return g
}

// buildJobs are one for the crates and the only group, or one for each. The
// jobs that publish a project wait for the builds of that one alone: so one can
// see which environment is whose.
func (v view) buildJobs(groups []group) []buildJob {
	crates := buildJob{group: group{view: v}, ID: "build", Verify: true}
	if len(groups) == 1 {
		return []buildJob{{group: groups[0], ID: "build", Verify: len(v.Crates) > 0, Group: true}}
	}
	var jobs []buildJob
	if len(v.Crates) > 0 {
		jobs = append(jobs, crates)
	}
	for _, g := range groups {
		jobs = append(jobs, buildJob{group: g, ID: "build" + g.Suffix, Group: true})
	}
	return jobs
}

// needs lists all jobs that build: a crate is published when everything is
// known to build.
func needs(builds []buildJob, groups []group) string {
	var ids []string
	for _, b := range builds {
		ids = append(ids, b.ID)
	}
	for _, g := range groups {
		if len(g.Maturin) > 0 {
			ids = append(ids, "wheels"+g.Suffix)
		}
	}
	return list(ids...)
}

// list writes a YAML list of plain names, or the only one.
func list(names ...string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// calls are the cargo calls that publish all crates: one for a workspace, so
// that cargo orders the members and verifies them against each other, which
// several -p do too (cargo 1.90 and newer).
func (p Plan) calls() (publish []call, manifest string) {
	const top = "Cargo.toml"
	switch {
	case len(p.Crates) == 0:
		return nil, ""
	case len(p.Crates) == 1:
		c := p.Crates[0]
		if c.Manifest != top {
			manifest = " --manifest-path " + shell(c.Manifest)
		}
		return []call{{c.Name, manifest, outside(c.Manifest)}}, manifest
	case p.Workspace:
		return []call{{"the workspace", " --workspace", outside(top) + " --workspace"}}, ""
	}
	flags := ""
	for _, c := range p.Crates {
		flags += " -p " + c.Name
	}
	return []call{{"the crates", flags, outside(top) + flags}}, ""
}

// outside names a manifest for a command that does not run in the checkout.
func outside(manifest string) string { return ` --manifest-path "$GITHUB_WORKSPACE/` + manifest + `"` }

func (p Project) build() build {
	b := build{Name: p.Name, Dir: shell(p.Dir)}
	if path.Clean(p.Dir) != "." {
		b.WorkingDirectory = scalar(p.Dir)
	}
	return b
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
