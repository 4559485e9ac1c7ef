package worktree

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// documentFolders are where repositories keep documents about themselves, and
// documentTypes how those end; what lies deeper is not listed.
var (
	documentFolders = []string{".", ".github", "docs", "doc", "documentation", "docs/development", "docs/dev", "docs/maintainers"}
	documentTypes   = []string{".md", ".markdown", ".rst", ".txt", ".adoc"}
)

// documents lists the documents of a tree; their content is not read.
func documents(tree files.Tree) evidence.Fact[[]string] {
	src := tree.Source(".", 0)
	var found []string
	for _, folder := range documentFolders {
		entries, err := fs.ReadDir(tree.FS, folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil && folder == ".":
			return evidence.Unknown[[]string](src, "the folder could not be listed: %v", err)
		}
		for _, e := range entries {
			if !e.IsDir() && slices.Contains(documentTypes, strings.ToLower(path.Ext(e.Name()))) {
				found = append(found, evidence.CleanLine(path.Join(folder, e.Name())))
			}
		}
	}
	if len(found) == 0 {
		return evidence.Absent[[]string](src)
	}
	slices.Sort(found)
	return evidence.Seen(found, src)
}
