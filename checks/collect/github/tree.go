package github

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Bounds of a tree that is read through the API.
const (
	maxTreeFiles          = 300
	maxTreeFilesAnonymous = 25
)

// Tree is the tree of files of a commit, read through the API: the listing at
// once, each file when it is opened. Files that ahead picks from the listing,
// where it is not nil, are fetched at once, a few at a time, as long as the
// tree's bound allows. The listing fails where GitHub cuts it short, since a cut
// list cannot tell what is not there.
func Tree(ctx context.Context, r *rest.Reader, repo evidence.RepoName, sha string, ahead func(fs.FS) []string) (fs.FS, error) {
	base := "repos/" + rest.Path(repo.Owner, repo.Name)
	var list struct {
		Tree []struct {
			Path, Mode, Type string
			Size             int64
		}
		Truncated bool
	}
	answer, err := r.Get(ctx, base+"/git/trees/"+rest.Path(sha)+"?recursive=1", &list)
	if err != nil {
		return nil, err
	}
	if list.Tree == nil {
		return nil, answer.Shape("no tree in it")
	}
	if list.Truncated {
		return nil, fmt.Errorf("%s has more files than GitHub lists at once; run this in a checkout of it", repo)
	}
	t := &tree{ctx: ctx, reader: r, base: base, sha: sha, nodes: map[string]*node{".": {name: ".", mode: fs.ModeDir}}, left: maxTreeFiles}
	if !r.SignedIn() {
		t.left = maxTreeFilesAnonymous
	}
	for _, e := range list.Tree {
		if fs.ValidPath(e.Path) {
			t.add(e.Path, modeOf(e.Mode, e.Type), e.Size)
		}
	}
	if ahead != nil {
		fetch := ahead(t)
		each(min(len(fetch), t.left), func(i int) { _, _ = t.content(fetch[i]) }) // an error comes again when the file is opened
	}
	return t, nil
}

// modeOf reads git's modes: links keep their kind, a submodule is an empty
// folder.
func modeOf(mode, kind string) fs.FileMode {
	switch {
	case mode == "120000":
		return fs.ModeSymlink
	case kind == "tree", kind == "commit":
		return fs.ModeDir
	}
	return 0
}

type tree struct {
	ctx        context.Context
	reader     *rest.Reader
	base, sha  string
	nodes      map[string]*node
	mu         sync.Mutex
	left       int
	remembered map[string]bool
}

type node struct {
	name     string
	mode     fs.FileMode
	size     int64
	children []fs.DirEntry
}

func (t *tree) add(name string, mode fs.FileMode, size int64) {
	if t.nodes[name] != nil {
		return
	}
	parent := path.Dir(name)
	if t.nodes[parent] == nil {
		t.add(parent, fs.ModeDir, 0)
	}
	n := &node{name: path.Base(name), mode: mode, size: size}
	t.nodes[name] = n
	t.nodes[parent].children = append(t.nodes[parent].children, fs.FileInfoToDirEntry(n))
}

// Open opens a file or a folder of the tree.
func (t *tree) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	n := t.nodes[name]
	if n == nil {
		return fail(fs.ErrNotExist)
	}
	if n.mode.IsDir() {
		return &folder{opened: opened{node: n}, rest: n.sorted()}, nil
	}
	if n.mode != 0 {
		return &opened{node: n}, nil
	}
	data, err := t.content(name)
	if err != nil {
		return fail(err)
	}
	return &opened{node: n, Reader: bytes.NewReader(data)}, nil
}

// content fetches a file; the pass remembers it. What was opened once does not
// count again.
func (t *tree) content(name string) ([]byte, error) {
	if err := t.spend(name); err != nil {
		return nil, err
	}
	fact := readContent(t.ctx, t.reader, t.base+"/contents/"+rest.Path(strings.Split(name, "/")...), t.sha)
	data, ok := fact.Get()
	if !ok {
		return nil, fmt.Errorf("could not be read: %s", fact.Reason())
	}
	return data, nil
}

func (t *tree) spend(name string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.remembered[name] {
		return nil
	}
	if t.left == 0 {
		return fmt.Errorf("was not read: too many files to fetch one by one; run this in a checkout")
	}
	t.left--
	if t.remembered == nil {
		t.remembered = map[string]bool{}
	}
	t.remembered[name] = true
	return nil
}

// opened is an open file or folder.
type opened struct {
	node *node
	*bytes.Reader
}

// Stat describes the file.
func (o *opened) Stat() (fs.FileInfo, error) { return o.node, nil }

// Read reads on; a folder has no bytes.
func (o *opened) Read(p []byte) (int, error) {
	if o.Reader == nil {
		return 0, io.EOF
	}
	return o.Reader.Read(p)
}

// Close does nothing: all is in memory.
func (o *opened) Close() error { return nil }

// folder is an open folder.
type folder struct {
	opened
	rest []fs.DirEntry
}

// ReadDir lists what is left of the folder, at most n entries if n is positive.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.rest)
	} else if len(f.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.rest))
	out := f.rest[:n:n]
	f.rest = f.rest[n:]
	return out, nil
}

func (n *node) sorted() []fs.DirEntry {
	return slices.SortedFunc(slices.Values(n.children), func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}

// Name, Size, Mode, ModTime, IsDir and Sys make a node its own description.
func (n *node) Name() string       { return n.name }
func (n *node) Size() int64        { return n.size }
func (n *node) Mode() fs.FileMode  { return n.mode }
func (n *node) ModTime() time.Time { return time.Time{} }
func (n *node) IsDir() bool        { return n.mode.IsDir() }
func (n *node) Sys() any           { return nil }

// TreeProblem is why a tree could not be read, as a fact about its packages.
func TreeProblem(r *rest.Reader, repo evidence.RepoName, err error) evidence.Fact[[]evidence.Package] {
	return transport.Unknown[[]evidence.Package](r.Source("repos/"+rest.Path(repo.Owner, repo.Name)+"/git/trees"), err)
}
