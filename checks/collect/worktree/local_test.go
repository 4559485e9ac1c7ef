package worktree_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect/gitrepo"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// TestLook reads a repository from one of its folders: its top is found, and
// what git ignores is no package.
func TestLook(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatal("git is not there")
		}
		t.Skip("git is not there")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(t.TempDir(), "none"))
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".gitignore", "/scratch/\n")
	write(t, dir, "scratch/Cargo.toml", "[package]\nname = \"scratch\"\nversion = \"1.0.0\"\n")
	write(t, dir, "rust/Cargo.toml", "[package]\nname = \"kept\"\nversion = \"1.0.0\"\n")
	write(t, dir, ".github/workflows/publish.yml", "on: push\n")
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"remote", "add", "origin", "https://github.com/acme/market-data"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	local := worktree.Look(context.Background(), filepath.Join(dir, "rust"), noon, gitrepo.Options{})
	packages := local.Tree.Packages.Or(nil)
	if len(packages) != 1 || packages[0].Path != "rust/Cargo.toml" {
		t.Errorf("packages = %s", fact(local.Tree.Packages))
	}
	if local.Tree.Dir != dir || local.Tree.Git.Or(evidence.Git{}).Top != dir {
		t.Errorf("top = %q and %q, want %q", local.Tree.Dir, local.Tree.Git.Or(evidence.Git{}).Top, dir)
	}
	if got := local.Repo.Or(evidence.RepoName{}).String(); got != "acme/market-data" {
		t.Errorf("repository = %s", fact(local.Repo))
	}
	if files := local.Workflows.Or(nil); len(files) != 1 {
		t.Errorf("workflows = %s", fact(local.Workflows))
	}
	if !local.Judged.Unknown() {
		t.Errorf("judged = %s, of a repository without a commit", fact(local.Judged))
	}
}

// TestLookOutside: a folder in no repository is read by itself.
func TestLookOutside(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
	write(t, dir, "Cargo.toml", "[package]\nname = \"alone\"\nversion = \"1.0.0\"\n")
	local := worktree.Look(context.Background(), dir, noon, gitrepo.Options{})
	if len(local.Tree.Packages.Or(nil)) != 1 || local.Tree.Git.Seen() || local.Repo.Seen() || !local.Workflows.Absent() {
		t.Errorf("packages %s, git %s, repository %s", fact(local.Tree.Packages), local.Tree.Git.Reason(), fact(local.Repo))
	}
}
