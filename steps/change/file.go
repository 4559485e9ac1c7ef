package change

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// ReadFile reads a file of the working tree, by its slash-separated path from
// the top; nil when there is none. It never leaves the tree.
func (t *Tools) ReadFile(name string) ([]byte, error) {
	root, err := t.root()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return read(root, name)
}

func (t *Tools) root() (*os.Root, error) {
	if t.Dir == "" {
		return nil, errors.New("there is no working tree here: run this inside a clone of the repository")
	}
	root, err := os.OpenRoot(t.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the working tree: %w", err)
	}
	return root, nil
}

func read(root *os.Root, name string) ([]byte, error) {
	data, err := root.ReadFile(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// fileState is what the journal keeps of a file.
type fileState struct {
	Path    string `json:"path"`
	Exists  bool   `json:"exists"`
	Content string `json:"content,omitempty"`
}

// WriteFile makes a change that writes a file of the working tree. before is
// what was read, nil for none: a file that has become another since then is
// not overwritten.
func (t *Tools) WriteFile(name string, before, after []byte) Change {
	verb := "Change "
	if before == nil {
		verb = "Write "
	}
	return Change{
		ID:      "file:" + name,
		Title:   verb + name,
		Preview: Diff(name, string(before), string(after)),
		Before:  fileState{name, before != nil, string(before)},
		After:   fileState{name, true, string(after)},
		Perform: func(_ context.Context, h Hands) error {
			h.progress("Writing %s", name)
			return t.write(name, before, after)
		},
	}
}

// RemoveFile makes a change that takes a file of the working tree away. before
// is what was read: another content is not taken away.
func (t *Tools) RemoveFile(name string, before []byte) Change {
	return Change{
		ID: "file:" + name, Title: "Remove " + name, Preview: Diff(name, string(before), ""),
		Before: fileState{name, true, string(before)}, After: fileState{Path: name},
		Perform: func(_ context.Context, h Hands) error {
			h.progress("Removing %s", name)
			return t.remove(name, before)
		},
	}
}

func (t *Tools) remove(name string, before []byte) error {
	root, err := t.root()
	if err != nil {
		return err
	}
	defer root.Close()
	now, err := read(root, name)
	switch {
	case err != nil:
		return err
	case now == nil:
		return nil
	case !bytes.Equal(now, before):
		return fmt.Errorf("remove %s: it has changed since it was shown; look again", name)
	}
	if err := root.Remove(filepath.FromSlash(name)); err != nil {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

func (t *Tools) write(name string, before, after []byte) error {
	root, err := t.root()
	if err != nil {
		return err
	}
	defer root.Close()
	now, err := read(root, name)
	switch {
	case err != nil:
		return err
	case now != nil && bytes.Equal(now, after):
		return nil
	case !bytes.Equal(now, before) || (now == nil) != (before == nil):
		return fmt.Errorf("write %s: it has changed since it was shown; look again", name)
	}
	if err := replace(root, filepath.FromSlash(name), after); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	now, err = read(root, name)
	if err == nil && !bytes.Equal(now, after) {
		err = fmt.Errorf("write %s: what was read back differs", name)
	}
	return err
}

// replace puts a file in its place in one move, so that a crash leaves the old
// one or the new one.
func replace(root *os.Root, name string, data []byte) (err error) {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := root.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	draft := filepath.Join(filepath.Dir(name), "."+path.Base(filepath.ToSlash(name))+".trustpub")
	defer func() {
		if err != nil {
			_ = root.Remove(draft)
		}
	}()
	f, err := root.OpenFile(draft, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return root.Rename(draft, name)
}
