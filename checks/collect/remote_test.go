package collect

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// serve answers for a repository whose default branch holds these files.
func serve(t *testing.T, files fstest.MapFS) *internet {
	t.Helper()
	type entry struct {
		Path string `json:"path"`
		Mode string `json:"mode"`
		Type string `json:"type"`
	}
	n := acme()
	list := []entry{}
	for name, f := range files {
		list = append(list, entry{name, "100644", "blob"})
		n.answers[api+"/contents/"+strings.ReplaceAll(name, " ", "%20")] = contents(string(f.Data))
	}
	body, err := json.Marshal(map[string]any{"sha": "c0ffee", "truncated": false, "tree": list})
	if err != nil {
		t.Fatal(err)
	}
	n.answers[api+"/git/trees/c0ffee"] = string(body)
	return n
}

// contentRequests are the requests for files of the tree, by path.
func (n *internet) contentRequests(files fstest.MapFS) map[string]int {
	found := map[string]int{}
	for address, times := range n.asked {
		_, rest, ok := strings.Cut(address, "/contents/")
		name, _, _ := strings.Cut(rest, "?")
		if ok && files[name] != nil {
			found[name] += times
		}
	}
	return found
}

// TestEveryFormOfManifestIsReadThroughTheAPI: what is said of a repository does
// not depend on whether there is a checkout of it, and no file is fetched twice
// or for nothing.
func TestEveryFormOfManifestIsReadThroughTheAPI(t *testing.T) {
	archives, err := filepath.Glob("worktree/testdata/*.txtar")
	if err != nil || len(archives) < 15 {
		t.Fatalf("%d trees: %v", len(archives), err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			for _, f := range archive.Files {
				if f.Name != "want" {
					files[f.Name] = &fstest.MapFile{Data: f.Data}
				}
			}
			n := serve(t, files)
			w := live(t, n.collector(t, "t", nil), Request{Repo: "acme/market-data", Wanted: evidence.Wanted{Registries: []identity.Registry{identity.TestPyPI}}})
			local := worktree.ReadFS(context.Background(), files, noon, worktree.Options{})
			if diff := cmp.Diff(lines(local), lines(w.Tree)); diff != "" {
				t.Errorf("checkout -, API +\n%s", diff)
			}
			asked := n.contentRequests(files)
			for file, times := range asked {
				if times != 1 {
					t.Errorf("asked %d times for %s", times, file)
				}
			}
			if len(asked) > len(files) {
				t.Errorf("%d files asked for, of %d", len(asked), len(files))
			}
		})
	}
}

// lines is a tree as text, with the source of each value.
func lines(tree evidence.Tree) []string {
	all := []string{tree.Packages.Reason()}
	for _, p := range tree.Packages.Or(nil) {
		all = append(all, fmt.Sprintf("%+v", p))
	}
	for _, p := range tree.Problems {
		all = append(all, p.Source.String()+": "+p.Why)
	}
	return append(all, fmt.Sprint(tree.Cycles))
}

// TestManifestsComeBeforeFixtures: somebody who is not signed in has few
// requests, which go to the packages and not to what tests and tools keep.
func TestManifestsComeBeforeFixtures(t *testing.T) {
	files := fstest.MapFS{
		"pyproject.toml":                {Data: []byte("[build-system]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"top\"\ndynamic = [\"version\"]\n[tool.hatch.version]\npath = \"src/top/__about__.py\"\n")},
		"src/top/__about__.py":          {Data: []byte("__version__ = \"1.5\"\n")},
		"rust/crates/deep/Cargo.toml":   {Data: []byte("[package]\nname = \"deep\"\nversion = \"1.0.0\"\n")},
		".github/actions/x/setup.py":    {Data: []byte("setup(name='hidden')\n")},
		"node_modules/x/setup.py":       {Data: []byte("setup(name='fetched')\n")},
		"target/package/x-1/Cargo.toml": {Data: []byte("[package]\nname = \"made\"\nversion = \"1.0.0\"\n")},
	}
	for i := range 60 {
		files[fmt.Sprintf("a/tests/case%02d/Cargo.toml", i)] = &fstest.MapFile{Data: []byte("[package]\nname = \"case\"\nversion = \"0.0.0\"\n")}
	}
	n := serve(t, files)
	w := live(t, n.collector(t, "", nil), Request{Repo: "acme/market-data"})
	var names []string
	for _, p := range w.Tree.Packages.Or(nil) {
		names = append(names, p.Name.Or("?")+" "+p.Version.Or("?"))
	}
	if got := strings.Join(names, ", "); got != "deep 1.0.0, top 1.5" || len(w.Tree.Problems) != 0 {
		t.Errorf("%s; %v", got, w.Tree.Problems)
	}
	if asked := n.contentRequests(files); len(asked) != 3 {
		t.Errorf("%d files were fetched: %v", len(asked), asked)
	}
}

// TestTooManyManifestsForSomebodyNotSignedIn: what was not read is said, and
// never called absent.
func TestTooManyManifestsForSomebodyNotSignedIn(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 40 {
		files[fmt.Sprintf("crates/c%02d/Cargo.toml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "[package]\nname = \"c%02d\"\nversion = \"1.0.0\"\n", i)}
	}
	n := serve(t, files)
	w := live(t, n.collector(t, "", nil), Request{Repo: "acme/market-data", Wanted: evidence.Wanted{Packages: []string{"c00"}}})
	packages, asked := w.Tree.Packages.Or(nil), n.contentRequests(files)
	if len(packages)+len(w.Tree.Problems) != 40 || len(packages) != len(asked) || len(asked) == 0 || len(asked) >= 40 {
		t.Errorf("%d packages, %d problems, %d requests", len(packages), len(w.Tree.Problems), len(asked))
	}
	for _, p := range w.Tree.Problems {
		if !strings.Contains(p.Why, "run this in a checkout") {
			t.Errorf("%s %s", p.Source, p.Why)
		}
	}
}
