package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func metadataComplete() Check {
	return Check{
		ID: "metadata-complete", Step: Survey, Level: Works,
		Claim: "The manifest holds what its registry demands of an upload.",
		Why:   "crates.io refuses a crate without description or licence at the upload, when the tag is already out.",
		Judge: judgeMetadata,
	}
}

func judgeMetadata(c *Case) []Finding {
	var findings []Finding
	for _, p := range c.World.Tree.Packages.Or(nil) {
		if name, ok := p.Name.Get(); ok && p.Publish.Or(true) && packageWanted(c.World.Wanted, p.Ecosystem.Registry(), name) {
			findings = append(findings, judgeManifest(c, p, name))
		}
	}
	return findings
}

// demand is one thing that a registry wants of a manifest.
type demand struct {
	what string
	fact evidence.Fact[string]
}

// demands follow crates.io (description and license or license-file; commit
// 57fa000, 2026-08-21) and the core metadata specification (name and version).
func demands(p evidence.Package) []demand {
	if p.Ecosystem == evidence.Cargo {
		return []demand{{"version", p.Version}, {"description", p.Description}, {"license or license-file", p.License}}
	}
	if p.Version.Unknown() {
		return nil // dynamic: the build backend puts it in
	}
	return []demand{{"version", p.Version}}
}

func judgeManifest(c *Case, p evidence.Package, name string) Finding {
	var missing, unclear []string
	for _, d := range demands(p) {
		switch {
		case d.fact.Absent():
			missing = append(missing, d.what)
		case d.fact.Unknown():
			unclear = append(unclear, d.what+": "+c.reason(d.fact))
		}
	}
	src := manifest(p.Name.Source(), p.Path)
	switch {
	case len(missing) > 0:
		return c.lacks(p, name, finding(Wrong, p.Path, "%s has no %s", name, strings.Join(missing, ", no ")).seen(src).
			advise("add %s to %s", strings.Join(missing, " and "), p.Path).at(p.Path, src.Line))
	case len(p.Unversioned) > 0:
		return c.lacks(p, name, finding(Wrong, p.Path, "%s depends on %s by path, without a version: crates.io refuses that", name, strings.Join(p.Unversioned, ", ")).
			seen(src).advise(`add version = "…" beside path for %s`, strings.Join(p.Unversioned, ", ")).at(p.Path, src.Line))
	case len(unclear) > 0:
		return finding(Unknown, p.Path, "%s: %s", name, strings.Join(unclear, "; ")).seen(src)
	}
	return finding(OK, p.Path, "%s", complete(c, p, name)).seen(src)
}

// lacks is a problem for a crate that is meant for crates.io. Crates that are
// only built into wheels, bindings and examples often lack as much and are not
// marked publish = false: then the manifest does not tell, and beside crates that
// lack nothing it is advice.
func (c *Case) lacks(p evidence.Package, name string, problem Finding) Finding {
	if p.Ecosystem != evidence.Cargo || c.meantForCratesIO(name) {
		return problem
	}
	problem.Verdict = Unknown
	problem.Because += "; crates.io would refuse it, and nothing shows that it is meant to go there"
	problem.Fix += ", or `publish = false` if it is not for crates.io"
	if c.setAside(p) {
		return problem.as(Advice)
	}
	return problem
}

// meantForCratesIO holds for a crate that is on crates.io, or that is meant for
// it by itself.
func (c *Case) meantForCratesIO(name string) bool {
	return c.meantByItself(name) || c.World.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: name}].Seen()
}

// meantByItself holds for a crate that is asked for by name, or besides which
// there is nothing to publish.
func (c *Case) meantByItself(name string) bool {
	isThis := func(other string) bool { return identity.CratesIO.SamePackage(other, name) }
	if slices.ContainsFunc(c.World.Wanted.Packages, isThis) {
		return true
	}
	crates := publishable(c.World, identity.CratesIO)
	return len(crates) == 1 && len(publishable(c.World, identity.PyPI)) == 0
}

func complete(c *Case, p evidence.Package, name string) string {
	if p.Version.Unknown() {
		return fmt.Sprintf("%s has its name; the version is left to the build (%s)", name, c.reason(p.Version))
	}
	has := []string{"name"}
	for _, d := range demands(p) {
		has = append(has, d.what)
	}
	slices.Sort(has[1:])
	return name + " has " + strings.Join(has, ", ")
}
