package worktree_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func readFS(files fstest.MapFS) evidence.Tree {
	return worktree.ReadFS(context.Background(), files, noon, worktree.Options{})
}

// TestBadManifests: each bad file is one clear line, and packages are never
// called absent because of it.
func TestBadManifests(t *testing.T) {
	for _, c := range []struct {
		name, file string
		data       []byte
		mode       fs.FileMode
		problem    string
	}{
		{"huge", "Cargo.toml", []byte(strings.Repeat("#", 1<<20+1)), 0, "Cargo.toml is larger than 1024 KiB and was not read"},
		{"folder", "Cargo.toml", nil, fs.ModeDir, "Cargo.toml is a folder where a file was due"},
		{"device", "Cargo.toml", nil, fs.ModeDevice, "Cargo.toml is no regular file"},
		{"binary", "Cargo.toml", []byte("\x7fELF\x00\x01"), 0, "Cargo.toml:1 is no valid TOML: line 1, column 1: toml: invalid character at start of key: U+007F"},
		{"no UTF-8", "pyproject.toml", []byte("[project]\nname = \"\xff\"\n"), 0, "pyproject.toml:2 is no valid TOML: line 2, column 9: toml: invalid UTF-8 character in basic string"},
		{"UTF-16", "pyproject.toml", []byte("\xff\xfe[\x00p\x00"), 0, "pyproject.toml:1 is no valid TOML: line 1, column 1: toml: invalid character at start of key: U+00FF"},
		{"deep", "pyproject.toml", []byte("a = " + strings.Repeat("[", 1<<19)), 0, "pyproject.toml:1 is no valid TOML: line 1, column 10005: toml: arrays and inline tables are nested"},
		{"mark", "pyproject.toml", []byte("\xef\xbb\xbf[project"), 0, "pyproject.toml:1 begins with a byte order mark, which Python's TOML reader refuses"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := readFS(fstest.MapFS{c.file: {Data: c.data, Mode: c.mode}})
			if c.mode.IsDir() { // a folder of that name is no manifest, and no problem
				if !tree.Packages.Absent() || len(tree.Problems) != 0 {
					t.Errorf("packages %s, problems %v", fact(tree.Packages), tree.Problems)
				}
				return
			}
			if len(tree.Problems) == 0 {
				t.Fatal("no problem was reported")
			}
			got := tree.Problems[0].Source.String() + " " + tree.Problems[0].Why
			if !strings.HasPrefix(got, c.problem) {
				t.Errorf("got  %q\nwant %q", got, c.problem)
			}
			if !tree.Packages.Unknown() {
				t.Errorf("packages = %s", fact(tree.Packages))
			}
		})
	}
}

// TestWindowsText: marks and line ends of Windows editors do not shift lines.
func TestWindowsText(t *testing.T) {
	tree := readFS(fstest.MapFS{
		"Cargo.toml": {Data: []byte("\xef\xbb\xbf[package]\r\nname = \"a\"\r\nversion = \"1\"\r\n")},
		"setup.cfg":  {Data: []byte("[metadata]\r\nname = b\r\nversion = file: V\r\n")},
		"V":          {Data: []byte("2.0\r\n")},
	})
	packages := tree.Packages.Or(nil)
	if len(packages) != 2 || len(tree.Problems) != 0 {
		t.Fatalf("packages %v, problems %v", packages, tree.Problems)
	}
	for i, want := range []string{"1 (Cargo.toml:3)", "2.0 (V:1)"} {
		if got := fact(packages[i].Version); got != want {
			t.Errorf("version = %s, want %s", got, want)
		}
	}
}

func TestTenThousandMembers(t *testing.T) {
	const count = 10_000
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed) // a file system of many files that is fast
	add := func(name, text string) {
		file, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	var members strings.Builder
	for i := range count {
		name := fmt.Sprintf("m%05d", i)
		fmt.Fprintf(&members, "%q,\n", name)
		manifest := fmt.Sprintf("[package]\nname = %q\nversion = \"1.0.0\"\n", name)
		if i > 0 { // one chain, the longest way that there is
			manifest += fmt.Sprintf("[dependencies]\nm%05d = { path = \"../m%05d\", version = \"1\" }\n", i-1, i-1)
		}
		add(name+"/Cargo.toml", manifest)
	}
	add("Cargo.toml", "[workspace]\nmembers = [\n"+members.String()+"]\n")
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	packages := worktree.ReadFS(context.Background(), files, noon, worktree.Options{}).Packages.Or(nil)
	if len(packages) != count {
		t.Fatalf("%d packages", len(packages))
	}
	for i, p := range packages {
		if want := fmt.Sprintf("m%05d", i); p.Name.Or("") != want {
			t.Fatalf("package %d is %s, want %s", i, p.Name.Or(""), want)
		}
	}
}

// TestLinks: symbolic links lead neither out of the tree nor in circles.
func TestLinks(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "Cargo.toml", "[package]\nname = \"outside\"\nversion = \"1\"\n")
	dir := t.TempDir()
	write(t, dir, "Cargo.toml", "[workspace]\nmembers = [\"out\", \"loop\", \"real\"]\n")
	write(t, dir, "real/Cargo.toml", "[package]\nname = \"real\"\nversion = \"1\"\n")
	for name, target := range map[string]string{
		"out": outside, "loop": "loop", "in": "real", "up": "..", "real/again": "..",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skipf("symbolic links cannot be made here: %v", err)
		}
	}
	tree := worktree.Read(context.Background(), dir, noon, worktree.Options{})
	for _, p := range tree.Packages.Or(nil) {
		if p.Name.Or("") != "real" {
			t.Errorf("found %s at %s", p.Name.Or(""), p.Path)
		}
	}
	if len(tree.Problems) != 2 {
		t.Errorf("problems = %v, want one for each of out and loop", tree.Problems)
	}
	if tree.Dir != dir {
		t.Errorf("Dir = %q, want %q", tree.Dir, dir)
	}
}

func TestFolderNotThere(t *testing.T) {
	tree := worktree.Read(context.Background(), filepath.Join(t.TempDir(), "gone"), noon, worktree.Options{})
	if !tree.Packages.Unknown() || !strings.Contains(tree.Packages.Reason(), "could not be opened") {
		t.Errorf("packages = %s", fact(tree.Packages))
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tree := worktree.ReadFS(ctx, fstest.MapFS{"Cargo.toml": {Data: []byte("[package]")}}, noon, worktree.Options{})
	if !tree.Packages.Unknown() || !strings.Contains(tree.Packages.Reason(), "canceled") {
		t.Errorf("packages = %s", fact(tree.Packages))
	}
}

// shut is a tree of which one folder cannot be listed.
type shut struct {
	fstest.MapFS
	folder string
}

func (s shut) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == s.folder {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
	}
	return s.MapFS.ReadDir(name)
}

func TestFolderShut(t *testing.T) {
	files := shut{fstest.MapFS{"a/Cargo.toml": {}, "b/README": {}}, "a"}
	tree := worktree.ReadFS(context.Background(), files, noon, worktree.Options{})
	if !tree.Packages.Unknown() || len(tree.Problems) != 1 || tree.Problems[0].Why != "could not be read: permission denied" {
		t.Errorf("packages %s, problems %v", fact(tree.Packages), tree.Problems)
	}
}

// TestSubmodule: a repository inside the repository is not looked into.
func TestSubmodule(t *testing.T) {
	tree := readFS(fstest.MapFS{
		"dep/.git":       {Data: []byte("gitdir: ../.git/modules/dep\n")},
		"dep/Cargo.toml": {Data: []byte("[package]\nname = \"dep\"\nversion = \"1\"\n")},
	})
	if !tree.Packages.Absent() {
		t.Errorf("packages = %s", fact(tree.Packages))
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func FuzzTree(f *testing.F) {
	f.Add("[package]\nname = \"a\"\nversion.workspace = true\n[workspace]\nmembers = [\"*\"]\n", "[project]\nname = \"x\"\ndynamic = [\"version\"]\n", "[metadata]\nversion = attr: a.b\n", "setup(name='x')")
	f.Add("[workspace]\nmembers = [\"[\", \"../x\", \"/\", \"\"]\nexclude = [3]\n", "[tool.hatch.version]\npath = 1\n", "a\n  b\n[x]\n =\n", "setup(")
	f.Add("[package]\nname.workspace = true\n[dependencies]\na = { path = \".\" }\n", "[build-system]\nbuild-backend = \"maturin\"\n[tool.maturin]\nmanifest-path = \"../../x\"\n", "[metadata]\nname: x\n", "")
	f.Fuzz(func(t *testing.T, crate, pyproject, cfg, script string) {
		began := time.Now()
		tree := readFS(fstest.MapFS{
			"Cargo.toml": {Data: []byte(crate)}, "m/Cargo.toml": {Data: []byte(crate)},
			"pyproject.toml": {Data: []byte(pyproject)}, "setup.cfg": {Data: []byte(cfg)}, "setup.py": {Data: []byte(script)},
			"m/pyproject.toml": {Data: []byte(pyproject)},
		})
		said := describe(tree)
		if evidence.CleanLine(strings.ReplaceAll(said, "\n", " ")) != strings.ReplaceAll(said, "\n", " ") {
			t.Errorf("control characters in %q", said)
		}
		if spent := time.Since(began); spent > 5*time.Second {
			t.Errorf("took %s", spent)
		}
	})
}
