package checks

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

func publisherMatches() Check {
	return Check{
		ID: "publisher-matches", Step: Publishers, Level: Works,
		Claim: "What the job presents is what the registered publisher expects, field by field.",
		Why:   "One differing letter in owner, repository, file or environment is enough for a refusal, and PyPI does not even say which.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				findings = append(findings, c.judgeMatch(p))
				findings = append(findings, c.judgeLoosePublisher(p)...)
			}
			return findings
		},
	}
}

// judgeMatch asks the registry's own list first, which is of now; then the
// newest of what runs, records and the maintainer tell.
func (c *Case) judgeMatch(p identity.Publisher) Finding {
	if list := c.project(p).Or(evidence.Project{}).Publishers; list.Seen() {
		return c.judgeAgainst(p, list.Or(nil), list.Source(), OK)
	}
	word, said := c.judgeSaid(p)
	newest, decided, tried := c.latest(p.Registry)
	v, recorded := c.recordSince(p, decided)
	if said && word.Verdict == Wrong && c.saidAfter(p, decided.at()) && c.saidAfter(p, v.CreatedAt) {
		return word
	}
	if tried && (decided.outcome == minted || !c.outdated(decided, p)) {
		if f, ok := c.judgeRun(p, newest, decided); ok {
			return f
		}
	}
	if same, whole := names(v, p); recorded && same && whole {
		return finding(OK, publisherSubject(p), "%s %s was published by this identity%s", p.Package, v.Number, recordText(v.Trusted.Or(evidence.Provenance{}))).
			seen(v.Trusted.Source())
	}
	if said {
		return word
	}
	return c.unmatched(p)
}

func (c *Case) judgeSaid(p identity.Publisher) (Finding, bool) {
	said, ok := c.said(p)
	if !ok || c.PendingLapsed(p) {
		return Finding{}, false
	}
	return c.judgeAgainst(p, []identity.Publisher{said.Publisher}, evidence.Source{}, Said), true
}

// judgeRun: a token proves the match, and a refusal the mismatch, until
// something newer tells otherwise.
func (c *Case) judgeRun(p identity.Publisher, newest, decided attempt) (Finding, bool) {
	subject := publisherSubject(p)
	switch decided.outcome {
	case minted:
		if ok, _ := c.proves(decided, p); ok && c.sole(p) {
			return finding(OK, subject, "%s gave %s a token", p.Registry.Title(), decided.title()).seen(decided.source), true
		}
	case refused:
		if of := decided.refusal.Package; of != "" && !p.Registry.SamePackage(of, p.Package) {
			return Finding{}, false
		}
		if newest.outcome == underWay || newest.outcome == awaiting {
			return finding(Waiting, subject, "%s was refused; %s %s", decided.title(), newest.title(), waitsFor(newest)).
				seen(decided.source, newest.source), true
		}
		return c.judgeRefusal(p, decided), true
	case failed, unclear:
		return finding(Unknown, subject, "%s: %s", decided.title(), decided.reason).seen(decided.source).advise("read %s", decided.run.URL), true
	}
	return Finding{}, false
}

// judgeRefusal names what differs: by the registry's own words where it has
// them, else by comparing what was presented with what should be registered.
func (c *Case) judgeRefusal(p identity.Publisher, a attempt) Finding {
	r := a.refusal
	because := fmt.Sprintf("%s refused %s: %s", p.Registry.Title(), a.title(), r.Text)
	f := finding(Wrong, publisherSubject(p), "%s", because).seen(a.source).advise("%s, then rehearse", c.registerFix(p))
	if p.Registry != identity.CratesIO && r.Field == "" {
		f.Because += c.presentedText(p, r)
	}
	if r.Code == "invalid-pending-publisher" {
		f = f.advise("the pending publisher is gone with this refusal: make sure that the project has a publisher of its own on %s, then run again", c.publisherPage(p))
	}
	if places := c.placesFor(p); len(places) > 0 {
		f = f.at(pathOf(places[0].File), places[0].Line)
	}
	return f
}

// presentedText says what PyPI leaves out of a refusal.
func (c *Case) presentedText(p identity.Publisher, r Refusal) string {
	if r.Code != "invalid-publisher" {
		return ""
	}
	text := "; it does not tell which field differs"
	if len(r.Claims) == 0 {
		return text
	}
	shown := presentedBy(r.Claims)
	text += "; presented was: " + formText(identity.Publisher{Identity: shown})
	if id := shown.Text(identity.FieldOwnerID); id != "" {
		text += ", owner id " + id
	}
	if wrong := differing(shown, p.Identity); len(wrong) > 0 {
		text += "; that is not what the publisher is to say in " + strings.Join(wrong, ", ")
	}
	return text
}

// presentedBy reads the identity out of printed claims.
func presentedBy(claims map[string]string) identity.Identity {
	owner, repository, _ := strings.Cut(claims["repository"], "/")
	path, _, _ := strings.Cut(claims["job_workflow_ref"], "@")
	id, err := strconv.ParseInt(claims["repository_owner_id"], 10, 64)
	if err != nil {
		id = 0 // not printed
	}
	return identity.Identity{Owner: owner, OwnerID: id, Repository: repository, Workflow: base(path), Environment: claims["environment"]}
}

// differing names the fields in which two identities differ, with both values.
func differing(presented, wanted identity.Identity) []string {
	var fields []string
	for _, f := range identity.Fields() {
		a, b := presented.Text(f), wanted.Text(f)
		if f == identity.FieldOwnerID && (a == "" || b == "") {
			continue // not printed, or not known
		}
		if !strings.EqualFold(a, b) || f == identity.FieldWorkflow && a != b {
			fields = append(fields, fmt.Sprintf("%s (%s, not %s)", f, orNone(a), orNone(b)))
		}
	}
	return fields
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (c *Case) unmatched(p identity.Publisher) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	if fact.Unknown() {
		return c.blind(subject, "what "+p.Registry.Title()+" knows of "+p.Package, fact)
	}
	return finding(Unknown, subject, "nothing shows which publisher is registered: %s", whyUnseen(p)).seen(fact.Source()).advise(rehearseFix)
}
