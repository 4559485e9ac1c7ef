package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func releaseTagsProtected() Check {
	return Check{
		ID: "release-tags-protected", Step: Environment, Level: Safe,
		Claim: "A ruleset keeps release tags from being moved and deleted, and they are created by administrators, or published after a review.",
		Why:   "The tag starts the release and names what is released: whoever can move one publishes other code under a name that was reviewed.",
		Judge: judgeTags,
	}
}

func judgeTags(c *Case) []Finding {
	tags, rulesets := c.ReleaseTags(), c.World.GitHub.Rulesets
	if len(tags) == 0 {
		return nil
	}
	if !rulesets.Seen() {
		return []Finding{c.blindByPlan("", "which rulesets there are for tags", rulesets)}
	}
	var findings []Finding
	for _, t := range tags {
		findings = append(findings, c.judgeTag(t, rulesets.Source()))
	}
	return findings
}

func (c *Case) judgeTag(t ReleaseTag, src evidence.Source) Finding {
	g := c.tagGuard(t)
	verdict, lines := OK, g.good
	switch {
	case len(g.open) > 0:
		verdict, lines = Wrong, g.open
	case len(g.doubts) > 0:
		verdict, lines = Unknown, g.doubts
	}
	f := finding(verdict, "tag "+t.Pattern, "%s", sentences(lines)).seen(src).seen(g.seen...).at(t.place.Triggered.Path, t.line)
	if verdict == Wrong {
		return f.advise("add a tag ruleset for refs/tags/%s that restricts creations, updates and deletions, and let administrators pass it by; `gh trustpub` can add it", t.Pattern)
	}
	return f
}

// tagGuard is what guards a kind of tag.
type tagGuard struct {
	open, doubts, good []clause
	seen               []evidence.Source
}

// clause is a sentence about one act; those that differ in the act alone are
// told as one.
type clause struct{ head, act, tail string }

func sentences(clauses []clause) string {
	var told []string
	for i, c := range clauses {
		same := func(o clause) bool { return o.head == c.head && o.tail == c.tail }
		if slices.ContainsFunc(clauses[:i], same) {
			continue
		}
		var acts []string
		for _, o := range clauses[i:] {
			if same(o) && o.act != "" {
				acts = append(acts, o.act)
			}
		}
		told = append(told, c.head+enumerated(acts)+c.tail)
	}
	return strings.Join(told, "; ")
}

func enumerated(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

func (c *Case) tagGuard(t ReleaseTag) tagGuard {
	g := tagGuard{}
	g.note(c, t, c.TagRule(t.Pattern, "update"), "moved")
	g.note(c, t, c.TagRule(t.Pattern, "deletion"), "deleted")
	c.noteCreation(&g, t)
	return g
}

// note takes down how the tags stand in one respect.
func (g *tagGuard) note(c *Case, t ReleaseTag, cover Cover, act string) {
	keeps := fmt.Sprintf("keeps tags %s from being ", t.Pattern)
	switch cover.Verdict {
	case OK:
		g.good = append(g.good, clause{fmt.Sprintf("the ruleset %q %s", cover.By.Name, keeps), act, ""})
		g.seen = append(g.seen, cover.By.Source)
	case Wrong:
		g.open = append(g.open, clause{"no active ruleset " + keeps, act, c.nearly(t, cover)})
	default:
		g.doubts = append(g.doubts, clause{fmt.Sprintf("the ruleset %q %s", cover.By.Name, keeps), act, ", but whether it does so for all of them cannot be told from its patterns"})
		g.seen = append(g.seen, cover.By.Source)
	}
}

// nearly names what comes near: a ruleset for other tags, one that everybody
// passes by, one that is not in force.
func (c *Case) nearly(t ReleaseTag, cover Cover) string {
	if cover.By.Name != "" {
		return fmt.Sprintf(" (%q does not cover %s)", cover.By.Name, cover.Example)
	}
	for _, s := range c.World.GitHub.Rulesets.Or(nil) {
		switch {
		case s.Target != "tag" || !coversAll(s, t.Pattern):
		case s.Enforcement != "active":
			return fmt.Sprintf(" (%q is %s, not active)", s.Name, enforcement(s))
		case passedByAll(s):
			return fmt.Sprintf(" (everybody who may push passes %q by)", s.Name)
		}
	}
	return ""
}

func enforcement(s evidence.Ruleset) string {
	if s.Enforcement == "evaluate" {
		return "only evaluated"
	}
	return s.Enforcement
}

// noteCreation: where anybody who may push can make a release tag, the review
// of the environment is what stands before a release.
func (c *Case) noteCreation(g *tagGuard, t ReleaseTag) {
	cover := c.TagRule(t.Pattern, "creation")
	if cover.Verdict == OK {
		g.note(c, t, cover, "created")
		return
	}
	fact := c.environmentOf(t.place)
	env, ok := fact.Get()
	switch {
	case ok && len(env.Reviewers) > 0:
		g.good = append(g.good, clause{head: "what a new tag starts waits for a review in " + env.Name})
		g.seen = append(g.seen, fact.Source())
	case !ok && !fact.Absent():
		g.doubts = append(g.doubts, clause{head: fmt.Sprintf("everybody who may push can create a tag %s, and whether a review follows: %s", t.Pattern, c.reason(fact))})
	case cover.Verdict == Unknown:
		g.note(c, t, cover, "created")
	default:
		g.open = append(g.open, clause{head: fmt.Sprintf("everybody who may push can create a tag %s%s, and nobody has to review what it starts", t.Pattern, c.nearly(t, cover))})
	}
}
