package worktree

import (
	"errors"
	"io/fs"
	"path"
	"sort"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/files"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// WorkflowFolder is where GitHub looks for workflow files, and nowhere below.
const WorkflowFolder = ".github/workflows"

// Workflows reads the workflow files below dir, the top of a repository, sorted
// by path; absent when the folder is not there.
func Workflows(dir string, at time.Time) evidence.Fact[[]evidence.WorkflowFile] {
	_, root, err := open(dir)
	if err != nil {
		return evidence.Unknown[[]evidence.WorkflowFile](evidence.Source{Name: WorkflowFolder, At: at}, "%v", err)
	}
	defer root.Close()
	return WorkflowsFS(root.FS(), at)
}

// WorkflowsFS is Workflows for any tree of files.
func WorkflowsFS(fsys fs.FS, at time.Time) evidence.Fact[[]evidence.WorkflowFile] {
	tree := files.Tree{FS: fsys, At: at}
	src := tree.Source(WorkflowFolder, 0)
	entries, err := fs.ReadDir(fsys, WorkflowFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return evidence.Absent[[]evidence.WorkflowFile](src)
	}
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return evidence.Unknown[[]evidence.WorkflowFile](src, "the folder could not be listed: %v", err)
	}
	found := []evidence.WorkflowFile{}
	for _, entry := range entries {
		if ext := path.Ext(entry.Name()); !entry.IsDir() && (ext == ".yml" || ext == ".yaml") {
			name := path.Join(WorkflowFolder, entry.Name())
			found = append(found, evidence.WorkflowFile{Path: evidence.CleanLine(name), Content: content(tree, name, entry)})
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return evidence.Seen(found, src)
}

func content(tree files.Tree, name string, entry fs.DirEntry) evidence.Fact[[]byte] {
	if entry.Type()&fs.ModeSymlink != 0 {
		return evidence.Unknown[[]byte](tree.Source(name, 0), "is a symbolic link, which was not followed")
	}
	return contentOf(tree, name)
}

// File reads one file below dir, as a workflow names it (a called workflow, an
// action's action.yml); absent when it is not there.
func File(dir, name string, at time.Time) evidence.Fact[[]byte] {
	_, root, err := open(dir)
	if err != nil {
		return evidence.Unknown[[]byte](evidence.Source{Name: evidence.CleanLine(name), At: at}, "%v", err)
	}
	defer root.Close()
	return contentOf(files.Tree{FS: root.FS(), At: at}, path.Clean(name))
}

func contentOf(tree files.Tree, name string) evidence.Fact[[]byte] {
	data, err := tree.Read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return evidence.Absent[[]byte](tree.Source(name, 0))
	case err != nil:
		return evidence.Unknown[[]byte](tree.Source(name, 0), "%v", err)
	}
	return evidence.Seen(data, tree.Source(name, 0))
}
