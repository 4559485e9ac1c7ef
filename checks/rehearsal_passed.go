package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

func rehearsalPassed() Check {
	return Check{
		ID: "rehearsal-passed", Step: Rehearsal, Level: Works,
		Claim: "A run of the workflow as it stands got a token from the registry.",
		Why:   "Only the real exchange in the real environment shows that all copies of the identity agree.",
		Judge: judgeRehearsals,
	}
}

func judgeRehearsals(c *Case) []Finding {
	var findings []Finding
	for _, r := range identity.Registries() {
		if p, ok := c.publisherOf(r); ok && len(placesThat(placesOf(c.Publishing, r), mints)) > 0 {
			findings = append(findings, c.judgeRehearsal(p))
		}
	}
	return findings
}

// publisherOf gives one of the registry's publishers: they share the identity.
// One whose project stands is preferred, since it can have been rehearsed.
func (c *Case) publisherOf(r identity.Registry) (identity.Publisher, bool) {
	var found identity.Publisher
	ok := false
	for _, p := range c.Publishers {
		if p.Registry == r && (!ok || !c.project(found).Seen() && c.project(p).Seen()) {
			found, ok = p, true
		}
	}
	return found, ok
}

const rehearseFix = "rehearse with `gh trustpub`: tokens are exchanged, nothing is published"

func (c *Case) judgeRehearsal(p identity.Publisher) Finding {
	subject, runs := string(p.Registry), c.World.GitHub.Runs
	if runs.Unknown() {
		return c.blind(subject, "what the workflow's runs came to", runs)
	}
	newest, _, tried := c.latest(p.Registry)
	if !tried {
		return c.judgeUnrehearsed(p)
	}
	switch newest.outcome {
	case minted:
		return c.judgeMinted(p, newest)
	case awaiting, underWay:
		return finding(Waiting, subject, "%s %s", newest.title(), waitsFor(newest)).seen(newest.source)
	case unclear:
		return finding(Unknown, subject, "%s: %s", newest.title(), newest.reason).seen(newest.source).advise("read %s", newest.run.URL)
	case failed:
		return finding(Wrong, subject, "%s: %s", newest.title(), newest.reason).seen(newest.source).advise("read the log at %s", newest.run.URL)
	}
	return finding(Wrong, subject, "%s refused %s: %s", p.Registry.Title(), newest.title(), newest.refusal.Text).seen(newest.source).
		advise("see publisher-matches, then rehearse again")
}

// judgeUnrehearsed: a trusted release is a rehearsal too, where its record
// tells the whole identity.
func (c *Case) judgeUnrehearsed(p identity.Publisher) Finding {
	if v, ok := c.record(p); ok {
		if same, whole := names(v, p); same && whole {
			return finding(OK, string(p.Registry), "%s %s was published by this repository's workflow", p.Package, v.Number).seen(v.Trusted.Source())
		}
	}
	return finding(Waiting, string(p.Registry), "no run has come to the exchange yet").seen(c.World.GitHub.Runs.Source()).advise("%s", unprovenFix(c, p))
}

func (c *Case) judgeMinted(p identity.Publisher, a attempt) Finding {
	subject := string(p.Registry)
	if ok, why := c.proves(a, p); !ok {
		if f := c.judgeUnrehearsed(p); f.Verdict == OK {
			return f
		}
		return finding(unproven(c, p), subject, "%s succeeded, and proves nothing of the present identity: %s", a.title(), why).
			seen(a.source).advise("%s", unprovenFix(c, p))
	}
	return finding(OK, subject, "%s gave %s a token in %s", p.Registry.Title(), a.title(), environmentText(p.Environment)).seen(a.source)
}

// unproven is waiting where only a pending publisher stands, which the first
// release will prove, and unknown elsewhere.
func unproven(c *Case, p identity.Publisher) Verdict {
	if c.project(p).Absent() && p.Registry != identity.CratesIO {
		return Waiting
	}
	return Unknown
}

func unprovenFix(c *Case, p identity.Publisher) string {
	if unproven(c, p) == Waiting {
		return "rehearse on TestPyPI: here a token would create the project, so the first release will exchange the first one"
	}
	return rehearseFix
}

// waitsFor says for whom a run waits.
func waitsFor(a attempt) string {
	if a.outcome == underWay {
		return "is under way"
	}
	var who []string
	for _, pending := range a.run.Pending.Or(nil) {
		if pending.CanApprove {
			return "waits for an approval of environment " + pending.Environment + ", which you can give: " + a.run.URL
		}
		for _, r := range pending.Reviewers {
			who = append(who, reviewerName(r))
		}
	}
	if len(who) == 0 {
		return "waits for an approval: " + a.run.URL
	}
	return "waits for an approval by one of " + strings.Join(who, ", ") + ": " + a.run.URL
}
