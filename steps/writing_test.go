package steps

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// planned is what would be written for a stage.
func (s *stage) planned() template.Plan {
	s.t.Helper()
	return newLayout(s.basis()).workflowPlan()
}

func TestBuilder(t *testing.T) {
	for want, pkg := range map[template.Builder]evidence.Package{
		template.Maturin: keptWithUV(projectAt(".", "x", "maturin")),
		template.UV:      keptWithUV(projectAt(".", "x", "hatchling.build")),
		template.Build:   projectAt(".", "x", "hatchling.build"),
	} {
		if got := builder(pkg); got != want {
			t.Errorf("%+v: %s, want %s", pkg, got, want)
		}
	}
}

// TestDevelopmentVersionsAreOfferedWhereTheyHarmNothing: a computed version
// cannot be written anew, and a crate that others ask for must keep its own.
func TestDevelopmentVersionsAreOfferedWhereTheyHarmNothing(t *testing.T) {
	fromCrate := versionFrom(projectAt(".", "market-data", "maturin"), "Cargo.toml")
	inherited := crateAt("crates/data/Cargo.toml", "market-data")
	inherited.Version = evidence.Seen("0.1.0", in("Cargo.toml"))
	cases := map[string]struct {
		packages []evidence.Package
		want     string
	}{
		"written":        {[]evidence.Package{projectAt("py", "market-data", "hatchling.build")}, "py/pyproject.toml"},
		"computed":       {[]evidence.Package{computedVersion(projectAt(".", "market-data", "hatchling.build"))}, ""},
		"in the code":    {[]evidence.Package{versionFrom(projectAt(".", "market-data", "hatchling.build"), "market_data/__init__.py")}, ""},
		"from the crate": {[]evidence.Package{crateAt("Cargo.toml", "market-data"), fromCrate}, "Cargo.toml"},
		"asked for":      {[]evidence.Package{crateAt("Cargo.toml", "market-data"), crateAt("cli/Cargo.toml", "cli", "market-data"), fromCrate}, ""},
		"inherited":      {[]evidence.Package{inherited, fromCrate}, ""},
	}
	for name, c := range cases {
		s := fresh(t)
		s.world.Tree.Packages = evidence.Seen(c.packages, src)
		plan := s.planned()
		if got := plan.Projects[0].Version; got != c.want || plan.Upload != (c.want != "") {
			t.Errorf("%s: %q, upload %v", name, got, plan.Upload)
		}
	}
	without := fresh(t).choose(journal.Choices{Registries: []identity.Registry{identity.CratesIO, identity.PyPI}})
	if plan := without.planned(); plan.Upload || plan.TestPyPI {
		t.Errorf("without TestPyPI: %+v", plan)
	}
}

func TestAttestationIsAChoiceWhereGitHubKeepsIt(t *testing.T) {
	asked := func(s *stage) (Question, bool) {
		for _, q := range way(t, s.scene(checks.Survey), "Yes, go on").Questions {
			if q.ID == "attest" {
				return q, true
			}
		}
		return Question{}, false
	}
	s := fresh(t)
	if q, ok := asked(s); !ok || q.Default != "no" || s.planned().Attest {
		t.Errorf("asked %v: %+v", ok, q)
	}
	var chosen journal.Choices
	in := s.basis()
	in.Remember = rememberInto(&chosen)
	w := way(t, Lay(in).Scenes[0], "Yes, go on")
	a := defaults(w)
	a["attest"] = "yes"
	if _, err := w.Prepare(a); err != nil || !chosen.Attest {
		t.Errorf("%v %+v", err, chosen)
	}
	if !s.choose(chosen).planned().Attest || !strings.Contains(diff(s.scene(checks.Workflow).Preview), "uses: actions/attest@") {
		t.Error("chosen, and not written")
	}
	repo := s.world.GitHub.Repository.Or(evidence.Repository{})
	repo.Private = true
	s.world.GitHub.Repository = evidence.Seen(repo, src)
	if s.planned().Attest {
		t.Error("a private repository's plan may not keep attestations")
	}
}
