package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

const (
	fileName = "journal.jsonl"
	lockName = "lock"
	// patience is how long another process may hold the lock.
	patience = 5 * time.Second
	// maxSize bounds what is read, in bytes.
	maxSize = 16 << 20
)

// Journal is the file of one repository.
type Journal struct {
	dir string
	// Redact takes secrets out of a line before it is written; nil takes out
	// nothing.
	Redact func(string) string
	// Now is the clock for records without a time; nil is time.Now.
	Now func() time.Time
}

// StateDir is the folder of all our journals: XDG_STATE_HOME, else
// LocalAppData on Windows, else .local/state of the home folder, which are the
// rules of go-gh v2.17.0 (pkg/config) for gh's own state.
func StateDir(getenv func(string) string) (string, error) {
	if dir := getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "gh-trustpub"), nil
	}
	if dir := getenv("LocalAppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "gh-trustpub"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the journal: %w; set XDG_STATE_HOME", err)
	}
	return filepath.Join(home, ".local", "state", "gh-trustpub"), nil
}

// Open names the journal of a repository below the state folder. Nothing is
// read or written yet.
func Open(stateDir string, repo evidence.RepoName) (*Journal, error) {
	dir := stateDir
	for _, part := range []string{repo.Host, repo.Owner, repo.Name} {
		if part == "" || strings.Trim(part, ".") == "" || strings.ContainsAny(part, `/\:`) {
			return nil, fmt.Errorf("no journal for the repository %q of %q: not a name that GitHub gives", repo.String(), repo.Host)
		}
		// GitHub holds names that differ in case only to be the same.
		dir = filepath.Join(dir, strings.ToLower(part))
	}
	return &Journal{dir: dir}, nil
}

// Path is the journal's file.
func (j *Journal) Path() string { return filepath.Join(j.dir, fileName) }

// Append writes a record and has the disk take it before it returns.
func (j *Journal) Append(ctx context.Context, r Record) error {
	line, err := j.line(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return fmt.Errorf("make a folder for the journal: %w", err)
	}
	unlock, err := j.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := j.write(line); err != nil {
		return fmt.Errorf("write the journal %s: %w", j.Path(), err)
	}
	return nil
}

func (j *Journal) line(r Record) ([]byte, error) {
	r.Schema = schema
	if r.At.IsZero() {
		now := j.Now
		if now == nil {
			now = time.Now
		}
		r.At = now().UTC()
	}
	line, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write a %s record for the journal: %w", r.Kind, err)
	}
	if j.Redact != nil {
		line = []byte(j.Redact(string(line)))
	}
	return append(line, '\n'), nil
}

func (j *Journal) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lock := flock.New(filepath.Join(j.dir, lockName), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock the journal %s: %w; does another gh trustpub hang on this repository?", j.Path(), err)
	}
	return func() { _ = lock.Unlock() }, nil
}

// write appends a line, after a line break where a crash has torn the last one.
func (j *Journal) write(line []byte) (err error) {
	f, err := os.OpenFile(j.Path(), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if torn(f) {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

func torn(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// Load reads all records, oldest first. A line that a crash has torn is passed
// over; a record of a later schema is an error, since to misread it could undo
// the wrong thing.
func (j *Journal) Load() ([]Record, error) {
	info, err := os.Stat(j.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > maxSize {
		err = fmt.Errorf("it has %d bytes, which is more than is read: move it away", info.Size())
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(j.Path())
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal %s: %w", j.Path(), err)
	}
	return decode(data)
}

func decode(data []byte) ([]Record, error) {
	var records []Record
	for line := range bytes.Lines(data) {
		var r Record
		if json.Unmarshal(line, &r) != nil {
			continue
		}
		if r.Schema > schema {
			return nil, fmt.Errorf("the journal was written by a later version of gh trustpub (schema %d): upgrade with gh extension upgrade trustpub", r.Schema)
		}
		records = append(records, r)
	}
	return records, nil
}
