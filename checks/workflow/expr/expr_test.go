package expr

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func world(path string) Set {
	known := map[string]Set{
		"github.event_name": Of("push"),
		"github.ref":        Of("refs/tags/v1.2.3"),
		"github.repository": Of("acme/widget"),
		"matrix.index":      Of("pypi", "testpypi"),
		"inputs.flag":       {Values: []Value{Bool(true), Bool(false)}},
	}
	if s, ok := known[path]; ok {
		return s
	}
	return Unknown(path + " is only known at run time")
}

func TestPossible(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
		open bool
	}{
		{"release", "release", false},
		{"${{ matrix.index }}", "pypi testpypi", false},
		{"to-${{ matrix.index }}-now", "to-pypi-now to-testpypi-now", false},
		{"${{ inputs.flag && 'a' || 'b' }}", "a b", false},
		{"${{ vars.anything && 'a' || 'b' }}", "a b", false},
		{"${{ github.event_name == 'push' && 'pypi' || 'testpypi' }}", "pypi", false},
		{"${{ github.event_name == 'release' && 'pypi' || 'testpypi' }}", "testpypi", false},
		{"${{ startsWith(github.ref, 'refs/tags/') && 'pypi' || 'none' }}", "pypi", false},
		{"${{ needs.plan.outputs.where == 'x' && 'pypi' || 'testpypi' }}", "pypi testpypi", false},
		{"${{ inputs.where }}", "", true},
		{"${{ inputs.where || 'release' }}", "release", true},
		{"${{ format('{0}-{1}', matrix.index, 'x') }}", "pypi-x testpypi-x", false},
		{"${{ fromJSON(inputs.x) }}", "", true},
		{"${{ unclosed", "${{ unclosed", false},
		{"${{ 'a }} b' }}", "a }} b", false},
		{"${{ ) }}", "", true},
		{"${{ matrix['index'] }}", "pypi testpypi", false},
		{"${{ 1 < 2 && 'y' || 'n' }}", "y", false},
		{"${{ '' && 'y' || 'n' }}", "n", false},
		{"${{ !null }}", "true", false},
	} {
		got := Possible(c.text, world)
		if texts := strings.Join(got.Texts(), " "); texts != c.want || got.Open != c.open {
			t.Errorf("%s: %q open=%v, want %q open=%v", c.text, texts, got.Open, c.want, c.open)
		}
		if got.Open && got.Why == "" {
			t.Errorf("%s: open without a reason", c.text)
		}
	}
}

func TestCondition(t *testing.T) {
	for _, c := range []struct{ cond, want string }{
		{"", "always"},
		{"github.event_name == 'push'", "always"},
		{"${{ github.event_name == 'release' }}", "never"},
		{"github.repository == 'ACME/widget' && success()", "always"},
		{"failure()", "never"},
		{"always() && needs.x.result == 'success'", "open"},
		{"needs.x.result == 'success' && false", "never"},
		{"needs.x.result == 'success' || true", "always"},
		{"contains(github.ref, 'TAGS')", "always"},
		{"endsWith(github.ref, 'rc1')", "never"},
		{"!startsWith(github.ref, 'refs/tags/')", "never"},
		{"inputs.flag", "open"},
		{"github.event.release.prerelease == false", "open"},
	} {
		s := Condition(c.cond, world)
		got := "open"
		if s.Always() {
			got = "always"
		} else if s.Never() {
			got = "never"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.cond, got, c.want)
		}
	}
}

func TestPaths(t *testing.T) {
	got := Paths("x ${{ secrets.TOKEN }} ${{ steps.auth.outputs.token || secrets['OTHER'] }}")
	want := []string{"secrets.token", "steps.auth.outputs.token", "secrets.other"}
	if !slices.Equal(got, want) {
		t.Errorf("paths %v, want %v", got, want)
	}
}

// The parts of a text, put together again, are the text.
func TestPartsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"a", "${{", "}}", "'", " ", "github.ref", "$", "{"})).Draw(t, "pieces")
		text := strings.Join(pieces, "")
		length := 0
		for _, p := range Parts(text) {
			if p.Expression {
				length += len("${{}}")
			}
			length += len(p.Text)
		}
		if length > len(text) {
			t.Fatalf("%q: parts are longer than the text", text)
		}
	})
}

// What a closed evaluation of an open world can give, holds every value that
// the same expression gives once the world is known.
func TestOpenHoldsClosed(t *testing.T) {
	leaf := rapid.SampledFrom([]string{"a.x", "a.y", "'s'", "''", "true", "false"})
	rapid.Check(t, func(t *rapid.T) {
		text := draw(t, leaf, 4)
		open := Evaluate(text, func(string) Set { return Unknown("?") })
		known := map[string]Value{"a.x": String(rapid.SampledFrom([]string{"", "s", "z"}).Draw(t, "x")), "a.y": Bool(rapid.Bool().Draw(t, "y"))}
		closed := Evaluate(text, func(p string) Set { return Set{Values: []Value{known[p]}} })
		v, ok := closed.Only()
		if !ok {
			t.Fatalf("%s: a known world gives %v", text, closed)
		}
		if !open.Open && !slices.Contains(open.Values, v) {
			t.Fatalf("%s: %v is not among %v", text, v, open.Values)
		}
		if (open.Always() && !v.Truthy()) || (open.Never() && v.Truthy()) {
			t.Fatalf("%s: decided %v, but it is %v", text, open, v)
		}
	})
}

func draw(t *rapid.T, leaf *rapid.Generator[string], depth int) string {
	if depth == 0 {
		return leaf.Draw(t, "leaf")
	}
	op := rapid.SampledFrom([]string{"&&", "||", "==", "!=", "!", ""}).Draw(t, "op")
	left := draw(t, leaf, depth-1)
	switch op {
	case "":
		return left
	case "!":
		return "!(" + left + ")"
	}
	return "(" + left + ") " + op + " (" + draw(t, leaf, depth-1) + ")"
}

func FuzzPossible(f *testing.F) {
	f.Add("${{ a && 'b' || c }}")
	f.Add("x ${{ format('{0}', github.ref) }} y")
	f.Add("${{ contains(fromJSON('[1, {\"a\": null}]'), join(matrix.index, '-')) && case(a, b, 'c') }}")
	f.Add("${{ fromJSON('{\"a\": [1, 2]}').a[0] }}${{ 'it''s }}' }}")
	f.Fuzz(func(t *testing.T, text string) {
		Condition(text, world)
		Paths(text)
		got, quoted := Possible(text, world), Possible("${{ "+Quote(text)+" }}", world)
		if !got.Open && !quoted.Open && len(got.Values) < limit && !slices.Equal(got.Texts(), quoted.Texts()) {
			t.Fatalf("%q becomes %q, quoted %q", text, got.Texts(), quoted.Texts())
		}
		if same := Rewrite(text, func(string) (string, bool) { return "", false }); !slices.Equal(Possible(same, world).Texts(), got.Texts()) {
			t.Fatalf("%q was changed to %q", text, same)
		}
	})
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct {
		text, want string
		open       bool
	}{
		{"${{ format('{0} {{0}} {1}', 'a{1}', 'b') }}", "a{1} {0} b", false},
		{"${{ format('{11}', 0,1,2,3,4,5,6,7,8,9,10,'k') }}", "k", false},
		{"${{ format('{1}', 'a') }}", "", true},
		{"${{ format('{', 'a') }}", "", true},
		{"${{ format('a}b') }}", "", true},
		{"${{ join(fromJSON('[\"a\", 1, true]')) }}", "a,1,true", false},
		{"${{ join(fromJSON('[\"a\", \"b\"]'), '-') }}", "a-b", false},
		{"${{ join('a', '-') }}", "a", false},
		{"${{ contains(fromJSON('[\"A\", 2]'), 'a') }}", "true", false},
		{"${{ contains(fromJSON('[\"ab\"]'), 'a') }}", "false", false},
		{"${{ contains(fromJSON('[2]'), '2') }}", "true", false},
		{"${{ fromJSON('{\"a\":{\"B\":[1,\"x\"]}}').a.b[1] }}", "x", false},
		{"${{ fromJSON('{\"a\":1}').c }}", "", false},
		{"${{ fromJSON('[1]')[7] }}", "", false},
		{"${{ fromJSON('true') && 'y' || 'n' }}", "y", false},
		{"${{ fromJSON('[]') && 'y' || 'n' }}", "y", false},
		{"${{ fromJSON('no json') }}", "", true},
		{"${{ fromJSON('[1]') == fromJSON('[1]') }}", "false", false},
		{"${{ case(true, 'a', 'b') }}", "a", false},
		{"${{ case(false, 'a', github.event_name == 'push', 'c', 'b') }}", "c", false},
		{"${{ case(false, 'a', 'b') }}", "b", false},
		{"${{ case(needs.x.outputs.y == 'z', 'a', 'b') }}", "a b", false},
		{"${{ case('a') }}", "", true},
		{"${{ startsWith('Abc', 'aB') }}", "true", false},
		{"${{ fromJSON('[1]') }}", "Array", false},
		{"${{ hashFiles('x') }}", "", true},
	} {
		got := Possible(c.text, world)
		if texts := strings.Join(got.Texts(), " "); texts != c.want || got.Open != c.open {
			t.Errorf("%s: %q open=%v (%s), want %q open=%v", c.text, texts, got.Open, got.Why, c.want, c.open)
		}
	}
}

func TestRewrite(t *testing.T) {
	replace := func(path string) (string, bool) {
		e, ok := map[string]string{"inputs.a": "'x'", "inputs.b": "format('{0}', secrets.t)", "steps.m.outputs.t": "steps.n.outputs.t"}[path]
		return e, ok
	}
	for text, want := range map[string]string{
		"plain inputs.a":                            "plain inputs.a",
		"${{ inputs.a }}":                           "${{ 'x' }}",
		"${{ INPUTS.A }}-${{ inputs['b'] }}":        "${{ 'x' }}-${{ format('{0}', secrets.t) }}",
		"${{ inputs.a == 'inputs.a' && inputs.c }}": "${{ 'x' == 'inputs.a' && inputs.c }}",
		"${{ github.inputs.a }}":                    "${{ github.inputs.a }}",
		"${{ steps.m.outputs.t || 'é' }}":           "${{ steps.n.outputs.t || 'é' }}",
		"${{ 'é' || inputs.a }}":                    "${{ 'é' || 'x' }}",
		"${{ inputs.a.b }}":                         "${{ inputs.a.b }}",
		"${{ not closed":                            "${{ not closed",
		"${{ ' }}":                                  "${{ ' }}",
	} {
		if got := Rewrite(text, replace); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
	if got := RewriteCondition("inputs.a == 'y'", replace); got != "'x' == 'y'" {
		t.Errorf("a condition became %s", got)
	}
}

// What a text becomes is what its quoted form becomes.
func TestQuoteKeepsTheText(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "'", "{", "}", "{0}", "{{", " ", "${{ github.event_name }}", "${{ matrix.index }}", "${{ 'it''s' }}", "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
		want, got := Possible(text, world), Possible("${{ "+Quote(text)+" }}", world)
		if !slices.Equal(want.Texts(), got.Texts()) || want.Open != got.Open {
			t.Fatalf("%q becomes %q, quoted %s becomes %q", text, want.Texts(), Quote(text), got.Texts())
		}
	})
}
