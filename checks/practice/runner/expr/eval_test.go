package expr

import (
	"math"
	"strings"
	"testing"
)

func testScope() Scope {
	commits := []any{
		NewObject("message", "first", "author", NewObject("name", "ana")),
		NewObject("message", "second", "author", NewObject("name", "bo")),
	}
	return Scope{
		Contexts: map[string]any{
			"github": NewObject("ref", "refs/tags/v1.2.0", "ref_name", "v1.2.0", "event_name", "push",
				"event", NewObject("commits", commits, "forced", false)),
			"env":    NewObject("EMPTY", "", "N", "10", "Name", "Demo"),
			"inputs": NewObject("rehearsal", true, "count", float64(3)),
			"matrix": NewObject("os", []any{"ubuntu", "macos"}),
		},
		Functions: map[string]Function{
			"success":   func([]any) (any, error) { return true, nil },
			"failure":   func([]any) (any, error) { return false, nil },
			"always":    func([]any) (any, error) { return true, nil },
			"cancelled": func([]any) (any, error) { return false, nil },
		},
	}
}

func TestEval(t *testing.T) {
	for text, want := range map[string]any{
		"null":                                nil,
		"true":                                true,
		"0x10":                                16.0,
		"-2.5":                                -2.5,
		"'it''s'":                             "it's",
		"github.REF_name":                     "v1.2.0",
		"github['ref']":                       "refs/tags/v1.2.0",
		"github.nothing":                      nil,
		"github.nothing.deeper.still":         nil,
		"github.event.commits[1].author.name": "bo",
		"github.event.commits[7]":             nil,
		"join(github.event.commits.*.author.name)":               "ana,bo",
		"join(github.event.commits.*.author.name, ' + ')":        "ana + bo",
		"github.ref == 'REFS/TAGS/V1.2.0'":                       true,
		"startsWith(github.ref, 'refs/tags/')":                   true,
		"endsWith(github.ref, '.0')":                             true,
		"contains(github.ref, 'TAGS')":                           true,
		"contains(matrix.os, 'macos')":                           true,
		"contains(fromJSON('[\"push\",\"release\"]'), 'push')":   true,
		"contains(github.event, 'x')":                            false,
		"inputs.rehearsal == 'true'":                             false, // 1 against NaN
		"inputs.rehearsal == true":                               true,
		"env.N == 10":                                            true,
		"env.EMPTY == 0":                                         true,
		"env.EMPTY == null":                                      true,
		"'abc' == 0":                                             false,
		"null == 0":                                              true,
		"github.event == github.event":                           true,
		"matrix.os == matrix.os":                                 true,
		"matrix.os == fromJSON('[\"ubuntu\",\"macos\"]')":        false,
		"'b' > 'A'":                                              true,
		"'abc' > 1":                                              false,
		"'abc' <= 1":                                             false,
		"inputs.count >= 3 && inputs.count < 4":                  true,
		"!inputs.rehearsal":                                      false,
		"inputs.rehearsal && 'testpypi' || 'pypi'":               "testpypi",
		"false || github.nothing":                                nil,
		"'' && 'never'":                                          "",
		"format('{0}-{1} {{0}}', github.ref_name, inputs.count)": "v1.2.0-3 {0}",
		"toJSON('a\"b<')":                                        `"a\"b<"`,
		"fromJSON('{\"a\":[1,2]}').a[1]":                         2.0,
		"fromJSON('true')":                                       true,
		"join('x')":                                              "x",
		"success() && (always() || failure())":                   true,
		"format('{0}', github.event)":                            "Object",
		"github.event_name == 'push' && startsWith(github.ref_name,'v')": true,
	} {
		got, err := testScope().Eval(text)
		if err != nil || got != want {
			t.Errorf("%s = %#v (%v), want %#v", text, got, err, want)
		}
	}
}

func TestEvalRefuses(t *testing.T) {
	for text, part := range map[string]string{
		"secrets.TOKEN":            "unrecognized named-value: 'secrets'",
		"nope(1)":                  "unrecognized function: 'nope'",
		"contains('a')":            "too few parameters",
		"toJSON(1, 2)":             "too many parameters",
		"format('{1}', 'a')":       "more arguments",
		"format('{x}', 'a')":       "invalid",
		"format('{', 'a')":         "invalid",
		"fromJSON('')":             "empty",
		"fromJSON('{\"a\":1} x')":  "JSON",
		"github.":                  "expression",
		"a }} b":                   "inside",
		"\"double\"":               "expression",
		"github.ref = 'x'":         "expression",
		"":                         "expression",
		"fromJSON('[1,')[0]":       "JSON",
		"github.ref == nope.thing": "nope",
	} {
		got, err := testScope().Eval(text)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q gave %#v, error %v; want an error with %q", text, got, err, part)
		}
	}
}

func TestNumbersPrintLikeTheRunner(t *testing.T) {
	for f, want := range map[float64]string{
		1: "1", 3.10: "3.1", -0.5: "-0.5", 1e15: "1E+15", 123456789012: "123456789012",
		0.1 + 0.2: "0.3", 1e-7: "1E-07", math.Inf(1): "Infinity", math.Copysign(0, -1): "0",
	} {
		if got := String(f); got != want {
			t.Errorf("String(%v) = %q, want %q", f, got, want)
		}
	}
	if String(math.NaN()) != "NaN" || Truthy(math.NaN()) {
		t.Error("NaN prints as NaN and is false")
	}
}

func TestRender(t *testing.T) {
	for text, want := range map[string]any{
		"plain":                                  "plain",
		"${{ inputs.rehearsal }}":                true,
		" ${{ inputs.count }} ":                  3.0,
		"a ${{ inputs.count }} b ${{ env.N }}":   "a 3 b 10",
		"${{ env.N }}${{ env.N }}":               "1010",
		"${{ '}}' }}":                            "}}",
		"${{ github.nothing }}":                  nil,
		"x${{ github.nothing }}":                 "x",
		"${{ contains('${{', '$') && 'yes' }}!!": "yes!!",
	} {
		got, err := testScope().Render(text)
		if err != nil || got != want {
			t.Errorf("Render(%q) = %#v (%v), want %#v", text, got, err, want)
		}
	}
}

func TestCondition(t *testing.T) {
	failed := testScope()
	failed.Functions["success"] = func([]any) (any, error) { return false, nil }
	failed.Functions["failure"] = func([]any) (any, error) { return true, nil }
	for _, c := range []struct {
		text               string
		healthy, afterFail bool
	}{
		{"", true, false},
		{"always()", true, true},
		{"failure()", false, true},
		{"failure() && github.ref_name == 'v1.2.0'", false, true},
		{"github.event_name == 'push'", true, false},
		{"${{ github.event_name == 'push' }}", true, false},
		{"${{ !cancelled() }}", true, true},
		{"github.event_name == 'release'", false, false},
		{"${{ github.event_name }} == 'release'", true, false}, // a string is true
		{"'always()' == 'x'", false, false},
	} {
		for scope, want := range map[*Scope]bool{ptr(testScope()): c.healthy, &failed: c.afterFail} {
			got, err := scope.Condition(c.text)
			if err != nil || got != want {
				t.Errorf("if: %q = %v (%v), want %v", c.text, got, err, want)
			}
		}
	}
	if _, err := failed.Condition("nope.x"); err == nil {
		t.Error("a condition that cannot be evaluated must be an error, never false")
	}
}

func ptr[T any](v T) *T { return &v }

func TestRenderAll(t *testing.T) {
	in := NewObject("version", []any{"${{ inputs.count }}", "x"}, "on", NewObject("Deep", "${{ env.name }}"))
	got, err := testScope().RenderAll(in)
	if err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"version\": [\n    3,\n    \"x\"\n  ],\n  \"on\": {\n    \"Deep\": \"Demo\"\n  }\n}"
	if JSON(got) != want {
		t.Errorf("got %s", JSON(got))
	}
}

func TestObjectKeepsOrderAndFindsWithoutCase(t *testing.T) {
	o := NewObject("B", 1.0, "a", 2.0)
	o.Set("b", 3.0)
	if got := strings.Join(o.Keys(), ","); got != "B,a" || o.Get("b") != 3.0 || o.Get("A") != 2.0 {
		t.Errorf("keys %s, b %v", got, o.Get("b"))
	}
	var none *Object
	if none.Get("x") != nil || none.Len() != 0 || none.Keys() != nil {
		t.Error("a missing object is empty, not a panic")
	}
}

// Whatever the text, evaluating ends in a value or an error, and rendering what
// holds no expression changes nothing.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{"${{ github.ref }}", "${{ a", "${{ '}}' }} x", "${{ fromJSON('{}').*.b[0] }}", "}}${{}}", "${{ -0x1 }}"} {
		f.Add(seed)
	}
	scope := testScope()
	f.Fuzz(func(t *testing.T, text string) {
		got, err := scope.Render(text)
		if !strings.Contains(text, "${{") && (err != nil || got != text) {
			t.Errorf("Render(%q) = %#v, %v", text, got, err)
		}
		if CheckText(text) != nil && err == nil {
			t.Errorf("%q does not parse and yet renders", text)
		}
		_, _ = scope.Condition(text)
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,true,null,"x"]}`, `[`, `1e999`, `"\ud800"`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := ParseJSON(text)
		if err != nil {
			return
		}
		again, err := ParseJSON(JSON(v))
		if err != nil || JSON(again) != JSON(v) {
			t.Errorf("%q does not survive printing: %v", text, err)
		}
	})
}
