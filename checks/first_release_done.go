package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func firstReleaseDone() Check {
	return Check{
		ID: "first-release-done", Step: FirstRelease, Level: Works,
		Claim: "The package's name stands at its registry, or a pending publisher waits for it.",
		Why:   "A token of trusted publishing never creates a crate, and PyPI creates a project only where a pending publisher was registered before.",
		Judge: judgeFirstReleases,
	}
}

func judgeFirstReleases(c *Case) []Finding {
	var findings []Finding
	for _, p := range c.Publishers {
		findings = append(findings, c.judgeFirstRelease(p))
	}
	return findings
}

func (c *Case) project(p identity.Publisher) evidence.Fact[evidence.Project] {
	return c.World.Projects[evidence.ProjectKey{Registry: p.Registry, Name: p.Package}]
}

func (c *Case) judgeFirstRelease(p identity.Publisher) Finding {
	fact, subject := c.project(p), publisherSubject(p)
	project, ok := fact.Get()
	switch {
	case ok && len(project.Versions) > 0:
		return finding(OK, subject, "%s has %s %s", p.Registry.Title(), project.Name, project.Versions[0].Number).seen(fact.Source())
	case ok && p.Registry == identity.TestPyPI:
		return finding(OK, subject, "the project %s stands on TestPyPI; a test index needs no release", project.Name).seen(fact.Source())
	case ok:
		return finding(Waiting, subject, "the project %s stands on %s without a release: the next one fills it", project.Name, p.Registry.Title()).seen(fact.Source())
	case fact.Unknown():
		return c.blind(subject, "whether "+p.Registry.Title()+" has "+p.Package, fact)
	case p.Registry == identity.CratesIO:
		return finding(Wrong, subject, "crates.io has no crate %s", p.Package).seen(fact.Source()).
			advise("publish its first version by hand with `cargo publish`: crates.io answers a trusted token with “Trusted Publishing tokens do not support creating new crates”")
	}
	return c.judgePending(p, fact.Source())
}

// judgePending is for a project that PyPI does not have: nothing shows a
// pending publisher, so the maintainer's word is all there is.
func (c *Case) judgePending(p identity.Publisher, src evidence.Source) Finding {
	subject := publisherSubject(p)
	said, ok := c.said(p)
	if other, behind := c.PendingBehind(p); !ok && behind {
		return finding(Waiting, subject, "%s has no project %s, and its pending publisher has to wait for the release of %s", p.Registry.Title(), p.Package, other).seen(src).
			advise("see pending-publisher-alive")
	}
	if !ok {
		return finding(Wrong, subject, "%s has no project %s, and no pending publisher is known of", p.Registry.Title(), p.Package).seen(src).
			advise("register a pending publisher at https://%s/manage/account/publishing/", p.Registry.Host())
	}
	if c.PendingLapsed(p) {
		return finding(Wrong, subject, "%s has no project %s, and the pending publisher of which you spoke on %s has lapsed", p.Registry.Title(), p.Package, day(said.At)).seen(src).
			advise("register it again at https://%s/manage/account/publishing/", p.Registry.Host())
	}
	return finding(Said, subject, "%s has no project %s; you said on %s that a pending publisher stands", p.Registry.Title(), p.Package, day(said.At)).
		seen(src).advise("release within 30 days of registering it: it lapses then, and until then reserves no name")
}
