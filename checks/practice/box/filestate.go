package box

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/natefinch/atomic"
)

// FileState is a [State] in a folder: NAME.json for each value, readable by
// its owner only.
type FileState struct {
	dir string
	mu  sync.Mutex
}

var stateName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// NewFileState makes the folder if it is not there.
func NewFileState(dir string) (*FileState, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the practice world's state: %w", err)
	}
	return &FileState{dir: dir}, nil
}

// Load reads what Save wrote, in this run or in an earlier one.
func (f *FileState) Load(name string, v any) (bool, error) {
	path, err := f.path(name)
	if err != nil {
		return false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the state %q: %w", name, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("reading the state %q from %s: %w; remove the file to begin anew", name, path, err)
	}
	return true, nil
}

// Save replaces the file as one act, so that a crash leaves the old value or
// the new one.
func (f *FileState) Save(name string, v any) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("keeping the state %q: %w", name, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := replace(path, data); err != nil {
		return fmt.Errorf("keeping the state %q: %w", name, err)
	}
	return nil
}

func replace(path string, data []byte) (err error) {
	// CreateTemp makes the file with mode 0600, and what it holds are secrets.
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	return atomic.ReplaceFile(temp.Name(), path)
}

func (f *FileState) path(name string) (string, error) {
	if !stateName.MatchString(name) {
		return "", fmt.Errorf("%q cannot name a state: small letters, digits, dots and dashes can", name)
	}
	return filepath.Join(f.dir, name+".json"), nil
}
