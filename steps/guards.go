package steps

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// The rulesets that the step makes: one for release tags, one for the default
// branch.
const (
	tagRuleset    = "Release tags"
	branchRuleset = "Default branch"
)

// The answers to who may create release tags.
const (
	byAdmins  = "admins"
	byWriters = "writers"
)

// guards are the changes that add the rulesets that are lacking. What other
// rulesets and branch protection do already is not done twice.
func (l *layout) guards(a Answers) []change.Change {
	var changes []change.Change
	for _, w := range l.rulesetWishes(a) {
		changes = append(changes, l.Tools.Ruleset(w))
	}
	return changes
}

func (l *layout) rulesetWishes(a Answers) []change.RulesetWish {
	if l.profile == Start {
		return nil
	}
	var wishes []change.RulesetWish
	if w := l.tagWish(a["tags"] == byAdmins); len(w.Rules) > 0 {
		wishes = append(wishes, w)
	}
	if l.isWrong("default-branch-protected") {
		wishes = append(wishes, change.RulesetWish{Name: l.freeName(branchRuleset), Target: "branch", Include: []string{"~DEFAULT_BRANCH"},
			Rules: []string{"deletion", "non_fast_forward"}, Origin: "the default branch is " + l.branch})
	}
	return wishes
}

// tagWish asks for the rules that are not in force for every release tag.
func (l *layout) tagWish(creation bool) change.RulesetWish {
	w := change.RulesetWish{Name: l.freeName(tagRuleset), Target: "tag", AdminsPass: true}
	if !l.World.GitHub.Rulesets.Seen() {
		return w
	}
	for _, tag := range l.Case.ReleaseTags() {
		for _, kind := range []string{"creation", "update", "deletion"} {
			if kind == "creation" && !creation || l.Case.TagRule(tag.Pattern, kind).Verdict == checks.OK {
				continue
			}
			w.Origin = tag.Origin
			w.Rules = with(w.Rules, kind)
			for _, condition := range workflow.Conditions(tag.Pattern) {
				w.Include = with(w.Include, "refs/tags/"+condition)
			}
		}
	}
	return w
}

func with(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// freeName is a name that no ruleset of the repository has. One that is there is
// never changed: it may be evaluated, or hold more than is asked for here.
func (l *layout) freeName(name string) string {
	free := name
	for n := 2; slices.ContainsFunc(l.World.GitHub.Rulesets.Or(nil), func(s evidence.Ruleset) bool { return s.Name == free }); n++ {
		free = name + " " + strconv.Itoa(n)
	}
	return free
}

// idleRulesets tell of rulesets that would guard the release tags or the default
// branch, and are not in force: they are left as they are, and others are added.
func (l *layout) idleRulesets() []Line {
	var lines []Line
	for _, s := range l.World.GitHub.Rulesets.Or(nil) {
		if s.Enforcement == "active" || !l.wouldGuard(s) {
			continue
		}
		how := "is disabled"
		if s.Enforcement == "evaluate" {
			how = "is evaluated only"
		}
		lines = append(lines, text(s.Source, "the ruleset %q%s %s, and guards nothing: it is left as it is, and does not count", s.Name, levelOf(s), how))
	}
	return lines
}

func levelOf(s evidence.Ruleset) string {
	if s.Level == "" || s.Level == "Repository" {
		return ""
	}
	return " of the " + strings.ToLower(s.Level)
}

// wouldGuard says whether a ruleset is about release tags or the default branch.
func (l *layout) wouldGuard(s evidence.Ruleset) bool {
	about := func(refs ...string) bool {
		return slices.ContainsFunc(s.Include, func(condition string) bool {
			return condition == "~ALL" || slices.ContainsFunc(refs, func(ref string) bool { return condition == ref || workflow.MatchPolicy(condition, ref) })
		})
	}
	switch s.Target {
	case "branch":
		return about("~DEFAULT_BRANCH", "refs/heads/"+l.branch)
	case "tag":
		var tags []string
		for _, t := range l.Case.ReleaseTags() {
			for _, example := range workflow.Examples(t.Pattern) {
				tags = append(tags, "refs/tags/"+example)
			}
		}
		return about(tags...)
	}
	return false
}

func (l *layout) isWrong(check string) bool {
	return slices.ContainsFunc(l.Report.Of(check), func(r checks.Result) bool { return r.Verdict == checks.Wrong })
}

// tagCreators is who is to create release tags, and why: administrators, unless
// a workflow does, whose GITHUB_TOKEN passes no ruleset by.
func (l *layout) tagCreators() (who, origin string) {
	for _, f := range l.Case.Files {
		for _, j := range f.Jobs {
			for _, s := range j.Steps {
				if maker := tagMaker(s); maker != "" {
					return byWriters, where(f.Base(), s.Line) + " may create tags (" + maker + ")"
				}
			}
		}
	}
	return byAdmins, "no workflow creates tags"
}

// tagMaker names what in a step creates tags, as far as it is known: the actions
// by their own descriptions (2026-08).
func tagMaker(s *workflow.Step) string {
	name, _, _ := strings.Cut(strings.ToLower(s.Uses), "@")
	if slices.Contains([]string{"googleapis/release-please-action", "google-github-actions/release-please-action", "release-plz/action", "marcoieni/release-plz-action",
		"changesets/action", "python-semantic-release/python-semantic-release", "cycjimmy/semantic-release-action", "ncipollo/release-action", "actions/create-release",
		"mathieudutour/github-tag-action", "anothrnick/github-tag-action", "release-drafter/release-drafter", "knope-dev/action"}, name) {
		return path.Base(name)
	}
	for _, command := range []string{"git push --tags", "git push origin --tags", "--follow-tags", "gh release create", "release-plz release", "cargo release", "cargo workspaces publish", "semantic-release"} {
		if strings.Contains(s.Run, command) {
			return command
		}
	}
	return ""
}

// guardQuestions asks where a rule can be in somebody's way.
func (l *layout) guardQuestions() []Question {
	if l.profile == Start || !slices.Contains(l.tagWish(true).Rules, "creation") {
		return nil
	}
	who, origin := l.tagCreators()
	return []Question{{ID: "tags", Kind: Choice, Title: "Who may create release tags?", Default: who, Origin: origin,
		Help:    "Moving and deleting them is an administrator's in any case. A workflow's GITHUB_TOKEN is no administrator.",
		Options: []Option{{byAdmins, "administrators"}, {byWriters, "everybody who may push: the environment's reviewers decide"}}}}
}

func (l *layout) guardsWanted(a Answers) []Line {
	var lines []Line
	for _, w := range l.rulesetWishes(a) {
		refs := strings.ReplaceAll(strings.Join(w.Include, ", "), "refs/tags/", "")
		if w.Target == "tag" {
			lines = append(lines, wanted("administrators alone", "move and delete tags "+refs, w.Origin))
			continue
		}
		lines = append(lines, wanted("nobody", "rewrites or deletes "+l.branch, w.Origin))
	}
	return lines
}

// ruleLabels are what GitHub's page calls the rules.
var ruleLabels = map[string]string{"creation": "Restrict creations", "update": "Restrict updates", "deletion": "Restrict deletions", "non_fast_forward": "Block force pushes"}

func (l *layout) rulesetPages(a Answers) []Way {
	wishes := l.rulesetWishes(a)
	if len(wishes) == 0 {
		return nil
	}
	page := &PageLink{Title: "Rulesets of " + l.repo.String(), URL: l.github("settings/rules"),
		Note: "Make a new ruleset for each target, set its enforcement to Active, and add these. The page cannot be told values in its address."}
	for _, w := range wishes {
		var labels []string
		for _, kind := range w.Rules {
			labels = append(labels, ruleLabels[kind])
		}
		page.Fields = append(page.Fields, Field{"New " + w.Target + " ruleset", w.Name, ""},
			Field{"Target", strings.ReplaceAll(strings.Join(w.Include, ", "), "refs/tags/", ""), w.Origin}, Field{"Rules", strings.Join(labels, ", "), ""})
		if w.AdminsPass {
			page.Fields = append(page.Fields, Field{"Bypass list", "Repository admin", ""})
		}
	}
	return []Way{{Kind: Page, Label: "Open the page of rulesets", Help: page.Note, Open: page}}
}
