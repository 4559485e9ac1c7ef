package worktree_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
)

func TestWorkflows(t *testing.T) {
	found := worktree.WorkflowsFS(fstest.MapFS{
		".github/workflows/b.yaml":     {Data: []byte("on: push\r\n")},
		".github/workflows/a.yml":      {Data: []byte("\xef\xbb\xbfon: push\n")},
		".github/workflows/huge.yml":   {Data: make([]byte, 1<<20+1)},
		".github/workflows/README.md":  {},
		".github/workflows/sub/c.yml":  {},
		".github/workflows/d.yml/e":    {},
		".github/actions/x/action.yml": {},
	}, noon)
	files, ok := found.Get()
	if !ok || len(files) != 3 {
		t.Fatalf("files = %v, %s", files, found.Reason())
	}
	for i, want := range []string{"a.yml", "b.yaml", "huge.yml"} {
		if files[i].Path != ".github/workflows/"+want {
			t.Errorf("file %d is %s, want %s", i, files[i].Path, want)
		}
	}
	if content := files[0].Content.Or(nil); string(content) != "\xef\xbb\xbfon: push\n" {
		t.Errorf("the bytes were changed: %q", content)
	}
	if reason := files[2].Content.Reason(); !strings.Contains(reason, "larger than 1024 KiB") {
		t.Errorf("huge.yml: %q", reason)
	}
}

func TestNoWorkflows(t *testing.T) {
	if found := worktree.WorkflowsFS(fstest.MapFS{"README": {}}, noon); !found.Absent() {
		t.Errorf("without a folder: %s", fact(found))
	}
	if found := worktree.WorkflowsFS(fstest.MapFS{".github/workflows": {Data: []byte("x")}}, noon); !found.Unknown() {
		t.Errorf("a file in the folder's place: %s", fact(found))
	}
	if found := worktree.Workflows(filepath.Join(t.TempDir(), "gone"), noon); !found.Unknown() {
		t.Errorf("without the tree: %s", fact(found))
	}
}

func TestLinkedWorkflow(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ci/real.yml", "on: push\n")
	write(t, dir, ".github/workflows/own.yml", "on: push\n")
	if err := os.Symlink("../../ci/real.yml", filepath.Join(dir, ".github/workflows/linked.yml")); err != nil {
		t.Skipf("symbolic links cannot be made here: %v", err)
	}
	files := worktree.Workflows(dir, noon).Or(nil)
	if len(files) != 2 || !files[0].Content.Unknown() || string(files[1].Content.Or(nil)) != "on: push\n" {
		t.Errorf("files = %v", files)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "action/action.yml", "runs: {}\n")
	for name, want := range map[string]string{
		"./action/action.yml": "seen", "action/none.yml": "absent", "../outside": "absent", "action": "unknown",
	} {
		got := worktree.File(dir, name, noon)
		state := map[bool]string{got.Seen(): "seen", got.Absent(): "absent", got.Unknown(): "unknown"}[true]
		if state != want {
			t.Errorf("%s is %s, want %s (%s)", name, state, want, got.Reason())
		}
	}
}
