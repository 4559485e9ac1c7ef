package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// elsewhere runs one command of the program inside the box, from an empty
// folder, with empty folders for all that a program keeps, and for somebody who
// is not signed in unless token is set. left is what it wrote.
func elsewhere(t *testing.T, token bool, args ...string) (out string, code int, left []string) {
	t.Helper()
	need(t, "git")
	if runtime.GOOS == "windows" {
		t.Skip("changes the folder with sh")
	}
	dir := t.TempDir()
	for _, name := range []string{"cwd", "home", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"practice", "fresh", "--", "sh", "-c", `cd "$0" && exec env "$@"`, filepath.Join(dir, "cwd"), "HOME=" + filepath.Join(dir, "home"), "TMPDIR=" + filepath.Join(dir, "tmp")}
	for _, name := range []string{"CONFIG", "STATE", "CACHE", "DATA"} {
		env = append(env, "XDG_"+name+"_HOME="+filepath.Join(dir, "home", strings.ToLower(name)))
	}
	env = append(env, "GH_CONFIG_DIR="+filepath.Join(dir, "home", "gh"))
	if !token {
		env = append(env, "GH_TOKEN=", "GITHUB_TOKEN=")
	}
	cmd := exec.Command(program, append(append(env, program), args...)...)
	text, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode(), written(t, dir)
}

// written lists the files, and the folders besides the three that were made.
func written(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); err == nil && rel != "." && (strings.Contains(rel, string(filepath.Separator)) || !entry.IsDir()) {
			found = append(found, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestWithoutACheckoutNothingIsWritten: -R reads the default branch through the
// API, signed in or not.
func TestWithoutACheckoutNothingIsWritten(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		token  bool
		args   []string
		code   int
		says   []string
		silent []string
	}{
		"signed in": {true, []string{"verify", "-R", "acme/market-data"}, 1,
			[]string{"market-data 0.1.0, for crates.io [Cargo.toml:2]", "market-data 0.1.0, for PyPI [pyproject.toml:6]", "none of its 0 secrets"}, []string{"not signed in"}},
		"not signed in": {false, []string{"verify", "-R", "acme/market-data"}, 1,
			[]string{"market-data 0.1.0, for crates.io [Cargo.toml:2]", "nobody is signed in", "sign in with `gh auth login`", "not signed in; it needs"}, []string{"none of its 0 secrets"}},
		"not signed in, asked for what is hidden": {false, []string{"verify", "-R", "acme/market-data", "--only", "no-publishing-secrets"}, 8,
			[]string{"the names of its secrets: not signed in; it needs write access", "not all of it was seen; the others were not judged"}, []string{"✓ ok"}},
		"not signed in, asked for what is public": {false, []string{"verify", "-R", "acme/market-data", "--only", "packages-found,metadata-complete"}, 0, []string{"market-data 0.1.0, for PyPI"}, nil},
		"not signed in, and nothing to be seen": {false, []string{"verify", "-R", "acme/not-there"}, 4,
			[]string{"there is no public repository acme/not-there; a private one is shown only to those signed in", "0 ok"}, []string{"✓ ok", "✗ problem"}},
		"as JSON": {true, []string{"verify", "-R", "acme/market-data", "--json", "--only", "packages-found"}, 0, []string{`"path": "Cargo.toml"`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, code, left := elsewhere(t, row.token, row.args...)
			if code != row.code || len(left) > 0 {
				t.Errorf("exit status %d, want %d; written: %v\n%s", code, row.code, left, out)
			}
			flat := strings.Join(strings.Fields(out), " ")
			for _, text := range row.says {
				if !strings.Contains(flat, text) {
					t.Errorf("no %q in\n%s", text, out)
				}
			}
			for _, text := range row.silent {
				if strings.Contains(flat, text) {
					t.Errorf("%q in\n%s", text, out)
				}
			}
		})
	}
}
