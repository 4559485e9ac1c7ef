package steps

import (
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// render writes the workflow for the packages that are to be published.
func (l *layout) render() (string, error) { return template.Render(l.workflowPlan()) }

// workflowPlan is what the workflow is to publish, and under which identity.
func (l *layout) workflowPlan() template.Plan {
	plan := template.Plan{Repository: l.repo.String(), Environment: l.environmentFor(identity.CratesIO, ""), TagPattern: l.tag,
		TestPyPI: len(l.of(identity.TestPyPI)) > 0, Pins: l.pins(), Attest: l.attests()}
	for _, pkg := range l.packages(identity.CratesIO) {
		plan.Crates = append(plan.Crates, template.Crate{Name: pkg.Name.Or(""), Manifest: pkg.Path})
	}
	plan.Workspace = len(plan.Crates) == l.publishableCrates()
	for _, pkg := range l.packages(identity.PyPI) {
		name := pkg.Name.Or("")
		plan.Projects = append(plan.Projects, template.Project{Name: name, Dir: path.Dir(pkg.Path), Builder: builder(pkg),
			Version: l.writtenVersion(pkg), Environment: l.environmentFor(identity.PyPI, name)})
	}
	plan.Upload = plan.TestPyPI && len(plan.Projects) > 0 && !slices.ContainsFunc(plan.Projects, func(p template.Project) bool { return p.Version == "" })
	return plan
}

// environmentFor is the environment of a package's publisher; of the first of
// its registry without a name, and of any where the registry has none.
func (l *layout) environmentFor(r identity.Registry, name string) string {
	for _, p := range l.of(r) {
		if p.Environment != "" && (name == "" || r.SamePackage(p.Package, name)) {
			return p.Environment
		}
	}
	return l.environments()[0]
}

func (l *layout) publishableCrates() int {
	n := 0
	for _, pkg := range l.World.Tree.Packages.Or(nil) {
		if pkg.Ecosystem == evidence.Cargo && pkg.Publish.Or(true) {
			n++
		}
	}
	return n
}

// builder is what builds a project.
func builder(pkg evidence.Package) template.Builder {
	switch {
	case strings.HasPrefix(pkg.Backend.Or(""), "maturin"):
		return template.Maturin
	case pkg.Keeper.Or("") == "uv":
		return template.UV
	}
	return template.Build
}

// writtenVersion is the manifest in which a project's version stands and can be
// made one of development without harm; "" for none. A crate's is not touched
// when another of the repository asks for it.
func (l *layout) writtenVersion(pkg evidence.Package) string {
	at := pkg.Version.Source().Name
	switch {
	case !pkg.Version.Seen():
		return ""
	case at == pkg.Path && path.Base(at) == "pyproject.toml":
		return at
	case builder(pkg) != template.Maturin:
		return ""
	}
	packages := l.World.Tree.Packages.Or(nil)
	i := slices.IndexFunc(packages, func(p evidence.Package) bool {
		return p.Ecosystem == evidence.Cargo && p.Path == at && p.Version.Source().Name == at
	})
	if i < 0 || slices.ContainsFunc(packages, func(p evidence.Package) bool {
		return p.Ecosystem == evidence.Cargo && slices.Contains(p.DependsOn, packages[i].Name.Or(""))
	}) {
		return ""
	}
	return at
}

// attests says whether the maintainer wants the crates attested. GitHub keeps
// attestations of private repositories on some plans only.
func (l *layout) attests() bool {
	return l.choices().Attest && l.mayAttest()
}

func (l *layout) mayAttest() bool {
	repo, ok := l.World.GitHub.Repository.Get()
	return ok && !repo.Private && len(l.of(identity.CratesIO)) > 0
}
