package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// ownOfNew is the origin of an environment that one new project has for itself.
const ownOfNew = "our default for one of several new projects"

// setApart gives a new project an environment of its own where several are new:
// one identity can be pending for one project alone (warehouse commit 6b62157,
// 2026-08-21). What a workflow or the maintainer names stays.
func (c *Case) setApart(p *identity.Publisher) {
	if p.Registry == identity.CratesIO || p.Origin[identity.FieldEnvironment] != ourDefault || !c.newAmongOthers(p.Package) {
		return
	}
	p.Environment = DefaultEnvironment + "-" + identity.NormalizeProject(p.Package)
	p.Origin[identity.FieldEnvironment] = ownOfNew
}

// newAmongOthers says whether an index does not have the project and another of
// the repository. Both indexes count: one workflow serves both.
func (c *Case) newAmongOthers(name string) bool {
	projects := c.intended(identity.PyPI)
	for _, r := range []identity.Registry{identity.PyPI, identity.TestPyPI} {
		if len(c.World.Wanted.Registries) > 0 && !slices.Contains(c.World.Wanted.Registries, r) {
			continue
		}
		missing := slices.DeleteFunc(slices.Clone(projects), func(project string) bool {
			return !c.World.Projects[evidence.ProjectKey{Registry: r, Name: project}].Absent()
		})
		if len(missing) > 1 && slices.ContainsFunc(missing, func(m string) bool { return r.SamePackage(m, name) }) {
			return true
		}
	}
	return false
}
