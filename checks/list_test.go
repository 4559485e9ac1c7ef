package checks

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Ids, steps, levels and order are a contract: scripts and skips name them.
func TestTheListOfChecks(t *testing.T) {
	want := []string{
		"survey repository-on-github works", "survey you-can-administer advice", "survey packages-found works", "survey metadata-complete works", "survey versions-agree works",
		"survey repository-url-matches advice", "survey tests-run-in-ci advice",
		"first-release name-available works", "first-release first-release-done works", "first-release you-own-the-package works", "first-release pending-publisher-alive works",
		"workflow workflow-on-default-branch works", "workflow workflow-lints works", "workflow one-workflow-publishes works", "workflow workflow-grants-id-token works",
		"workflow id-token-only-where-needed safe", "workflow publish-job-can-check-out works", "workflow publish-job-names-environment safe",
		"workflow publish-job-not-reusable works", "workflow event-accepted works",
		"workflow trigger-fires works", "workflow environment-admits-trigger works",
		"workflow token-is-exchanged works", "workflow no-token-secret-used safe", "workflow build-apart-from-publish safe", "workflow one-index-per-job works",
		"workflow actions-pinned safe", "workflow forks-cannot-publish advice", "workflow release-comes-from-default-branch safe", "workflow rehearsal-possible advice",
		"workflow token-outlives-publish advice",
		"environment environment-exists safe", "environment environment-has-reviewers safe", "environment someone-can-approve works", "environment environment-limits-refs safe", "environment admins-cannot-bypass safe",
		"environment default-branch-protected safe", "environment release-tags-protected safe",
		"environment actions-allowed works", "environment default-token-read-only advice",
		"publishers publisher-registered works", "publishers publisher-matches works", "publishers publishers-not-too-many advice",
		"rehearsal rehearsal-passed works", "proof last-release-trusted works", "proof attestations-present advice",
		"lock no-publishing-secrets safe", "lock trusted-publishing-only advice", "lock runbook-present advice", "lock drift-watched advice", "lock failed-attempts-seen advice",
	}
	var got []string
	for _, c := range All() {
		got = append(got, string(c.Step)+" "+c.ID+" "+string(c.Level))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryCheckSaysWhatItClaims(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Zc].*[.”]$`) // "crates.io" starts a sentence, too
	for _, c := range All() {
		if !sentence.MatchString(c.Claim) || !sentence.MatchString(c.Why) || c.Judge == nil {
			t.Errorf("%s: %q, %q", c.ID, c.Claim, c.Why)
		}
	}
}

func TestOnlyNarrowsTheChecks(t *testing.T) {
	r := Judge(NewCase(ready(t)), All(), []string{"packages-found", "no-such-check"})
	for _, res := range r.Results {
		if res.Check.ID != "packages-found" {
			t.Errorf("%s was judged", res.Check.ID)
		}
	}
	if len(r.Results) != 2 {
		t.Errorf("%d results", len(r.Results))
	}
}

// A workflow that two files call is judged on both ways, and what is the same on
// both is told once.
func TestTheSameIsToldOnce(t *testing.T) {
	w := ready(t)
	setFile(w, publishYML, replaced(t, read(t, "testdata/publish.yml"), "  workflow_dispatch:", "  workflow_call:\n  workflow_dispatch:"))
	setFile(w, ".github/workflows/nightly.yml", "on: {schedule: [{cron: '0 4 * * *'}]}\npermissions: write-all\njobs:\n  call:\n    uses: ./.github/workflows/publish.yml\n")
	told := map[string]bool{}
	for _, res := range Judge(NewCase(w), All(), nil).Of("publish-job-names-environment") {
		if told[res.Subject] {
			t.Errorf("%s is told twice: %s", res.Subject, res.Because)
		}
		told[res.Subject] = true
	}
	if len(told) != 3 {
		t.Errorf("%v", told)
	}
}

const callingYML = ".github/workflows/release.yml"

// shared is a world whose publishing job stands in another repository.
func shared(content evidence.Fact[[]byte]) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		const ref = "acme/shared/.github/workflows/publish.yml@v1"
		setFile(w, publishYML, noWorkflow)
		setFile(w, callingYML, "on: {push: {tags: ['v*']}}\njobs:\n  call:\n    permissions:\n      contents: read\n      id-token: write\n    uses: "+ref+"\n")
		w.Called = map[string]evidence.Fact[[]byte]{ref: content}
	}
}

// A workflow of another repository is judged too, and never named as a file of
// ours.
func TestACalledWorkflowOfAnotherRepository(t *testing.T) {
	const remote = "acme/shared/.github/workflows/publish.yml@v1"
	called := source("on: workflow_call\njobs:\n  publish:\n    runs-on: x\n    environment: release\n    permissions: {contents: read, id-token: write}\n    steps:\n      - uses: pypa/gh-action-pypi-publish@release/v1\n")
	runRows(t, []row{
		{"the job", "publish-job-names-environment", shared(called), remote + "#publish", OK, "environment release"},
		{"its permission", "workflow-grants-id-token", shared(called), remote + "#publish", OK, "job permissions"},
		{"its actions", "actions-pinned", shared(called), remote + "#publish pypa/gh-action-pypi-publish@release/v1", Wrong, "not pinned"},
		{"the call itself", "actions-pinned", shared(called), callingYML + "#call " + remote, Wrong, "not pinned"},
		{"failure 4: PyPI never takes it", "publisher-matches", func(t *testing.T, w *evidence.World) {
			earlier()(t, w)
			shared(called)(t, w)
			says(w, 1, registered(identity.PyPI))
		}, ofProject, Wrong, "job_workflow_ref claim does not match"},
	})
	w := ready(t)
	shared(called)(t, w)
	for _, res := range Judge(NewCase(w), All(), nil).Results {
		if res.Where != nil && res.Where.File != callingYML && res.Where.File != ciYML && res.Where.File != publishYML && res.Where.File != watchYML {
			t.Errorf("%s points to %v", res.Check.ID, *res.Where)
		}
	}
}

// What could not be read of a publishing step is not green.
func TestDoubtIsUnknown(t *testing.T) {
	w := ready(t)
	edit(t, w, "        uses: pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2\n",
		"        run: twine upload --repository-url ${{ vars.INDEX }} dist/*\n        env:\n          TWINE_PASSWORD: ${{ vars.PASSWORD }}\n")
	c := NewCase(w)
	doubtful := false
	for _, p := range c.Publishing {
		doubtful = doubtful || p.Doubt != ""
	}
	if !doubtful {
		t.Fatal("nothing is in doubt here")
	}
	if got := Judge(c, All(), nil).Verdict(); got == Ready {
		t.Error("a doubtful step is ready")
	}
	for _, res := range Judge(c, All(), []string{"token-is-exchanged"}).Results {
		if res.Subject == pypiJob+" pypi" && res.Verdict == OK {
			t.Errorf("%s: %s", res.Verdict, res.Because)
		}
	}
}

// A matrix of environments presents each of them.
func TestAMatrixOfEnvironments(t *testing.T) {
	w := ready(t)
	edit(t, w, grants, "    strategy:\n      matrix:\n        where: [release, staging]\n    environment: ${{ matrix.where }}\n    permissions:\n      contents: read\n      id-token: write\n")
	w.Wanted.Environment = "release"
	listed(w, registered(identity.CratesIO))
	expect(t, Judge(NewCase(w), All(), nil).Of("publisher-matches"), row{check: "publisher-matches", subject: ofCrate, want: Unknown, because: "release or staging"})
}
