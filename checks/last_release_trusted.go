package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func lastReleaseTrusted() Check {
	return Check{
		ID: "last-release-trusted", Step: Proof, Level: Works,
		Claim: "The registry's own record says that the newest release came from this repository's workflow.",
		Why:   "It is the one proof that does not rest on anybody's word.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				if p.Registry != identity.TestPyPI { // nobody releases to a test index
					findings = append(findings, c.judgeLastRelease(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeLastRelease(p identity.Publisher) Finding {
	fact, subject := c.project(p), publisherSubject(p)
	project, ok := fact.Get()
	if fact.Unknown() {
		return c.blind(subject, "how "+p.Registry.Title()+" got the newest release", fact)
	}
	if !ok || len(project.Versions) == 0 {
		return finding(Waiting, subject, "%s has no release of %s yet", p.Registry.Title(), p.Package).seen(fact.Source()).
			advise("release with a pushed tag once the rehearsal has passed")
	}
	v := project.Versions[0]
	switch {
	case v.Trusted.Seen():
		return judgeRecord(v, p)
	case v.Trusted.Absent():
		return c.judgeTokenRelease(v, p)
	}
	return c.blind(subject, "who published "+p.Package+" "+v.Number, v.Trusted)
}

func judgeRecord(v evidence.Version, p identity.Publisher) Finding {
	subject, rec := publisherSubject(p), v.Trusted.Or(evidence.Provenance{})
	same, whole := names(v, p)
	switch {
	case same:
		return finding(OK, subject, "%s %s was published by %s%s", p.Package, v.Number, rec.Repository, recordText(rec)).seen(v.Trusted.Source())
	case p.Owner == "":
		return finding(Unknown, subject, "%s %s was published by %s; which repository this is, is not known", p.Package, v.Number, rec.Repository).seen(v.Trusted.Source())
	case whole:
		return finding(Waiting, subject, "%s %s was published by this repository%s; the publisher is now to be %s in %s: the next release will show",
			p.Package, v.Number, recordText(rec), p.Workflow, environmentText(p.Environment)).seen(v.Trusted.Source())
	}
	return finding(Wrong, subject, "%s %s was published by %s, not by %s/%s", p.Package, v.Number, rec.Repository, p.Owner, p.Repository).
		seen(v.Trusted.Source()).advise("take the other repository's publisher away on %s, unless it is yours under an older name", p.Registry.Title())
}

// recordText is what a record tells beyond the repository.
func recordText(rec evidence.Provenance) string {
	text := ""
	if rec.Workflow != "" {
		text += ", " + rec.Workflow + " in " + environmentText(rec.Environment)
	}
	if rec.RunID != 0 {
		text += ", in a run that its record names"
	}
	return text
}

// judgeTokenRelease: releases by a token are the past as long as none was
// trusted and no exchange worked before.
func (c *Case) judgeTokenRelease(v evidence.Version, p identity.Publisher) Finding {
	subject := publisherSubject(p)
	f := finding(Wrong, subject, "%s %s was published with a token, ", p.Package, v.Number).seen(v.Trusted.Source()).
		advise("find out who published it; then take the token's secret away and revoke the token")
	if older, ok := c.record(p); ok {
		f.Because += "although " + older.Number + " before it was a trusted release"
		return f
	}
	for _, a := range c.attempts[p.Registry] {
		if ok, _ := c.proves(a, p); a.outcome == minted && ok && c.sole(p) && a.before(v) {
			f.Because += "although " + a.title() + " had shown that trusted publishing works"
			return f.seen(a.source)
		}
	}
	return finding(Waiting, subject, "%s %s was published with a token; the next release will show", p.Package, v.Number).seen(v.Trusted.Source()).
		advise("release with a pushed tag once the rehearsal has passed")
}
