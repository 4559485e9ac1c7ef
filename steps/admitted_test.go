package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// publishOn is a workflow with the given triggers whose job publishes from an
// environment, on a condition.
func publishOn(triggers, condition string) string {
	return "on:\n" + triggers + "jobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    if: " + condition +
		"\n    permissions:\n      id-token: write\n    steps:\n      - id: auth\n        uses: rust-lang/crates-io-auth-action@v1\n" +
		"      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"
}

func (s *stage) layout() *layout { s.t.Helper(); return newLayout(s.basis()) }

func refsText(refs []admitted) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.String())
	}
	return strings.Join(all, ", ")
}

// TestRefsAreThoseOfTheTriggers: and of no more than them and the rehearsal.
func TestRefsAreThoseOfTheTriggers(t *testing.T) {
	for _, c := range []struct{ name, triggers, condition, want string }{
		{"one tag pattern", "  push:\n    tags: ['v*']\n", "true", "branch main, tag v*"},
		{"several", "  push:\n    tags: ['v*', 'data-v[0-9]+.[0-9]+', '!v*-draft']\n", "true", "branch main, tag v*, tag data-v*"},
		{"folders", "  push:\n    tags: ['data/**', 'v**']\n", "true", "branch main, tag data/**/*, tag v*, tag v*/**/*"},
		{"a tag as it stands", "  push:\n    tags: [latest]\n", "true", "branch main, tag latest"},
		{"tags that are left out", "  push:\n    tags-ignore: ['x*']\n", "true", "branch main, tag **/*"},
		{"every push", "  push:\n", "true", "branch main, tag **/*"},
		{"branches", "  push:\n    branches: [main, 'release/**', next]\n", "true", "branch main, branch release/**/*, branch next"},
		{"branches that it passes by", "  push:\n    branches: [next]\n    tags: ['v*']\n", "startsWith(github.ref, 'refs/tags/')", "branch main, tag v*"},
		{"any branch is none", "  push:\n    branches: ['**']\n    tags: ['v*']\n", "true", "branch main, tag v*"},
		{"a release", "  release:\n    types: [published]\n", "true", "branch main, tag rel-*"},
		{"by hand, and at night", "  workflow_dispatch:\n  schedule:\n    - cron: '0 3 * * *'\n", "true", "branch main, tag rel-*"},
		{"pull requests publish nothing", "  pull_request:\n  push:\n    tags: ['v*']\n", "true", "branch main, tag v*"},
	} {
		s := fresh(t).commit(publishing, publishOn(c.triggers, c.condition))
		g := s.world.Tree.Git.Or(evidence.Git{})
		g.TagPattern = evidence.Seen("rel-*", evidence.Source{Name: "12 of 12 tags"})
		s.world.Tree.Git = evidence.Seen(g, src)
		if got := refsText(s.layout().refs("release")); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestWhatTheTriggersStartAtIsLetIn: the environment that would be made lets in
// every tag that starts the workflow, and the check has nothing to say.
func TestWhatTheTriggersStartAtIsLetIn(t *testing.T) {
	for _, pattern := range []string{"v*", "v**", "**", "*", "v[0-9]+.[0-9]+.[0-9]+", "v?[0-9]*", "data/v*", "data/**", "lib-v[0-9]*", "latest", "[0-9]+.*"} {
		s := fresh(t).choose(journal.Choices{Profile: "start"}).commit(publishing, publishOn("  push:\n    tags: ['"+pattern+"']\n  workflow_dispatch:\n", "true"))
		e := evidence.Environment{Policy: evidence.RefsCustom}
		var rules []evidence.RefRule
		for _, r := range s.layout().refs("release") {
			rules = append(rules, evidence.RefRule{Type: r.Type, Pattern: r.Pattern})
		}
		e.Refs = evidence.Seen(rules, src)
		examples := workflow.Examples(pattern)
		if len(examples) == 0 {
			t.Errorf("%s: no example", pattern)
		}
		for _, tag := range append(examples, "main") {
			ref := "refs/tags/" + tag
			if tag == "main" {
				ref = "refs/heads/main"
			}
			if a := workflow.EnvironmentAdmits(e, ref, evidence.Fact[bool]{}); !a.Admitted {
				t.Errorf("%s: %s is not let in by %v", pattern, ref, rules)
			}
		}
		for _, r := range s.guard(e).basis().Report.Of("environment-admits-trigger") {
			if r.Verdict == checks.Wrong {
				t.Errorf("%s: %s", pattern, r.Because)
			}
		}
	}
}

// with rules the environment has, beside what is wanted.
func tooWide(rules ...evidence.RefRule) evidence.Environment {
	e := guarded()
	e.Refs = evidence.Seen(append(e.Refs.Or(nil), rules...), src)
	return e
}

func TestRulesThatLetInTooMuch(t *testing.T) {
	any, dev := evidence.RefRule{Type: "branch", Pattern: "*"}, evidence.RefRule{Type: "branch", Pattern: "dev"}
	deploy := func(triggers string) string {
		return "on:\n" + triggers + "jobs:\n  docs:\n    runs-on: x\n    environment: Release\n    steps:\n      - run: make docs\n"
	}
	for _, c := range []struct {
		name, other, preview, drop string
		rules                      []evidence.RefRule
	}{
		{"one that matters", "", "-deployment from branch *\n", "branch *", []evidence.RefRule{any, dev}},
		{"one that lets in a branch by its name", "", "", "", []evidence.RefRule{dev}},
		{"another job needs a branch", deploy("  push:\n    branches: [docs]\n"), "-deployment from branch *\n+deployment from branch docs\n", "branch *", []evidence.RefRule{any}},
		{"another job needs any", deploy("  pull_request:\n"), "", "", []evidence.RefRule{any}},
	} {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(tooWide(c.rules...))
		if c.other != "" {
			s.commit(".github/workflows/docs.yml", c.other)
		}
		scene := s.scene(checks.Environment)
		var changed []change.DiffLine
		for _, d := range scene.Preview {
			if d.Op != ' ' {
				changed = append(changed, d)
			}
		}
		if got := diff(changed); got != c.preview {
			t.Errorf("%s:\n%s", c.name, got)
		}
		contains(t, c.name, texts(scene.Now), "release also lets in ", "no trigger of a workflow that publishes starts at")
		if c.other != "" {
			contains(t, c.name, texts(scene.Now), "docs.yml:", "uses release too")
		}
		if scene.State == Done {
			continue
		}
		w := way(t, scene, "Do it for me")
		if a := defaults(w); a["drop"] != c.drop {
			t.Errorf("%s: %q is to go", c.name, a["drop"])
		}
	}
	// Where nothing can be done safely, that is what is said.
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(tooWide(any)).commit(".github/workflows/docs.yml", deploy("  pull_request:\n"))
	w := way(t, s.scene(checks.Environment), "Do it for me")
	if _, err := w.Prepare(defaults(w)); err == nil || !strings.Contains(err.Error(), "docs.yml:") || !strings.Contains(err.Error(), "an environment of its own") {
		t.Error(err)
	}
	a := defaults(w)
	a["drop"] = "branch *"
	if changes, err := w.Prepare(a); err != nil || len(changes) != 1 || !strings.Contains(diff(changes[0].Preview), "-deployment from branch *") {
		t.Errorf("an explicit choice: %v", err)
	}
}

// TestProtectedBranchesGiveWay: the policy lets no tag in.
func TestProtectedBranchesGiveWay(t *testing.T) {
	e := guarded()
	e.Policy, e.Refs = evidence.RefsProtected, evidence.Absent[[]evidence.RefRule](src)
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(e)
	w := way(t, s.scene(checks.Environment), "")
	changes, err := w.Prepare(defaults(w))
	if err != nil || len(changes) != 1 {
		t.Fatal(changes, err)
	}
	contains(t, "preview", diff(changes[0].Preview), "-deployment from: protected branches\n+deployment from branch main\n+deployment from tag v*\n")
	after := changes[0].After.(change.EnvironmentState)
	if after.Policy != evidence.RefsCustom || !slices.Equal(after.Refs, []change.Ref{{Type: "branch", Pattern: "main"}, {Type: "tag", Pattern: "v*"}}) {
		t.Errorf("%+v", after)
	}
}

// TestATriggerThatIsShutOutIsLetIn: by the environment's step, whose checks of its
// own are ok.
func TestATriggerThatIsShutOutIsLetIn(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		rule evidence.RefRule
		want string
	}{
		"a tag":    {publishOn("  push:\n    tags: ['v*']\n", "true"), evidence.RefRule{Type: "branch", Pattern: "main"}, "+deployment from tag v*"},
		"a branch": {publishOn("  repository_dispatch:\n", "true"), evidence.RefRule{Type: "tag", Pattern: "v*"}, "+deployment from branch main"},
	} {
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).commit(publishing, c.file)
		e := guarded()
		e.Refs = evidence.Seen([]evidence.RefRule{c.rule}, src)
		scene := s.guard(e).scene(checks.Environment)
		if scene.State != Todo {
			t.Errorf("%s: %s", name, scene.State)
		}
		contains(t, name, texts(scene.Now), "is not allowed to deploy to release")
		contains(t, name, diff(scene.Preview), c.want)
		plan := PlanOf(s.lay())
		if n := environmentChanges(plan); n != 1 {
			t.Errorf("%s: %d changes", name, n)
		}
		for _, left := range plan.Left {
			if strings.Contains(left.Why, admission) {
				t.Errorf("%s: left to a person as well: %s", name, left.Why)
			}
		}
	}
}
