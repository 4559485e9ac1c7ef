package main

import (
	"os/exec"
	"strings"
	"testing"
)

func inside(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"practice", "fresh", "--"}, args...)...)
	text, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func TestOpenPrintsThePageAndItsValues(t *testing.T) {
	t.Parallel()
	out, code := inside(t, "open", "crates.io", "--no-browser")
	if code != 0 {
		t.Errorf("exit status %d", code)
	}
	for _, text := range []string{"https://crates.io/crates/market-data/settings/new-trusted-publisher\n", "Repository owner: acme\n", "Workflow filename: publish.yml\n", "release"} {
		if !strings.Contains(out, text) {
			t.Errorf("no %q in\n%s", text, out)
		}
	}
}

func TestOpenNamesThePages(t *testing.T) {
	t.Parallel()
	out, code := inside(t, "open")
	if code != 0 || !strings.Contains(out, "pypi ") || !strings.Contains(out, "https://github.com/acme/market-data/settings/environments") {
		t.Errorf("exit status %d:\n%s", code, out)
	}
	if out, code := inside(t, "open", "nowhere"); code != 1 || !strings.Contains(out, "there are crates.io, pypi, testpypi") {
		t.Errorf("exit status %d:\n%s", code, out)
	}
}

func TestOpenAsJSON(t *testing.T) {
	t.Parallel()
	if out, code := inside(t, "open", "secrets", "--json"); code != 0 || strings.TrimSpace(out) != `{"pages":[{"name":"secrets","title":"Secrets of Actions","url":"https://github.com/acme/market-data/settings/secrets/actions","fields":[]}],"schema":1}` {
		t.Errorf("exit status %d:\n%s", code, out)
	}
}
