//go:build unix

package worktree_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
)

// TestPipe: a named pipe in a manifest's place is a problem, not a wait.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "Cargo.toml"), 0o600); err != nil {
		t.Skipf("a named pipe cannot be made here: %v", err)
	}
	tree := worktree.Read(context.Background(), dir, noon, worktree.Options{})
	if len(tree.Problems) != 1 || tree.Problems[0].Why != "is no regular file" {
		t.Errorf("problems = %v", tree.Problems)
	}
}
