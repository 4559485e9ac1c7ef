package checks

import (
	"fmt"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/pypi"
)

func pendingPublisherAlive() Check {
	return Check{
		ID: "pending-publisher-alive", Step: FirstRelease, Level: Works,
		Claim: "The pending publisher still stands, and its project does not exist yet.",
		Why:   "A pending publisher lapses 30 days after it was registered, and one that is left over from before its project existed is refused.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				if p.Registry == identity.CratesIO {
					continue // has no pending publishers
				}
				if f, ok := c.judgePendingLife(p); ok {
					findings = append(findings, f)
				}
			}
			return findings
		},
	}
}

// judgePendingLife has nothing to say of a project that stands and whose
// publisher is known, nor of one for which nobody registered anything.
func (c *Case) judgePendingLife(p identity.Publisher) (Finding, bool) {
	fact := c.project(p)
	switch {
	case fact.Unknown():
		return c.blind(publisherSubject(p), "whether a pending publisher of "+p.Package+" on "+p.Registry.Title()+" is still needed", fact), true
	case fact.Seen():
		return c.judgeLeftover(p)
	}
	said, ok := c.said(p)
	if !ok {
		return c.judgeTurn(p, fact.Source())
	}
	return c.judgeAge(p, said, fact.Source()), true
}

// judgeAge goes by what was said: the registration is as old as that, or older.
func (c *Case) judgeAge(p identity.Publisher, said evidence.Said, src evidence.Source) Finding {
	subject := publisherSubject(p)
	when, lapses := ago(c.World.At.Sub(said.At)), said.At.Add(pypi.PendingLife)
	if c.World.At.After(lapses) {
		return finding(Wrong, subject, "you said on %s, %s, that a pending publisher of %s stands on %s: it lapsed by %s at the latest", day(said.At), when, p.Package, p.Registry.Title(), day(lapses)).
			seen(src).advise("register it again: %s; then say so", c.registerFix(p))
	}
	if other, ok := c.pendingBefore(p, said.At); ok {
		return finding(Wrong, subject, "you said that %s and %s are both pending on %s: it takes one project only for one workflow and environment at a time", other, p.Package, p.Registry.Title()).
			seen(src).advise("release %s first, then register %s; or publish it from another workflow file or environment", other, p.Package)
	}
	return finding(Said, subject, "you said on %s, %s, that a pending publisher of %s stands on %s: it lapses by %s at the latest", day(said.At), when, p.Package, p.Registry.Title(), day(lapses)).
		seen(src).advise("release before that; if it lapses, register it again")
}

func ago(d time.Duration) string {
	switch days := int(d / (24 * time.Hour)); days {
	case 0:
		return "today"
	case 1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}

// judgeTurn is for a project of which nothing is pending, while another one's
// publisher with the same identity is.
func (c *Case) judgeTurn(p identity.Publisher, src evidence.Source) (Finding, bool) {
	other, ok := c.PendingBehind(p)
	if !ok {
		return Finding{}, false
	}
	return finding(Waiting, publisherSubject(p), "%s is pending on %s, which takes one project only for one workflow and environment at a time: %s is next", other, p.Registry.Title(), p.Package).
		seen(src).advise("release %s, then register a pending publisher of %s; or publish it from another workflow file or environment", other, p.Package), true
}

// PendingBehind names the project whose pending publisher stands in the way of
// one for another project, if there is one.
func (c *Case) PendingBehind(p identity.Publisher) (other string, behind bool) {
	return c.pendingBefore(p, c.World.At)
}

// PendingLapsed says whether the pending publisher that the maintainer spoke of
// is too old to stand.
func (c *Case) PendingLapsed(p identity.Publisher) bool {
	said, ok := c.said(p)
	return ok && c.project(p).Absent() && c.World.At.After(said.At.Add(pypi.PendingLife))
}

// pendingBefore is another project that does not exist, and of which it was
// said before a time that a publisher with the same identity is pending.
func (c *Case) pendingBefore(p identity.Publisher, before time.Time) (string, bool) {
	for _, q := range c.Publishers {
		said, ok := c.said(q)
		if !ok || q.Registry != p.Registry || p.Registry.SamePackage(q.Package, p.Package) || !c.project(q).Absent() || c.PendingLapsed(q) {
			continue
		}
		if said.At.Before(before) && len(differing(said.Publisher.Identity, p.Identity)) == 0 {
			return q.Package, true
		}
	}
	return "", false
}

// judgeLeftover is for a pending publisher that outlived the making of its
// project (warehouse commit 6b62157, oidc/views.py, 2026-08-21: PyPI removes it
// with the refusal).
func (c *Case) judgeLeftover(p identity.Publisher) (Finding, bool) {
	subject := publisherSubject(p)
	if _, a, _ := c.latest(p.Registry); a.outcome == refused && a.refusal.Code == "invalid-pending-publisher" && !c.outdated(a, p) {
		f := finding(Wrong, subject, "a pending publisher of %s outlived the making of the project: %s refused %s: %s", p.Package, p.Registry.Title(), a.title(), a.refusal.Text)
		if !c.sole(p) {
			f = finding(Unknown, subject, "%s refused %s for a pending publisher whose project exists (%s), and does not tell which project's", p.Registry.Title(), a.title(), a.refusal.Text)
		}
		return f.seen(a.source).advise("it is gone with this refusal: make sure that the project has a publisher of its own on %s, then run again", c.publisherPage(p)), true
	}
	return c.judgeOverrun(p)
}

// judgeOverrun is for a project that came into being after its pending
// publisher was spoken of, and of which nothing shows that it came by that.
func (c *Case) judgeOverrun(p identity.Publisher) (Finding, bool) {
	project, said := c.project(p).Or(evidence.Project{}), evidence.Said{}
	ok := len(project.Versions) > 0
	if ok {
		said, ok = c.said(p)
	}
	if !ok || !oldest(project).CreatedAt.After(said.At) || c.judgeRegistered(p).Verdict == OK {
		return Finding{}, false
	}
	return finding(Unknown, publisherSubject(p), "you said on %s that a pending publisher of %s stands on %s; the project was made on %s, and nothing shows that it was by that",
		day(said.At), p.Package, p.Registry.Title(), day(oldest(project).CreatedAt)).seen(c.project(p).Source()).
		advise("look whether the project has a publisher of its own on %s: a pending one is of no use to a project that exists", c.publisherPage(p)), true
}
