package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// ReleaseTag is a kind of tag from which something is published.
type ReleaseTag struct {
	// Pattern is as a trigger writes it; "**" is every tag.
	Pattern string
	// Origin says where the pattern came from.
	Origin string
	// place is what would publish.
	place workflow.Publishing
	line  int
}

// ReleaseTags are the tags whose push or release starts a job that publishes;
// where a start by hand alone does, those that its environment lets in. A
// repository that publishes from branches alone has none.
func (c *Case) ReleaseTags() []ReleaseTag {
	var tags []ReleaseTag
	add := func(t ReleaseTag) {
		if !slices.ContainsFunc(tags, func(known ReleaseTag) bool { return known.Pattern == t.Pattern }) {
			tags = append(tags, t)
		}
	}
	for _, p := range placesThat(c.Publishing, publishes) {
		if p.Triggered == nil {
			continue
		}
		for _, t := range p.Triggered.Triggers {
			for _, tag := range c.tagsOf(p, t) {
				add(tag)
			}
		}
	}
	return tags
}

func (c *Case) tagsOf(p workflow.Publishing, t workflow.Trigger) []ReleaseTag {
	if reached := slices.ContainsFunc(c.runsBy(&t), func(run workflow.Run) bool {
		outlook, _ := workflow.Foresee(p, run)
		return outlook != workflow.Skipped
	}); !reached {
		return nil
	}
	at := workflowLine(p.Triggered, t.Line)
	switch t.Event {
	case "push":
		return pushedTags(p, t, at)
	case "release":
		if tags := c.admittedTags(p, t.Line); len(tags) > 0 {
			return tags
		}
		if g := c.World.Tree.Git.Or(evidence.Git{}); g.TagPattern.Seen() {
			return []ReleaseTag{{g.TagPattern.Or(""), g.TagPattern.Source().String(), p, t.Line}}
		}
		return []ReleaseTag{{"**", at, p, t.Line}}
	case "workflow_dispatch":
		return c.admittedTags(p, t.Line)
	}
	return nil
}

func pushedTags(p workflow.Publishing, t workflow.Trigger, at string) []ReleaseTag {
	var tags []ReleaseTag
	for _, pattern := range t.Tags {
		if !strings.HasPrefix(pattern, "!") {
			tags = append(tags, ReleaseTag{pattern, at, p, t.Line})
		}
	}
	if branches := len(t.Branches) + len(t.BranchesIgnore); len(t.TagsIgnore) > 0 || len(t.Tags)+branches == 0 {
		tags = append(tags, ReleaseTag{"**", at, p, t.Line})
	}
	return tags
}

// admittedTags are the tags that the place's environment selects.
func (c *Case) admittedTags(p workflow.Publishing, line int) []ReleaseTag {
	env, ok := c.environmentOf(p).Get()
	if !ok || env.Policy != evidence.RefsCustom {
		return nil
	}
	var tags []ReleaseTag
	for _, r := range env.Refs.Or(nil) {
		if r.Type == "tag" {
			tags = append(tags, ReleaseTag{r.Pattern, "environment " + env.Name, p, line})
		}
	}
	return tags
}

// environmentOf is the environment of a place's job; absent for a job that
// names none.
func (c *Case) environmentOf(p workflow.Publishing) evidence.Fact[evidence.Environment] {
	switch named := p.Job.Environment; {
	case named == nil:
		return evidence.Absent[evidence.Environment](c.fileSource(pathOf(p.File)))
	case named.Expression:
		return evidence.Unknown[evidence.Environment](c.fileSource(pathOf(p.File)), "the job names it by an expression")
	default:
		return c.environment(named.Name)
	}
}

func workflowLine(f *workflow.File, line int) string {
	return evidence.Source{Name: f.Base(), Line: line}.String()
}
