package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// jobsOf are the combinations of a matrix, each as "key=value …".
func jobsOf(t *testing.T, matrix string, run Run) []string {
	t.Helper()
	f := Parse(Dir+"x.yml", []byte("on:\n  push:\n  workflow_dispatch: {inputs: {e: {type: choice, options: [a, b]}}}\njobs:\n  p:\n    runs-on: x\n    strategy:\n      matrix: "+matrix+"\n    steps: [{run: x}]\n"))
	if len(f.Problems) > 0 {
		t.Fatalf("the test's own workflow: %+v", f.Problems)
	}
	var out []string
	for _, c := range newScope(route{triggered: f}, f, f.Jobs[0], run).combinations() {
		words := []string{}
		for _, key := range sorted(c.values) {
			text := strings.Join(c.values[key].Texts(), "|")
			if c.values[key].Open {
				text += "?"
			}
			words = append(words, key+"="+text)
		}
		if c.open != "" {
			words = append(words, "open: "+c.open)
		}
		out = append(out, strings.Join(words, " "))
	}
	slices.Sort(out)
	return out
}

// The cases of GitHub's page on matrices (docs.github.com, "Running variations of
// jobs in a workflow", read August 2026), and those that a publishing job meets.
func TestCombinations(t *testing.T) {
	for name, c := range map[string]struct{ matrix, want string }{
		"one key":              {"{a: [1, 2]}", "a=1, a=2"},
		"two keys":             {"{a: [1, 2], b: [x, y]}", "a=1 b=x, a=1 b=y, a=2 b=x, a=2 b=y"},
		"typed values":         {"{a: [true, 1.50, 'x', null]}", "a=, a=1.5, a=true, a=x"},
		"excluded":             {"{a: [1, 2], b: [x, y], exclude: [{a: 1, b: x}]}", "a=1 b=y, a=2 b=x, a=2 b=y"},
		"excluded in part":     {"{a: [1, 2], b: [x, y], exclude: [{a: 1}]}", "a=2 b=x, a=2 b=y"},
		"excluded, another":    {"{a: [1, 2], exclude: [{a: 3}, {c: 1}]}", "a=1, a=2"},
		"include alone":        {"{include: [{a: 1, b: x}, {a: 2}]}", "a=1 b=x, a=2"},
		"include adds a key":   {"{a: [1, 2], include: [{a: 1, b: x}]}", "a=1 b=x, a=2"},
		"include to all":       {"{a: [1, 2], include: [{b: x}]}", "a=1 b=x, a=2 b=x"},
		"include of its own":   {"{a: [1, 2], include: [{a: 3, b: x}]}", "a=1, a=2, a=3 b=x"},
		"include over include": {"{a: [1], include: [{b: x}, {b: y}]}", "a=1 b=y"},
		"excluded, then included": {"{a: [1, 2], exclude: [{a: 1}], include: [{a: 1, b: x}]}",
			"a=1 b=x, a=2"},
		"the docs' example": {"{fruit: [apple, pear], animal: [cat, dog], include: [{color: green}, {color: pink, animal: cat}, {fruit: apple, shape: circle}, {fruit: banana}, {fruit: banana, animal: cat}]}",
			"animal=cat color=pink fruit=apple shape=circle, animal=cat color=pink fruit=pear, animal=cat fruit=banana, animal=dog color=green fruit=apple shape=circle, animal=dog color=green fruit=pear, fruit=banana"},
		"objects":                    {"{a: [{n: x, u: 1}, {n: y}]}", "a=Object, a=Object"},
		"objects excluded":           {"{a: [{n: x}, {n: y}], exclude: [{a: {n: y}}]}", "a=Object"},
		"expression for a list":      {"{a: \"${{ fromJSON('[1, 2]') }}\"}", "a=1, a=2"},
		"expression for all":         {"\"${{ fromJSON('{\\\"a\\\": [1], \\\"include\\\": [{\\\"b\\\": 2}]}') }}\"", "a=1 b=2"},
		"expression in a value":      {"{a: ['${{ github.event_name }}']}", "a=push"},
		"only known at run time":     {"{a: '${{ fromJSON(needs.x.outputs.y) }}'}", "open: ${{ fromJSON(needs.x.outputs.y) }} is only known when the job runs"},
		"a value at run time":        {"{a: ['${{ vars.x }}', b]}", "a=?, a=b"},
		"exclude at run time":        {"{a: [1, 2], exclude: [{a: '${{ vars.x }}'}]}", "open: what the matrix excludes is only known when the job runs"},
		"everything excluded":        {"{a: [1], exclude: [{a: 1}]}", ""},
		"keys do not count case":     {"{A: [1], include: [{a: 1, B: x}]}", "a=1 b=x"},
		"more than GitHub would run": {"{a: [" + strings.Repeat("1, ", 20) + "1], b: [" + strings.Repeat("1, ", 20) + "1]}", "open: the matrix has more than 256 combinations"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(jobsOf(t, c.matrix, tagRun), ", "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// placesIn is each place as "registry environment".
func placesIn(found []Publishing, run Run) string {
	var out []string
	for _, p := range found {
		outlook, _ := Foresee(p, run)
		out = append(out, fmt.Sprintf("%s %s %s", p.Registry, text(Claims(p, run).Environment), outlook))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// Each job of a matrix goes to its own registry under its own environment: the
// values of one combination belong together.
func TestEachCombinationByItself(t *testing.T) {
	const two = "strategy: {matrix: {include: [{e: pypi, u: 'https://upload.pypi.org/legacy/'}, {e: test, u: 'https://test.pypi.org/legacy/'}]}}\nenvironment: ${{ matrix.e }}\n"
	action := "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: '${{ matrix.u }}'}"
	for name, c := range map[string]struct{ head, steps, want string }{
		"index and environment": {two, action, "pypi pypi reached; testpypi test reached"},
		"by condition":          {two, "- uses: pypa/gh-action-pypi-publish@release/v1\n  if: matrix.e == 'pypi'", "pypi pypi reached"},
		"a boolean is one": {"strategy: {matrix: {include: [{e: a, go: true}, {e: b, go: false}]}}\nenvironment: ${{ matrix.e }}",
			"- uses: pypa/gh-action-pypi-publish@release/v1\n  if: matrix.go", "pypi a reached"},
		"excluded": {"strategy: {matrix: {e: [a, b], f: [x, y], exclude: [{e: a, f: y}, {e: b, f: x}]}}\nenvironment: ${{ matrix.e }}-${{ matrix.f }}",
			"- uses: pypa/gh-action-pypi-publish@release/v1", "pypi a-x|b-y reached"},
		"a key that is not set": {"strategy: {matrix: {os: [x], include: [{os: y, e: rel}]}}\nenvironment: ${{ matrix.e }}", "- uses: pypa/gh-action-pypi-publish@release/v1", "pypi |rel reached"},
		"of objects":            {"strategy: {matrix: {i: [{e: a, u: ''}, {e: b, u: 'https://test.pypi.org/legacy/'}]}}\nenvironment: ${{ matrix.i.e }}", strings.ReplaceAll(action, "matrix.u", "matrix.i.u"), "pypi a reached; testpypi b reached"},
		"no job at all":         {"strategy: {matrix: {e: [a], exclude: [{e: a}]}}\nenvironment: ${{ matrix.e }}", action, ""},
		"index by event":        {"environment: e", "- uses: pypa/gh-action-pypi-publish@release/v1\n  with: {repository-url: \"${{ github.event_name == 'push' && 'https://test.pypi.org/legacy/' || '' }}\"}", "pypi e skipped; testpypi e reached"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(Dir+"publish.yml", []byte(strings.Replace(job(c.head+"\n"+granted, c.steps), "{push: {tags: ['v*']}}", "{push: {tags: ['v*']}, release: }", 1)))
			if got := placesIn(Publishes([]*File{f}), tagRun); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The matrix of a calling job reaches the called one through its inputs.
func TestTheMatrixOfACaller(t *testing.T) {
	called := strings.Replace(reusable, "inputs: {", "inputs: {env: {type: string}, ", 1)
	list := files("upload.yml", called, "ci.yml", caller("push", idToken+
		"strategy: {matrix: {include: [{e: a, u: 'https://upload.pypi.org/legacy/'}, {e: b, u: 'https://test.pypi.org/legacy/'}]}}\n"+
		"uses: ./.github/workflows/upload.yml\nwith: {env: '${{ matrix.e }}', index: '${{ matrix.u }}'}"))
	if got, want := placesIn(Publishes(list), tagRun), "pypi a reached; testpypi b reached"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A file with many matrices costs a bounded time.
func TestManyMatrices(t *testing.T) {
	var b strings.Builder
	b.WriteString("on: push\njobs:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  j%d: {runs-on: x, strategy: {matrix: {a: [1,2,3,4,5,6,7,8,9,10,11,12], b: [1,2,3,4,5,6,7,8,9,10,11,12]}}, steps: [{run: 'cargo publish ${{ matrix.a }} ${{ matrix.b }}'}, {run: x}, {run: y}]}\n", i)
	}
	f := Parse(Dir+"x.yml", []byte(b.String()))
	if found := Publishes([]*File{f}); len(found) != 200 {
		t.Errorf("%d places", len(found))
	}
}
