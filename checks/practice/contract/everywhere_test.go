package contract

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoWorldOfATestGoesUnheld finds worlds and boxes that tests open without a
// recorder: what goes over their wires would be held against nothing.
func TestNoWorldOfATestGoesUnheld(t *testing.T) {
	const root = "../../.."
	worlds := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && strings.HasPrefix(e.Name(), ".") && path != root:
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			made, ok := n.(*ast.CompositeLit)
			if !ok || !isWorld(made) {
				return true
			}
			worlds++
			if !records(made) {
				t.Errorf("%s: give it `Record: contract.Hold(t)`", files.Position(made.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil || worlds < 4 {
		t.Errorf("%d worlds looked at, %v", worlds, err)
	}
}

// isWorld tells practice.Options{…} and box.Options{…}, as other packages
// write them; the box's own tests speak of hosts that have no description.
func isWorld(made *ast.CompositeLit) bool {
	of, ok := made.Type.(*ast.SelectorExpr)
	if !ok || of.Sel.Name != "Options" {
		return false
	}
	from, ok := of.X.(*ast.Ident)
	return ok && (from.Name == "practice" || from.Name == "box")
}

func records(made *ast.CompositeLit) bool {
	for _, field := range made.Elts {
		if pair, ok := field.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok && name.Name == "Record" {
				return true
			}
		}
	}
	return false
}
