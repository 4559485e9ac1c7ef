package tomlpos_test

import (
	"errors"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/tomlpos"
)

const document = `# a comment
top = "x"
a.b.c = true

[package]
name = 'literal'
lines = """
first
second"""
list = [
  "one",
  { two = "2" },
]

["quoted key".sub]
x = 1
[[many]]
n = "first"
[[many]]
n = "second"
[many.inner]
deep = "d"
`

func TestParse(t *testing.T) {
	doc, err := tomlpos.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	list := doc.Get("package", "list").Items()
	many := doc.Get("many").Items()
	for _, c := range []struct {
		what  string
		value *tomlpos.Value
		text  string
		line  int
	}{
		{"top", doc.Get("top"), "x", 2},
		{"name", doc.Get("package", "name"), "literal", 6},
		{"lines", doc.Get("package", "lines"), "first\nsecond", 7},
		{"list[0]", list[0], "one", 11},
		{"list[1].two", list[1].Get("two"), "2", 12},
		{"many[0].n", many[0].Get("n"), "first", 18},
		{"many[1].n", many[1].Get("n"), "second", 20},
		{"many[1].inner.deep", many[1].Get("inner", "deep"), "d", 22},
	} {
		if text, ok := c.value.Text(); !ok || text != c.text || c.value.At() != c.line {
			t.Errorf("%s = %q, %v, line %d; want %q, line %d", c.what, text, ok, c.value.At(), c.text, c.line)
		}
	}
	if truth, ok := doc.Get("a", "b", "c").Truth(); !truth || !ok {
		t.Error("a.b.c is not true")
	}
	if v := doc.Get("package"); !v.IsTable() || v.At() != 5 {
		t.Errorf("package: %v, line %d", v.IsTable(), v.At())
	}
	if v := doc.Get("quoted key", "sub", "x"); v == nil || v.Kind != tomlpos.Other || v.At() != 16 {
		t.Errorf("quoted key: %+v", v)
	}
	if keys := doc.Get("package").Keys(); len(keys) != 3 || keys[0] != "name" {
		t.Errorf("keys = %v", keys)
	}
}

func TestNothingThere(t *testing.T) {
	doc, err := tomlpos.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := doc.Get("no", "such", "key")
	if _, ok := v.Text(); ok || v.At() != 0 || v.IsTable() || v.Items() != nil || v.Keys() != nil {
		t.Errorf("a key that is not there has a value: %+v", v)
	}
	if _, ok := v.Truth(); ok {
		t.Error("a key that is not there is a boolean")
	}
}

func TestSyntaxError(t *testing.T) {
	_, err := tomlpos.Parse([]byte("a = 1\nb = \n"))
	var syntax *tomlpos.SyntaxError
	if !errors.As(err, &syntax) || syntax.Line != 2 {
		t.Errorf("err = %v", err)
	}
}

// FuzzParse: what the decoder of the library accepts is accepted, with the
// same keys at the top.
func FuzzParse(f *testing.F) {
	f.Add(document)
	f.Add("a.b = {c = [[1], {d.e = 2}]}\n[a.f]\n")
	f.Add("[[x]]\n[x.y]\n[[x]]\n[x.y]\nz=''''''\n")
	f.Fuzz(func(t *testing.T, text string) {
		var plain map[string]any
		want := toml.Unmarshal([]byte(text), &plain)
		doc, err := tomlpos.Parse([]byte(text))
		if (err == nil) != (want == nil) {
			t.Fatalf("err = %v, the decoder says %v", err, want)
		}
		if err == nil {
			compare(t, text, doc, plain)
		}
	})
}

func compare(t *testing.T, text string, v *tomlpos.Value, plain map[string]any) {
	t.Helper()
	if len(v.Keys()) != len(plain) {
		t.Fatalf("%q: keys %v, the decoder has %v", text, v.Keys(), plain)
	}
	for key, want := range plain {
		child := v.Get(key)
		if child == nil || child.At() < 1 {
			t.Fatalf("%q: %q is missing or has no line", text, key)
		}
		switch want := want.(type) {
		case string:
			if got, ok := child.Text(); !ok || got != want {
				t.Fatalf("%q: %q is %q, the decoder has %q", text, key, got, want)
			}
		case bool:
			if got, ok := child.Truth(); !ok || got != want {
				t.Fatalf("%q: %q is %v, the decoder has %v", text, key, got, want)
			}
		case map[string]any:
			compare(t, text, child, want)
		case []any:
			if len(child.Items()) != len(want) {
				t.Fatalf("%q: %q has %d items, the decoder %d", text, key, len(child.Items()), len(want))
			}
		}
	}
}
