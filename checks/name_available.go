package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry"
	"github.com/trustpub/gh-trustpub/checks/registry/pypi"
)

func nameAvailable() Check {
	return Check{
		ID: "name-available", Step: FirstRelease, Level: Works,
		Claim: "No other package stands at the registry under the name.",
		Why:   "A name belongs to whoever published it first, and a registry takes names for the same that differ only in case or punctuation.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				findings = append(findings, c.judgeName(p))
			}
			return findings
		},
	}
}

const renameFix = "choose another name, in the manifest and wherever it is imported"

func (c *Case) judgeName(p identity.Publisher) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	if r, ok := registry.Of(p.Registry); ok {
		if err := r.ValidName(p.Package); err != nil {
			return finding(Wrong, subject, "%s takes no such name: %v", p.Registry.Title(), err).seen(c.nameSource(p)).advise(renameFix)
		}
	}
	switch {
	case fact.Unknown():
		return c.blind(subject, "whether "+p.Registry.Title()+" has "+p.Package, fact)
	case fact.Absent():
		return c.judgeFree(p, fact.Source())
	}
	return c.judgeTaken(p, fact.Or(evidence.Project{}))
}

// nameSource is where the manifest names the package.
func (c *Case) nameSource(p identity.Publisher) evidence.Source {
	for _, pkg := range c.World.Tree.Packages.Or(nil) {
		if name, ok := pkg.Name.Get(); ok && serves(p.Registry, pkg.Ecosystem) && name == p.Package {
			return manifest(pkg.Name.Source(), pkg.Path)
		}
	}
	return c.World.Tree.Packages.Source()
}

// judgeFree is for a name under which the registry shows nothing. Names that
// are blocked, reserved after a deletion, or too like another one show
// themselves only when they are registered.
func (c *Case) judgeFree(p identity.Publisher, src evidence.Source) Finding {
	subject := publisherSubject(p)
	if p.Registry == identity.CratesIO {
		return finding(OK, subject, "crates.io has no crate %s, in any spelling; whether the name is reserved, only an upload tells", p.Package).seen(src)
	}
	if pypi.IsModule(p.Package) {
		return finding(Wrong, subject, "%s is the name of a module of Python's standard library: %s lets no project have it", p.Package, p.Registry.Title()).
			seen(src, c.nameSource(p)).advise(renameFix)
	}
	return finding(OK, subject, "%s has no project %s, in any spelling; whether the name is blocked, or too like another, only its form tells", p.Registry.Title(), p.Package).seen(src)
}

// judgeTaken is for a name under which a package stands: this one, or another.
func (c *Case) judgeTaken(p identity.Publisher, project evidence.Project) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	switch {
	case p.Registry == identity.CratesIO && project.Name != p.Package:
		return finding(Wrong, subject, "crates.io has this name as %s, and takes no other spelling of it (“crate was previously named `%s`”)", project.Name, project.Name).
			seen(fact.Source()).advise("name it %s in the manifest; if that crate is not yours, choose another name", project.Name)
	case project.Status == "quarantined":
		return finding(Wrong, subject, "%s has put the project %s into quarantine", p.Registry.Title(), project.Name).
			seen(fact.Source()).advise("write to %s's admins: nothing can be published until they let it out", p.Registry.Title())
	}
	f := c.belongs(p)
	if f.Verdict == OK || f.Verdict == Said {
		return f
	}
	return c.judgeStranger(p, project, f)
}

// judgeStranger is for a package of which nothing shows that it is yours. What
// it says of its source tells this package from another of the same name, as
// far as its uploader is to be believed.
func (c *Case) judgeStranger(p identity.Publisher, project evidence.Project, owner Finding) Finding {
	subject := publisherSubject(p)
	address, shown := project.Repository.Get()
	switch {
	case c.comesFromHere(project):
		return finding(OK, subject, "the %s of %s says that it comes from this repository", p.Package, p.Registry.Title()).seen(project.Repository.Source())
	case owner.Verdict == Wrong && !project.Repository.Unknown():
		return c.perhapsAnother(p, finding(Wrong, subject, "%s; it says that its source is %s", owner.Because, orNone(address)).
			seen(owner.Seen...).seen(project.Repository.Source()).
			advise("%s; if it is this package under an older address, %s", renameFix, owner.Fix))
	}
	f := finding(Unknown, subject, "%s", owner.Because).seen(owner.Seen...).advise("%s", owner.Fix)
	if shown {
		f.Because += "; it says that its source is " + address
	}
	return f
}
