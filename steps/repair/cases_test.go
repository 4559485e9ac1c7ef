package repair

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// job is a workflow of one job that a tag starts.
func job(lines string) string {
	return "on:\n  push:\n    tags: ['v*']\njobs:\n  ship:\n    runs-on: ubuntu-latest\n" + lines
}

const (
	checkout = "      - uses: actions/checkout@v7\n"
	auth     = "rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18 # v1.0.5"
	pypi     = "pypa/gh-action-pypi-publish@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"
)

// cases are workflows as people have them. gone are the checks that must be green
// afterwards, byHand is a part of the reason why one is not repaired.
var cases = []struct {
	name, src          string
	gone               []string
	has, lacks, byHand []string
}{
	{"a token for the whole job", job("    env:\n      CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n    steps:\n" + checkout + "      - run: cargo publish\n"),
		[]string{"token-is-exchanged", "no-token-secret-used", "workflow-grants-id-token", "publish-job-names-environment", "build-apart-from-publish"},
		[]string{"      - uses: " + auth + "\n        id: auth\n      - run: cargo publish --no-verify\n", "CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}", "      - run: cargo publish --dry-run\n", "    environment: release\n"},
		[]string{"secrets."}, nil},
	{"a token beside other variables of the job", job("    env:\n      CARGO_TERM_COLOR: always\n      CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n    steps:\n" + checkout + "      - run: cargo publish --no-verify\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"    env:\n      CARGO_TERM_COLOR: always\n    steps:"}, []string{"secrets."}, nil},
	{"a token as an argument", job("    steps:\n" + checkout + "      - name: Publish\n        run: cargo publish --token ${{ secrets.CRATES }} --no-verify\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"        run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth"}, []string{"secrets.", "--token"}, nil},
	{"a token as an argument by a variable", job("    steps:\n" + checkout + "      - run: cargo publish --token \"$CRATES_TOKEN\" --no-verify\n        env:\n          CRATES_TOKEN: ${{ secrets.CRATES }}\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"run: cargo publish --no-verify\n"}, []string{"secrets.", "CRATES_TOKEN:"}, nil},
	{"a login before", job("    steps:\n" + checkout + "      - run: cargo login ${{ secrets.CRATES }}\n      - run: cargo publish --no-verify\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{auth}, []string{"secrets.", "cargo login"}, nil},
	{"a login in the script", job("    steps:\n" + checkout + "      - run: |\n          cargo login ${{ secrets.CRATES }}\n          cargo publish --no-verify\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"      - run: |\n          cargo publish --no-verify\n"}, []string{"secrets.", "cargo login"}, nil},
	{"an exchange without an id", job("    permissions:\n      contents: read\n      id-token: write\n    environment: release\n    steps:\n" + checkout + "      - uses: " + auth + "\n      - run: cargo publish --no-verify\n"),
		[]string{"token-is-exchanged"}, []string{"      - uses: " + auth + "\n        id: auth\n      - run"}, nil, nil},
	{"an id that is taken", job("    steps:\n" + checkout + "      - id: auth\n        run: echo\n      - run: cargo publish --no-verify\n        env: { CARGO_REGISTRY_TOKEN: \"${{ secrets.CRATES }}\" }\n"),
		[]string{"token-is-exchanged"}, []string{"id: auth-2\n", "env: { CARGO_REGISTRY_TOKEN: \"${{ steps.auth-2.outputs.token }}\" }"}, nil, nil},
	{"an upload under a condition, in releases alone", job("    steps:\n" + checkout + "      - run: cargo publish --no-verify\n        if: startsWith(github.ref, 'refs/tags/')\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n"),
		[]string{"token-is-exchanged"}, []string{"        id: auth\n      - run"}, nil, nil},
	{"an upload under a condition", strings.Replace(job("    environment: release\n    permissions: { contents: read, id-token: write }\n    steps:\n"+checkout+"      - run: cargo publish --no-verify\n        if: startsWith(github.ref, 'refs/tags/')\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n"), "    tags:", "    branches: [main]\n    tags:", 1),
		[]string{"token-is-exchanged"}, []string{"        id: auth\n        if: startsWith(github.ref, 'refs/tags/')\n"}, nil, nil},
	{"a token for the whole file", strings.Replace(job("    steps:\n"+checkout+"      - run: cargo publish --no-verify\n"), "jobs:", "env:\n  CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\njobs:", 1),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"tags: ['v*']\n", "CARGO_REGISTRY_TOKEN: ${{ steps.auth"}, []string{"secrets.", "\nenv:"}, nil},
	{"a job that does more than to release", strings.Replace(job("    steps:\n"+checkout+"      - run: cargo test\n      - run: cargo publish --no-verify\n        if: startsWith(github.ref, 'refs/tags/')\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n"), "  push:\n", "  pull_request:\n  push:\n", 1),
		nil, []string{"secrets.CRATES"}, []string{"environment:", "id-token"}, []string{"also runs by pull_request when nothing is published"}},
	{"an action that publishes crates", job("    steps:\n" + checkout + "      - uses: katyo/publish-crates@v2\n        with:\n          registry-token: ${{ secrets.CRATES }}\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"registry-token: ${{ steps.auth.outputs.token }}"}, []string{"secrets."}, []string{"nothing tells the commit of katyo/publish-crates@v2"}},
	{"crates in order", job("    steps:\n" + checkout + "      - run: |\n          cargo publish -p core\n          cargo publish -p data\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n"),
		[]string{"token-is-exchanged", "build-apart-from-publish"}, []string{"          cargo publish --no-verify -p core\n          cargo publish --no-verify -p data\n", "- run: cargo publish -p core -p data --dry-run\n"}, nil, nil},
	{"crates in a loop", job("    steps:\n" + checkout + "      - run: for c in core data; do cargo publish -p $c; done\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES }}\n"),
		[]string{"token-is-exchanged"}, nil, nil, []string{"is only known when it runs"}},
	{"tests beside the token", job("    permissions:\n      contents: write\n      id-token: write\n    environment: release\n    steps:\n" + checkout + "      - uses: " + auth + "\n        id: auth\n      - run: cargo test\n      - run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"),
		[]string{"build-apart-from-publish", "token-outlives-publish"}, []string{"  verify:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n", "    needs: verify\n"}, nil, nil},
	{"a build with a secret", job("    permissions:\n      id-token: write\n    environment: release\n    steps:\n" + checkout + "      - run: python -m build\n        env:\n          KEY: ${{ secrets.KEY }}\n      - uses: " + pypi + "\n"),
		nil, nil, []string{"build:"}, []string{"reads secrets"}},
	{"a release after the upload", job("    permissions:\n      id-token: write\n      contents: write\n    environment: release\n    steps:\n" + checkout + "      - run: python -m build\n      - uses: " + pypi + "\n      - run: gh release upload v1 dist/*\n"),
		nil, nil, []string{"build:"}, []string{"does more after the upload"}},
	{"a matrix", job("    permissions:\n      id-token: write\n    environment: release\n    strategy:\n      matrix: { python: ['3.12'] }\n    steps:\n" + checkout + "      - run: python -m build\n      - uses: " + pypi + "\n"),
		nil, nil, []string{"build:"}, []string{"the job has `strategy`"}},

	{"an old release of the action", job("    steps:\n      - uses: actions/download-artifact@v8\n      - uses: pypa/gh-action-pypi-publish@v1.5.0\n        with:\n          user: __token__\n          password: ${{ secrets.PYPI }}\n          packages-dir: out/\n"),
		[]string{"token-is-exchanged", "no-token-secret-used", "actions-pinned"}, []string{"      - uses: " + pypi + "\n", "        with:\n          packages-dir: out/\n"}, []string{"secrets.", "user:"}, nil},
	{"twine", job("    steps:\n" + checkout + "      - name: Upload\n        run: |\n          pip install twine\n          twine upload --skip-existing dist/*\n        env:\n          TWINE_USERNAME: __token__\n          TWINE_PASSWORD: ${{ secrets.PYPI }}\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"      - name: Upload\n", "        uses: " + pypi + "\n        with:\n          skip-existing: true\n"}, []string{"twine", "secrets."}, nil},
	{"twine with more", job("    steps:\n" + checkout + "      - run: twine upload --sign dist/*\n        env:\n          TWINE_PASSWORD: ${{ secrets.PYPI }}\n"),
		nil, []string{"twine upload --sign"}, nil, []string{"the action has nothing for the argument \"--sign\""}},
	{"twine behind a build", job("    steps:\n" + checkout + "      - run: python -m build && twine upload dist/*\n        env:\n          TWINE_PASSWORD: ${{ secrets.PYPI }}\n"),
		nil, []string{"twine upload"}, nil, []string{"the step does more than to upload"}},
	{"uv", job("    steps:\n      - uses: actions/download-artifact@v8\n      - run: uv publish --token ${{ secrets.PYPI }}\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"- run: uv publish --trusted-publishing always\n"}, []string{"secrets."}, nil},
	{"uv by a variable", job("    steps:\n      - uses: actions/download-artifact@v8\n      - run: uv publish\n        env:\n          UV_PUBLISH_TOKEN: ${{ secrets.PYPI }}\n"),
		[]string{"token-is-exchanged", "no-token-secret-used"}, []string{"- run: uv publish --trusted-publishing always\n"}, []string{"secrets.", "env:\n          UV"}, nil},
	{"poetry", job("    steps:\n" + checkout + "      - run: poetry publish\n        env:\n          POETRY_PYPI_TOKEN_PYPI: ${{ secrets.PYPI }}\n"),
		nil, []string{"secrets.PYPI"}, nil, []string{"exchanges no token"}},

	{"permissions that read all", job("    permissions: read-all\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"), nil, []string{"read-all"}, nil, []string{"cannot be added to"}},
	{"a grant in another level", job("    permissions:\n      id-token: read\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"), []string{"workflow-grants-id-token"}, []string{"      id-token: write\n"}, nil, nil},
	{"nothing granted", job("    permissions: {}\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"), []string{"workflow-grants-id-token"}, []string{"    permissions: { id-token: write }\n"}, nil, nil},
	{"only an identity at the top", "on:\n  push:\n    tags: ['v*']\npermissions:\n  id-token: write # for PyPI\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n  ship:\n    runs-on: ubuntu-latest\n    environment: release\n    steps:\n      - uses: " + pypi + "\n",
		[]string{"id-token-only-where-needed", "workflow-grants-id-token"}, []string{"permissions: {}\njobs:"}, nil, nil},
	{"everything at the top", "on:\n  push:\n    tags: ['v*']\npermissions: write-all\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n  ship:\n    runs-on: ubuntu-latest\n    environment: release\n    steps:\n      - uses: " + pypi + "\n",
		nil, []string{"write-all"}, nil, []string{"gives everything"}},

	{"a condition that is there", job("    if: github.event_name == 'push' || true # why\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"),
		[]string{"forks-cannot-publish"}, []string{"    if: github.repository == 'acme/data' && (github.event_name == 'push' || true) # why\n"}, nil, nil},
	{"an expression that is there", job("    if: ${{ github.event_name == 'push' }}\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"),
		[]string{"forks-cannot-publish"}, []string{"    if: ${{ github.repository == 'acme/data' && github.event_name == 'push' }}\n"}, nil, nil},
	{"a condition on lines of its own", job("    if: >-\n      github.event_name == 'push' &&\n      true\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"),
		[]string{"forks-cannot-publish"}, []string{"    if: >-\n      github.repository == 'acme/data' && github.event_name == 'push' &&\n      true\n"}, nil, nil},

	{"no rehearsal of PyPI", job("    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"),
		[]string{"rehearsal-possible"}, []string{"  workflow_dispatch:\n    inputs:\n      rehearse:\n", "      - name: Mint a PyPI token\n        if: github.event_name == 'workflow_dispatch' && inputs.rehearse\n        env:\n          INDEX: https://pypi.org\n        run: |\n          set -euo pipefail\n",
			"      - uses: " + pypi + "\n        if: ${{ !inputs.rehearse }}\n"}, nil, nil},
	{"a start by hand that publishes", strings.Replace(job("    permissions:\n      contents: read\n      id-token: write\n    environment: release\n    steps:\n"+checkout+"      - uses: "+auth+"\n        id: auth\n      - run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"), "jobs:", "  workflow_dispatch:\n    inputs:\n      level: { default: low }\njobs:", 1),
		[]string{"rehearsal-possible"}, []string{"      level: { default: low }\n      rehearse:\n        description: Exchange a token and publish nothing\n        type: boolean\n        default: false\n"}, nil, nil},
	{"more that a start by hand would do", job("    permissions:\n      contents: write\n      id-token: write\n    environment: release\n    steps:\n      - uses: softprops/action-gh-release@v2\n      - uses: " + pypi + "\n"),
		nil, nil, []string{"workflow_dispatch"}, []string{"what a start by hand would do in `softprops/action-gh-release@v2`"}},
	{"a misspelt permission", job("    permissions: { id_token: write, contents: read }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"), []string{"workflow-lints", "workflow-grants-id-token"}, []string{"{ id-token: write, contents: read }"}, nil, nil},
	{"a misspelt need", "on:\n  push:\n    tags: ['v*']\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n" + checkout + "  ship:\n    needs: [biuld]\n    runs-on: ubuntu-latest\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n",
		[]string{"workflow-lints"}, []string{"    needs: [build]\n"}, nil, nil},
	{"a guard of another repository's name", job("    if: github.repository == 'acme/old'\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"),
		[]string{"trigger-fires", "forks-cannot-publish"}, []string{"    if: github.repository == 'acme/data'\n"}, nil, nil},
	{"an image by its tag", job("    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: docker://ghcr.io/acme/tool:1\n      - uses: " + pypi + "\n"), nil, nil, nil, []string{"its registry, which is not asked"}},
	{"Rust by a branch", job("    permissions:\n      contents: read\n      id-token: write\n    environment: release\n    steps:\n" + checkout + "      - uses: dtolnay/rust-toolchain@stable\n      - uses: " + auth + "\n        id: auth\n      - run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"),
		[]string{"actions-pinned"}, []string{"      - run: rustup toolchain install stable --profile minimal && rustup default stable\n"}, []string{"dtolnay"}, nil},
	{"a container", job("    container: rust:1\n    permissions:\n      contents: read\n      id-token: write\n    environment: release\n    steps:\n" + checkout + "      - uses: " + auth + "\n        id: auth\n      - run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"),
		nil, nil, []string{"merge-base"}, []string{"runs in a container"}},
	{"an alias", job("    permissions: &p\n      contents: read\n    environment: release\n    steps:\n      - uses: " + pypi + "\n  other:\n    runs-on: ubuntu-latest\n    permissions: *p\n    steps:\n      - run: echo\n"),
		nil, []string{"permissions: *p"}, []string{"id-token"}, []string{"changes this place alone"}},
}

func TestCases(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := worldOf(c.src)
			p := propose(w)
			after := c.src
			if len(p.Files) > 0 {
				after = string(p.Files[0].After)
				onlyAnnounced(t, p.Files[0])
			}
			noWorse(t, w, worldOf(after))
			for _, check := range c.gone {
				if wrong, results := verdicts(worldOf(after), check); wrong > 0 {
					t.Errorf("%s stays: %v\n%v", check, results, whys(p))
				}
			}
			mentionsAll(t, after, c.has, true)
			mentionsAll(t, after, c.lacks, false)
			mentionsAll(t, strings.Join(whys(p), "\n"), c.byHand, true)
			if t.Failed() {
				t.Logf("\n%s\n%v", after, whys(p))
			}
		})
	}
}

func mentionsAll(t *testing.T, text string, parts []string, wanted bool) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) != wanted {
			t.Errorf("%q wanted: %v", part, wanted)
		}
	}
}

// TestWhatTheDefaultGives: a job that may write by the repository's default, and
// may need it, is not given less.
func TestWhatTheDefaultGives(t *testing.T) {
	src := job("    environment: release\n    steps:\n" + checkout + "      - uses: softprops/action-gh-release@v2\n      - uses: " + pypi + "\n")
	w := worldOf(src)
	if p := propose(w); len(p.Files) != 1 || !strings.Contains(string(p.Files[0].After), "      contents: read\n      id-token: write\n") {
		t.Errorf("read: %v", whys(p))
	}
	w.GitHub.DefaultTokenPermission = evidence.Seen("write", api)
	if p := propose(w); !strings.Contains(strings.Join(whys(p), ""), "may write by the repository's default") {
		t.Errorf("write: %v", whys(p))
	}
}

// TestACallerIsGrantedWhatIsAskedFor: both files change, and all that either asked
// for stays.
func TestACallerIsGrantedWhatIsAskedFor(t *testing.T) {
	w := worldOf("on:\n  push:\n    tags: ['v*']\npermissions: {}\njobs:\n  ship:\n    uses: ./.github/workflows/upload.yml\n")
	called := evidence.WorkflowFile{Path: ".github/workflows/upload.yml", Content: evidence.Seen([]byte("on: workflow_call\njobs:\n  crate:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions:\n      contents: read\n    steps:\n"+
		checkout+"      - uses: "+auth+"\n        id: auth\n      - run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n"), api)}
	w.Workflows = evidence.Seen(append(w.Workflows.Or(nil), called), api)
	p := propose(w)
	if len(p.Files) != 2 {
		t.Fatalf("%d files: %v", len(p.Files), whys(p))
	}
	mentionsAll(t, string(p.Files[0].After), []string{"    permissions:\n      contents: read\n      id-token: write\n"}, true)
	mentionsAll(t, string(p.Files[1].After), []string{"      contents: read\n      id-token: write\n"}, true)
}

// TestAPendingPublisherIsNotUsedUp: a token minted in a rehearsal would create the
// project.
func TestAPendingPublisherIsNotUsedUp(t *testing.T) {
	w := worldOf(job("    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"))
	w.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "data"}] = evidence.Absent[evidence.Project](api)
	p := propose(w)
	if !strings.Contains(strings.Join(whys(p), ""), "would create it from a pending publisher") {
		t.Errorf("%v", whys(p))
	}
}

// TestAnotherBranchPublishesNothingByHand: where the environment lets in every
// branch, a start by hand never uploads.
func TestAnotherBranchPublishesNothingByHand(t *testing.T) {
	w := worldOf(job("    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"))
	w.GitHub.Environments = evidence.Seen([]evidence.Environment{{Name: "release", Policy: evidence.RefsAll, Source: api}}, api)
	after := string(propose(w).Files[0].After)
	mentionsAll(t, after, []string{"      - uses: " + pypi + "\n        if: github.event_name != 'workflow_dispatch'\n"}, true)
}

// TestAForkKeepsItsGuard: there it does what it is for.
func TestAForkKeepsItsGuard(t *testing.T) {
	w := worldOf(job("    if: github.repository == 'acme/old'\n    permissions: { id-token: write }\n    environment: release\n    steps:\n      - uses: " + pypi + "\n"))
	repo := w.GitHub.Repository.Or(evidence.Repository{})
	repo.Fork = true
	w.GitHub.Repository = evidence.Seen(repo, api)
	p := propose(w)
	if !strings.Contains(strings.Join(whys(p), ""), "the repository is a fork") {
		t.Errorf("%v", whys(p))
	}
}

// noWorse holds that what was judged before at level works or safe is judged no
// worse, and that such problems are no more.
func noWorse(t interface{ Errorf(string, ...any) }, before, after *evidence.World) {
	was, is := problems(before), problems(after)
	for what := range is {
		if verdict, judged := was[what]; judged && !verdict && is[what] {
			t.Errorf("%s is broken", what)
		}
	}
	if a, b := sum(was), sum(is); b > a {
		t.Errorf("%d problems became %d: %v", a, b, is)
	}
}

// problems tells for each check and subject whether it is a problem.
func problems(w *evidence.World) map[string]bool {
	all := map[string]bool{}
	for _, r := range checks.Judge(checks.NewCase(w), checks.All(), nil).Results {
		if r.Check.Step == checks.Workflow && r.Level != checks.Advice {
			what := r.Check.ID + " " + r.Subject
			all[what] = all[what] || r.Verdict == checks.Wrong
		}
	}
	return all
}

func sum(all map[string]bool) (n int) {
	for _, wrong := range all {
		if wrong {
			n++
		}
	}
	return n
}
