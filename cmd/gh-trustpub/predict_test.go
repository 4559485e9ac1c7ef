package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// inPractice runs one of our commands inside a world, which is made first where
// there is none.
func inPractice(t *testing.T, world string, words ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"practice", "--world", world, "--"}, words...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	if text := stderr.String(); text != "" {
		t.Errorf("%v: %s", words, text)
	}
	return stdout.String(), cmd.ProcessState.ExitCode()
}

// A workflow that publishes with whatever its credentials are, in a world in
// which nothing is set up: predict says what would become of it, before a tag
// is pushed and after.
func TestPredictBeforeAndAfterThePush(t *testing.T) {
	need(t, "git")
	world := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		if out, code := inPractice(t, world, append([]string{"git"}, args...)...); code != 0 {
			t.Fatalf("git %v: exit status %d\n%s", args, code, out)
		}
	}
	expect := func(code int, words string, says ...string) {
		t.Helper()
		out, got := inPractice(t, world, strings.Fields(words)...)
		if got != code {
			t.Errorf("%s: exit status %d, want %d\n%s", words, got, code, out)
		}
		flat := strings.Join(strings.Fields(out), " ") // the text is wrapped
		for _, part := range says {
			if !strings.Contains(flat, part) {
				t.Errorf("%s: %q is not said\n%s", words, part, out)
			}
		}
	}
	expect(1, "predict", "refs/tags/v0.1.0 does not exist yet", "No run that publishes would start")
	git("apply", "--index", newFile(t, ".github/workflows/publish.yml", publishByTag))
	git("commit", "--quiet", "-m", "Publish")
	git("push", "--quiet", "origin", "main")
	expect(1, "predict v0.1.0", "push starts .github/workflows/publish.yml at refs/tags/v0.1.0", "crates.io has no crate market-data, so it can have no publisher", "No Trusted Publishing config found for repository `acme/market-data`.")
	expect(1, "predict v0.2.0", "the tag is for version 0.2.0, and Cargo.toml:3 says 0.1.0")
	expect(1, "predict release-1", "tags [v*] does not match release-1")
	expect(1, "predict main", "no branches start it")
	git("tag", "v0.1.0")
	git("push", "--quiet", "origin", "v0.1.0")
	git("rm", "--quiet", ".github/workflows/publish.yml")
	git("commit", "--quiet", "-m", "Stop")
	git("push", "--quiet", "origin", "main")
	expect(1, "predict v0.1.0", "the tag v0.1.0 exists already", "judged with the workflow files at refs/tags/v0.1.0", "not the same on the default branch: .github/workflows/publish.yml", "push starts .github/workflows/publish.yml")
	expect(1, "predict main --json", `"outlook": "nothing"`, `"exists": true`)
}

const publishByTag = `on: {push: {tags: ['v*']}}
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: {contents: read, id-token: write}
    steps:
      - uses: actions/checkout@v7
      - uses: rust-lang/crates-io-auth-action@v1
        id: auth
      - run: cargo publish
        env: {CARGO_REGISTRY_TOKEN: '${{ steps.auth.outputs.token }}'}
`

// newFile is a patch that adds a file, for git to apply where the checkout is.
func newFile(t *testing.T, path, text string) (patch string) {
	t.Helper()
	lines := strings.Count(text, "\n")
	body := "+" + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n+") + "\n"
	patch = filepath.Join(t.TempDir(), "new.patch")
	diff := fmt.Sprintf("diff --git a/%[1]s b/%[1]s\nnew file mode 100644\n--- /dev/null\n+++ b/%[1]s\n@@ -0,0 +1,%[2]d @@\n%[3]s", path, lines, body)
	if err := os.WriteFile(patch, []byte(diff), 0o600); err != nil {
		t.Fatal(err)
	}
	return patch
}
