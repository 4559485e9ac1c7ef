package python

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
)

// A setup.py inside a package is a module of it; one at the top, or beside a
// manifest, describes a package.
func TestASetupPyInsideAPackageIsAModule(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	script := text("from setuptools import setup\nsetup(name='x', version='1')\n")
	tree := files.Tree{At: time.Unix(0, 0), FS: fstest.MapFS{
		"setup.py": script, "__init__.py": text(""),
		"src/tool/models/setup.py": text("class Setup: pass\n"), "src/tool/models/__init__.py": text(""),
		"libs/a/setup.py": script,
		"libs/b/setup.py": script, "libs/b/__init__.py": text(""), "libs/b/pyproject.toml": text("[build-system]\nrequires = ['setuptools']\n"),
	}}
	listing := files.Listing{ByName: map[string][]string{
		SetupPy: {"setup.py", "src/tool/models/setup.py", "libs/a/setup.py", "libs/b/setup.py"}, Pyproject: {"libs/b/pyproject.toml"},
	}}
	var got []string
	for _, p := range Read(tree, listing, nil).Packages {
		got = append(got, p.Path)
	}
	want := []string{"setup.py", "libs/a/setup.py", "libs/b/setup.py"}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || g == w
		}
		if !found {
			t.Errorf("%s is missing from %v", w, got)
		}
	}
}
