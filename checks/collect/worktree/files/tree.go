// Package files reads a tree of files within limits, from a checkout or from
// anything else that is an fs.FS.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// MaxSize is the largest file that is read, in bytes. Manifests and workflow
// files are far smaller; what is larger is reported, never cut.
const MaxSize = 1 << 20

// Tree is a tree of files as it stood at a time. Paths are slash-separated and
// relative to its top.
type Tree struct {
	FS fs.FS
	At time.Time
}

// Source names a place in the tree; line 0 means the file as a whole.
func (t Tree) Source(name string, line int) evidence.Source {
	return evidence.Source{Name: evidence.CleanLine(name), Line: line, At: t.At}
}

// Read returns a regular file's bytes. Its error is one sentence
// without the path; it wraps fs.ErrNotExist when there is no file.
func (t Tree) Read(name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("lies outside of the repository: %w", fs.ErrNotExist)
	}
	// Looked at before it is opened: opening a named pipe would wait for ever.
	info, err := fs.Stat(t.FS, name)
	if err != nil {
		return nil, readError(err)
	}
	if info.IsDir() {
		return nil, errors.New("is a folder where a file was due")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	file, err := t.FS.Open(name)
	if err != nil {
		return nil, readError(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if err != nil {
		return nil, readError(err)
	}
	if len(data) > MaxSize {
		return nil, fmt.Errorf("is larger than %d KiB and was not read", MaxSize>>10)
	}
	return data, nil
}

// Exists says whether there is a file or folder of that name, symbolic links
// inside the tree followed.
func (t Tree) Exists(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(t.FS, name)
	return err == nil
}

// readError is the cause without the path, which the caller's source has.
func readError(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("could not be read: %w", err)
}

// TrimBOM is data without the byte order mark that some Windows editors write,
// and whether there was one.
func TrimBOM(data []byte) (rest []byte, had bool) {
	rest = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	return rest, len(rest) < len(data)
}
