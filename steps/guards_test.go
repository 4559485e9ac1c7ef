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

// made are the rulesets that the environment's way would make with its answers
// as they are filled in, changed as told.
func made(t *testing.T, s *stage, answers Answers) []string {
	t.Helper()
	w := way(t, s.scene(checks.Environment), "Do it for me")
	a := defaults(w)
	for id, answer := range answers {
		a[id] = answer
	}
	changes, err := w.Prepare(a)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range changes {
		if state, ok := c.After.(change.RulesetState); ok {
			var rules []string
			for _, r := range state.Rules {
				rules = append(rules, strings.TrimSuffix(strings.TrimPrefix(string(r), `{"type":"`), `"}`))
			}
			all = append(all, c.Title+" for "+strings.Join(state.Include, " ")+": "+strings.Join(rules, " "))
		}
	}
	return all
}

func TestRulesetsThatAreLacking(t *testing.T) {
	const branch = "Add the ruleset Default branch for ~DEFAULT_BRANCH: deletion non_fast_forward"
	bare := func(sets ...evidence.Ruleset) *stage {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
		s.world.GitHub.Rulesets = evidence.Seen(sets, src)
		return s
	}
	named := func(name string, kinds ...string) evidence.Ruleset {
		set := tagSet(kinds...)
		set.Name = name
		return set
	}
	inherited := tagSet("creation", "update", "deletion")
	inherited.Level = "Organization"
	evaluated := tagSet("creation", "update", "deletion")
	evaluated.Enforcement = "evaluate"
	cases := []struct {
		name    string
		stage   *stage
		answers Answers
		want    []string
	}{
		{"nothing is there", bare(), nil, []string{"Add the ruleset Release tags for refs/tags/v*: creation update deletion", branch}},
		{"everybody may create", bare(), Answers{"tags": byWriters}, []string{"Add the ruleset Release tags for refs/tags/v*: update deletion", branch}},
		{"another ruleset does a part", bare(named("Kept", "deletion")), nil, []string{"Add the ruleset Release tags for refs/tags/v*: creation update", branch}},
		{"ours does a part", bare(tagSet("deletion")), nil, []string{"Add the ruleset Release tags 2 for refs/tags/v*: creation update", branch}},
		{"ours is only evaluated", bare(evaluated), nil, []string{"Add the ruleset Release tags 2 for refs/tags/v*: creation update deletion", branch}},
		{"the organisation does all", bare(inherited), nil, []string{branch}},
	}
	for _, c := range cases {
		if got := made(t, c.stage, c.answers); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s", c.name, strings.Join(got, "\n"))
		}
	}
	start := bare()
	start.choose(journal.Choices{Profile: "start"})
	if got := made(t, start, nil); len(got) != 0 {
		t.Errorf("start: %v", got)
	}
	blind := bare()
	blind.world.GitHub.Rulesets = evidence.Unknown[[]evidence.Ruleset](src, "Upgrade to GitHub Pro")
	blind.world.GitHub.DefaultBranch = evidence.Unknown[evidence.BranchProtection](src, "Upgrade to GitHub Pro")
	if got := made(t, blind, nil); len(got) != 0 {
		t.Errorf("out of sight: %v", got)
	}
	older := bare()
	b := branchWith()
	b.Classic = evidence.Seen(evidence.ClassicProtection{}, src)
	older.world.GitHub.DefaultBranch = evidence.Seen(b, src)
	if got := made(t, older, nil); len(got) != 1 || !strings.Contains(got[0], "Release tags") {
		t.Errorf("branch protection is not doubled: %v", got)
	}
}

// TestWhoCreatesTags: where a workflow does, the rule would stop it.
func TestWhoCreatesTags(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
	asked := func() Question {
		t.Helper()
		for _, q := range way(t, s.scene(checks.Environment), "Do it for me").Questions {
			if q.ID == "tags" {
				return q
			}
		}
		return Question{}
	}
	if q := asked(); q.Default != byAdmins {
		t.Errorf("%+v", q)
	}
	s.commit(".github/workflows/tag.yml", "on: push\njobs:\n  tag:\n    runs-on: x\n    steps:\n      - uses: googleapis/release-please-action@v4\n")
	if q := asked(); q.Default != byWriters || q.Origin != "tag.yml:6 may create tags (release-please-action)" {
		t.Errorf("%+v", q)
	}
	s.world.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{tagSet("creation", "update", "deletion")}, src)
	if q := asked(); q.ID != "" {
		t.Errorf("asked although it is settled: %+v", q)
	}
}

func TestRulesetsElsewhere(t *testing.T) {
	scene := fresh(t).choose(journal.Choices{Profile: "solo"}).write().scene(checks.Environment)
	page := way(t, scene, "Open the page of rulesets").Open
	want := []Field{{"New tag ruleset", "Release tags", ""}, {"Target", "v*", page.Fields[1].Origin}, {"Rules", "Restrict creations, Restrict updates, Restrict deletions", ""}, {"Bypass list", "Repository admin", ""},
		{"New branch ruleset", "Default branch", ""}, {"Target", "~DEFAULT_BRANCH", "the default branch is main"}, {"Rules", "Restrict deletions, Block force pushes", ""}}
	if page.URL != "https://github.com/acme/market-data/settings/rules" || !slices.Equal(page.Fields, want) || !strings.HasPrefix(want[1].Origin, "publish.yml:") {
		t.Errorf("%s %+v", page.URL, page.Fields)
	}
	contains(t, "commands", strings.Join(way(t, scene, "Show me").Lines, "\n"), `"include":["refs/tags/v*"]`, `"type":"non_fast_forward"`)
	contains(t, "wanted", texts(scene.Wanted), "administrators cannot pass it by", "administrators alone move and delete tags v*|publish.yml:", "nobody rewrites or deletes main")
	done := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(guarded()).scene(checks.Environment)
	if done.State != Done || len(done.Ways) != 0 {
		t.Errorf("%s\n%s\n%s", done.State, texts(done.Now), labels(done))
	}
}
