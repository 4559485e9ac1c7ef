package checks

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// mostPublishers is how many publishers crates.io takes for one crate
// (commit 57fa000, controllers/trustpub/github_configs, 2026-08-21).
const mostPublishers = 5

func publishersNotTooMany() Check {
	return Check{
		ID: "publishers-not-too-many", Step: Publishers, Level: Advice,
		Claim: "No publisher is registered beside the one that is needed.",
		Why:   "Each publisher is one more workflow that may publish, and crates.io takes five for a crate at most.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range c.Publishers {
				if !c.project(p).Absent() {
					findings = append(findings, c.judgeNumber(p))
				}
			}
			return findings
		},
	}
}

func (c *Case) judgeNumber(p identity.Publisher) Finding {
	subject, fact := publisherSubject(p), c.project(p)
	list := fact.Or(evidence.Project{}).Publishers
	switch {
	case fact.Unknown():
		return c.blind(subject, "which publishers "+p.Package+" has on "+p.Registry.Title(), fact)
	case !list.Seen():
		return c.blind(subject, "which publishers "+p.Package+" has", list).
			advise("look at %s, and take away what no workflow needs", c.settingsPage(p))
	case p.Owner == "":
		return finding(Unknown, subject, "crates.io lists %d publishers; which repository this is: %s", len(list.Or(nil)), c.nowhere()).seen(list.Source())
	}
	all := list.Or(nil)
	others := c.othersThan(p)
	if len(others) == 0 {
		return finding(OK, subject, "crates.io lists %d of at most %d, and none but this repository's", len(all), mostPublishers).seen(list.Source())
	}
	limit := ""
	if len(all) >= mostPublishers {
		limit = ", which is as many as crates.io takes"
	}
	return finding(Wrong, subject, "crates.io lists %d of at most %d%s; not needed for this workflow: %s", len(all), mostPublishers, limit, strings.Join(others, "; ")).
		seen(list.Source()).advise("take those away on %s that publish nothing any more", c.settingsPage(p))
}

// othersThan are the publishers with another identity than the wanted one, and
// what shows that they are stale. A field of ours that is not known differs from
// nothing.
func (c *Case) othersThan(p identity.Publisher) []string {
	var others []string
	for _, b := range c.Beside(p) {
		text := identityText(b.Publisher.Identity)
		if b.Stale {
			text += " (" + b.Why + ")"
		}
		others = append(others, text)
	}
	return others
}
