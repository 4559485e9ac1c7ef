package steps

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func ids(p Plan) string {
	var all []string
	for _, c := range p.Changes {
		all = append(all, c.Change.ID)
	}
	return strings.Join(all, " ")
}

// left gives what is left of a step, with its page.
func left(p Plan, step checks.Step) string {
	var b strings.Builder
	for _, l := range p.Left {
		if l.Step == step {
			b.WriteString(l.Title + ": " + l.Why)
			if l.Page != nil {
				b.WriteString(" " + l.Page.URL)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func TestPlanOfAFreshRepository(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	s := fresh(t)
	checkedOut(t, s)
	p := PlanOf(s.lay())
	if got := ids(p); !strings.HasPrefix(got, "file:.github/workflows/publish.yml push:main environment:release") {
		t.Errorf("changes: %s", got)
	}
	for step, part := range map[checks.Step]string{
		checks.FirstRelease: "https://pypi.org/manage/account/publishing/",
		checks.Publishers:   "https://crates.io/crates/market-data/settings/new-trusted-publisher",
		checks.Proof:        "cannot be taken back",
	} {
		if text := left(p, step); !strings.Contains(text, part) {
			t.Errorf("%s: %q", step, text)
		}
	}
	if text := left(p, checks.Publishers); strings.Contains(text, "pypi.org/manage/account") {
		t.Errorf("the same page is left twice: %s", text)
	}
}

func TestPlanOfWhatIsDone(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().guard(guarded()).
		released(identity.CratesIO, byTrust("0.1.1"), byToken("0.1.0")).released(identity.PyPI, byTrust("0.1.1")).released(identity.TestPyPI).
		say(identity.CratesIO).runs(run("push", "v0.1.1", "completed", "success", map[string]string{"crates.io": "success", "PyPI": ""}), rehearsal())
	if p := PlanOf(s.lay()); len(p.Changes)+len(p.Left) != 0 {
		t.Errorf("changes: %s; left: %+v", ids(p), p.Left)
	}
}

// TestPlanWithoutTheChoices: a repository whose choices nobody made yet has no
// other plan than one with the prefilled ones.
func TestPlanWithoutTheChoices(t *testing.T) {
	chosen := PlanOf(fresh(t).choose(journal.Choices{Profile: "solo"}).lay())
	if open := PlanOf(fresh(t).lay()); ids(open) != ids(chosen) || left(open, checks.Survey) != "" {
		t.Errorf("%s, with choices %s", ids(open), ids(chosen))
	}
}

func TestPlanNamesWhatTheSurveyFoundWrong(t *testing.T) {
	s := fresh(t)
	packages := s.world.Tree.Packages.Or(nil)
	packages[1].Version = evidence.Seen("0.2.0", src)
	s.world.Tree.Packages = evidence.Seen(packages, src)
	if text := left(PlanOf(s.lay()), checks.Survey); !strings.Contains(text, "versions-agree") || !strings.Contains(text, "0.2.0") {
		t.Errorf("%q", text)
	}
}

// TestPlanAsksNobody: a way that needs an answer that cannot be filled in is a
// person's.
func TestPlanAsksNobody(t *testing.T) {
	way := Way{Kind: Do, Label: "Do it", Questions: []Question{{ID: "token", Kind: Masked, Title: "A token"}},
		Prepare: func(Answers) ([]change.Change, error) { t.Error("prepared without the answer"); return nil, nil }}
	r := &Route{Scenes: []Scene{{Step: Step{ID: checks.Environment, Title: "Environment"}, State: Todo, Ways: []Way{way}}}}
	if text := left(PlanOf(r), checks.Environment); !strings.Contains(text, "it needs an answer: a token") {
		t.Errorf("%q", text)
	}
}

// TestPlanKeepsSecretsUntilTheProof: what publishes today is named, and nobody is
// sent to delete it before a release went without.
func TestPlanKeepsSecretsUntilTheProof(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
	s.world.GitHub.RepositorySecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_API_TOKEN"}}, src)
	s.world.GitHub.OrganizationSecrets = evidence.Seen([]evidence.Secret{{Name: "CARGO_REGISTRY_TOKEN"}}, src)
	p := PlanOf(s.lay())
	if got := left(p, checks.Lock); got != "Take the publishing secrets away: comes after the proof: until then they may be the only way to publish\n" {
		t.Errorf("before the proof: %s", got)
	}
	if got := ids(p); strings.Contains(got, "secret:") {
		t.Errorf("before the proof: %s", got)
	}
	s.released(identity.CratesIO, byTrust("0.1.1")).released(identity.PyPI, byTrust("0.1.1")).guard(guarded())
	p = PlanOf(s.lay())
	if got := ids(p); !strings.Contains(got, "secret:/PYPI_API_TOKEN") {
		t.Errorf("after the proof: %s", got)
	}
	text := left(p, checks.Lock)
	for _, page := range []string{"/organizations/acme/settings/secrets/actions", "https://crates.io/settings/tokens", "https://pypi.org/manage/account/#api-tokens"} {
		if !strings.Contains(text, page) {
			t.Errorf("after the proof, no %s: %s", page, text)
		}
	}
	if strings.Contains(text, "/acme/market-data/settings/secrets") {
		t.Errorf("the page of what the plan deletes itself: %s", text)
	}
}

// TestPlanSendsNobodyToARunThatHasEnded: what is left is the release, and where a
// run waits, its page.
func TestPlanSendsNobodyToARunThatHasEnded(t *testing.T) {
	for conclusion, page := range map[string]bool{"failure": false, "": true} {
		status := "completed"
		if page {
			status = "waiting"
		}
		s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().runs(run("push", "v0.1.1", status, conclusion, nil))
		if text := left(PlanOf(s.lay()), checks.Proof); text == "" || strings.Contains(text, "/actions/runs/") != page {
			t.Errorf("a run that is %s: %q", status, text)
		}
	}
}

// TestPlanSaysWhatIsToBeDone: that a release of before shows nothing is no word on
// the one that is left.
func TestPlanSaysWhatIsToBeDone(t *testing.T) {
	unseen := evidence.Version{Number: "0.1.0", Trusted: evidence.Unknown[evidence.Provenance](src, "no attestation was uploaded")}
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write().released(identity.CratesIO, unseen).released(identity.PyPI, unseen)
	r := s.lay()
	if state := r.Scenes[6].State; state != Blind {
		t.Fatalf("the proof is %s", state)
	}
	if text := left(PlanOf(r), checks.Proof); !strings.Contains(text, "cannot be taken back") || strings.Contains(text, "attestation") {
		t.Errorf("%q", text)
	}
}
