package checks

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func TestBuildApartFromPublish(t *testing.T) {
	const id = "build-apart-from-publish"
	before := func(step string) func(*testing.T, *evidence.World) {
		return edited("      - name: Mint a crates.io token\n", "      - "+step+"\n      - name: Mint a crates.io token\n")
	}
	runRows(t, []row{
		{"apart", id, nothing, cratesJob, OK, "no step of the job is known to build"},
		{"cargo publish verifies", id, edited(" --no-verify", ""), cratesJob, Wrong, "`cargo publish` (publish.yml:36) compiles, which runs the build scripts and macros of every dependency"},
		{"and what to do", id, edited(" --no-verify", ""), cratesJob, Wrong, "publish here with --no-verify"},
		{"a build backend", id, before("run: python -m build"), cratesJob, Wrong, "`build` (publish.yml:31) runs code of the project"},
		{"tests", id, before("run: cargo test --workspace"), cratesJob, Wrong, "`cargo test --workspace`"},
		{"a dry run that compiles", id, before("run: cargo publish --dry-run"), cratesJob, Wrong, "`cargo publish --dry-run`"},
		{"an action that builds", id, before("uses: hynek/build-and-inspect-python-package@v2"), cratesJob, Wrong, "runs the build backend"},
		{"several", id, before("run: |\n          npm ci\n          npm test\n          pytest\n          tox"), cratesJob, Wrong, "`npm ci` (publish.yml:32)"},
		{"no more than three are named", id, before("run: |\n          npm ci\n          npm test\n          pytest\n          cargo build"), cratesJob, Wrong, "and 1 more"},
		{"a tool that is installed", id, before("run: python -m pip install twine"), cratesJob, OK, "no step"},
		{"a task", id, before("run: make dist"), cratesJob, Unknown, "`make dist` (publish.yml:31) is a task of the repository"},
		{"a script", id, before("run: ./scripts/prepare.sh now"), cratesJob, Unknown, "is a script of the repository"},
		{"an action of the repository", id, before("uses: ./.github/actions/prepare"), cratesJob, Unknown, "is an action of the repository"},
		{"an action of the repository that was read", id, then(before("uses: ./.github/actions/prepare"), action(".github/actions/prepare", "runs:\n  using: composite\n  steps:\n    - run: cargo test\n      shell: bash\n")), cratesJob, Wrong,
			"`cargo test in ./.github/actions/prepare` (publish.yml:31) compiles"},
		{"one that only prints", id, then(before("uses: ./.github/actions/prepare"), action(".github/actions/prepare", "runs:\n  using: composite\n  steps:\n    - run: echo\n      shell: bash\n")), cratesJob, OK, "no step"},
		{"release-plz", id, edited("run: cargo publish --no-verify", "uses: release-plz/action@v0.5"), cratesJob, Unknown, "unless release-plz.toml says publish_no_verify"},
	})
}

// action gives the world the description of an action.
func action(ref, src string) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) {
		w.Actions = map[string]evidence.Fact[evidence.ActionFile]{ref: evidence.Seen(evidence.ActionFile{Path: ref + "/action.yml", Content: []byte(src)}, api)}
	}
}

// Each command is judged by what it does, not by its name alone.
func TestWhatBuilds(t *testing.T) {
	for command, want := range map[string]string{
		"cargo publish": "yes", "cargo +nightly publish -p a": "yes", "cargo publish --no-verify": "no", "cargo package --no-verify": "no", "cargo package": "yes",
		"cargo install cargo-release": "no", "cargo install --path .": "yes", "cargo metadata --no-deps": "no", "cargo login": "no", "cargo xtask dist": "yes",
		"cargo release --execute": "yes", "cargo release --execute --no-verify": "no", "cargo release": "no", "cargo release --no-publish --execute": "no",
		"cargo workspaces publish": "yes", "cargo ws publish --no-verify": "no", "cargo --version": "no",
		"pip install .": "yes", "pip install -e .[dev]": "yes", "python -m pip install build": "no", "uv pip install .": "yes", "uv tool install twine": "no", "pip install -r dev.txt": "hidden", "pip download x": "no",
		"python -m build": "yes", "python setup.py sdist": "yes", "uv build": "yes", "uv publish": "no", "uv sync": "yes", "uv sync --only-group build": "no", "uv sync --no-install-project": "no", "twine upload dist/*": "no", "twine check dist/*": "no",
		"poetry publish": "no", "poetry publish --build": "yes", "poetry build": "yes", "pdm publish": "yes", "pdm publish --no-build": "no", "hatch publish": "no", "hatch build": "yes", "flit publish": "yes",
		"maturin publish": "yes", "maturin upload dist/*": "no", "npm ci": "yes", "npm view x": "no", "git fetch": "no", "make release": "hidden", "hatch run release": "no", "just publish": "hidden",
		"bash scripts/a.sh": "hidden", "python tools/release.py": "hidden", "./release": "hidden", "./build": "hidden", "scripts/build --all": "hidden", "release-plz release": "hidden", "release-plz update": "no", "gh release create v1": "no",
	} {
		f := workflow.Parse("x.yml", []byte("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          "+command+"\n"))
		got := "no"
		for _, b := range (&Case{}).builds(f, f.Jobs[0]) {
			got = "yes"
			if b.hidden {
				got = "hidden"
			}
			if b.line != 7 || b.how == "" || !strings.Contains(command, b.what[:3]) {
				t.Errorf("%s: %+v", command, b)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", command, got, want)
		}
	}
}

func TestWhichActionsBuild(t *testing.T) {
	for step, want := range map[string]string{
		"uses: PyO3/maturin-action@v1": "yes", "uses: PyO3/maturin-action@v1\n        with: {command: upload}": "no", "uses: PyO3/maturin-action@v1\n        with: {command: publish}": "yes",
		"uses: actions-rs/cargo@v1\n        with: {command: test}": "yes", "uses: actions-rs/cargo@v1\n        with: {command: publish, args: --no-verify}": "no",
		"uses: katyo/publish-crates@v2": "yes", "uses: katyo/publish-crates@v2\n        with: {args: --no-verify}": "no",
		"uses: release-plz/action@v0.5": "hidden", "uses: release-plz/action@v0.5\n        with: {command: release-pr}": "no",
		"uses: actions/checkout@v7": "no", "uses: pypa/gh-action-pypi-publish@release/v1": "no", "uses: ./x": "hidden", "uses: $/x": "hidden", "uses: dtolnay/rust-toolchain@stable": "no",
	} {
		f := workflow.Parse("x.yml", []byte("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - "+step+"\n"))
		got := "no"
		for _, b := range (&Case{}).builds(f, f.Jobs[0]) {
			got = map[bool]string{false: "yes", true: "hidden"}[b.hidden]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", step, got, want)
		}
	}
}
