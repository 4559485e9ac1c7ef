package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// judgeLoosePublisher: a publisher without an environment takes every job of its
// file. PyPI writes to the owners when a run names one, with a link that
// constrains the publisher; crates.io shows it in the list.
func (c *Case) judgeLoosePublisher(p identity.Publisher) []Finding {
	if p.Environment == "" {
		return nil // the job names none either: publish-job-names-environment
	}
	how, src, ok := c.looseBy(p)
	if !ok {
		return nil
	}
	return []Finding{finding(Wrong, publisherSubject(p)+" environment", "%s: every job of %s may publish, in %s or outside of it", how, p.Workflow, p.Environment).
		seen(src).as(Advice).advise("name the environment %s there: %s; PyPI's mail on it has a link that does it", p.Environment, c.registerFix(p))}
}

// looseBy is what shows that this repository's publisher names no environment.
func (c *Case) looseBy(p identity.Publisher) (string, evidence.Source, bool) {
	list := c.project(p).Or(evidence.Project{}).Publishers
	for _, q := range list.Or(nil) {
		if q.Environment == "" && q.Workflow == p.Workflow && len(differing(q.Identity, p.Identity)) == 1 {
			return "the publisher that " + p.Registry.Title() + " lists names no environment", list.Source(), true
		}
	}
	if v, ok := c.record(p); ok && p.Registry != identity.CratesIO {
		rec := v.Trusted.Or(evidence.Provenance{})
		if same, whole := names(v, p); same && whole && rec.Environment == "" {
			return p.Package + " " + v.Number + " was published by a publisher that names no environment", v.Trusted.Source(), true
		}
	}
	if said, ok := c.said(p); ok && !list.Seen() && said.Publisher.Workflow == p.Workflow && said.Publisher.Environment == "" {
		return "the publisher that you registered names no environment", evidence.Source{}, true
	}
	return "", evidence.Source{}, false
}
