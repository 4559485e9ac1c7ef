package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func publishJobNotReusable() Check {
	return Check{
		ID: "publish-job-not-reusable", Step: Workflow, Level: Works,
		Claim: "The publishing job is written in the file that is started, or its registry takes it from a called one.",
		Why:   "crates.io reads the file that was started and PyPI the one that the job is written in; a job of another repository's workflow PyPI never takes.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, r := range identity.Registries() {
				for _, p := range oneForEachJob(placesThat(placesOf(c.Publishing, r), mints)) {
					findings = append(findings, c.judgeCalled(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeCalled(p workflow.Publishing) Finding {
	subject, src, path := placeSubject(p), c.fileSource(pathOf(p.File)), pathOf(p.File)
	switch {
	case p.Triggered == nil:
		return finding(Unknown, subject, "%s only runs when it is called, and no workflow of this repository calls it", p.File.Base()).seen(src)
	case len(p.Callers) == 0:
		return finding(OK, subject, "the job is written in %s, which is started itself", p.File.Base()).seen(src).at(path, p.Job.Line)
	case p.Registry == identity.CratesIO:
		return c.judgeCalledName(p, "crates.io goes by the file that is started")
	case p.File.Remote != "":
		return c.judgeForeign(p)
	}
	if f, ok := c.judgeAttested(p); ok {
		return f
	}
	return c.judgeCalledName(p, p.Registry.Title()+" goes by the file that the job is written in")
}

// judgeCalledName judges a call that the registry can take: what is known to be
// registered must name the file that it reads.
func (c *Case) judgeCalledName(p workflow.Publishing, rule string) Finding {
	subject, want := placeSubject(p), base(readFile(p.Registry, p))
	for _, known := range c.knownPublishers(p.Registry) {
		if known.publisher.Workflow != want && (known.publisher.Workflow == p.File.Base() || known.publisher.Workflow == p.Triggered.Base()) {
			return finding(Wrong, subject, "%s calls %s; %s, so the publisher must name %s, and %s %s", p.Triggered.Base(), p.File.Base(), rule, want, known.publisher.Workflow, known.how).
				seen(c.fileSource(pathOf(p.File)), known.source).at(p.Callers[0].File.Path, p.Callers[0].Job.UsesLine).
				advise("register %s, or move the job %s into %s", want, p.Job.ID, p.Triggered.Base())
		}
	}
	return finding(OK, subject, "%s calls %s; %s, so the publisher must name %s", p.Triggered.Base(), p.File.Base(), rule, want).
		seen(c.fileSource(pathOf(p.File))).at(p.Callers[0].File.Path, p.Callers[0].Job.UsesLine)
}

// judgeAttested judges attestations made in a called workflow: their certificate
// names the file that was started, the publisher the one that the job is
// written in, and the index refuses what differs (pypa/gh-action-pypi-publish
// issues 166 and 283, read November 2026). A release that the index shows is
// proof of the contrary.
func (c *Case) judgeAttested(p workflow.Publishing) (Finding, bool) {
	how, sure := attests(p)
	if how == "" || p.Triggered.Base() == p.File.Base() || c.recorded(p) {
		return Finding{}, false
	}
	f := finding(Wrong, placeSubject(p), "%s calls %s, and %s: they name %s, the publisher must name %s, and %s answers “Invalid attestations supplied during upload”",
		p.Triggered.Base(), p.File.Base(), how, p.Triggered.Base(), p.File.Base(), p.Registry.Title()).seen(c.fileSource(pathOf(p.File))).at(pathOf(p.File), p.Line).
		advise("move the job %s into %s; or set `attestations: false` at the step, and register %s as the publisher's file", p.Job.ID, p.Triggered.Base(), p.File.Base())
	if !sure {
		f.Verdict = Unknown
	}
	return f, true
}

// recorded says whether the index shows a release by the job's file.
func (c *Case) recorded(p workflow.Publishing) bool {
	return slices.ContainsFunc(c.Publishers, func(q identity.Publisher) bool {
		v, ok := c.record(q)
		return ok && q.Registry == p.Registry && v.Trusted.Or(evidence.Provenance{}).Workflow == p.File.Base()
	})
}

// judgeForeign holds a called workflow of another repository against the best
// publisher that could be registered for it.
func (c *Case) judgeForeign(p workflow.Publishing) Finding {
	name, id, _ := repositoryName(c.World)
	fits := identity.Publisher{Registry: p.Registry, Identity: identity.Identity{Owner: name.Owner, OwnerID: id, Repository: name.Name, Workflow: p.File.Base()}}
	subject, call := placeSubject(p), p.Callers[len(p.Callers)-1]
	o := c.compare(p, []identity.Publisher{fits})
	if name.Owner == "" || o.Verdict != trust.Refused {
		return finding(Unknown, subject, "the job stands in %s; whether %s takes it: %s", p.File.Remote, p.Registry.Title(), orElse(o.Why, "the repository is not known")).
			seen(c.fileSource(pathOf(p.File))).at(call.File.Path, call.Job.UsesLine)
	}
	return finding(Wrong, subject, "the job stands in %s, and whatever is registered %s answers: %s", p.File.Remote, p.Registry.Title(), o.Text).
		seen(c.fileSource(pathOf(p.File))).at(call.File.Path, call.Job.UsesLine).
		advise("write the publishing job into %s itself; what builds can stay in the called workflow", p.Triggered.Base())
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// knownPublisher is a publisher that is registered, and how that is known.
type knownPublisher struct {
	publisher identity.Publisher
	how       string
	source    evidence.Source
}

// knownPublishers are those that crates.io lists, and what the maintainer said.
func (c *Case) knownPublishers(r identity.Registry) []knownPublisher {
	var known []knownPublisher
	for _, p := range c.Publishers {
		if p.Registry != r {
			continue
		}
		list := c.project(p).Or(evidence.Project{}).Publishers
		for _, q := range list.Or(nil) {
			known = append(known, knownPublisher{q, "is registered", list.Source()})
		}
		if said, ok := c.said(p); ok && !list.Seen() {
			known = append(known, knownPublisher{said.Publisher, "is what you registered", evidence.Source{}})
		}
	}
	return known
}
