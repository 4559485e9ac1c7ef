package actions

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// Artifacts are the artifacts of one run, a folder each under a folder.
type Artifacts struct {
	mu  sync.Mutex
	dir string
}

// NewArtifacts keeps artifacts in a folder.
func NewArtifacts(dir string) *Artifacts { return &Artifacts{dir: dir} }

func (a *Artifacts) names() ([]string, error) {
	entries, err := os.ReadDir(a.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out, err
}

func (a *Artifacts) folder(name string) (string, error) {
	if name == "" || strings.ContainsAny(name, "\"<>|*?:\r\n\\/") || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("The artifact name is not valid: %s", name) //nolint:staticcheck // the action's own text
	}
	return filepath.Join(a.dir, name), nil
}

// uploadArtifact keeps the files that `path` names under their least common
// folder, as actions/upload-artifact does.
func uploadArtifact(_ context.Context, s *Step) error {
	name := s.Input("name", "artifact")
	files, root, err := s.search(s.Input("path", ""))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		message := fmt.Sprintf("No files were found with the provided path: %s. No artifacts will be uploaded.", s.Input("path", ""))
		switch s.Input("if-no-files-found", "warn") {
		case "error":
			return errors.New(message)
		case "warn":
			s.Say("::warning::%s", message)
		default:
			s.Say("%s", message)
		}
		return nil
	}
	s.Artifacts.mu.Lock()
	defer s.Artifacts.mu.Unlock()
	to, err := s.Artifacts.folder(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(to); err == nil {
		if !s.Flag("overwrite", false) {
			return fmt.Errorf("Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run") //nolint:staticcheck // the action's own text
		}
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	for _, f := range files {
		rel, err := filepath.Rel(root, f)
		if err != nil {
			return err
		}
		if err := copyFile(f, filepath.Join(to, rel)); err != nil {
			return fmt.Errorf("uploading %s: %w", rel, err)
		}
	}
	s.Say("Artifact %s has been successfully uploaded: %d files", name, len(files))
	s.SetOutput("artifact-id", name)
	return nil
}

// search lists the files that the lines of a `path` input name, and the folder
// that their names in the artifact start from.
func (s *Step) search(input string) (files []string, root string, err error) {
	set := map[string]bool{}
	var roots []string
	for _, line := range strings.Split(input, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		pattern, negated := strings.CutPrefix(line, "!")
		full, err := s.Place.Path(s.Workspace, pattern)
		if err != nil {
			return nil, "", err
		}
		found, base, err := s.glob(full)
		if err != nil {
			return nil, "", fmt.Errorf("path %s: %w", line, err)
		}
		for _, f := range found {
			set[f] = !negated
		}
		if !negated {
			roots = append(roots, base)
		}
	}
	for f, in := range set {
		if in && (s.Flag("include-hidden-files", false) || !hidden(s.Workspace, f)) {
			files = append(files, f)
		}
	}
	sort.Strings(files)
	return files, commonFolder(roots), nil
}

func hidden(workspace, f string) bool {
	rel, err := filepath.Rel(workspace, f)
	return err == nil && slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), func(part string) bool {
		return strings.HasPrefix(part, ".") && part != ".." // which only leads out of the workspace
	})
}

// glob lists regular files, all those under a folder; base is the part of the
// path without wildcards.
func (s *Step) glob(pattern string) (files []string, base string, err error) {
	base, _ = doublestar.SplitPattern(filepath.ToSlash(pattern))
	base = filepath.FromSlash(base)
	found, err := doublestar.FilepathGlob(pattern)
	if err != nil {
		return nil, "", err
	}
	for _, f := range found {
		err := filepath.WalkDir(f, func(p string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				files = append(files, p)
			}
			return err
		})
		if err != nil {
			return nil, "", err
		}
	}
	if info, err := os.Stat(pattern); err == nil && info.IsDir() {
		base = pattern
	}
	return files, base, nil
}

func commonFolder(roots []string) string {
	if len(roots) == 0 {
		return ""
	}
	common := roots[0]
	for _, r := range roots[1:] {
		for !strings.HasPrefix(r+string(filepath.Separator), common+string(filepath.Separator)) && common != filepath.Dir(common) {
			common = filepath.Dir(common)
		}
	}
	return common
}

// downloadArtifact writes one artifact, or all that a pattern names.
func downloadArtifact(_ context.Context, s *Step) error {
	to, err := s.Place.Path(s.Workspace, s.Input("path", s.Workspace))
	if err != nil {
		return err
	}
	s.Artifacts.mu.Lock()
	defer s.Artifacts.mu.Unlock()
	all, err := s.Artifacts.names()
	if err != nil {
		return fmt.Errorf("listing the run's artifacts: %w", err)
	}
	name := s.Input("name", "")
	count := 0
	for _, a := range all {
		matched := name == a
		if name == "" {
			if matched, err = doublestar.Match(s.Input("pattern", "*"), a); err != nil {
				return fmt.Errorf("pattern: %w", err)
			}
		}
		if !matched {
			continue
		}
		target := to
		if name == "" && !s.Flag("merge-multiple", false) {
			target = filepath.Join(to, a)
		}
		if err := copyFolder(filepath.Join(s.Artifacts.dir, a), target); err != nil {
			return fmt.Errorf("downloading %s: %w", a, err)
		}
		count++
		s.Say("Artifact download completed: %s", a)
	}
	if name != "" && count == 0 {
		return fmt.Errorf("Unable to download artifact(s): Artifact not found for name: %s", name) //nolint:staticcheck // the action's own text
	}
	s.Say("Total of %d artifact(s) downloaded", count)
	s.SetOutput("download-path", to)
	return nil
}

func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		return copyFile(p, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
