package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func trustedPublishingOnly() Check {
	return Check{
		ID: "trusted-publishing-only", Step: Lock, Level: Advice,
		Claim: "crates.io takes new versions by trusted publishing alone, and that is known to work.",
		Why:   "The switch makes every leaked token useless; set before a trusted release has worked, it locks everybody out.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				if p.Registry == identity.CratesIO {
					findings = append(findings, c.judgeOnly(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeOnly(p identity.Publisher) Finding {
	fact, subject := c.project(p), publisherSubject(p)
	project, ok := fact.Get()
	switch {
	case fact.Unknown():
		return c.blind(subject, "whether crates.io takes trusted publishing only", fact)
	case !ok:
		return finding(Waiting, subject, "crates.io has no crate %s yet", p.Package).seen(fact.Source())
	}
	only, known := project.TrustpubOnly.Get()
	switch {
	case !known:
		return c.blind(subject, "whether crates.io takes trusted publishing only", project.TrustpubOnly)
	case only:
		return c.judgeLocked(p, project).seen(project.TrustpubOnly.Source())
	case c.shown(p) != "":
		return finding(Wrong, subject, "a token can still publish %s, though trusted publishing works: %s", p.Package, c.shown(p)).seen(project.TrustpubOnly.Source()).
			advise("switch on “Require trusted publishing for all new versions” at https://crates.io/crates/%s/settings", p.Package)
	}
	return finding(Waiting, subject, "it is off, as it should be until a trusted release has worked").seen(project.TrustpubOnly.Source())
}

// judgeLocked judges a crate that takes nothing else: what still uses a token
// is refused, and without a publisher that works nobody can publish.
func (c *Case) judgeLocked(p identity.Publisher, project evidence.Project) Finding {
	subject := publisherSubject(p)
	settings := "https://crates.io/crates/" + p.Package + "/settings"
	for _, q := range placesOf(c.Publishing, identity.CratesIO) {
		if publishes(q) && q.Credential == workflow.CredentialSecret {
			return finding(Wrong, subject, "%s:%d still publishes with a token%s, and crates.io answers “New versions of this crate can only be published using Trusted Publishing”",
				q.File.Base(), q.Line, secretList(q)).seen(c.fileSource(pathOf(q.File))).at(pathOf(q.File), q.Line).advise("%s; or switch it off at %s until then", exchangeAdvice(q), settings)
		}
	}
	list, listed := project.Publishers.Get()
	mine := slices.ContainsFunc(list, func(q identity.Publisher) bool {
		return strings.EqualFold(q.Owner, p.Owner) && strings.EqualFold(q.Repository, p.Repository)
	})
	switch proof := c.shown(p); {
	case proof != "" && c.World.Workflows.Unknown():
		return c.blind(subject, "it is on; whether a workflow still uses a token", c.World.Workflows)
	case proof != "" && len(c.unreadFiles()) > 0:
		return finding(Unknown, subject, "it is on; whether a workflow still uses a token: not read: %s", strings.Join(c.unreadFiles(), ", "))
	case proof != "":
		return finding(OK, subject, "%s can only be published by trusted publishing, which works: %s", p.Package, proof)
	case listed && len(list) == 0:
		return finding(Wrong, subject, "%s can only be published by trusted publishing, and crates.io lists no publisher: nobody can publish it", p.Package).
			seen(project.Publishers.Source()).advise("register the publisher (%s) now, or switch it off, at %s", formText(p), settings)
	case listed && !mine:
		return finding(Wrong, subject, "%s can only be published by trusted publishing, and no listed publisher is of %s/%s: this repository cannot publish it", p.Package, p.Owner, p.Repository).
			seen(project.Publishers.Source()).advise("register the publisher (%s), or switch it off, at %s", formText(p), settings)
	case listed:
		return finding(Wrong, subject, "%s can only be published by trusted publishing, and no run or release has shown yet that it works", p.Package).
			seen(project.Publishers.Source()).advise("%s; if it is refused, switch it off at %s", rehearseFix, settings)
	}
	return finding(Unknown, subject, "%s can only be published by trusted publishing; whether a publisher stands: %s, and no run or release has shown it", p.Package, c.reason(project.Publishers)).
		advise("%s; if it is refused, switch it off at %s", rehearseFix, settings)
}

// shown is what has shown that trusted publishing works for a crate from this
// repository; "" for nothing.
func (c *Case) shown(p identity.Publisher) string {
	if v, ok := c.record(p); ok && ours(v, p) {
		return v.Number + " was a trusted release"
	}
	_, decided, _ := c.latest(p.Registry)
	if ok, _ := c.proves(decided, p); decided.outcome == minted && ok && c.sole(p) {
		return decided.title() + " got a token"
	}
	return ""
}
