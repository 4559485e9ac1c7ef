package worktree_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata")

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestTrees reads each tree of testdata and compares what is said of it with
// the archive's file "want".
func TestTrees(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no trees: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files, want := fstest.MapFS{}, -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			if want < 0 {
				t.Fatal("the archive has no file want")
			}
			got := describe(worktree.ReadFS(context.Background(), files, noon, worktree.Options{Ignored: []string{"ignored"}}))
			if *update {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

// describe writes a tree down, one line a fact.
func describe(tree evidence.Tree) string {
	var b strings.Builder
	packages, ok := tree.Packages.Get()
	if !ok {
		fmt.Fprintf(&b, "packages: %s\n", fact(tree.Packages))
	}
	for _, p := range packages {
		fmt.Fprintf(&b, "%s %s\n", p.Ecosystem, p.Path)
		fmt.Fprintf(&b, "  name: %s\n  version: %s\n  description: %s\n  license: %s\n  repository: %s\n  publish: %s\n",
			fact(p.Name), fact(p.Version), fact(p.Description), fact(p.License), fact(p.Repository), fact(p.Publish))
		if p.Ecosystem == evidence.Python {
			fmt.Fprintf(&b, "  backend: %s\n", fact(p.Backend))
			if p.Keeper.Seen() {
				fmt.Fprintf(&b, "  kept with: %s\n", fact(p.Keeper))
			}
		}
		if len(p.DependsOn) > 0 {
			fmt.Fprintf(&b, "  after: %s\n", strings.Join(p.DependsOn, ", "))
		}
		if len(p.Unversioned) > 0 {
			fmt.Fprintf(&b, "  unversioned: %s\n", strings.Join(p.Unversioned, ", "))
		}
	}
	for _, cycle := range tree.Cycles {
		fmt.Fprintf(&b, "cycle: %s\n", strings.Join(cycle, ", "))
	}
	for _, p := range tree.Problems {
		fmt.Fprintf(&b, "problem: %s %s\n", p.Source, p.Why)
	}
	return b.String()
}

func fact[T any](f evidence.Fact[T]) string {
	switch {
	case f.Seen():
		v, _ := f.Get()
		return fmt.Sprintf("%v (%s)", v, f.Source())
	case f.Absent():
		return fmt.Sprintf("absent (%s)", f.Source())
	}
	return fmt.Sprintf("unknown: %s (%s)", f.Reason(), f.Source())
}
