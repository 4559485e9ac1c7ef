package checks

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/trustpub/gh-trustpub"

// listedPackage is what `go list -json` tells of a package, without its tests.
type listedPackage struct {
	ImportPath, Dir     string
	GoFiles, EmbedFiles []string
	Imports, Deps       []string
}

// packagesHere lists the packages of this module by their path inside it ("" is the
// top).
func packagesHere(t *testing.T) map[string]listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,Deps", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string]listedPackage{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")] = p
	}
	if len(found) < 10 {
		t.Fatalf("go list tells of %d packages only", len(found))
	}
	return found
}

// below says whether a package is a folder or below it.
func below(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}

func local(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, module+"/")
	return rest, ok
}

// judges says whether a package belongs to the judging half: what turns
// evidence into verdicts and plans.
func judges(path string) bool {
	return path == "checks" || path == "steps" ||
		below(path, "checks/evidence", "checks/identity", "checks/workflow", "steps/repair") ||
		below(path, "checks/registry") && !strings.HasSuffix(path, "/client") && !strings.Contains(path, "/client/")
}

func TestTheJudgingHalfHasNothingToActWith(t *testing.T) {
	barred := []string{"net", "net/http", "os", "os/exec", "syscall", "database/sql", "plugin", "unsafe"}
	count := 0
	for path, p := range packagesHere(t) {
		if !judges(path) {
			continue
		}
		count++
		for _, imported := range p.Imports {
			if slices.Contains(barred, imported) {
				t.Errorf("%s imports %s", path, imported)
			}
			if l, ok := local(imported); ok && below(l, "checks/collect", "checks/practice") {
				t.Errorf("%s imports %s, which looks or acts", path, l)
			}
		}
		for _, file := range p.GoFiles {
			for _, clock := range clocks(t, filepath.Join(p.Dir, file)) {
				t.Errorf("%s/%s reads the clock: time.%s", path, file, clock)
			}
		}
	}
	if count < 5 {
		t.Errorf("only %d packages of the judging half were found", count)
	}
}

// clocks lists what a file uses of package time that reads or waits for the
// clock.
func clocks(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Logf("%s is left out: %v", path, err)
		return nil
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}, sel.Sel.Name) {
			found = append(found, sel.Sel.Name)
		}
		return true
	})
	return found
}

// The practice world decides by its own code: else what passes there would
// prove nothing.
func TestThePracticeWorldImportsNoneOfTheJudges(t *testing.T) {
	for path, p := range packagesHere(t) {
		if !below(path, "checks/practice") {
			continue
		}
		for _, dep := range p.Deps {
			l, ok := local(dep)
			if ok && (judges(l) || below(l, "ui", "steps", "cmd", "checks/collect", "checks/report")) {
				t.Errorf("%s depends on %s", path, l)
			}
		}
	}
}

func TestOnlyTheInterfaceKnowsCharm(t *testing.T) {
	for path, p := range packagesHere(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "charm.land/") && !below(path, "ui") {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

func TestImportsGoOneWay(t *testing.T) {
	// Each layer, outermost first, with the layers that it must not import.
	above := map[string][]string{"ui": {"cmd"}, "steps": {"ui", "cmd"}, "checks": {"steps", "ui", "cmd"}}
	for path, p := range packagesHere(t) {
		layer, _, _ := strings.Cut(path, "/")
		for _, imported := range p.Imports {
			if l, ok := local(imported); ok && below(l, above[layer]...) {
				t.Errorf("%s imports %s, which lies above it", path, l)
			}
		}
	}
}

// Inside checks, imports go towards evidence and identity.
func TestEvidenceAndIdentityAreTheGround(t *testing.T) {
	packages := packagesHere(t)
	for path, allowed := range map[string][]string{
		"checks/identity": nil,
		"checks/evidence": {"checks/identity"},
		"checks/workflow": {"checks/identity", "checks/evidence", "checks/workflow"},
	} {
		p, ok := packages[path]
		if !ok {
			t.Errorf("there is no %s", path)
		}
		for _, imported := range p.Imports {
			if l, ok := local(imported); ok && !below(l, allowed...) {
				t.Errorf("%s imports %s", path, l)
			}
		}
	}
}
