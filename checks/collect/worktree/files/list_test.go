package files_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
)

func TestIsFixture(t *testing.T) {
	for name, want := range map[string]bool{
		"Cargo.toml": false, "crates/a/Cargo.toml": false, "tests/Cargo.toml": true, "crates/a/Tests/b/Cargo.toml": true,
		"docs/x/pyproject.toml": true, "{{cookiecutter.slug}}/pyproject.toml": true, "examples.toml": false,
		"contest/Cargo.toml": false, "test_crates/a/Cargo.toml": true, "Third_Party/a/Cargo.toml": true, "__fixtures__/a/Cargo.toml": true,
	} {
		if got := files.IsFixture(name); got != want {
			t.Errorf("IsFixture(%q) = %v", name, got)
		}
	}
}

// TestList: parents come first; what tools made, what is hidden, ignored or too
// deep is passed by.
func TestList(t *testing.T) {
	deep := strings.Repeat("d/", 8)
	fsys := fstest.MapFS{}
	for _, name := range []string{
		"m", "a/m", "a/b/m", "a/other", deep + "m", deep + "d/m", ".hidden/m", ".git/m", "target/m", "a/node_modules/m",
		"ign/m", "a/ign/m", "sub/.git", "sub/m",
	} {
		fsys[name] = &fstest.MapFile{}
	}
	tree := files.Tree{FS: fsys}
	listing, err := tree.List(context.Background(), map[string]bool{"ign": true}, "m", "none")
	if err != nil || len(listing.Problems) != 0 {
		t.Fatal(err, listing.Problems)
	}
	got := listing.ByName["m"]
	slices.Sort(got)
	if want := []string{"a/b/m", "a/ign/m", "a/m", deep + "m", "m"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestReadStaysInside(t *testing.T) {
	tree := files.Tree{FS: fstest.MapFS{"a": {Data: []byte("x")}}}
	for _, name := range []string{"../a", "/a", "", "a/../a", "./a"} {
		if data, err := tree.Read(name); err == nil {
			t.Errorf("Read(%q) = %q", name, data)
		}
		if tree.Exists(name) {
			t.Errorf("%q exists", name)
		}
	}
}
