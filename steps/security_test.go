package steps

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// What security linters ask of workflows, as far as the text of the file shows
// it (docs.zizmor.sh, "Audit rules", read August 2026). This is our own reading
// of those rules; no such linter runs here.

var (
	fullyPinned = regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)
	commented   = regexp.MustCompile(`uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$`)
	permission  = regexp.MustCompile(`^      [a-z-]+: (read|write)`)
	hosted      = []string{"ubuntu-latest", "ubuntu-24.04-arm", "macos-15-intel", "macos-latest", "windows-latest"}
	// caches are the inputs by which an action brings in what an earlier run left,
	// and what turns them off.
	caches = map[string]struct{ input, off string }{"actions/setup-python": {"cache", ""}, "astral-sh/setup-uv": {"enable-cache", "false"}}
	// needed are all actions that a workflow may use: each is there because the
	// runner has nothing that does the same.
	needed = []string{"actions/checkout", "actions/upload-artifact", "actions/download-artifact", "actions/setup-python", "astral-sh/setup-uv", "actions/attest",
		"pypa/gh-action-pypi-publish", "rust-lang/crates-io-auth-action"}
)

// holdSecurity reports through fail.
func holdSecurity(text string, fail func(string, ...any)) {
	w, errs := actionlint.Parse([]byte(text))
	if len(errs) > 0 {
		fail("%v", errs[0])
		return
	}
	holdHead(w, fail)
	holdLines(text, fail)
	for id, job := range w.Jobs {
		holdJob(id, job, fail)
	}
}

// holdHead: anonymous-definition, excessive-permissions, concurrency-limits,
// dangerous-triggers.
func holdHead(w *actionlint.Workflow, fail func(string, ...any)) {
	switch {
	case w.Name == nil || w.Name.Value == "":
		fail("the workflow has no name")
	case w.Permissions == nil || w.Permissions.All != nil || len(w.Permissions.Scopes) > 0:
		fail("the workflow grants something to all jobs")
	case w.Concurrency == nil || w.Concurrency.Group == nil || w.Concurrency.CancelInProgress == nil:
		fail("the workflow does not say whether runs are broken off")
	}
	for _, on := range w.On {
		if e := on.EventName(); e != "push" && e != "workflow_dispatch" {
			fail("%s starts it", e)
		}
	}
}

// holdLines: undocumented-permissions, ref-version-mismatch, secrets-inherit,
// overprovisioned-secrets, github-env, insecure-url-scheme.
func holdLines(text string, fail func(string, ...any)) {
	for n, line := range strings.Split(text, "\n") {
		code, comment, _ := strings.Cut(line, " #")
		switch {
		case permission.MatchString(line) && comment == "":
			fail("line %d: nothing says what the permission is for", n+1)
		case strings.Contains(line, "uses: ") && !commented.MatchString(line):
			fail("line %d: no version stands behind the commit", n+1)
		case strings.Contains(code, "secrets."), strings.Contains(code, "secrets:"), strings.Contains(code, "toJSON("):
			fail("line %d: it takes a secret", n+1)
		case strings.Contains(code, "GITHUB_ENV"), strings.Contains(code, "GITHUB_PATH"), strings.Contains(code, "http://"):
			fail("line %d: %s", n+1, strings.TrimSpace(line))
		}
	}
}

// holdJob: anonymous-definition, excessive-permissions, self-hosted-runner,
// hardcoded-container-credentials, unpinned-images, use-trusted-publishing.
func holdJob(id string, job *actionlint.Job, fail func(string, ...any)) {
	if job.Name == nil || job.Permissions == nil || job.TimeoutMinutes == nil || job.Container != nil || job.Services != nil || job.WorkflowCall != nil {
		fail("job %s lacks a name, permissions or a limit, or has a container", id)
		return
	}
	_, mints := job.Permissions.Scopes["id-token"]
	for scope, p := range job.Permissions.Scopes {
		known := scope == "contents" && p.Value.Value == "read" || mints && (scope == "id-token" || scope == "attestations" && id == "crates-io")
		if !known {
			fail("job %s may %s %s", id, p.Value.Value, scope)
		}
	}
	if mints != (job.Environment != nil) {
		fail("job %s: identity %v, environment %v", id, mints, job.Environment != nil)
	}
	if job.If == nil || strings.Contains(job.If.Value, "${{") || strings.Contains(job.If.Value, "\n") || !strings.HasPrefix(job.If.Value, "github.repository == '") {
		fail("job %s: its condition does not keep forks out", id)
	}
	for _, label := range runners(job) {
		if !slices.Contains(hosted, label) {
			fail("job %s runs on %s", id, label)
		}
	}
	for _, step := range job.Steps {
		holdStep(id, mints, step, fail)
	}
}

// runners are the labels of a job, those of its matrix too.
func runners(job *actionlint.Job) []string {
	var labels []string
	for _, l := range job.RunsOn.Labels {
		labels = append(labels, l.Value)
	}
	if job.RunsOn.LabelsExpr == nil && (len(labels) != 1 || labels[0] != "${{ matrix.runner }}") {
		return labels
	}
	labels = nil
	for _, one := range job.Strategy.Matrix.Include.Combinations {
		labels = append(labels, strings.Trim(one.Assigns["runner"].Value.String(), `"`))
	}
	return labels
}

// holdStep: template-injection, unpinned-uses, artipacked, cache-poisoning,
// superfluous-actions, misfeature, unsound-condition, use-trusted-publishing.
func holdStep(job string, mints bool, step *actionlint.Step, fail func(string, ...any)) {
	if step.Name == nil || step.Name.Value == "" {
		fail("job %s has a step without a name", job)
		return
	}
	name := step.Name.Value
	if step.If != nil && strings.Contains(step.If.Value, "${{") && strings.TrimSpace(step.If.Value) != step.If.Value {
		fail("step %q: its condition is always true", name)
	}
	switch exec := step.Exec.(type) {
	case *actionlint.ExecRun:
		if strings.Contains(exec.Run.Value, "${{") || exec.Shell != nil && exec.Shell.Value != "bash" {
			fail("step %q: an expression in its script, or an odd shell", name)
		}
		if mints && buildsSomething.MatchString(exec.Run.Value) && !strings.Contains(exec.Run.Value, "--no-verify") {
			fail("step %q builds where a token can be minted", name)
		}
	case *actionlint.ExecAction:
		holdAction(name, exec, fail)
	}
}

var buildsSomething = regexp.MustCompile(`\b(cargo|pip|python|maturin|uv|rustup)\b`)

func holdAction(name string, exec *actionlint.ExecAction, fail func(string, ...any)) {
	action, _, _ := strings.Cut(exec.Uses.Value, "@")
	if !fullyPinned.MatchString(exec.Uses.Value) || !slices.Contains(needed, action) {
		fail("step %q uses %s", name, exec.Uses.Value)
	}
	input := func(key string) string {
		if i, ok := exec.Inputs[key]; ok {
			return i.Value.Value
		}
		return ""
	}
	switch {
	case action == "actions/checkout" && input("persist-credentials") != "false":
		fail("step %q leaves its credentials behind", name)
	case input("password") != "" || input("token") != "" || input("pip-install") != "":
		fail("step %q has a credential, or installs by an input", name)
	}
	if c, can := caches[action]; can && input(c.input) != c.off {
		fail("step %q: %s is %q", name, c.input, input(c.input))
	}
}

// TestTheSecurityRulesFindFaults: each edit breaks one of them.
func TestTheSecurityRulesFindFaults(t *testing.T) {
	text := string(shape{"one", "several", true, true, "", "v*"}.stage(t).write().world.Workflows.Or(nil)[0].Content.Or(nil))
	found := func(text string) (n int) {
		holdSecurity(text, func(string, ...any) { n++ })
		return n
	}
	if n := found(text); n != 0 {
		t.Fatalf("%d faults without an edit", n)
	}
	for _, edit := range [][2]string{
		{"name: Publish\n", ""},
		{"permissions: {}", "permissions: read-all"},
		{"  cancel-in-progress: false\n", ""},
		{"workflow_dispatch:", "pull_request_target:"},
		{"id-token: write # to mint a token for PyPI, and to sign attestations", "id-token: write"},
		{"contents: read # to check out", "contents: write # to check out"},
		{"    environment: release\n", ""},
		{"if: github.repository == 'acme/market-data'", "if: true"},
		{"runner: macos-latest", "runner: our-own"},
		{"runs-on: ubuntu-latest", "runs-on: self-hosted"},
		{"    timeout-minutes: 30\n", ""},
		{"      - name: Check out\n        uses", "      - uses"},
		{"persist-credentials: false", "persist-credentials: true"},
		{"enable-cache: false", "enable-cache: true"},
		{"python-version: '3.x'", "cache: pip"},
		{" # v7.0.1", ""},
		{"actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7.0.1"},
		{"rust-lang/crates-io-auth-action", "acme/crates-io-auth-action"},
		{"${{ steps.auth.outputs.token }}", "${{ secrets.CARGO_TOKEN }}"},
		{"run: uv build", "run: ${{ inputs.rehearse }} && uv build"},
		{">> \"$GITHUB_OUTPUT\"", ">> \"$GITHUB_ENV\""},
		{" --no-verify\n", "\n"},
		{"repository-url: https://test.pypi.org/legacy/", "password: x"},
	} {
		if edited := strings.Replace(text, edit[0], edit[1], 1); edited == text || found(edited) == 0 {
			t.Errorf("%q for %q is not found", edit[1], edit[0])
		}
	}
}
