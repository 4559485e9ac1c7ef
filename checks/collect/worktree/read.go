// Package worktree looks at a working tree: the packages that it holds and its
// workflow files. It reads only, runs no code of the project, and never leaves
// the tree.
package worktree

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/cargo"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Options narrow what counts.
type Options struct {
	// Ignored are folders that git ignores, slash-separated and relative to the
	// top: what lies there is no package.
	Ignored []string
}

// Read finds the packages below dir, the top of a repository. The tree's Git is
// left to gitrepo.
func Read(ctx context.Context, dir string, at time.Time, opts Options) evidence.Tree {
	absolute, root, err := open(dir)
	if err != nil {
		src := evidence.Source{Name: evidence.CleanLine(dir), At: at}
		return evidence.Tree{Dir: absolute, Packages: evidence.Unknown[[]evidence.Package](src, "%v", err), Documents: evidence.Unknown[[]string](src, "%v", err)}
	}
	defer root.Close()
	tree := ReadFS(ctx, root.FS(), at, opts)
	tree.Dir = absolute
	return tree
}

// ReadFS is Read for any tree of files: one that is read through an API too.
func ReadFS(ctx context.Context, fsys fs.FS, at time.Time, opts Options) evidence.Tree {
	tree := files.Tree{FS: fsys, At: at}
	src := tree.Source(".", 0)
	ignored := map[string]bool{}
	for _, dir := range opts.Ignored {
		ignored[dir] = true
	}
	listing, err := tree.List(ctx, ignored, append(python.Manifests(), cargo.Manifest)...)
	if err != nil {
		return evidence.Tree{Packages: evidence.Unknown[[]evidence.Package](src, "the folder was not read to its end: %v", err), Documents: documents(tree)}
	}
	crates := cargo.Read(tree, listing)
	projects := python.Read(tree, listing, crates.At)
	problems := append(append(listing.Problems, crates.Problems...), projects.Problems...)
	packages := append(crates.Packages, projects.Packages...)
	return evidence.Tree{Packages: packagesFact(src, packages, problems), Cycles: crates.Cycles, Problems: problems, Documents: documents(tree)}
}

// Manifests are the files that ReadFS will open first, by what it costs to list
// the tree alone: every manifest outside of tests, examples and what tools made,
// those nearest to the top first.
func Manifests(ctx context.Context, fsys fs.FS) []string {
	listing, err := files.Tree{FS: fsys}.List(ctx, nil, append(python.Manifests(), cargo.Manifest)...)
	if err != nil {
		return nil
	}
	var found []string
	for _, paths := range listing.ByName {
		found = append(found, paths...)
	}
	found = slices.DeleteFunc(found, files.IsFixture)
	slices.SortFunc(found, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	return found
}

// packagesFact never calls packages absent while a manifest could not be read.
func packagesFact(src evidence.Source, packages []evidence.Package, problems []evidence.Problem) evidence.Fact[[]evidence.Package] {
	switch {
	case len(packages) > 0:
		return evidence.Seen(packages, src)
	case len(problems) > 0:
		return evidence.Unknown[[]evidence.Package](problems[0].Source, "%s %s", problems[0].Source, problems[0].Why)
	}
	return evidence.Absent[[]evidence.Package](src)
}

// open opens a folder so that nothing outside of it can be reached, through
// symbolic links either.
func open(dir string) (absolute string, root *os.Root, err error) {
	absolute, err = filepath.Abs(dir)
	if err != nil {
		return "", nil, fmt.Errorf("the folder's full path could not be found: %w", err)
	}
	root, err = os.OpenRoot(absolute)
	if err != nil {
		return absolute, nil, fmt.Errorf("the folder could not be opened: %w", err)
	}
	return absolute, root, nil
}
