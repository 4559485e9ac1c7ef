package registry

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Workflows are drawn from what publishing workflows are made of. All that they
// depend on is known before they run, so that each case has one right answer.

const (
	testIndex = "https://test.pypi.org/legacy/"
	sharedRef = "org/shared/.github/workflows/called.yml"
)

// one draws an element; the first ones are the plain ones.
func one(t *rapid.T, label string, values ...string) string {
	return rapid.SampledFrom(values).Draw(t, label)
}

func drawPermissions(t *rapid.T, label string) string {
	return one(t, label, "", "", "permissions: {id-token: write}", "permissions: {id-token: write}", "permissions: {id-token: write}", "permissions: {id-token: write, contents: read}",
		"permissions: {contents: read}", "permissions: write-all", "permissions: write-all", "permissions: {}")
}

// drawMatrix draws a matrix, and tells which keys it has.
func drawMatrix(t *rapid.T) string {
	return one(t, "matrix", "", "",
		"{e: [release, pypi]}",
		"{e: [release, pypi, x], exclude: [{e: x}]}",
		"{e: [release, pypi], f: [a, b], exclude: [{e: pypi, f: b}]}",
		"{include: [{e: release, u: '', go: true}, {e: pypi, u: '"+testIndex+"', go: false}]}",
		"{e: [release], include: [{e: release, u: '"+testIndex+"'}, {e: pypi, go: true}]}",
		"{e: ['${{ github.ref_name }}', release], go: [true]}",
		"{e: \"${{ fromJSON('[\\\"release\\\", \\\"Pypi\\\"]') }}\", go: [true, false]}")
}

// drawCondition draws an if: of a job or a step; matrix tells whether it may read
// one, needs whether there is a job "a" before.
func drawCondition(t *rapid.T, label string, matrix, needs bool) string {
	values := []string{"", "", "", "", "github.event_name == 'push'", "startsWith(github.ref, 'refs/tags/')", "github.ref_type == 'branch'",
		"inputs.dry", "!inputs.dry", "inputs.dry != true", "inputs.env == 'release'", "inputs.env != 'pypi'",
		"github.repository == 'acme/X'", "github.repository_owner == 'other'", "contains(fromJSON('[\"push\", \"release\"]'), github.event_name)",
		"github.event.repository.default_branch == github.ref_name", "always()", "failure()", "github.event.release.tag_name == 'v1'",
		"github.event_name == 'release' || inputs.note == 'go'"}
	if matrix {
		values = append(values, "matrix.go", "matrix.e == 'release'", "matrix.u", "!matrix.go")
	}
	if needs {
		values = append(values, "needs.a.result == 'success'", "always() && needs.a.result == 'skipped'", "always() && needs.a.result == 'success'")
	}
	return one(t, label, values...)
}

func conditionLine(condition string) string {
	if condition == "" {
		return ""
	}
	return "if: ${{ " + condition + " }}\n"
}

// indented puts n blanks before each line.
func indented(text string, n int) string {
	var b strings.Builder
	for _, l := range strings.Split(strings.Trim(text, "\n"), "\n") {
		if l != "" {
			b.WriteString(strings.Repeat(" ", n) + l + "\n")
		}
	}
	return b.String()
}

// drawStep draws a step that exchanges a token, or one that passes it by.
func drawStep(t *rapid.T, matrix bool) string {
	address := []string{"", "repository-url: ''", "repository-url: " + testIndex,
		"repository-url: \"${{ github.event_name == 'push' && '" + testIndex + "' || '' }}\""}
	if matrix {
		address = append(address, "repository-url: ${{ matrix.u }}")
	}
	body := one(t, "step", "crates", "crates", "pypi", "pypi", "pypi", "curl crates", "curl pypi", "action", "nothing")
	with := one(t, "address", address...)
	switch body {
	case "crates":
		body = "uses: rust-lang/crates-io-auth-action@v1\n"
	case "pypi":
		body = "uses: pypa/gh-action-pypi-publish@release/v1\nwith:\n  attestations: false\n" + indented(with, 2)
	case "curl crates":
		body = "run: |\n" + indented(byHand("crates.io", "jwt", "https://crates.io/api/v1/trusted_publishing/tokens"), 2)
	case "curl pypi":
		body = "run: |\n" + indented(byHand("testpypi", "token", "$INDEX/_/oidc/mint-token"), 2) + "env: {INDEX: 'https://test.pypi.org'}\n"
	case "action":
		body = "uses: ./.github/actions/mint\nwith:\n  go: ${{ inputs.dry == true }}\n" + indented(strings.Replace(with, "repository-url", "index", 1), 2)
	case "nothing":
		body = "run: echo\n"
	}
	body += conditionLine(drawCondition(t, "step's if", matrix, false)) + "continue-on-error: true\n"
	return "- " + strings.TrimPrefix(indented(body, 2), "  ")
}

// byHand is the exchange as people write it.
func byHand(audience, field, address string) string {
	return `set -eu -o pipefail
identity="$(curl --fail --silent --header "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=` + audience + `" | jq -r .value)"
printf '{"` + field + `":"%s"}' "$identity" | curl --silent --header 'Content-Type: application/json' --data @- "` + address + `"
`
}

// drawJob draws a job that runs steps. environments are what it may name.
func drawJob(t *rapid.T, needs bool, environments []string) string {
	matrix := drawMatrix(t)
	head := "runs-on: ubuntu-latest\n" + drawPermissions(t, "job's permissions") + "\n"
	if needs {
		head += "needs: [a]\n"
	}
	head += conditionLine(drawCondition(t, "job's if", false, needs))
	if matrix != "" {
		head += "strategy: {fail-fast: false, matrix: " + matrix + "}\n"
		environments = append(environments, "${{ matrix.e }}", "${{ matrix.e }}", "r-${{ matrix.e }}-${{ matrix.f }}")
	}
	if e := one(t, "environment", environments...); e != "" {
		head += "environment: " + e + "\n"
	}
	steps := ""
	for range rapid.IntRange(1, 2).Draw(t, "steps") {
		steps += drawStep(t, matrix != "")
	}
	if strings.Contains(steps, "./.github/actions/") {
		steps = "- uses: actions/checkout@v4\n" + steps
	}
	return head + "steps:\n" + indented(steps, 2)
}

// drawCall draws a job that calls a reusable workflow.
func drawCall(t *rapid.T) string {
	file := one(t, "called", "./.github/workflows/called.yml", "./.github/workflows/called.yml", "$/.github/workflows/called.yml", sharedRef+"@v1", sharedRef+"@COMMIT")
	matrix := one(t, "caller's matrix", "", "", "{e: [release, pypi]}")
	env := []string{"release", "pypi", "${{ inputs.env }}", "''"}
	head := drawPermissions(t, "caller's permissions") + "\n" + conditionLine(drawCondition(t, "caller's if", false, false))
	if matrix != "" {
		head += "strategy: {matrix: " + matrix + "}\n"
		env = append(env, "${{ matrix.e }}", "${{ matrix.e }}")
	}
	with := "env: " + one(t, "passed", env...) + "\n"
	if rapid.Bool().Draw(t, "passes dry") {
		with += "dry: ${{ inputs.dry == true }}\n"
	}
	return head + "uses: " + file + "\nwith:\n" + indented(with, 2)
}

func drawCaller(t *rapid.T) string {
	text := "name: Publish\non:\n  push:\n  release: {types: [published]}\n  workflow_dispatch:\n    inputs:\n" +
		"      env: {type: choice, options: [release, pypi, none]}\n      dry: {type: boolean, default: " + one(t, "dry's default", "false", "true") + "}\n" +
		"      note: {type: string, default: " + one(t, "note's default", "stay", "go") + "}\n" + drawPermissions(t, "file's permissions") + "\njobs:\n"
	own := []string{"", "release", "Release", "{name: pypi}", "${{ inputs.env }}", "${{ github.event_name == 'push' && 'release' || 'pypi' }}", "${{ github.ref_type }}", "${{ inputs.dry && 'release' || '' }}"}
	for i, id := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(t, "jobs")] {
		job := ""
		if rapid.IntRange(0, 3).Draw(t, "kind") == 3 {
			job = drawCall(t)
		} else {
			job = drawJob(t, i > 0 && rapid.Bool().Draw(t, "needs"), own)
		}
		text += "  " + id + ":\n" + indented(job, 4)
	}
	return text
}

func drawCalled(t *rapid.T) string {
	text := "on:\n  workflow_call:\n    inputs:\n      env: {type: string, default: release}\n      dry: {type: boolean, default: " + one(t, "called dry", "false", "true") + "}\n" +
		"      note: {type: string}\n" + drawPermissions(t, "called file's permissions") + "\njobs:\n"
	own := []string{"", "release", "${{ inputs.env }}", "${{ inputs.env }}", "${{ inputs.dry && 'pypi' || inputs.env }}"}
	return text + "  up:\n" + indented(drawJob(t, false, own), 4)
}

func drawAction(t *rapid.T) string {
	steps := fmt.Sprintf("- uses: pypa/gh-action-pypi-publish@release/v1\n  continue-on-error: true\n  if: inputs.go %s 'true'\n  with: {attestations: false, repository-url: \"${{ inputs.index }}\"}\n", one(t, "action's if", "!=", "=="))
	if rapid.Bool().Draw(t, "action mints for crates.io") {
		steps += "- uses: rust-lang/crates-io-auth-action@v1\n  continue-on-error: true\n"
	}
	return "name: mint\ndescription: x\ninputs: {index: {default: ''}, go: {default: 'false'}}\nruns:\n  using: composite\n  steps:\n" + indented(steps, 4)
}

// drawPublishers draws what is registered, near to what the jobs present.
func drawPublishers(t *rapid.T, at identity.Registry, ownerID int64) []identity.Publisher {
	var publishers []identity.Publisher
	for n := range rapid.IntRange(0, 3).Draw(t, "publishers") {
		p := identity.Publisher{Registry: at, Package: packages[n], Identity: identity.Identity{
			Owner: one(t, "owner", "Acme", "Acme", "Acme", "Acme", "Acme", "acme", "other"), OwnerID: ownerID, Repository: one(t, "repository", "x", "x", "x", "x", "x", "X", "y"),
			Workflow:    one(t, "file", "publish.yml", "publish.yml", "publish.yml", "publish.yml", "called.yml", "Publish.yml", "ci.yml"),
			Environment: one(t, "publisher's environment", "", "", "release", "release", "Release", "pypi", "tag", "r-release-a"),
		}}
		if rapid.IntRange(0, 9).Draw(t, "made anew") == 9 {
			p.OwnerID++
		}
		if at != identity.CratesIO {
			p.Environment = strings.ToLower(p.Environment)
		}
		publishers = append(publishers, p)
	}
	return possible(publishers)
}
