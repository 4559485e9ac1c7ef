package workflow

import (
	"fmt"
	"strings"
	"testing"
)

// Each row is the steps of a job, and what it is seen to build; "?" where it may
// build what the file does not show.
func TestBuilds(t *testing.T) {
	const head = "on: push\nenv: {WHERE: tools/cli}\njobs:\n  j:\n    runs-on: x\n    steps:\n"
	for name, row := range map[string]struct{ steps, want string }{
		"nothing":                 {"- run: echo python -m build", ""},
		"build":                   {"- run: python -m build", "in ."},
		"build a folder":          {"- run: python3 -m build --sdist -o out backend", "in backend"},
		"in a folder":             {"- run: python -m build\n  working-directory: backend/", "in backend"},
		"in a folder by variable": {"- run: uv build\n  working-directory: ${{ env.WHERE }}", "in tools/cli"},
		"behind cd":               {"- run: |\n    cd backend\n    python -m build", "in backend"},
		"uv names":                {"- run: |\n    uv build --package one\n    uv build --package=two --out-dir x", "one; two"},
		"uv names and folder":     {"- run: uv build packages/core --no-sources", "in packages/core"},
		"uv directory":            {"- run: uv build --directory packages/core", "in packages/core"},
		"uv all":                  {"- run: uv build --all-packages", "?"},
		"uv other":                {"- run: uv sync", ""},
		"a name from the run":     {"- run: uv build --package ${{ inputs.package }}", "?"},
		"a variable of the shell": {"- run: uv build \"$DIR\"", "?"},
		"setup.py":                {"- run: python setup.py sdist bdist_wheel", "in ."},
		"setup.py without":        {"- run: python setup.py --version", ""},
		"maturin":                 {"- run: maturin build -m python/Cargo.toml", "in python"},
		"maturin's action":        {"- uses: PyO3/maturin-action@v1\n  with: {command: sdist, working-directory: bindings/py, args: --out dist}", "in bindings/py"},
		"maturin uploads":         {"- uses: PyO3/maturin-action@v1\n  with: {command: upload, args: dist/*}", ""},
		"cibuildwheel":            {"- uses: pypa/cibuildwheel@v3\n  with: {package-dir: ./core}", "in core"},
		"build and inspect":       {"- uses: hynek/build-and-inspect-python-package@v2", "in ."},
		"poetry and flit":         {"- run: poetry build -C a\n- run: flit -f b/pyproject.toml build\n- run: flit build -f b/pyproject.toml", "in a; in b"},
		"a task":                  {"- run: make dist", "?"},
		"a script":                {"- run: ./scripts/build.sh", "?"},
		"an action that builds":   {"- uses: acme/build-wheels@v1", "?"},
		"an action that uploads":  {"- uses: pypa/gh-action-pypi-publish@release/v1", ""},
		"files of another run":    {"- uses: actions/download-artifact@v8\n  with: {run-id: 5}", "?"},
		"files of a release":      {"- run: gh release download v1", "?"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse("p.yml", []byte(head+"      "+strings.ReplaceAll(row.steps, "\n", "\n      ")+"\n"))
			list, known := Builds(f, nil, f, f.Jobs[0])
			var got []string
			for _, b := range list {
				got = append(got, b.Name+strings.TrimSuffix(fmt.Sprintf("in %s", b.Dir), "in "))
			}
			text := strings.Join(got, "; ")
			if !known {
				text = "?"
			}
			if text != row.want {
				t.Errorf("%q, want %q", text, row.want)
			}
		})
	}
}

func TestBuildsInTheDefaultFolder(t *testing.T) {
	f := Parse("p.yml", []byte("on: push\ndefaults: {run: {working-directory: a}}\njobs:\n  j:\n    runs-on: x\n    steps:\n      - run: uv build\n  k:\n    runs-on: x\n    defaults: {run: {working-directory: b}}\n    steps:\n      - run: uv build\n"))
	for i, want := range []string{"a", "b"} {
		if list, known := Builds(f, nil, f, f.Jobs[i]); !known || len(list) != 1 || list[0].Dir != want {
			t.Errorf("%s: %v %v", f.Jobs[i].ID, list, known)
		}
	}
}
