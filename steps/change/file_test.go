package change

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteFile(t *testing.T) {
	tools := &Tools{Dir: t.TempDir()}
	c := tools.WriteFile("a/b/new.yml", nil, []byte("one\ntwo\n"))
	for range 2 {
		if err := c.Perform(t.Context(), Hands{}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := tools.ReadFile("a/b/new.yml")
	if err != nil || string(got) != "one\ntwo\n" {
		t.Errorf("%q %v", got, err)
	}
	entries, err := os.ReadDir(filepath.Join(tools.Dir, "a", "b"))
	if err != nil || len(entries) != 1 {
		t.Errorf("drafts are left: %v", entries)
	}
}

func TestWhatWasNotReadIsNotOverwritten(t *testing.T) {
	tools := &Tools{Dir: t.TempDir()}
	file := filepath.Join(tools.Dir, "x")
	cases := []struct{ before, now []byte }{
		{nil, []byte("somebody's")},
		{nil, []byte{}},
		{[]byte("old"), []byte("newer")},
		{[]byte("old"), nil},
	}
	for _, c := range cases {
		_ = os.Remove(file)
		if c.now != nil {
			if err := os.WriteFile(file, c.now, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := tools.WriteFile("x", c.before, []byte("ours")).Perform(t.Context(), Hands{}); err == nil {
			t.Errorf("%q was read, %q overwritten", c.before, c.now)
		}
	}
}

func TestModeStays(t *testing.T) {
	tools := &Tools{Dir: t.TempDir()}
	file := filepath.Join(tools.Dir, "x")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := tools.WriteFile("x", []byte("old"), []byte("new")).Perform(t.Context(), Hands{}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(file)
	if err != nil || after.Mode() != before.Mode() {
		t.Errorf("%v became %v", before.Mode(), after.Mode())
	}
}

func TestNothingOutsideOfTheTree(t *testing.T) {
	dir := t.TempDir()
	tools := &Tools{Dir: filepath.Join(dir, "tree")}
	outside := filepath.Join(dir, "outside")
	for _, d := range []string{tools.Dir, outside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{"../outside/x"}
	if err := os.Symlink(outside, filepath.Join(tools.Dir, "link")); err == nil {
		paths = append(paths, "link/x")
	}
	for _, p := range paths {
		if err := tools.WriteFile(p, nil, []byte("x")).Perform(t.Context(), Hands{}); err == nil {
			t.Errorf("%s was written", p)
		}
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Error(entries)
	}
}

func TestNoTree(t *testing.T) {
	if _, err := (&Tools{}).ReadFile("x"); err == nil || !strings.Contains(err.Error(), "clone") {
		t.Error(err)
	}
}

func TestDiff(t *testing.T) {
	before := "a\nb\nc\nd\ne\nf\ng\n"
	after := "a\nb\nc\nd\nE\nf\ng\n"
	var got strings.Builder
	for _, l := range Diff("x.toml", before, after) {
		got.WriteString(string(l.Op) + l.Text + "\n")
	}
	if want := " x.toml:2\n b\n c\n d\n-e\n+E\n f\n g\n"; got.String() != want {
		t.Errorf("%s", got.String())
	}
}
