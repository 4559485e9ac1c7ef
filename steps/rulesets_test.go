package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// TestRulesetsAreUnderstood: those of the repository and of the organisation that
// are in force are neither doubled nor taken for more than they are.
func TestRulesetsAreUnderstood(t *testing.T) {
	set := func(edit func(*evidence.Ruleset)) evidence.Ruleset {
		s := tagSet("creation", "update", "deletion")
		s.Name, s.Level = "Company tags", "Organization"
		edit(&s)
		return s
	}
	on := func(include ...string) func(*evidence.Ruleset) {
		return func(s *evidence.Ruleset) { s.Include = include }
	}
	bypass := func(actors ...evidence.BypassActor) func(*evidence.Ruleset) {
		return func(s *evidence.Ruleset) { s.Bypass = evidence.Seen(actors, src) }
	}
	const all = "creation update deletion"
	for _, c := range []struct {
		name string
		sets []evidence.Ruleset
		// adds are the rules of the tag ruleset that is added; "" for none.
		adds string
	}{
		{"none", nil, all},
		{"the organisation's, for all refs", []evidence.Ruleset{set(on("~ALL"))}, ""},
		{"for all tags, in every folder", []evidence.Ruleset{set(on("refs/tags/**/*"))}, ""},
		{"for more than the pattern", []evidence.Ruleset{set(on("refs/tags/v*", "refs/tags/x*"))}, ""},
		{"for less", []evidence.Ruleset{set(on("refs/tags/v1*"))}, all},
		{"for other tags", []evidence.Ruleset{set(on("refs/tags/release-*"))}, all},
		{"for branches of the name", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Target, s.Include = "branch", []string{"refs/heads/v*"} })}, all},
		{"all but some of them", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Include, s.Exclude = []string{"~ALL"}, []string{"refs/tags/v0*"} })}, all},
		{"all but others", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Include, s.Exclude = []string{"~ALL"}, []string{"refs/tags/nightly-*"} })}, ""},
		{"all but all", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Include, s.Exclude = []string{"~ALL"}, []string{"refs/tags/*"} })}, all},
		{"only evaluated", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Enforcement = "evaluate" })}, all},
		{"disabled", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Enforcement = "disabled" })}, all},
		{"everybody who writes passes it by", []evidence.Ruleset{set(bypass(evidence.BypassActor{Type: "RepositoryRole", ID: 4, Mode: "always"}))}, all},
		{"its owners pass it by", []evidence.Ruleset{set(bypass(evidence.BypassActor{Type: "OrganizationAdmin", ID: 1, Mode: "always"}))}, ""},
		{"who passes it by is not shown", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Bypass = evidence.Unknown[[]evidence.BypassActor](src, "not shown") })}, ""},
		{"the organisation does a part", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Rules = s.Rules[1:] })}, "creation"},
		{"each does a part", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Rules = s.Rules[:1] }), set(func(s *evidence.Ruleset) { s.Level, s.Rules = "Repository", s.Rules[1:] })}, ""},
		{"the enterprise does all", []evidence.Ruleset{set(func(s *evidence.Ruleset) { s.Level = "Enterprise" })}, ""},
	} {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(guarded())
		s.world.GitHub.Rulesets = evidence.Seen(c.sets, src)
		scene := s.scene(checks.Environment)
		got := ""
		for _, w := range s.layout().rulesetWishes(s.layout().environmentDefaults()) {
			if w.Target == "tag" {
				got = strings.Join(w.Rules, " ")
				if !slices.Equal(w.Include, []string{"refs/tags/v*"}) || w.Name != tagRuleset {
					t.Errorf("%s: %+v", c.name, w)
				}
			}
		}
		if got != c.adds {
			t.Errorf("%s: adds %q, want %q\n%s", c.name, got, c.adds, texts(scene.Now))
		}
		idle := slices.ContainsFunc(c.sets, func(r evidence.Ruleset) bool { return r.Enforcement != "active" })
		if said := strings.Contains(texts(scene.Now), "guards nothing"); said != idle {
			t.Errorf("%s: an idle ruleset is told of: %v, want %v\n%s", c.name, said, idle, texts(scene.Now))
		}
	}
}

// TestGuardsOfTheBranchAreUnderstood: whatever keeps it from being rewritten, at
// whatever level, is not doubled.
func TestGuardsOfTheBranchAreUnderstood(t *testing.T) {
	rule := func(kind, level string) evidence.Rule { return evidence.Rule{Type: kind, RulesetID: 8, Level: level} }
	branch := func(classic evidence.Fact[evidence.ClassicProtection], rules ...evidence.Rule) evidence.BranchProtection {
		b := branchWith()
		b.Rules, b.Classic = evidence.Seen(rules, src), classic
		return b
	}
	none := evidence.Absent[evidence.ClassicProtection](src)
	hidden := evidence.Unknown[evidence.ClassicProtection](src, "needs admin rights")
	for _, c := range []struct {
		name   string
		branch evidence.BranchProtection
		adds   bool
	}{
		{"nothing", branch(none), true},
		{"the organisation blocks force pushes", branch(none, rule("non_fast_forward", "Organization")), false},
		{"the organisation asks for pull requests", branch(none, rule("pull_request", "Organization")), false},
		{"the enterprise restricts updates", branch(none, rule("update", "Enterprise")), false},
		{"only names are ruled", branch(none, rule("commit_message_pattern", "Organization")), true},
		{"classic protection", branch(evidence.Seen(evidence.ClassicProtection{}, src)), false},
		{"classic protection that lets force pushes through", branch(evidence.Seen(evidence.ClassicProtection{AllowForcePush: true}, src)), true},
		{"the same, with pull requests", branch(evidence.Seen(evidence.ClassicProtection{AllowForcePush: true, PullRequests: true}, src)), false},
		{"classic protection out of sight", branch(hidden), false},
	} {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(guarded())
		s.world.GitHub.DefaultBranch = evidence.Seen(c.branch, src)
		adds := slices.ContainsFunc(s.layout().guards(s.layout().environmentDefaults()), func(g change.Change) bool { return g.ID == "ruleset:"+branchRuleset })
		if adds != c.adds {
			t.Errorf("%s: adds %v, want %v", c.name, adds, c.adds)
		}
	}
}

// TestOursThatIsIdle: it is said by its name, and another is added beside it.
func TestOursThatIsIdle(t *testing.T) {
	for enforcement, how := range map[string]string{"disabled": "is disabled", "evaluate": "is evaluated only"} {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(guarded())
		ours := tagSet("creation", "update", "deletion")
		ours.Enforcement = enforcement
		main := evidence.Ruleset{ID: 4, Name: branchRuleset, Target: "branch", Enforcement: enforcement, Level: "Organization", Include: []string{"~DEFAULT_BRANCH"}, Source: src}
		other := evidence.Ruleset{ID: 5, Name: "Docs", Target: "branch", Enforcement: enforcement, Include: []string{"refs/heads/docs"}, Source: src}
		s.world.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{ours, main, other}, src)
		scene := s.scene(checks.Environment)
		contains(t, enforcement, texts(scene.Now), `the ruleset "Release tags" `+how, `the ruleset "Default branch" of the organization `+how)
		lacks(t, enforcement, texts(scene.Now), "Docs")
		contains(t, enforcement, diff(scene.Preview), "+ruleset Release tags 2")
	}
}
