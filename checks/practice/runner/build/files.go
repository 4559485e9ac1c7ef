package build

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
)

// sourceFiles lists the files of a project by path relative to dir, with
// slashes: those that git knows or would add, or without git all but build
// output and version control. Folders for which skip answers true are left out.
func sourceFiles(ctx context.Context, dir string, skip func(rel string) bool) ([]string, error) {
	listed, err := gitrun.Output(ctx, dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return walk(dir, skip)
	}
	seen := map[string]bool{}
	for _, rel := range strings.Split(listed, "\x00") {
		if rel == "" || underSkipped(rel, skip) {
			continue
		}
		if info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(rel))); err == nil && info.Mode().IsRegular() {
			seen[rel] = true
		}
	}
	return sorted(seen), nil
}

func underSkipped(rel string, skip func(string) bool) bool {
	for at := path.Dir(rel); at != "."; at = path.Dir(at) {
		if skip(at) {
			return true
		}
	}
	return false
}

func walk(dir string, skip func(string) bool) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (d.Name() == ".git" || skip(rel)) {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			out = append(out, rel)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the files of %s: %w", dir, err)
	}
	sort.Strings(out)
	return out, nil
}

// matchesAny reports whether a path matches one of a manifest's include or
// exclude patterns, which read like those of .gitignore; the last that matches
// decides, and `!` takes back.
func matchesAny(patterns []string, rel string) bool {
	hit := false
	for _, p := range patterns {
		negated := strings.HasPrefix(p, "!")
		if matchesIgnore(strings.TrimPrefix(p, "!"), rel) {
			hit = !negated
		}
	}
	return hit
}

func matchesIgnore(pattern, rel string) bool {
	anchored := strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	pattern = strings.Trim(pattern, "/")
	if !anchored {
		pattern = "**/" + pattern
	}
	for at := rel; at != "."; at = path.Dir(at) {
		if ok, err := doublestar.Match(pattern, at); err == nil && ok {
			return true
		}
	}
	return false
}
