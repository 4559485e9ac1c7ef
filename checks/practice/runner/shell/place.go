package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Place is the folder that a job sees as its machine: /home/runner and /tmp
// are inside it, and nothing outside it can be named.
type Place struct{ root string }

// NewPlace makes the folder's inner folders and returns it.
func NewPlace(root string) (Place, error) {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return Place{}, fmt.Errorf("the job's folder: %w", err)
	}
	for _, d := range []string{"work/_temp", "tmp", "bin"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.FromSlash(d)), 0o755); err != nil {
			return Place{}, fmt.Errorf("the job's folder: %w", err)
		}
	}
	return Place{root: root}, nil
}

// Temp is the folder of RUNNER_TEMP.
func (p Place) Temp() string { return filepath.Join(p.root, "work", "_temp") }

// Tmp is the folder that scripts call /tmp.
func (p Place) Tmp() string { return filepath.Join(p.root, "tmp") }

// Work is the folder above the workspaces.
func (p Place) Work() string { return filepath.Join(p.root, "work") }

// Home is the folder of HOME.
func (p Place) Home() string { return p.root }

func (p Place) bin() string { return filepath.Join(p.root, "bin") }

// ErrOutside is in the error about a path that leaves the job's folder.
var ErrOutside = errors.New("practice runner: outside of this runner's folder")

// Path is where a path that a script names really is. The error wraps
// [ErrOutside] where the path, or a link in it, leaves the job's folder.
func (p Place) Path(dir, name string) (string, error) {
	full := p.locate(dir, name)
	if !p.holds(full) {
		return "", &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	for at := full; ; at = filepath.Dir(at) {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			if !p.holds(real) {
				return "", &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
			}
			return full, nil
		}
		if info, err := os.Lstat(at); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return "", &fs.PathError{Op: "open", Path: name, Err: ErrOutside} // a link to nothing could be made to lead anywhere
		}
		if at == p.root || at == filepath.Dir(at) {
			return full, nil
		}
	}
}

func (p Place) locate(dir, name string) string {
	slashed := filepath.ToSlash(name)
	switch {
	case p.holds(filepath.Clean(name)):
		return filepath.Clean(name)
	case slashed == "/tmp" || strings.HasPrefix(slashed, "/tmp/"):
		return filepath.Join(p.root, filepath.FromSlash(slashed))
	case slashed == "/home/runner" || strings.HasPrefix(slashed, "/home/runner/"):
		return filepath.Join(p.root, filepath.FromSlash(strings.TrimPrefix(slashed, "/home/runner")))
	case filepath.IsAbs(name) || strings.HasPrefix(slashed, "/"):
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

func (p Place) holds(full string) bool {
	return full == p.root || strings.HasPrefix(full, p.root+string(filepath.Separator))
}

// Shown is a text with the job's folder written as a hosted runner's.
func (p Place) Shown(text string) string {
	return strings.ReplaceAll(text, p.root, "/home/runner")
}
