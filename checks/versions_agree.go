package checks

import (
	"path"
	"slices"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func versionsAgree() Check {
	return Check{
		ID: "versions-agree", Step: Survey, Level: Works,
		Claim: "A crate and the Python package that is built beside it carry the same version.",
		Why:   "One tag releases both: when one of them still has the old version, its registry refuses the upload and half of the release is out.",
		Judge: judgeVersions,
	}
}

func judgeVersions(c *Case) []Finding {
	var findings []Finding
	all := c.World.Tree.Packages.Or(nil)
	for _, crate := range all {
		for _, project := range all {
			if crate.Ecosystem == evidence.Cargo && project.Ecosystem == evidence.Python && releasedTogether(crate, project) {
				findings = append(findings, judgePair(c, crate, project))
			}
		}
	}
	return findings
}

// releasedTogether holds for manifests in one folder, and for a crate and a
// project of one name.
func releasedTogether(crate, project evidence.Package) bool {
	if !crate.Publish.Or(true) || !project.Publish.Or(true) {
		return false
	}
	a, b := crate.Name.Or(""), project.Name.Or("")
	sameName := a != "" && identity.NormalizeProject(a) == identity.NormalizeProject(b)
	return sameName || oneFolder(crate, project)
}

func oneFolder(crate, project evidence.Package) bool {
	return path.Dir(crate.Path) == path.Dir(project.Path)
}

func judgePair(c *Case, crate, project evidence.Package) Finding {
	subject := crate.Path + " and " + project.Path
	sources := []evidence.Source{manifest(crate.Version.Source(), crate.Path), manifest(project.Version.Source(), project.Path)}
	a, aKnown := crate.Version.Get()
	b, bKnown := project.Version.Get()
	switch {
	case aKnown && !bKnown && takesCratesVersion(project):
		return finding(OK, subject, "the crate has %s, and the build takes the Python package's version from it", a).seen(sources...)
	case !aKnown:
		return finding(Unknown, subject, "the crate's version: %s", whyNone(c, crate.Version)).seen(sources...)
	case !bKnown:
		return finding(Unknown, subject, "the Python package's version: %s", whyNone(c, project.Version)).seen(sources...)
	case sameVersion(a, b):
		return finding(OK, subject, "both have %s", a).seen(sources...)
	}
	f := finding(Wrong, subject, "the crate has %s, the Python package %s", a, b).seen(sources...).at(project.Path, project.Version.Source().Line)
	if !oneFolder(crate, project) || !c.releasesBoth() {
		// Neither a name nor a folder makes one release of two: bindings are
		// often versioned apart from the crate that they bind, and many a crate is
		// only built into the wheel.
		return f.as(Advice).advise("if one tag releases both, set both to the version of the next release")
	}
	return f.advise("set both to the version of the next release")
}

// releasesBoth says whether one run publishes crates and Python packages: a run
// of a file that is there, or of the one that is still to be written.
func (c *Case) releasesBoth() bool {
	crates := placesThat(placesOf(c.Publishing, identity.CratesIO), publishes)
	projects := placesThat(placesOf(c.Publishing, identity.PyPI), publishes)
	if len(crates)+len(projects) == 0 {
		return true
	}
	return slices.ContainsFunc(crates, func(p workflow.Publishing) bool {
		return slices.ContainsFunc(projects, func(q workflow.Publishing) bool { return p.Triggered == q.Triggered })
	})
}

// takesCratesVersion holds for maturin without a version of its own: it takes
// the one in Cargo.toml (maturin's documentation, metadata, 2026-08).
func takesCratesVersion(project evidence.Package) bool {
	return project.Backend.Or("") == "maturin" && !project.Version.Seen()
}

func whyNone(c *Case, f evidence.Fact[string]) string {
	if f.Absent() {
		return "the manifest sets none"
	}
	return c.reason(f)
}

// sameVersion compares as PyPI does: 0.3.0-rc.1 of a crate is 0.3.0rc1 there.
func sameVersion(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := pep440.Parse(a)
	y, errY := pep440.Parse(b)
	return errX == nil && errY == nil && x.Equal(y)
}
