package runner

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

const cratesWorkflow = `name: Publish
on:
  workflow_dispatch:
  push: {tags: ['v*']}
permissions:
  contents: read
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions:
      contents: read
      id-token: write
    steps:
      - uses: actions/checkout@v7
      - run: cargo publish --dry-run
      - uses: rust-lang/crates-io-auth-action@v1
        id: auth
      - run: |
          echo "the token is ${{ steps.auth.outputs.token }}"
          cargo publish --no-verify
        env:
          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}
`

var crateFiles = map[string]string{
	"Cargo.toml": "[package]\nname = 'market-data'\nversion = '0.2.0'\nedition = '2024'\ndescription = 'Quotes'\nlicense = 'MIT'\n",
	"src/lib.rs": "pub fn quote() {}\n", "README.md": "# Market data\n",
}

func (w *world) trustCrate(environment string) {
	w.t.Helper()
	w.must(w.crates.AddCrate(cratesio.Seed{Owner: "ana", Name: "market-data", Version: "0.1.0"}))
	_, err := w.crates.AddPublisher(cratesio.Publisher{Crate: "market-data", RepositoryOwner: "acme", RepositoryOwnerID: int(w.owner.ID),
		RepositoryName: "market-data", WorkflowFilename: "publish.yml", Environment: &environment})
	w.must(err)
}

func TestPublishToCratesIO(t *testing.T) {
	w := newWorld(t)
	w.trustCrate("release")
	run := w.publish(cratesWorkflow, crateFiles)
	wantConclusion(t, run, github.Success)
	j := job(t, run, "publish")
	want := "1 Set up job=success\n2 Run actions/checkout@v7=success\n3 Run cargo publish --dry-run=success\n4 Run rust-lang/crates-io-auth-action@v1=success\n" +
		"5 Run echo \"the token is \"=success\n6 Post Run rust-lang/crates-io-auth-action@v1=success\n7 Post Run actions/checkout@v7=success\n8 Complete job=success"
	if got := stepsOf(j); got != want {
		t.Errorf("steps:\n%s\nwant\n%s", got, want)
	}
	wantLog(t, j, "Uploaded market-data v0.2.0 to registry `crates-io`", "the token is ***", "CARGO_REGISTRY_TOKEN: ***", "Token revoked successfully", "IdToken: write")
	if strings.Contains(j.Log, "cio_") || strings.Contains(j.Log, "eyJ") {
		t.Errorf("a token is in the log:\n%s", j.Log)
	}
	for _, line := range strings.Split(strings.TrimSpace(j.Log), "\n") {
		if stamp, _, _ := strings.Cut(line, " "); len(stamp) != len("2026-11-22T21:00:00.0000000Z") || !strings.HasSuffix(stamp, "Z") {
			t.Fatalf("a line without its time: %q", line)
		}
	}
	if w.asked("DELETE crates.io/api/v1/trusted_publishing/tokens") != 1 {
		t.Error("the token was not given back")
	}
}

func TestCratesIORefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change      func(string) string
		environment string
		want        string
	}{
		"environment of the config differs": {func(s string) string { return s }, "production",
			"Error: Failed to retrieve token from Cargo registry. Status: 400. Error: "},
		"no id-token": {func(s string) string { return strings.Replace(s, "      id-token: write\n", "", 1) }, "release",
			"Please ensure the 'id-token' permission is set to 'write' in your workflow"},
		"no exchange step": {func(s string) string {
			return s[:strings.Index(s, "      - uses: rust-lang")] + "      - run: cargo publish\n"
		}, "release", "no token found, please run `cargo login`"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.trustCrate(c.environment)
			run := w.publish(c.change(cratesWorkflow), crateFiles)
			wantConclusion(t, run, github.Failure)
			wantLog(t, job(t, run, "publish"), c.want)
			if w.asked("PUT crates.io") != 0 {
				t.Error("something was uploaded")
			}
		})
	}
}

const pythonWorkflow = `name: Publish
on: {workflow_dispatch: }
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@v7
      - uses: actions/setup-python@v7
      - run: python -m pip install build && python -m build
      - run: ls dist
      - uses: actions/upload-artifact@v7
        with: {name: dist, path: dist/}
  publish:
    needs: build
    runs-on: ubuntu-latest
    environment: {name: release, url: https://pypi.org/p/market-data}
    permissions: {id-token: write}
    steps:
      - uses: actions/download-artifact@v8
        with: {name: dist, path: dist}
      - uses: pypa/gh-action-pypi-publish@release/v1
`

var pythonFiles = map[string]string{
	"pyproject.toml":              "[build-system]\nrequires=['hatchling']\nbuild-backend='hatchling.build'\n[project]\nname='market-data'\nversion='1.0.0'\ndescription='Quotes'\nreadme='README.md'\nlicense='MIT'\n",
	"README.md":                   "# Market data\n",
	"src/market_data/__init__.py": "",
}

func (w *world) trustProject(environment string) {
	w.t.Helper()
	w.must(w.pypi.AddProject("market-data", "ana"))
	_, err := w.pypi.AddPublisher("market-data", pypi.Identity{Owner: "acme", OwnerID: strconv.FormatInt(w.owner.ID, 10), Repository: "market-data",
		Workflow: "publish.yml", Environment: environment})
	w.must(err)
}

func TestPublishToPyPI(t *testing.T) {
	w := newWorld(t)
	w.trustProject("release")
	run := w.publish(pythonWorkflow, pythonFiles)
	wantConclusion(t, run, github.Success)
	wantLog(t, job(t, run, "build"), "Successfully built market_data-1.0.0.tar.gz and market_data-1.0.0-py3-none-any.whl", "Artifact dist has been successfully uploaded: 2 files")
	wantLog(t, job(t, run, "publish"), "Uploading market_data-1.0.0-py3-none-any.whl", "Generating and uploading digital attestations: market_data-1.0.0.tar.gz")
	if n := w.asked("POST upload.pypi.org/legacy/"); n != 2 {
		t.Errorf("%d uploads", n)
	}
}

func TestPyPIRefusalShowsTheClaims(t *testing.T) {
	w := newWorld(t)
	w.trustProject("production")
	run := w.publish(strings.Replace(pythonWorkflow, "    environment: {name: release, url: https://pypi.org/p/market-data}\n", "", 1), pythonFiles)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "publish"), "##[error]Trusted publishing exchange failure:",
		"* `invalid-publisher`: valid token, but no corresponding publisher (Publisher with matching claims was not found)",
		"* `repository`: `acme/market-data`", "* `environment`: `MISSING`",
		"* `job_workflow_ref`: `acme/market-data/.github/workflows/publish.yml@refs/heads/main`")
}

func TestPyPIWithoutPermission(t *testing.T) {
	w := newWorld(t)
	run := w.publish(strings.Replace(pythonWorkflow, "{id-token: write}", "{contents: read}", 1), pythonFiles)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "publish"), "OpenID Connect token retrieval failed: missing or insufficient OIDC token permissions, the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset")
}

func TestReusableWorkflowOnPyPI(t *testing.T) {
	w := newWorld(t)
	w.trustProject("release")
	caller := "on: {workflow_dispatch: }\npermissions: {contents: read, id-token: write}\njobs:\n  call:\n    uses: ./.github/workflows/reused.yml\n"
	called := strings.Replace(pythonWorkflow, "on: {workflow_dispatch: }", "on: {workflow_call: }", 1)
	called = strings.Replace(called, "permissions: {}\n", "", 1)
	files := map[string]string{".github/workflows/reused.yml": called}
	for k, v := range pythonFiles {
		files[k] = v
	}
	run := w.publish(caller, files)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "call / publish"), "* `workflow_ref`: `acme/market-data/.github/workflows/publish.yml@refs/heads/main`",
		"* `job_workflow_ref`: `acme/market-data/.github/workflows/reused.yml@refs/heads/main`",
		"The claims in this token suggest that the calling workflow is a reusable workflow.")
	if len(run.Referenced) != 1 || !strings.HasSuffix(run.Referenced[0].Path, "reused.yml@refs/heads/main") {
		t.Errorf("referenced: %v", run.Referenced)
	}
}

func TestBothIndexesInOneJob(t *testing.T) {
	w := newWorld(t)
	w.trustProject("release")
	w.must(w.test.AddProject("market-data", "ana"))
	_, err := w.test.AddPublisher("market-data", pypi.Identity{Owner: "acme", OwnerID: strconv.FormatInt(w.owner.ID, 10), Repository: "market-data", Workflow: "publish.yml", Environment: "release"})
	w.must(err)
	both := strings.Replace(pythonWorkflow, "      - uses: pypa/gh-action-pypi-publish@release/v1\n",
		"      - uses: pypa/gh-action-pypi-publish@release/v1\n        with: {repository-url: https://test.pypi.org/legacy/}\n      - uses: pypa/gh-action-pypi-publish@release/v1\n", 1)
	run := w.publish(both, pythonFiles)
	wantConclusion(t, run, github.Failure)
	wantLog(t, job(t, run, "publish"), "already has a publish attestation")
	if w.asked("POST test.pypi.org/legacy/") != 2 || w.asked("POST upload.pypi.org/legacy/") != 0 {
		t.Error("TestPyPI gets both files, PyPI none")
	}
}

func TestToolsThatMintByThemselves(t *testing.T) {
	for name, command := range map[string]string{"twine": "twine upload dist/*", "uv": "uv publish", "maturin": "maturin upload dist/*"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.trustProject("release")
			run := w.publish(strings.Replace(pythonWorkflow, "uses: pypa/gh-action-pypi-publish@release/v1", "run: "+command, 1), pythonFiles)
			wantConclusion(t, run, github.Success)
			if strings.Contains(job(t, run, "publish").Log, "pypi-") {
				t.Error("the token is in the log")
			}
		})
	}
}

func TestAPushOfATagWaitsForAReview(t *testing.T) {
	w := newWorld(t)
	w.trustCrate("release")
	w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error {
		r.Environments = append(r.Environments, &github.Environment{Name: "release", Policy: github.CustomRefs,
			Policies: []github.DeploymentPolicy{{Name: "v*", Type: "tag"}}})
		return nil
	}))
	files := map[string]string{publishPath: cratesWorkflow}
	for k, v := range crateFiles {
		files[k] = v
	}
	sha := w.push(files)
	w.git("tag", "v0.2.0")
	w.git("push", "--quiet", "file://"+w.bare, "v0.2.0")
	w.runner.Pushed(context.Background(), github.Push{Owner: "acme", Name: "market-data", Ref: "refs/tags/v0.2.0", Before: github.NoCommit, After: sha, Pusher: "ana"})
	runs := w.store.Runs("acme", "market-data")
	if len(runs) != 1 {
		t.Fatalf("%d runs", len(runs))
	}
	wantConclusion(t, w.ended(runs[0].ID), github.Success)

	refused := w.dispatch("refs/heads/main", nil)
	wantConclusion(t, refused, github.Failure)
	j := job(t, refused, "publish")
	if len(j.Steps) != 0 || !strings.Contains(strings.Join(j.Annotations, "\n"), `Branch "main" is not allowed to deploy to release due to environment protection rules.`) {
		t.Errorf("annotations %q, steps %v", j.Annotations, j.Steps)
	}
}

func TestAReviewIsWaitedFor(t *testing.T) {
	for state, want := range map[string]github.Conclusion{"approved": github.Success, "rejected": github.Failure} {
		t.Run(state, func(t *testing.T) {
			w := newWorld(t)
			w.trustCrate("release")
			id := w.store.AccountID("bo")
			w.must(w.store.Edit("acme", "market-data", func(r *github.Repository) error {
				r.Environments = append(r.Environments, &github.Environment{Name: "release", Reviewers: []github.Reviewer{{Type: "User", ID: id}}})
				return nil
			}))
			files := map[string]string{publishPath: cratesWorkflow}
			for k, v := range crateFiles {
				files[k] = v
			}
			w.push(files)
			run := w.start("refs/heads/main", nil)
			w.until(func() bool { r, err := w.store.Run(run); return err == nil && r.Status == github.Waiting })
			_, err := w.store.Review(run, github.Answer{Login: "bo", Environments: []string{"release"}, State: state})
			w.must(err)
			wantConclusion(t, w.ended(run), want)
		})
	}
}

func (w *world) until(ok func() bool) {
	w.t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatal("it did not happen within ten seconds")
}

// TestAttestedCrates: the package that was published is there to attest, and
// the permission must be there too.
func TestAttestedCrates(t *testing.T) {
	attested := strings.Replace(cratesWorkflow, "      id-token: write\n", "      id-token: write\n      attestations: write\n", 1)
	attested = strings.Replace(attested, "cargo publish --no-verify", "cargo publish --no-verify --target-dir \"$RUNNER_TEMP/made\"", 1) +
		"      - uses: actions/attest@v4\n        with:\n          subject-path: ${{ runner.temp }}/made/package/*.crate\n"
	for name, c := range map[string]struct {
		old, new string
		want     github.Conclusion
		log      string
	}{
		"well":          {"", "", github.Success, "Attestation for market-data-0.2.0.crate"},
		"no permission": {"      attestations: write\n", "", github.Failure, "Failed to persist attestation: Resource not accessible by integration"},
		"elsewhere":     {"made/package/*.crate", "other/*.crate", github.Failure, "Could not find subject at path"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.trustCrate("release")
			run := w.publish(strings.Replace(attested, c.old, c.new, 1), crateFiles)
			wantConclusion(t, run, c.want)
			wantLog(t, job(t, run, "publish"), c.log, "Uploaded market-data v0.2.0")
		})
	}
}
