package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// verifyOffline runs `verify --offline` on a folder and gives what it printed.
func verifyOffline(t *testing.T, dir string, more ...string) (out, errs string, code int) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"verify", "--offline", "-C", dir}, more...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+t.TempDir(), "GH_CONFIG_DIR="+t.TempDir(), "GH_REPO=", "GH_TOKEN=x")
	_ = cmd.Run()
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// tree writes files into a new folder; git makes it a repository with a remote.
func tree(t *testing.T, git bool, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if git {
		for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "https://github.com/acme/x.git"}} {
			cmd := exec.Command("git", args...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
		}
	}
	return dir
}

const crate = "[package]\nname = \"x\"\nversion = \"0.1.0\"\ndescription = \"d\"\nlicense = \"MIT\"\n"

func exploding() string {
	text := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 12; i++ {
		ref := "*a" + itoa(i-1)
		text += "a" + itoa(i) + ": &a" + itoa(i) + " [" + strings.Repeat(ref+",", 8) + ref + "]\n"
	}
	return text + "on: push\njobs: {}\n"
}

func itoa(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }

func TestBrokenInputGetsAClearLine(t *testing.T) {
	workflow := ".github/workflows/publish.yml"
	for _, row := range []struct {
		name  string
		git   bool
		files map[string]string
		after func(t *testing.T, dir string)
		says  string
	}{
		{name: "an empty directory", says: "package"},
		{name: "no git", files: map[string]string{"Cargo.toml": crate}, says: "git"},
		{name: "broken TOML", git: true, files: map[string]string{"Cargo.toml": "[package\nname="}, says: "Cargo.toml:1"},
		{name: "broken YAML", git: true, files: map[string]string{"Cargo.toml": crate, workflow: "on: push\njobs:\n  a: [\n"}, says: "publish.yml"},
		{name: "YAML aliases that explode", git: true, files: map[string]string{"Cargo.toml": crate, workflow: exploding()}, says: "publish.yml"},
		{name: "a workflow of 1 MiB", git: true, files: map[string]string{"Cargo.toml": crate, workflow: "on: push\n" + strings.Repeat("#", 1<<20-len("on: push\n"))}, says: "publish.yml"},
		{name: "a binary file", git: true, files: map[string]string{"Cargo.toml": "\x7fELF\x00\x01\x02\xff\xfe", workflow: "\x00\x01\x02"}, says: "Cargo.toml"},
		{name: "a directory where a file is due", git: true, files: map[string]string{"Cargo.toml/x": ""}, says: "Cargo.toml"},
		{name: "a package name with control characters", git: true, files: map[string]string{"Cargo.toml": strings.Replace(crate, `"x"`, `"x\u001b[2Jy\u202e"`, 1)}, says: "x"},
		{name: "a symlink loop", git: true, files: map[string]string{"Cargo.toml": crate}, says: "x", after: func(t *testing.T, dir string) {
			if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
				t.Skip("this machine makes no symlinks:", err)
			}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := tree(t, row.git, row.files)
			if row.after != nil {
				row.after(t, dir)
			}
			for _, format := range []string{"text", "json", "markdown", "sarif"} {
				out, errs, code := verifyOffline(t, dir, "--format", format)
				if code != 1 {
					t.Errorf("%s: exit status %d, want 1\n%s%s", format, code, out, errs)
				}
				if !strings.Contains(out+errs, row.says) {
					t.Errorf("%s: nothing about %q:\n%s%s", format, row.says, out, errs)
				}
				harmless(t, out+errs)
			}
		})
	}
}

// harmless fails for a stack trace, and for anything that a terminal would
// obey.
func harmless(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(text, "goroutine ") || strings.Contains(text, "panic:") {
		t.Errorf("a stack trace:\n%s", text)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%U was printed", r)
			return
		}
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	_, errs, code := verifyOffline(t, filepath.Join(t.TempDir(), "none"))
	if code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "there is no such folder") {
		t.Errorf("exit status %d, %q", code, errs)
	}
}
