package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	cratesJob = publishYML + "#crates-io"
	pypiJob   = publishYML + "#pypi"
	authPin   = "rust-lang/crates-io-auth-action@c6f97d42243bad5fab37ca0427f495c86d5b1a18"
)

// edited replaces text of the publishing workflow.
func edited(old, to string) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) { edit(t, w, old, to) }
}

func file(path, src string) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) { setFile(w, path, src) }
}

// hiddenWorkflow publishes, if at all, by what a script of the project does.
const hiddenWorkflow = `on: {push: {tags: ['v*']}}
jobs:
  send:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    steps:
      - uses: actions/checkout@v4
      - run: python3 ./scripts/publish.py --all
`

const secretWorkflow = `on: {push: {tags: ['v*']}}
jobs:
  crates-io:
    runs-on: ubuntu-latest
    environment: release
    steps:
      - uses: actions/checkout@v7
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: ${{ secrets.CRATES_TOKEN_2 }}
`

const grants = "    environment: release\n    permissions:\n      contents: read\n      id-token: write\n"

// proposedBy puts a pull request that brings a file into a world without
// workflows.
func proposedBy(pull evidence.PullRequest, file string) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		w.Workflows = evidence.Absent[[]evidence.WorkflowFile](api)
		w.GitHub.Proposals = evidence.Seen([]evidence.Proposal{{Branch: "trustpub/x", Pull: evidence.Seen(pull, api), Files: evidence.Seen(map[string]string{file: "1"}, api)}}, api)
	}
}

func TestWorkflowOnDefaultBranch(t *testing.T) {
	const id = "workflow-on-default-branch"
	runRows(t, []row{
		{"on it", id, nothing, publishYML, OK, "main has it, at 1111111"},
		{"no workflow publishes", id, file(publishYML, "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"cargo publish\"\n"), "", Wrong, "no workflow file publishes"},
		{"no workflows at all", id, func(_ *testing.T, w *evidence.World) { w.Workflows = evidence.Absent[[]evidence.WorkflowFile](api) }, "", Wrong, "no workflow file publishes"},
		{"a pull request brings it", id, proposedBy(evidence.PullRequest{Number: 7, URL: "https://github.com/acme/market-data/pull/7", Open: true}, publishYML), "", Waiting, "the pull request #7 brings the workflow that publishes"},
		{"a pull request brings another file", id, proposedBy(evidence.PullRequest{Number: 7, Open: true}, ".github/dependabot.yml"), "", Wrong, "no workflow file publishes"},
		{"a pull request that was closed", id, proposedBy(evidence.PullRequest{Number: 7}, publishYML), "", Wrong, "no workflow file publishes"},
		{"only with a secret", id, file(publishYML, secretWorkflow), "", Wrong, "not by trusted publishing"},
		{"a program with a secret", id, file(publishYML, replaced(t, secretWorkflow, "cargo publish", "./publish.py")), "", Wrong, "not by trusted publishing"},
		{"a program with a secret and an identity", id, file(publishYML, replaced(t, replaced(t, secretWorkflow, "cargo publish", "./publish.py"), "    environment: release\n", "    permissions:\n      id-token: write\n")),
			"", Unknown, "publish.yml#crates-io has an identity, and another program: it is handed a publishing token"},
		{"a script with an identity", id, file(publishYML, hiddenWorkflow), "", Unknown, "publish.yml:9 runs ./scripts/publish.py with an identity"},
		{"a script that prepares, with an identity", id, file(publishYML, replaced(t, hiddenWorkflow, "publish.py", "prepare_release.py")), "", Wrong, "no workflow file publishes"},
		{"an action of others with an identity", id, file(publishYML, replaced(t, hiddenWorkflow, "run: python3 ./scripts/publish.py --all", "uses: acme/release-all@v1")), "", Unknown, "publish.yml:9 uses acme/release-all@v1 with an identity"},
		{"the same action without", id, file(publishYML, replaced(t, replaced(t, hiddenWorkflow, "id-token: write", "contents: read"), "run: python3 ./scripts/publish.py --all", "uses: acme/release-all@v1")), "", Wrong, "no workflow file publishes"},
		{"an action that only makes a release", id, file(publishYML, replaced(t, hiddenWorkflow, "run: python3 ./scripts/publish.py --all", "uses: softprops/action-gh-release@v2")), "", Wrong, "no workflow file publishes"},
		{"a workflow of others", id, file(publishYML, "on: push\njobs:\n  t:\n    uses: acme/shared/.github/workflows/test.yml@v1\n  go:\n    uses: acme/shared/.github/workflows/deploy.yml@v1\n"), "", Unknown, "publish.yml:6 calls acme/shared/.github/workflows/deploy.yml@v1, which was not read"},
		{"a workflow of others that only tests", id, file(publishYML, "on: push\njobs:\n  t:\n    uses: acme/shared/.github/workflows/test.yml@v1\n"), "", Wrong, "no workflow file publishes"},
		{"nothing calls it", id, edited("on:\n  push:\n    tags: ['v*']\n  workflow_dispatch:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n", "on: workflow_call\n"), publishYML, Wrong, "no workflow of the repository calls it"},
		{"judged elsewhere", id, func(_ *testing.T, w *evidence.World) {
			w.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/topic", SHA: judgedSHA}, api)
		}, publishYML, Unknown, "refs/heads/topic"},
		{"offline, not committed", id, func(_ *testing.T, w *evidence.World) {
			offline(w)
			git := w.Tree.Git.Or(evidence.Git{})
			git.Dirty = evidence.Seen([]string{publishYML}, evidence.Source{Name: "git"})
			w.Tree.Git = evidence.Seen(git, evidence.Source{Name: "git"})
		}, publishYML, Unknown, "not committed yet"},
		{"unreadable file", id, func(t *testing.T, w *evidence.World) {
			w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: publishYML, Content: evidence.Unknown[[]byte](api, "too large")}}, api)
		}, "", Unknown, publishYML},
		{"no right to see the default branch", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "rate limit reached")
		}, publishYML, Unknown, "rate limit reached"},
	})
}

func TestWorkflowLints(t *testing.T) {
	const id = "workflow-lints"
	runRows(t, []row{
		{"accepted", id, nothing, publishYML, OK, "nothing in it"},
		{"needs a job that is not there", id, edited("    needs: build\n    runs-on: ubuntu-latest\n    environment: release\n    permissions:\n      contents: read", "    needs: biuld\n    runs-on: ubuntu-latest\n    environment: release\n    permissions:\n      contents: read"), publishYML, Wrong, "biuld"},
		{"no YAML", id, file(publishYML, "on: [push\njobs"), publishYML, Wrong, "correct line"},
		{"a newer way to call an action", id, edited("uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n      - run: python", "uses: $/.github/actions/setup\n      - run: python"), publishYML, OK, "nothing"},
		{"unreadable", id, func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: publishYML, Content: evidence.Unknown[[]byte](api, "over 1 MiB")}}, api)
		}, publishYML, Unknown, "over 1 MiB"},
	})
	t.Run("a runner of one's own is told once, as advice", func(t *testing.T) {
		w := ready(t)
		edit(t, w, "    runs-on: ubuntu-latest", "    runs-on: big-linux")
		results := Judge(NewCase(w), All(), []string{id}).Results
		if len(results) != 2 || results[1].Verdict != Unknown || results[1].Level != Advice || !strings.Contains(results[1].Because, "big-linux is no runner of GitHub's") {
			t.Errorf("%+v", results)
		}
	})
	t.Run("a broken file that publishes nothing is left alone", func(t *testing.T) {
		w := ready(t)
		setFile(w, ".github/workflows/lint.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    needs: [zzz]\n    steps:\n      - run: 'true'\n")
		for _, res := range Judge(NewCase(w), All(), []string{id}).Results {
			if res.Subject == ".github/workflows/lint.yml" {
				t.Errorf("%s: %s", res.Verdict, res.Because)
			}
		}
	})
}

func TestOneWorkflowPublishes(t *testing.T) {
	const id = "one-workflow-publishes"
	second := file(".github/workflows/release.yml", secretWorkflow)
	copied := func(t *testing.T, w *evidence.World) {
		setFile(w, ".github/workflows/again.yml", replaced(t, read(t, "testdata/publish.yml"), "  workflow_dispatch:", "  workflow_call:\n  workflow_dispatch:"))
	}
	runRows(t, []row{
		{"one", id, nothing, "crates.io", OK, "publish.yml is the only file"},
		{"two", id, second, "crates.io", Wrong, "2 files publish to crates.io: publish.yml:"},
		{"two, for one registry only", id, second, "pypi", OK, "publish.yml"},
		{"the other never comes to it", id, file(".github/workflows/release.yml", replaced(t, secretWorkflow, "on: {push: {tags: ['v*']}}", "on: {push: {branches: [main]}}")+"    if: startsWith(github.ref, 'refs/tags/')\n"),
			"crates.io", OK, "publish.yml is the only file"},
		{"two exchange", id, copied, "crates.io", Unknown, "publish.yml:36, again.yml:37; each needs a publisher of its own"},
		{"two for two packages", id, both(second, func(_ *testing.T, w *evidence.World) {
			other := crate("more")
			other.Path = "more/Cargo.toml"
			setPackages(w, crate("data"), other, project("data"))
		}), "crates.io", Unknown, "which of them publishes which package the files do not show"},
		{"started by another file", id, both(copied, file(".github/workflows/ci.yml", "on: push\npermissions: write-all\njobs:\n  r:\n    uses: ./.github/workflows/again.yml\n")),
			"crates.io", Unknown, "ci.yml (by again.yml:"},
		{"a script that may publish", id, file(".github/workflows/hidden.yml", hiddenWorkflow), "crates.io", Unknown, "hidden.yml:9 runs ./scripts/publish.py with an identity"},
		{"the same script without an identity", id, file(".github/workflows/hidden.yml", replaced(t, hiddenWorkflow, "id-token: write", "contents: read")), "crates.io", OK, "only file"},
	})
	t.Run("a choice makes it advice", func(t *testing.T) {
		w := ready(t)
		second(t, w)
		w.Wanted.Workflow = "publish.yml"
		res := Judge(NewCase(w), All(), []string{id}).Results[0]
		if res.Verdict != Wrong || res.Level != Advice {
			t.Errorf("%s %s", res.Level, res.Verdict)
		}
	})
}

func both(a, b func(*testing.T, *evidence.World)) func(*testing.T, *evidence.World) {
	return func(t *testing.T, w *evidence.World) { a(t, w); b(t, w) }
}

func TestNoWorkflowIsSeenToPublish(t *testing.T) {
	w := ready(t)
	w.Workflows = evidence.Seen([]evidence.WorkflowFile{}, api)
	setFile(w, ".github/workflows/hidden.yml", hiddenWorkflow)
	runRows(t, []row{{"a script may", "workflow-on-default-branch", func(_ *testing.T, to *evidence.World) { *to = *w }, "", Unknown, "hidden.yml:9 runs ./scripts/publish.py"}})
}

func TestWorkflowGrantsIDToken(t *testing.T) {
	const id = "workflow-grants-id-token"
	caller := func(permissions string) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			setFile(w, ".github/workflows/release.yml", "on: {push: {tags: ['v*']}}\njobs:\n  call:\n"+permissions+"    uses: ./.github/workflows/publish.yml\n")
			edit(t, w, "on:\n  push:\n    tags: ['v*']\n  workflow_dispatch:\n    inputs:\n      rehearse:\n        type: boolean\n        default: true\n", "on: workflow_call\n")
		}
	}
	runRows(t, []row{
		{"granted", id, nothing, cratesJob, OK, "job permissions"},
		{"failure 2: job block without it", id, edited(grants, "    environment: release\n    permissions:\n      contents: read\n"), cratesJob, Wrong, "add `id-token: write` to the permissions of the job crates-io"},
		{"failure 2: job block over the workflow's", id, edited("permissions: {}", "permissions:\n  id-token: write"), cratesJob, OK, "job permissions"},
		{"no block at all", id, func(t *testing.T, w *evidence.World) {
			edit(t, w, grants, "    environment: release\n")
			src, _ := w.Workflows.Or(nil)[1].Content.Get()
			setFile(w, publishYML, replaced(t, string(src), "permissions: {}\n", ""))
		}, cratesJob, Wrong, "never a default"},
		{"write-all", id, edited(grants, "    environment: release\n    permissions: write-all\n"), cratesJob, OK, "job permissions"},
		{"a call beside it that is refused", id, both(edited("\njobs:\n", "\njobs:\n  lint:\n    uses: ./.github/workflows/lint.yml\n"), file(".github/workflows/lint.yml", "on: workflow_call\njobs:\n  t:\n    runs-on: x\n    permissions:\n      checks: write\n    steps: [{run: x}]\n")),
			cratesJob, Wrong, "GitHub refuses the run that it is part of, where lint calls ./.github/workflows/lint.yml: The nested job 't' is requesting 'checks: write', but is only allowed 'checks: none'."},
		{"caller gives too little", id, caller("    permissions:\n      contents: read\n"), cratesJob, Wrong, "is only allowed 'id-token: none'"},
		{"caller without a block, read-only default", id, caller(""), cratesJob, Wrong, "is only allowed 'id-token: none'"},
		{"caller without a block, default that writes", id, both(caller(""), func(_ *testing.T, w *evidence.World) {
			w.GitHub.DefaultTokenPermission = evidence.Seen("write", api)
		}), cratesJob, OK, "job permissions"},
		{"caller without a block, default not seen", id, both(caller(""), func(_ *testing.T, w *evidence.World) {
			w.GitHub.DefaultTokenPermission = evidence.Unknown[string](api, "needs admin rights")
		}), cratesJob, Unknown, "the repository's default decides"},
		{"caller gives enough", id, caller("    permissions:\n      contents: read\n      id-token: write\n"), cratesJob, OK, "job permissions"},
	})
}

func TestIDTokenOnlyWhereNeeded(t *testing.T) {
	const id = "id-token-only-where-needed"
	build := publishYML + "#build"
	give := func(more string) func(*testing.T, *evidence.World) {
		return edited("    permissions:\n      contents: read\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n      - run: python -m build\n",
			"    permissions:\n      contents: read\n      id-token: write\n    steps:\n      - run: python -m build\n"+more)
	}
	hands := func(jobs string) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			setFile(w, ".github/workflows/npm.yml", "on: workflow_call\njobs:\n"+jobs)
			src := read(t, "testdata/publish.yml")
			start, end := strings.Index(src, "  build:\n"), strings.Index(src, "  crates-io:\n")
			setFile(w, publishYML, src[:start]+"  build:\n    permissions:\n      id-token: write\n    uses: ./.github/workflows/npm.yml\n"+src[end:])
		}
	}
	const asks = "  npm:\n    runs-on: ubuntu-latest\n    permissions:\n      id-token: write\n    steps:\n"
	passes := func(script string) func(*testing.T, *evidence.World) {
		return hands(asks + "      - run: " + script + "\n")
	}
	runRows(t, []row{
		{"only the minting jobs", id, nothing, cratesJob, OK, "exchanges a token"},
		{"the build has it too", id, give(""), build, Wrong, "exchanges nothing"},
		{"an action that may need it", id, give("      - uses: hynek/build-and-inspect-python-package@v2\n"), build, Unknown, "whether hynek/build-and-inspect-python-package@v2 needs it"},
		{"passed on to what needs it", id, passes("npm publish --provenance"), publishYML + "#build", OK, "which needs it for its own script"},
		{"passed on for nothing", id, passes("npm test"), build, Wrong, "exchanges nothing"},
		{"passed on to a job whose action may need it", id, hands("  test:\n    runs-on: ubuntu-latest\n    permissions: {}\n    steps:\n      - run: make\n" + asks + "      - uses: broker/token@v1\n"),
			build, Unknown, "npm.yml, where npm asks for it by itself; whether broker/token@v1 needs it"},
		{"passed on twice, to what was not read", id, hands("  wheels:\n    uses: other/place/.github/workflows/wheels.yml@v1\n"), build, Unknown, "other/place/.github/workflows/wheels.yml@v1, which was not read"},
		{"passed on to a job that takes none", id, hands("  test:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n    steps:\n      - uses: broker/token@v1\n"), build, OK, "of which no job takes it"},
		{"for an identity made out to somebody else", id, give("      - uses: broker/token@v1\n        with:\n          audience: https://broker.example\n"), build, OK, "needs it for broker/token@v1"},
		{"for attestations", id, give("      - uses: actions/attest@v4\n"), build, OK, "actions/attest@v4"},
		{"the whole workflow has it, and an action may need it", id, edited("permissions: {}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n    steps:\n", "permissions:\n  id-token: write\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: acme/oidc-broker@v1\n"), build, Unknown, "the workflow permissions give it id-token: write, and whether acme/oidc-broker@v1 needs it"},
		{"for another registry", id, give("      - uses: rubygems/configure-rubygems-credentials@v1\n"), build, OK, "needs it for rubygems/configure-rubygems-credentials@v1"},
		{"the whole workflow has it", id, edited("permissions: {}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    permissions:\n      contents: read\n", "permissions:\n  id-token: write\njobs:\n  build:\n    runs-on: ubuntu-latest\n"), build, Wrong, "workflow permissions"},
	})
}

func TestPublishJobCanCheckOut(t *testing.T) {
	const id = "publish-job-can-check-out"
	private := changedRepository(func(r *evidence.Repository) { r.Private = true })
	bare := edited(grants, "    environment: release\n    permissions:\n      id-token: write\n")
	runRows(t, []row{
		{"may read", id, private, cratesJob, OK, "contents: read"},
		{"failure 17: private, only id-token", id, both(private, bare), cratesJob, Wrong, "add `contents: read`"},
		{"public, only id-token", id, bare, cratesJob, OK, "public repository"},
		{"only id-token, offline", id, func(t *testing.T, w *evidence.World) { bare(t, w); offline(w) }, cratesJob, Unknown, "offline"},
	})
}

func TestPublishJobNamesEnvironment(t *testing.T) {
	const id = "publish-job-names-environment"
	runRows(t, []row{
		{"named", id, nothing, cratesJob, OK, "environment release"},
		{"failure 3: none", id, edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), cratesJob, Wrong, "add `environment: release` to the job crates-io itself"},
		{"the key at the action", id, edited("        uses: "+authPin+" # v1.0.5\n", "        uses: "+authPin+" # v1.0.5\n        with:\n          environment: release\n"), cratesJob, OK, "environment release"},
		{"the key at the action alone", id, then(edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), amended("        uses: "+authPin+" # v1.0.5\n", "        uses: "+authPin+" # v1.0.5\n        with:\n          environment: release\n")),
			cratesJob, Wrong, "line 32 gives `environment: release` to " + authPin + ", which has no such input"},
		{"failure 3: at another job", id, edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), cratesJob, Wrong, "the job pypi names release, which counts for that job alone"},
		{"an expression", id, edited(grants, "    environment: ${{ github.ref_name }}\n    permissions:\n      contents: read\n      id-token: write\n"), cratesJob, Unknown, "github.ref_name"},
		{"with an address", id, edited(grants, "    environment:\n      name: release\n      url: https://crates.io/crates/data\n    permissions:\n      contents: read\n      id-token: write\n"), cratesJob, OK, "environment release"},
	})
}

func TestEventAccepted(t *testing.T) {
	const id = "event-accepted"
	const onPush = "on:\n  push:\n    tags: ['v*']\n"
	runRows(t, []row{
		{"push and dispatch", id, nothing, cratesJob + " crates.io", OK, "push, workflow_dispatch"},
		{"failure 11: workflow_run at crates.io", id, edited(onPush, "on:\n  workflow_run:\n    workflows: [CI]\n"), cratesJob + " crates.io", Wrong, "Trusted Publishing does not support the `workflow_run` event trigger"},
		{"workflow_run at PyPI", id, edited(onPush, "on:\n  workflow_run:\n    workflows: [CI]\n"), pypiJob + " pypi", OK, "workflow_run"},
		{"failure 11: pull_request_target at PyPI", id, func(t *testing.T, w *evidence.World) {
			src := replaced(t, read(t, "testdata/publish.yml"), onPush, "on:\n  pull_request_target:\n")
			setFile(w, publishYML, replaced(t, src, "        if: github.event_name == 'push'\n", ""))
		}, pypiJob + " pypi", Wrong, "invoked via 'pull_request_target' is not supported"},
		{"conditions keep the refused event out", id, edited(onPush, "on:\n  pull_request_target:\n"), pypiJob + " pypi", OK, "pull_request_target"},
		{"a condition that only the run can answer", id, func(t *testing.T, w *evidence.World) {
			src := replaced(t, read(t, "testdata/publish.yml"), onPush, "on:\n  pull_request_target:\n")
			setFile(w, publishYML, replaced(t, src, "    if: github.event_name == 'workflow_dispatch'", "    if: vars.REHEARSE"))
		}, publishYML + "#testpypi testpypi", Unknown, "vars.REHEARSE"},
	})
}

func TestTokenIsExchanged(t *testing.T) {
	const id = "token-is-exchanged"
	runRows(t, []row{
		{"exchanged", id, nothing, cratesJob + " crates.io", OK, "exchanged for the job's identity"},
		{"a secret", id, edited("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN_2 }}"), cratesJob + " crates.io", Wrong, "crates-io-auth-action"},
		{"no credential", id, edited("        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n", ""), cratesJob + " crates.io", Wrong, "no credential"},
		{"id-token alone", id, edited("        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n", ""), cratesJob + " crates.io", Wrong, "cargo would say: no token found. `id-token: write` alone exchanges nothing"},
		{"failure 18: and attestations with it", id, edited("v1.14.2\n", "v1.14.2\n        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n"), pypiJob + " pypi", Wrong, "“Attestations are only supported when using Trusted Publishing”"},
		{"PyPI's action on Windows", id, amended("  pypi:\n    needs: build\n    runs-on: ubuntu-latest", "  pypi:\n    needs: build\n    runs-on: windows-2025"), pypiJob + " pypi", Wrong, "the job runs on windows-2025, and “Container action is only supported on Linux”"},
		{"PyPI's action inside another", id, nested("pypa/gh-action-pypi-publish@release/v1"), pypiJob + " pypi", Wrong, "inside the action ./.github/actions/publish"},
		{"an older one inside another", id, nested("pypa/gh-action-pypi-publish@v1.10.3"), pypiJob + " pypi", OK, "uses a token exchanged"},
		{"release-plz exchanges itself", id, edited("run: cargo publish --no-verify", "uses: release-plz/action@v0.5"), cratesJob + " crates.io twice", Wrong, "release-plz would exchange one itself"},
		{"release-plz alone", id, then(edited("run: cargo publish --no-verify\n        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}", "uses: release-plz/action@v0.5"),
			amended("      - name: Mint a crates.io token\n        id: auth\n        uses: "+authPin+" # v1.0.5\n", "")), cratesJob + " crates.io", OK, "release-plz uses a token exchanged"},
		{"failure 18: a password left over", id, edited("v1.14.2\n", "v1.14.2\n        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n"), pypiJob + " pypi", Wrong, "take `password:`"},
		{"exchanged at PyPI", id, nothing, pypiJob + " pypi", OK, "pypa/gh-action-pypi-publish"},
	})
}

// nested moves PyPI's action into an action of the repository.
func nested(uses string) func(*testing.T, *evidence.World) {
	return then(edited("uses: "+pypiAction, "uses: ./.github/actions/publish"),
		action(".github/actions/publish", "runs:\n  using: composite\n  steps:\n    - uses: "+uses+"\n"))
}

func TestNoTokenSecretUsed(t *testing.T) {
	const id = "no-token-secret-used"
	runRows(t, []row{
		{"none", id, nothing, cratesJob + " crates.io", OK, "reads no secret"},
		{"one", id, edited("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN_2 }}"), cratesJob + " crates.io", Wrong, "CRATES_TOKEN_2"},
	})
}

func TestActionsPinned(t *testing.T) {
	const id = "actions-pinned"
	with := func(uses string) func(*testing.T, *evidence.World) { return edited(authPin+" # v1.0.5", uses) }
	runRows(t, []row{
		{"pinned", id, nothing, cratesJob + " " + authPin, OK, "pinned to a commit"},
		{"a tag", id, with("rust-lang/crates-io-auth-action@v1"), cratesJob + " rust-lang/crates-io-auth-action@v1", Wrong, "full commit id"},
		{"a short commit", id, with("rust-lang/crates-io-auth-action@c6f97d4"), cratesJob + " rust-lang/crates-io-auth-action@c6f97d4", Wrong, "full commit id"},
		{"of this repository", id, with("./.github/actions/auth"), cratesJob + " ./.github/actions/auth", OK, "of this repository"},
		{"of this repository, the newer way", id, with("$/.github/actions/auth"), cratesJob + " $/.github/actions/auth", OK, "of this repository"},
		{"an image by tag", id, with("docker://rust:1"), cratesJob + " docker://rust:1", Wrong, "@sha256"},
		{"an image by digest", id, with("docker://rust@sha256:" + judgedSHA + judgedSHA[:24]), cratesJob + " docker://rust@sha256:" + judgedSHA + judgedSHA[:24], OK, "digest"},
	})
	t.Run("GitHub's own are advice", func(t *testing.T) {
		w := ready(t)
		edit(t, w, "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7")
		r := Judge(NewCase(w), All(), nil)
		if r.Verdict() != Ready {
			t.Errorf("verdict %s", r.Verdict())
		}
		if res := r.Of(id)[0]; res.Verdict != Wrong || res.Level != Advice {
			t.Errorf("%s %s: %s", res.Level, res.Verdict, res.Because)
		}
	})
}
