package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestAdminsCannotBypass(t *testing.T) {
	const id = "admins-cannot-bypass"
	bypass := func(f evidence.Fact[bool]) func(*testing.T, *evidence.World) {
		return guarded(func(e *evidence.Environment) { e.AdminsBypass = f })
	}
	runRows(t, []row{
		{"they cannot", id, nothing, "release", OK, "cannot pass the rules of release by"},
		{"they may", id, bypass(evidence.Seen(true, api)), "release", Wrong, "turn “Allow administrators to bypass"},
		{"GitHub does not tell", id, bypass(evidence.Unknown[bool](api, "GitHub's answer does not tell")), "release", Unknown, "does not tell"},
		{"not there", id, noEnvironment, "release", Wrong, "there is no environment release"},
		{"out of sight", id, hiddenEnvironments, "release", Unknown, "free plan"},
	})
}

// guardsOfBranch sets what guards the default branch.
func guardsOfBranch(rules evidence.Fact[[]evidence.Rule], classic evidence.Fact[evidence.ClassicProtection]) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		w.GitHub.DefaultBranch = evidence.Seen(evidence.BranchProtection{Branch: "main", Protected: evidence.Seen(true, api), Rules: rules, Classic: classic}, api)
	}
}

const upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature."

func TestDefaultBranchProtected(t *testing.T) {
	const id, branch = "default-branch-protected", "branch main"
	none, older := evidence.Seen([]evidence.Rule{}, api), evidence.Absent[evidence.ClassicProtection](api)
	rule := func(kind string) evidence.Fact[[]evidence.Rule] {
		return evidence.Seen([]evidence.Rule{{Type: "deletion", RulesetID: 3}, {Type: kind, RulesetID: 3}}, api)
	}
	classic := func(c evidence.ClassicProtection) evidence.Fact[evidence.ClassicProtection] {
		return evidence.Seen(c, api)
	}
	everybody := func(t *testing.T, w *evidence.World) {
		set := tagRuleset()
		set.ID, set.Target, set.Bypass = 3, "branch", evidence.Seen([]evidence.BypassActor{{Type: "RepositoryRole", ID: 4, Mode: "always"}}, api)
		w.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{set, tagRuleset()}, api)
	}
	runRows(t, []row{
		{"force pushes", id, nothing, branch, OK, "main: a ruleset blocks force pushes"},
		{"pull requests", id, guardsOfBranch(rule("pull_request"), older), branch, OK, "asks for pull requests"},
		{"updates", id, guardsOfBranch(rule("update"), older), branch, OK, "restricts updates"},
		{"a ruleset with its name", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{{ID: 3, Name: "Main", Target: "branch"}, tagRuleset()}, api)
		}, branch, OK, `the ruleset "Main" blocks force pushes`},
		{"by branch protection", id, guardsOfBranch(none, classic(evidence.ClassicProtection{})), branch, OK, "branch protection blocks force pushes"},
		{"by its pull requests", id, guardsOfBranch(none, classic(evidence.ClassicProtection{AllowForcePush: true, PullRequests: true})), branch, OK, "branch protection asks for pull requests"},
		{"seen by somebody who sees no branch protection", id, guardsOfBranch(rule("non_fast_forward"), evidence.Unknown[evidence.ClassicProtection](api, "needs admin rights")), branch, OK, ""},

		{"nothing", id, guardsOfBranch(none, older), branch, Wrong, "blocks force pushes and restricts deletions"},
		{"only its deletion", id, guardsOfBranch(evidence.Seen([]evidence.Rule{{Type: "deletion"}}, api), older), branch, Wrong, "nothing keeps main from being rewritten"},
		{"branch protection that lets all through", id, guardsOfBranch(none, classic(evidence.ClassicProtection{AllowForcePush: true})), branch, Wrong, "nothing keeps main"},
		{"a ruleset that everybody passes by", id, everybody, branch, Wrong, "nothing keeps main"},

		{"branch protection out of sight", id, guardsOfBranch(none, evidence.Unknown[evidence.ClassicProtection](api, "needs admin rights")), branch, Unknown, "no ruleset guards main"},
		{"rules out of sight", id, guardsOfBranch(evidence.Unknown[[]evidence.Rule](api, "api.github.com did not answer"), older), branch, Unknown, "did not answer"},
		{"out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.DefaultBranch = evidence.Unknown[evidence.BranchProtection](api, "502")
		}, "", Unknown, "502"},
		{"not on this plan", id, guardsOfBranch(evidence.Unknown[[]evidence.Rule](api, upgrade), evidence.Unknown[evidence.ClassicProtection](api, upgrade)), branch, Unknown, "make the repository public"},
	})
	w := ready(t)
	guardsOfBranch(evidence.Unknown[[]evidence.Rule](api, upgrade), evidence.Unknown[evidence.ClassicProtection](api, upgrade))(t, w)
	if got := Judge(NewCase(w), All(), []string{id}).Results; len(got) != 1 || got[0].Level != Advice {
		t.Errorf("what the plan does not have is advice: %+v", got)
	}
}

// tags is a tag ruleset with other conditions or rules.
func tags(change func(*evidence.Ruleset)) evidence.Ruleset {
	s := tagRuleset()
	change(&s)
	return s
}

func rules(kinds ...string) []evidence.Rule {
	var all []evidence.Rule
	for _, k := range kinds {
		all = append(all, evidence.Rule{Type: k})
	}
	return all
}

func TestReleaseTagsProtected(t *testing.T) {
	const id, subject = "release-tags-protected", "tag v*"
	only := func(kinds ...string) func(*testing.T, *evidence.World) {
		return rulesets(tags(func(s *evidence.Ruleset) { s.Rules = rules(kinds...) }))
	}
	include := func(include, exclude []string) func(*testing.T, *evidence.World) {
		return rulesets(tags(func(s *evidence.Ruleset) { s.Include, s.Exclude = include, exclude }))
	}
	unreviewed := func(change func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			change(t, w)
			guarded(func(e *evidence.Environment) { e.Reviewers = nil })(t, w)
		}
	}
	triggered := func(patterns string, change func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			edit(t, w, "tags: ['v*']", "tags: "+patterns)
			change(t, w)
		}
	}
	runRows(t, []row{
		{"all three", id, nothing, subject, OK, `the ruleset "Release tags" keeps tags v* from being moved, deleted and created`},
		{"not their creation, and a review follows", id, only("update", "deletion"), subject, OK, "waits for a review in release"},
		{"not their creation, and none follows", id, unreviewed(only("update", "deletion")), subject, Wrong, "nobody has to review what it starts"},
		{"not their creation, and the environment out of sight", id, func(t *testing.T, w *evidence.World) {
			only("update", "deletion")(t, w)
			hiddenEnvironments(t, w)
		}, subject, Unknown, "whether a review follows: a private repository"},
		{"not their creation, and no environment", id, func(t *testing.T, w *evidence.World) {
			only("update", "deletion")(t, w)
			noEnvironment(t, w)
		}, subject, Wrong, "everybody who may push can create a tag v*"},
		{"nothing", id, rulesets(), subject, Wrong, "no active ruleset keeps tags v* from being moved and deleted"},
		{"not their moving", id, only("creation", "deletion"), subject, Wrong, "from being moved"},
		{"not their deletion", id, only("creation", "update"), subject, Wrong, "from being deleted"},
		{"by two rulesets", id, rulesets(tags(func(s *evidence.Ruleset) { s.Rules = rules("update") }), tags(func(s *evidence.Ruleset) { s.Name, s.Rules = "Kept", rules("deletion") })), subject, OK, `"Kept" keeps tags v* from being deleted`},
		{"only evaluated", id, rulesets(tags(func(s *evidence.Ruleset) { s.Enforcement = "evaluate" })), subject, Wrong, `("Release tags" is only evaluated, not active)`},
		{"disabled", id, rulesets(tags(func(s *evidence.Ruleset) { s.Enforcement = "disabled" })), subject, Wrong, "is disabled, not active"},
		{"for branches", id, rulesets(tags(func(s *evidence.Ruleset) { s.Target = "branch" })), subject, Wrong, "no active ruleset"},
		{"everybody passes it by", id, rulesets(tags(func(s *evidence.Ruleset) {
			s.Bypass = evidence.Seen([]evidence.BypassActor{{Type: "RepositoryRole", ID: 4, Mode: "always"}}, api)
		})), subject, Wrong, "everybody who may push passes"},
		{"who passes it by is out of sight", id, rulesets(tags(func(s *evidence.Ruleset) { s.Bypass = evidence.Unknown[[]evidence.BypassActor](api, "x") })), subject, OK, ""},

		{"every ref", id, include([]string{"~ALL"}, nil), subject, OK, ""},
		{"every tag", id, include([]string{"refs/tags/**/*"}, nil), subject, OK, ""},
		{"every tag without a slash", id, include([]string{"refs/tags/*"}, nil), subject, OK, ""},
		{"tags of another form", id, include([]string{"refs/tags/v*.*.*"}, nil), subject, Wrong, `("Release tags" does not cover v1)`},
		{"other tags", id, include([]string{"refs/tags/release-*"}, nil), subject, Wrong, "no active ruleset"},
		{"without the folder of tags", id, include([]string{"v*"}, nil), subject, Wrong, "no active ruleset"},
		{"with other exceptions", id, include([]string{"refs/tags/*"}, []string{"refs/tags/nightly"}), subject, OK, ""},
		{"with an exception that meets them", id, include([]string{"refs/tags/*"}, []string{"refs/tags/v0.*"}), subject, Wrong, "does not cover v0.3.0"},
		{"with an exception that perhaps meets them", id, include([]string{"refs/tags/*"}, []string{"refs/tags/v9*"}), subject, Unknown, "cannot be told from its patterns"},

		{"a narrower trigger", id, triggered("['v[0-9]+.[0-9]+.[0-9]+']", nothing), "tag v[0-9]+.[0-9]+.[0-9]+", OK, ""},
		{"a trigger that takes folders", id, triggered("['v**']", nothing), "tag v**", Wrong, `does not cover va/0.3.0`},
		{"a trigger that takes folders, and they are covered", id, triggered("['v**']", include([]string{"refs/tags/v*", "refs/tags/v*/**/*"}, nil)), "tag v**", OK, ""},
		{"two patterns, and one is covered", id, triggered("['v*', 'rel-*']", nothing), "tag rel-*", Wrong, "no active ruleset"},
		{"what is left out of a trigger needs none", id, triggered("['v*', '!v*-rc*']", nothing), subject, OK, ""},

		{"out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Rulesets = evidence.Unknown[[]evidence.Ruleset](api, "api.github.com did not answer")
		}, "", Unknown, "did not answer"},
		{"not on this plan", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Rulesets = evidence.Unknown[[]evidence.Ruleset](api, upgrade)
		}, "", Unknown, "make the repository public"},
	})
}

// What is published otherwise than by pushing a tag.
func TestTagsOfOtherEvents(t *testing.T) {
	const id = "release-tags-protected"
	on := func(trigger string, change func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			setFile(w, publishYML, "on:\n  "+trigger+"\njobs:\n  publish:\n    runs-on: x\n    environment: release\n    permissions: {contents: read, id-token: write}\n    steps:\n      - uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33\n")
			change(t, w)
		}
	}
	anyRef := guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsAll })
	tagged := func(t *testing.T, w *evidence.World) {
		anyRef(t, w)
		w.Tree.Git = evidence.Seen(evidence.Git{TagPattern: evidence.Seen("v*", line("12 of 12 tags", 0))}, api)
	}
	branches := guarded(func(e *evidence.Environment) {
		e.Refs = evidence.Seen([]evidence.RefRule{{ID: 1, Type: "branch", Pattern: "main"}}, api)
	})
	runRows(t, []row{
		{"a release, and the environment selects tags", id, on("release: {types: [published]}", nothing), "tag v*", OK, ""},
		{"a release, and the tags have a form", id, on("release: {types: [published]}", tagged), "tag v*", OK, ""},
		{"a release of any tag", id, on("release: {types: [published]}", anyRef), "tag **", Wrong, "no active ruleset keeps tags ** from being"},
		{"a start by hand, and the environment selects tags", id, on("workflow_dispatch:", nothing), "tag v*", OK, ""},
		{"every push", id, on("push:", nothing), "tag **", Wrong, "does not cover 0.3.0"},
		{"every push, and every tag is covered", id, on("push:", rulesets(tags(func(s *evidence.Ruleset) { s.Include = []string{"~ALL"} }))), "tag **", OK, ""},
	})
	for name, change := range map[string]func(*testing.T, *evidence.World){
		"a start by hand, on branches": on("workflow_dispatch:", branches),
		"a push of a branch":           on("push: {branches: [main]}", nothing),
		"a schedule":                   on("schedule: [{cron: '0 0 * * 0'}]", branches),
	} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			change(t, w)
			notApplicable(t, w, id)
		})
	}
}
