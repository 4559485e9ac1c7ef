package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func TestEnvironmentScenes(t *testing.T) {
	two := []evidence.Collaborator{{User: evidence.User{Login: "ana", ID: 5}, Role: "admin"}, {User: evidence.User{Login: "bo", ID: 6}, Role: "write"}, {User: evidence.User{Login: "eve", ID: 9}, Role: "triage"}}
	const branchRules = "+ruleset Default branch\n+the default branch: nobody may delete, force-push to it\n"
	cases := []struct {
		name, profile string
		people        []evidence.Collaborator
		preview       string
	}{
		{"start", "start", two, "+environment release\n+deployment from branch main\n+deployment from tag v*\n"},
		{"solo", "solo", two[:1], "+environment release\n+reviewer ana\n+administrators cannot pass the rules by\n+deployment from branch main\n+deployment from tag v*\n" + branchRules},
		{"team", "team", two, "+environment release\n+reviewer ana\n+reviewer bo\n+prevent self-review\n+administrators cannot pass the rules by\n+deployment from branch main\n+deployment from tag v*\n" + branchRules},
		{"team of one", "team", two[:1], "+environment release\n+reviewer ana\n+administrators cannot pass the rules by\n+deployment from branch main\n+deployment from tag v*\n" + branchRules},
	}
	for _, c := range cases {
		s := fresh(t).choose(journal.Choices{Profile: c.profile})
		s.world.GitHub.Collaborators = evidence.Seen(c.people, src)
		scene := s.scene(checks.Environment)
		if got := diff(scene.Preview); got != c.preview {
			t.Errorf("%s:\n%s", c.name, got)
		}
		changes, err := scene.Ways[0].Prepare(defaults(scene.Ways[0]))
		shown := ""
		for _, one := range changes {
			shown += diff(one.Preview)
		}
		if err != nil || shown != c.preview {
			t.Errorf("%s: %v %v", c.name, changes, err)
		}
	}
}

func TestEnvironmentWaysElsewhere(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"})
	scene := s.scene(checks.Environment)
	if got := way(t, scene, "settings page").Open.URL; got != "https://github.com/acme/market-data/settings/environments" {
		t.Error(got)
	}
	want := []string{"gh api --method PUT repos/acme/market-data/environments/release --input - <<'END'",
		`{"can_admins_bypass":false,"deployment_branch_policy":{"custom_branch_policies":true,"protected_branches":false},"reviewers":[{"id":5,"type":"User"}]}`, "END",
		"gh api --method POST repos/acme/market-data/environments/release/deployment-branch-policies -f name='main' -f type=branch",
		"gh api --method POST repos/acme/market-data/environments/release/deployment-branch-policies -f name='v*' -f type=tag",
		"gh api --method POST repos/acme/market-data/rulesets --input - <<'END'",
		`{"bypass_actors":[],"conditions":{"ref_name":{"exclude":[],"include":["~DEFAULT_BRANCH"]}},"enforcement":"active","name":"Default branch","rules":[{"type":"deletion"},{"type":"non_fast_forward"}],"target":"branch"}`, "END"}
	if got := way(t, scene, "Show me").Lines; !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	_, err := scene.Ways[0].Prepare(Answers{"reviewers": "ana", "self": "yes", "refs": "branch main"})
	if err == nil || !strings.Contains(err.Error(), "nobody could approve") {
		t.Errorf("locked out: %v", err)
	}
}

func TestEnvironmentByProfile(t *testing.T) {
	bare := guarded()
	bare.Reviewers = nil
	if st := fresh(t).choose(journal.Choices{Profile: "start"}).guard(bare).scene(checks.Environment); st.State != Done {
		t.Errorf("start: %s\n%s", st.State, texts(st.Now))
	}
	solo := fresh(t).choose(journal.Choices{Profile: "solo"}).guard(bare).scene(checks.Environment)
	if solo.State != Todo || diff(solo.Preview) != " environment release\n+reviewer ana\n administrators cannot pass the rules by\n deployment from branch main\n deployment from tag v*\n" {
		t.Errorf("solo: %s\n%s", solo.State, diff(solo.Preview))
	}
	done := fresh(t).choose(journal.Choices{Profile: "solo"}).guard(guarded()).scene(checks.Environment)
	if done.State != Done || len(done.Ways) != 0 {
		t.Errorf("done: %s\n%s", done.State, labels(done))
	}
}

func TestPublishersScene(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).released(identity.PyPI, byToken("0.1.0")).write()
	scene := s.scene(checks.Publishers)
	crates := way(t, scene, "crates.io: open the publisher page").Open
	want := []Field{{"Repository owner", "acme", src.String()}, {"Repository name", "market-data", src.String()}, {"Workflow filename", "publish.yml", "the only file that publishes"}, {"Environment name (optional)", "release", ""}}
	want[3].Origin = crates.Fields[3].Origin
	if crates.URL != "https://crates.io/crates/market-data/settings/new-trusted-publisher" || !slices.Equal(crates.Fields, want) || !strings.HasPrefix(want[3].Origin, "publish.yml:") {
		t.Errorf("%s %+v", crates.URL, crates.Fields)
	}
	pypi := way(t, scene, "PyPI: open the publisher page").Open
	if pypi.URL != "https://pypi.org/manage/project/market-data/settings/publishing/?environment=release&owner=acme&provider=github&repository=market-data&workflow_filename=publish.yml" {
		t.Error(pypi.URL)
	}
	if test := way(t, scene, "TestPyPI: open the publisher page").Open; test.URL != "https://test.pypi.org/manage/account/publishing/" {
		t.Error(test.URL)
	}
	contains(t, "ways", labels(scene), "do: Let me look on crates.io with a token")
	s.offered = true // and refused: another token can be tried
	contains(t, "ways", labels(s.scene(checks.Publishers)), "do: Let me look on crates.io with a token")
	s.lists()
	lacks(t, "ways", labels(s.scene(checks.Publishers)), "Let me look")
}

func TestWhatWasSaidOfAnotherIdentityIsAskedAgain(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Workflow: "old.yml"}).say(identity.PyPI)
	s.choose(journal.Choices{Workflow: "publish.yml"})
	contains(t, "first release", labels(s.scene(checks.FirstRelease)), "page: PyPI:")
}

func TestRehearsalScene(t *testing.T) {
	ready := func() *stage {
		return fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).write().guard(guarded())
	}
	scene := ready().scene(checks.Rehearsal)
	if w := scene.Ways[0]; w.Label != "Rehearse now" {
		t.Errorf("%+v", w)
	}
	contains(t, "wanted", texts(scene.Wanted), "crates.io: a token minted", "minting would create the project", "creates the project there")
	contains(t, "preview", diff(scene.Preview), "+start publish.yml on main with rehearse=true")
	contains(t, "commands", strings.Join(way(t, scene, "Show me").Lines, "\n"), "gh workflow run publish.yml --repo acme/market-data --ref main -f rehearse=true")

	upload := way(t, scene, "upload a development version")
	changes, err := upload.Prepare(nil)
	if err != nil || !upload.Offer || len(changes) != 1 {
		t.Fatalf("%v %+v", err, upload)
	}
	contains(t, "upload", diff(changes[0].Preview)+changes[0].Lasting, "start publish.yml on main with rehearse=true with testpypi-upload=true", "the version on TestPyPI")

	waiting := run("workflow_dispatch", "main", "waiting", "", map[string]string{"crates.io": ""})
	waiting.Pending = evidence.Seen([]evidence.PendingDeployment{{Environment: "release", CanApprove: true}}, src)
	scene = ready().runs(waiting).scene(checks.Rehearsal)
	if scene.State != Waiting || scene.Ways[0].Label != "Open the run's page to review it" || scene.Ways[0].Open.URL != waiting.URL {
		t.Errorf("%s\n%s", scene.State, labels(scene))
	}
	waiting.Pending = evidence.Seen([]evidence.PendingDeployment{{Environment: "release", Reviewers: []evidence.Reviewer{{Name: "bo"}, {Name: "cy"}}}}, src)
	contains(t, "now", texts(ready().runs(waiting).scene(checks.Rehearsal).Now), "release waits for a review by bo or cy")
}

func TestARefusalComesFirst(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).write().guard(guarded())
	refused := run("workflow_dispatch", "main", "completed", "failure", map[string]string{"crates.io": "failure"})
	jobs := refused.Jobs.Or(nil)
	jobs[0].Log = evidence.Seen("Error: The Trusted Publishing config for repository `acme/market-data` does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`", src)
	refused.Jobs = evidence.Seen(jobs, src)
	scene := s.runs(refused).scene(checks.Rehearsal)
	if scene.State != Todo || scene.Now[0].Mark != checks.Wrong {
		t.Errorf("%s\n%s", scene.State, texts(scene.Now))
	}
	contains(t, "first", scene.Now[0].Text, "release.yml")
	contains(t, "ways", labels(scene), "Rehearse now", "Open the page of run 3")
	publishers := s.scene(checks.Publishers)
	if publishers.State != Todo {
		t.Error(publishers.State)
	}
	contains(t, "publishers", labels(publishers), "crates.io: open the publisher page")
}

// TestNoRehearsalThatCouldPublish: a file without such an input is not started.
func TestNoRehearsalThatCouldPublish(t *testing.T) {
	const jobs = "\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n    steps:\n      - id: auth\n        uses: rust-lang/crates-io-auth-action@v1\n      - run: cargo publish\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"
	for trigger, why := range map[string]string{"on: push": "no workflow_dispatch", "on: [push, workflow_dispatch]": "could publish"} {
		scene := fresh(t).commit(publishing, trigger+jobs).scene(checks.Rehearsal)
		lacks(t, trigger, labels(scene), "Rehearse now")
		contains(t, trigger, texts(scene.Now), why)
	}
	scene := fresh(t).commit(publishing, "on:\n  push:\n  workflow_dispatch:\n    inputs:\n      dry-run:\n        type: boolean"+jobs).scene(checks.Rehearsal)
	contains(t, "a dry run", diff(scene.Preview), "dry-run=true")
}

func TestProofScene(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).released(identity.CratesIO, byToken("0.1.0")).write()
	scene := s.scene(checks.Proof)
	q := scene.Ways[0].Questions[0]
	if scene.Ways[0].Label != "Release it for me" || q.Default != "0.1.1" || q.Origin != "the next patch after Cargo.toml:3" {
		t.Errorf("%+v", scene.Ways[0])
	}
	for version, ok := range map[string]bool{"0.1.1": true, "1.0.0-rc.1": true, "0.1.0": false, "1.0": false, "x": false, "": false} {
		if err := q.Check(version); (err == nil) != ok {
			t.Errorf("%q: %v", version, err)
		}
	}
	if got := diff(scene.Preview); got != "-0.1.0\n+0.1.1\n+tag v0.1.1\n" {
		t.Error(got)
	}
	contains(t, "commands", strings.Join(way(t, scene, "Show me").Lines, "\n"), "git tag v0.1.1", "git push --atomic upstream HEAD:refs/heads/main refs/tags/v0.1.1")

	scene = s.absent(identity.CratesIO).scene(checks.Proof)
	if q := way(t, scene, "Release it").Questions[0]; q.Default != "0.1.0" || q.Origin != "Cargo.toml:3, not published yet" {
		t.Errorf("%+v", q)
	}
	failed := run("push", "v0.1.1", "completed", "failure", nil)
	contains(t, "a failed release", texts(s.runs(failed).scene(checks.Proof).Now), "problem|the release run 3 of v0.1.1 ended with failure")
}

func TestLockScene(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
	s.world.GitHub.RepositorySecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_API_TOKEN"}, {Name: "CODECOV_TOKEN"}}, src)
	s.world.GitHub.OrganizationSecrets = evidence.Seen([]evidence.Secret{{Name: "CARGO_REGISTRY_TOKEN"}}, src)
	scene := s.scene(checks.Lock)
	if scene.State != Todo {
		t.Error(scene.State)
	}
	lacks(t, "not proven", labels(scene), "Delete")
	contains(t, "not proven", labels(scene), "page: Open the repository's secrets", "page: Open the organisation's secrets", "tokens on crates.io", "tokens on PyPI")

	s.released(identity.CratesIO, byTrust("0.1.1")).released(identity.PyPI, byTrust("0.1.1")).guard(guarded())
	scene = s.scene(checks.Lock)
	w := way(t, scene, "Delete them for me")
	if w.Questions[0].Default != "repository/PYPI_API_TOKEN" || diff(scene.Preview) != "-secret PYPI_API_TOKEN of the repository\n" {
		t.Errorf("%+v\n%s", w.Questions, diff(scene.Preview))
	}
	changes, err := w.Prepare(defaults(w))
	if err != nil || len(changes) != 1 || changes[0].Lasting == "" {
		t.Errorf("%+v %v", changes, err)
	}
	shared := way(t, scene, "Delete CARGO_REGISTRY_TOKEN of the organisation")
	changes, err = shared.Prepare(nil)
	if err != nil || !shared.Offer || len(changes) != 1 || changes[0].ID != "organization-secret:CARGO_REGISTRY_TOKEN" || !strings.Contains(changes[0].Lasting, "other repositories may use it") {
		t.Errorf("%+v %v", changes, err)
	}
}

// TestWhereASecretIsReadAndRevoked: each leftover is told with the lines that
// read it, and the page on which its own registry revokes the token.
func TestWhereASecretIsReadAndRevoked(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
	s.world.GitHub.RepositorySecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_API_TOKEN"}, {Name: "TEST_PYPI_TOKEN"}, {Name: "CARGO_REGISTRY_TOKEN"}}, src)
	other := evidence.WorkflowFile{Path: ".github/workflows/old.yml", Content: evidence.Seen([]byte("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"+
		"      # - run: echo ${{ secrets.CARGO_REGISTRY_TOKEN }}\n      - run: echo ${{ secrets.pypi_api_token }} ${{ secrets.PYPI_API_TOKEN_OLD }}\n      - run: echo ${{ secrets['PYPI_API_TOKEN'] }}\n"), src)}
	s.world.Workflows = evidence.Seen(append(s.world.Workflows.Or(nil), other), src)
	scene := s.scene(checks.Lock)
	contains(t, "now", texts(scene.Now), "PYPI_API_TOKEN (repository) is read at .github/workflows/old.yml:7, .github/workflows/old.yml:8; its token is revoked on https://pypi.org/manage/account/#api-tokens",
		"TEST_PYPI_TOKEN (repository) is read by no workflow; its token is revoked on https://test.pypi.org/manage/account/#api-tokens",
		"CARGO_REGISTRY_TOKEN (repository) is read by no workflow; its token is revoked on https://crates.io/settings/tokens")
	contains(t, "pages", labels(scene), "page: Open your tokens on TestPyPI")

	s.released(identity.CratesIO, byTrust("0.1.1")).released(identity.PyPI, byTrust("0.1.1")).guard(guarded())
	changes, err := way(t, s.scene(checks.Lock), "Delete them for me").Prepare(defaults(way(t, s.scene(checks.Lock), "Delete them for me")))
	if err != nil || len(changes) != 3 {
		t.Fatalf("%+v %v", changes, err)
	}
	for i, page := range []string{"https://pypi.org/manage/account/#api-tokens", "https://test.pypi.org/manage/account/#api-tokens", "https://crates.io/settings/tokens"} {
		if !strings.HasSuffix(changes[i].Lasting, "revoked at its registry, "+page) {
			t.Errorf("%s: %s", changes[i].ID, changes[i].Lasting)
		}
	}
	contains(t, "preview", diff(changes[0].Preview), "read at .github/workflows/old.yml:7, .github/workflows/old.yml:8")
}

func TestASecretForDependabot(t *testing.T) {
	s := fresh(t).choose(journal.Choices{Profile: "solo"}).write()
	s.world.GitHub.DependabotSecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_API_TOKEN"}}, src)
	contains(t, "not proven", labels(s.scene(checks.Lock)), "page: Open the secrets for Dependabot")
	s.released(identity.CratesIO, byTrust("0.1.1")).released(identity.PyPI, byTrust("0.1.1")).guard(guarded())
	scene := s.scene(checks.Lock)
	contains(t, "commands", strings.Join(way(t, scene, "Show me").Lines, "\n"), "gh secret delete PYPI_API_TOKEN --repo acme/market-data --app dependabot")
	w := way(t, scene, "Delete them for me")
	changes, err := w.Prepare(defaults(w))
	if err != nil || len(changes) != 1 || changes[0].ID != "dependabot-secret:PYPI_API_TOKEN" || diff(scene.Preview) != "-secret PYPI_API_TOKEN of the repository, for Dependabot\n" {
		t.Errorf("%+v %v\n%s", changes, err, diff(scene.Preview))
	}
}

func TestASecretOfAnEnvironment(t *testing.T) {
	s := leftover{"environment my/env", "PYPI_TOKEN"}
	if s.environment() != "my/env" || !s.deletable() || (leftover{"organization", "X"}).deletable() {
		t.Errorf("%+v", s)
	}
	l := &layout{Basis: Basis{Report: checks.Report{Results: []checks.Result{{Check: checks.Check{ID: "no-publishing-secrets"}, Finding: checks.Finding{Subject: "environment my/env/PYPI_TOKEN", Verdict: checks.Wrong}}}}}}
	if got := l.leftovers(); len(got) != 1 || got[0] != s {
		t.Errorf("%+v", got)
	}
}
