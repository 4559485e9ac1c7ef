package worktree_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// member is what cargo and we must say alike of a crate.
type member struct {
	Path, Name, Version, License, Description, Repository string
	Publish                                               bool
}

// TestAgreesWithCargo lets cargo itself read workspaces and compares.
func TestAgreesWithCargo(t *testing.T) {
	if err := exec.Command("cargo", "--version").Run(); err != nil {
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatalf("cargo does not run: %v", err)
		}
		t.Skipf("cargo does not run: %v", err)
	}
	archives, err := filepath.Glob("testdata/cargo/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no workspaces: %v", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, roots := t.TempDir(), []string{}
			for _, f := range archive.Files {
				write(t, dir, f.Name, string(f.Data))
				write(t, dir, filepath.Join(filepath.Dir(f.Name), "src/lib.rs"), "")
				if strings.Contains(string(f.Data), "[workspace]") {
					roots = append(roots, filepath.Dir(f.Name))
				}
			}
			if len(roots) == 0 {
				roots = []string{"."}
			}
			var members []member
			for _, root := range roots {
				members = append(members, cargoMembers(t, dir, root)...)
			}
			sortMembers(members)
			if diff := gocmp.Diff(members, ourMembers(t, dir)); diff != "" {
				t.Errorf("cargo -, we +\n%s", diff)
			}
		})
	}
}

// cargoMembers are the members of the workspace, or the crate, in a folder below
// dir.
func cargoMembers(t *testing.T, dir, in string) []member {
	t.Helper()
	cmd := exec.Command("cargo", "metadata", "--no-deps", "--offline", "--format-version=1")
	cmd.Dir = filepath.Join(dir, filepath.FromSlash(in))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("cargo metadata: %v\n%s", err, &stderr)
	}
	var metadata struct {
		Packages []struct {
			Name, Version                    string
			License, Description, Repository string
			LicenseFile                      string    `json:"license_file"`
			ManifestPath                     string    `json:"manifest_path"`
			Publish                          *[]string `json:"publish"`
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &metadata); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []member
	for _, p := range metadata.Packages {
		manifest, err := filepath.EvalSymlinks(p.ManifestPath)
		if err != nil {
			t.Fatal(err)
		}
		relative, err := filepath.Rel(root, manifest)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, member{
			Path: filepath.ToSlash(relative), Name: p.Name, Version: p.Version, License: cmp.Or(p.License, p.LicenseFile),
			Description: strings.Join(strings.Fields(p.Description), " "), Repository: p.Repository,
			Publish: p.Publish == nil || slices.Contains(*p.Publish, "crates-io"),
		})
	}
	return found
}

func ourMembers(t *testing.T, dir string) []member {
	t.Helper()
	tree := worktree.Read(context.Background(), dir, noon, worktree.Options{})
	var found []member
	for _, p := range tree.Packages.Or(nil) {
		if p.Ecosystem != evidence.Cargo {
			continue
		}
		found = append(found, member{
			Path: p.Path, Name: p.Name.Or(""), Version: p.Version.Or("0.0.0"), License: p.License.Or(""),
			Description: p.Description.Or(""), Repository: p.Repository.Or(""), Publish: p.Publish.Or(false),
		})
	}
	sortMembers(found)
	return found
}

func sortMembers(members []member) {
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.Path, b.Path) })
}
