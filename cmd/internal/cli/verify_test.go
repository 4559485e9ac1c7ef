package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run is the program with these words, in a folder with a crate, without a
// terminal.
func run(t *testing.T, words ...string) (out, errs string, code int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Cargo.toml"), []byte("[package]\nname = \"x\"\nversion = \"0.1.0\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	state := t.TempDir()
	sys := &Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Width: 80, Getenv: func(name string) string {
		if name == "XDG_STATE_HOME" {
			return state
		}
		return ""
	}}
	code = Main(append(words, "-C", dir), sys)
	return stdout.String(), stderr.String(), code
}

func TestFormats(t *testing.T) {
	for format, begins := range map[string]string{
		"text": "Survey\n", "json": "{\n  \"schema\": 1,", "markdown": "**Not ready: ", "sarif": `{"$schema":"https://`,
	} {
		out, errs, code := run(t, "verify", "--offline", "--format", format)
		if code != exitProblem || errs != "" || !strings.HasPrefix(out, begins) {
			t.Errorf("%s: exit status %d, %q\n%.300s", format, code, errs, out)
		}
		if isJSON := json.Valid([]byte(out)); isJSON != (format == "json" || format == "sarif") {
			t.Errorf("%s: JSON: %v", format, isJSON)
		}
	}
	short, _, _ := run(t, "verify", "--offline", "--json")
	if !json.Valid([]byte(short)) {
		t.Errorf("--json is not --format json: %.300s", short)
	}
}

func TestWordsOfVerifyThatCannotBe(t *testing.T) {
	for _, row := range []struct {
		words []string
		says  string
	}{
		{[]string{"--format", "xml"}, `--format "xml": there are text, json, markdown, sarif`},
		{[]string{"--json", "--format", "sarif"}, "--json and --format sarif cannot both be"},
		{[]string{"--only", "workflow-lint"}, `--only "workflow-lint": there is no such check; workflow-lints is meant?`},
		{[]string{"--only", "enviroment-exist"}, "environment-exists is meant?"},
		{[]string{"--only", "no-such-thing-here"}, `--only "no-such-thing-here": there is no such check; docs/checks.md lists them`},
		{[]string{"--only", "workflow-*"}, "without wildcards"},
	} {
		out, errs, code := run(t, append([]string{"verify", "--offline"}, row.words...)...)
		if code != exitProblem || out != "" || !strings.Contains(errs, row.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: exit status %d\n%s%s", row.words, code, out, errs)
		}
	}
}

func TestOnlyNarrowsEveryFormat(t *testing.T) {
	for _, format := range formats {
		out, errs, code := run(t, "verify", "--offline", "--format", format, "--only", "metadata-complete,packages-found")
		if code != exitProblem || errs != "" || !strings.Contains(out, "metadata-complete") || strings.Contains(out, "workflow-lints") {
			t.Errorf("%s: exit status %d, %q\n%s", format, code, errs, out)
		}
	}
}
