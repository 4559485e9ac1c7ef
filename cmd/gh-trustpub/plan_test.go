package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// kept runs commands inside one practice world, which stays between them.
func kept(t *testing.T) func(args ...string) (out string, code int) {
	world := t.TempDir()
	return func(args ...string) (string, int) {
		t.Helper()
		cmd := exec.Command(program, append([]string{"practice", "--world", world, "--"}, args...)...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
}

// TestPlanApplyUndo: what plan shows apply makes, a second apply changes
// nothing, and undo brings back what it can.
func TestPlanApplyUndo(t *testing.T) {
	t.Parallel()
	in := kept(t)
	doc, code := in("plan", "--json")
	if code != 1 {
		t.Errorf("plan: exit status %d", code)
	}
	valid(t, "../../docs/plan.schema.json", doc)
	text, _ := in("plan")
	for _, part := range []string{"(file:.github/workflows/publish.yml)", "(push:main)", "(environment:release)", "(from ", "(file:.github/dependabot.yml)",
		"uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1  (from api.github.com/repos/actions/checkout/git/ref/tags/v7.0.1, seen now)",
		"Left to a person", "https://pypi.org/manage/account/publishing/"} {
		if !strings.Contains(text, part) {
			t.Errorf("plan shows no %q:\n%s", part, text)
		}
	}
	if out, _ := in("git", "status", "--short"); out != "" {
		t.Errorf("plan wrote: %s", out)
	}

	if out, code := in("apply"); code != 1 || !strings.Contains(out, "say --yes") {
		t.Errorf("apply without a terminal: exit status %d\n%s", code, out)
	}
	if out, code := in("apply", "--yes"); code != 8 || !strings.Contains(out, "Reading back what GitHub stored") {
		t.Errorf("apply: exit status %d\n%s", code, out)
	}
	if out, code := in("apply", "--yes"); code != 8 || !strings.Contains(out, "\n0 changes, ") {
		t.Errorf("apply again: exit status %d\n%s", code, out)
	}
	if out, code := in("verify", "--format", "text", "--only", "environment-exists,workflow-grants-id-token"); code != 0 {
		t.Errorf("after apply: exit status %d\n%s", code, out)
	}

	if out, code := in("undo", "--list"); code != 8 || !strings.Contains(out, "environment:release") {
		t.Errorf("undo --list: exit status %d\n%s", code, out)
	}
	if out, code := in("undo", "--yes"); code != 8 || !strings.Contains(out, "Taken back.") {
		t.Errorf("undo: exit status %d\n%s", code, out)
	}
	if out, code := in("verify", "--format", "text", "--only", "environment-exists"); code != 1 {
		t.Errorf("after undo: exit status %d\n%s", code, out)
	}
}

// valid holds a document to a schema of ours.
func valid(t *testing.T, schema, doc string) {
	t.Helper()
	src, err := os.ReadFile(schema)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, doc)
	}
	if err := s.Validate(value); err != nil {
		t.Error(err)
	}
}
