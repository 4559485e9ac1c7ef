package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func publisherRegistered() Check {
	return Check{
		ID: "publisher-registered", Step: Publishers, Level: Works,
		Claim: "A publisher of this repository is registered for the package.",
		Why:   "The registry trusts nobody until it is told whom, package by package.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				findings = append(findings, c.judgeRegistered(p))
			}
			return findings
		},
	}
}

// judgeRegistered goes from the strongest source to the weakest: the registry's
// own list, a refusal, a token that a run got, a record, and what was said.
func (c *Case) judgeRegistered(p identity.Publisher) Finding {
	if f, ok := c.registeredByList(p); ok {
		return f
	}
	if f, ok := c.registeredByRuns(p); ok {
		return f
	}
	_, decided, _ := c.latest(p.Registry)
	if v, ok := c.recordSince(p, decided); ok && ours(v, p) {
		return finding(OK, publisherSubject(p), "%s %s was published by one", p.Package, v.Number).seen(v.Trusted.Source())
	}
	if said, ok := c.said(p); ok && !c.PendingLapsed(p) {
		return finding(Said, publisherSubject(p), "you said so on %s; %s", day(said.At), whyUnseen(p)).advise(rehearseFix)
	}
	return c.unregistered(p)
}

func ours(v evidence.Version, p identity.Publisher) bool {
	return p.Owner != "" && strings.EqualFold(v.Trusted.Or(evidence.Provenance{}).Repository, p.Owner+"/"+p.Repository)
}

// registeredByList asks the registry's list of publishers, which only crates.io
// shows, and only to a token.
func (c *Case) registeredByList(p identity.Publisher) (Finding, bool) {
	list := c.project(p).Or(evidence.Project{}).Publishers
	if !list.Seen() || p.Owner == "" {
		return Finding{}, false
	}
	subject := publisherSubject(p)
	var others []string
	for _, q := range list.Or(nil) {
		repository := q.Owner + "/" + q.Repository
		if strings.EqualFold(repository, p.Owner+"/"+p.Repository) {
			return finding(OK, subject, "%s lists one: %s", p.Registry.Title(), identityText(q.Identity)).seen(list.Source()), true
		}
		others = append(others, identityText(q.Identity))
	}
	shown := "none"
	if len(others) > 0 {
		shown = strings.Join(others, "; ")
	}
	return finding(Wrong, subject, "%s lists no publisher of %s/%s for it, but %s", p.Registry.Title(), p.Owner, p.Repository, shown).
		seen(list.Source()).advise("%s", c.registerFix(p)), true
}

func identityText(i identity.Identity) string {
	return i.Owner + "/" + i.Repository + ", " + i.Workflow + ", " + environmentText(i.Environment)
}

// registeredByRuns asks the newest run of which the outcome is decided. A token
// proves a publisher of a package only when it can be for no other package.
func (c *Case) registeredByRuns(p identity.Publisher) (Finding, bool) {
	if f, ok := c.registeredByUpload(p); ok {
		return f, true
	}
	_, a, _ := c.latest(p.Registry)
	subject := publisherSubject(p)
	switch a.outcome {
	case refused:
		return c.registeredByRefusal(p, a)
	case minted:
		if ok, _ := c.proves(a, p); ok && c.sole(p) {
			return finding(OK, subject, "%s gave %s a token", p.Registry.Title(), a.title()).seen(a.source), true
		}
	}
	return Finding{}, false
}

// registeredByUpload looks for an upload of the package that was refused with a
// token for others. What a later token was for, nothing tells: only a record or
// a word outdates it.
func (c *Case) registeredByUpload(p identity.Publisher) (Finding, bool) {
	for _, a := range c.attempts[p.Registry] {
		r := a.upload
		if r.Package == "" || !p.Registry.SamePackage(r.Package, p.Package) || c.outdated(a, p) {
			continue
		}
		return finding(Wrong, publisherSubject(p), "%s gave %s a token for others, and refused it here: %s", p.Registry.Title(), a.title(), r.Text).
			seen(a.source).advise("%s, then publish what is missing of the release", c.registerFix(p)), true
	}
	return Finding{}, false
}

// registeredByRefusal reads a refusal that nothing newer outdates.
func (c *Case) registeredByRefusal(p identity.Publisher, a attempt) (Finding, bool) {
	if c.outdated(a, p) {
		return Finding{}, false
	}
	subject, r := publisherSubject(p), a.refusal
	missing := r.Field == identity.FieldRepository || r.Package != "" && p.Registry.SamePackage(r.Package, p.Package)
	switch {
	case missing:
		return finding(Wrong, subject, "%s refused %s: %s", p.Registry.Title(), a.title(), r.Text).seen(a.source).advise("%s", c.registerFix(p)), true
	case r.Package != "":
		return Finding{}, false // it was another crate that had none
	case r.Field != "" && p.Registry == identity.CratesIO && c.sole(p):
		return finding(OK, subject, "%s compared %s with one (publisher-matches says how)", p.Registry.Title(), a.title()).seen(a.source), true
	}
	return finding(Unknown, subject, "%s refused %s, and does not tell whether a publisher is missing or differs (see publisher-matches)", p.Registry.Title(), a.title()).
		seen(a.source).advise("%s", c.registerFix(p)), true
}

// outdated says whether a run is older than a word or a record of the package.
func (c *Case) outdated(a attempt, p identity.Publisher) bool {
	if c.saidAfter(p, a.at()) {
		return true
	}
	v, ok := c.record(p)
	return ok && a.before(v)
}

// unregistered is for a publisher of which nothing is seen.
func (c *Case) unregistered(p identity.Publisher) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	if c.PendingLapsed(p) {
		return finding(Wrong, subject, "%s has no project %s, and the pending publisher of which you spoke has lapsed (see pending-publisher-alive)", p.Registry.Title(), p.Package).
			seen(fact.Source()).advise("%s", c.registerFix(p))
	}
	if fact.Absent() && p.Registry == identity.CratesIO {
		return finding(Wrong, subject, "crates.io has no crate %s, so it can have no publisher", p.Package).seen(fact.Source()).
			advise("publish the first version by hand; then %s", c.registerFix(p))
	}
	if fact.Unknown() {
		return c.blind(subject, "what "+p.Registry.Title()+" knows of "+p.Package, fact)
	}
	return finding(Unknown, subject, "%s", whyUnseen(p)).seen(fact.Source()).advise("%s", c.registerFix(p))
}

func whyUnseen(p identity.Publisher) string {
	if p.Registry == identity.CratesIO {
		return "crates.io shows publishers only to a token with the trusted-publishing scope; a rehearsal will prove it"
	}
	return "no API of " + p.Registry.Title() + " shows publishers; a rehearsal will prove it"
}
