package worktree_test

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
)

// TestDocuments: the folders for documents are listed, and no others; what is
// no text is left out.
func TestDocuments(t *testing.T) {
	tree := fstest.MapFS{}
	for _, name := range []string{"README.md", "RELEASING.rst", "src/NOTES.md", "docs/releasing.MD", "docs/logo.png", "docs/api/index.md", ".github/RELEASE.md", "docs/dev/release.txt", "LICENSE"} {
		tree[name] = &fstest.MapFile{}
	}
	got := worktree.ReadFS(context.Background(), tree, noon, worktree.Options{}).Documents
	want := []string{".github/RELEASE.md", "README.md", "RELEASING.rst", "docs/dev/release.txt", "docs/releasing.MD"}
	if list := got.Or(nil); !slices.Equal(list, want) || got.Source().Name != "." {
		t.Errorf("%q at %v, want %q", list, got.Source(), want)
	}
}

func TestNoDocuments(t *testing.T) {
	if got := worktree.ReadFS(context.Background(), fstest.MapFS{"main.rs": {}}, noon, worktree.Options{}).Documents; !got.Absent() {
		t.Errorf("%v", got)
	}
	if got := worktree.Read(context.Background(), t.TempDir()+"/none", noon, worktree.Options{}).Documents; !got.Unknown() || got.Reason() == "not looked at" {
		t.Errorf("%v", got)
	}
}
