package checks

import (
	"regexp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func runbookPresent() Check {
	return Check{
		ID: "runbook-present", Step: Lock, Level: Advice,
		Claim: "The repository has a document that says how releases are made.",
		Why:   "Whoever must publish, or stop publishing, in a hurry needs the steps at hand: what is registered where, and how to come back.",
		Judge: func(c *Case) []Finding { return []Finding{c.judgeRunbook()} },
	}
}

var (
	// runbooks are names under which such documents go; release notes are none.
	runbooks = regexp.MustCompile(`(?i)(^|/)(how[-_]?to[-_]?release|releasing|releases?[-_]?(process|guide|procedure|checklist|steps|runbook)?|making[-_]?a[-_]?release|publishing|publish|runbook|maintain(ing|ers?[-_]?guide)?)\.(md|markdown|rst|txt|adoc)$`)
	// guides may hold a chapter on it.
	guides = regexp.MustCompile(`(?i)(^|/)(contributing|development|developing|hacking|maintainers)\.(md|markdown|rst|txt|adoc)$`)
)

func (c *Case) judgeRunbook() Finding {
	fact := c.World.Tree.Documents
	list, ok := fact.Get()
	if !ok && !fact.Absent() {
		return c.blind("", "which documents there are", fact)
	}
	guide := ""
	for _, name := range list {
		if runbooks.MatchString(name) {
			return finding(OK, "", "%s is there", name).seen(evidence.Source{Name: name, At: fact.Source().At})
		}
		if guides.MatchString(name) {
			guide = name
		}
	}
	const advice = "write docs/RELEASING.md: how a release is made, who approves it, what is registered at each registry, and how to stop and come back"
	if guide != "" {
		return finding(Unknown, "", "no document is named after releasing; whether %s has a chapter on it was not read", guide).seen(fact.Source()).advise("if it has none, %s", advice)
	}
	return finding(Wrong, "", "no document of the repository is named after releasing").seen(fact.Source()).advise("%s", advice)
}
