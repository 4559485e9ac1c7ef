package yamltext

import (
	"strings"
	"testing"
)

type editing func(*Text) (*Text, error)

// edits are ways to change a text, and what comes of it; "" for a refusal.
var edits = []struct {
	name, src string
	how       editing
	want      string
}{
	{"add behind a key", "a:\n  x: 1 # one\n  y: 2\n", add("n: 3", "x"), "a:\n  x: 1 # one\n  n: 3\n  y: 2\n"},
	{"add behind a block", "a:\n  x:\n    - 1\n    # of x\n\n  # of y\n  y: 2\n", add("n: 3", "x"), "a:\n  x:\n    - 1\n    # of x\n  n: 3\n\n  # of y\n  y: 2\n"},
	{"add behind a list at the key's column", "a:\n  x:\n  - 1\n  - 2\n  y: 2\n", add("n: 3", "x"), "a:\n  x:\n  - 1\n  - 2\n  n: 3\n  y: 2\n"},
	{"add behind a script", "a:\n  x: |\n    # no comment\n\n    go\n\n  y: 2\n", add("n: 3", "x"), "a:\n  x: |\n    # no comment\n\n    go\n  n: 3\n\n  y: 2\n"},
	{"add first", "a:\n  # of x\n  x: 1\n", add("n:\n\tm: 3"), "a:\n  # of x\n  n:\n    m: 3\n  x: 1\n"},
	{"add last", "a:\n  x: 1\n", add("n: 3", "x"), "a:\n  x: 1\n  n: 3\n"},
	{"add without a last break", "a:\n  x: 1", add("n: 3", "x"), "a:\n  x: 1\n  n: 3"},
	{"add behind a script without a last break", "a:\n  x: |\n    go", add("n: 3", "x"), "a:\n  x: |\n    go\n  n: 3"},
	{"add by the file's own step", "a:\n    x: 1\n", add("n:\n\tm: 3", "x"), "a:\n    x: 1\n    n:\n        m: 3\n"},
	{"add to a flow mapping", "a: { x: 1 } # c\n", add("n:\n\tm: 3"), "a: { x: 1, n: {m: 3} } # c\n"},
	{"add to a flow mapping of several lines", "a: {\n  x: '}', # }\n  y: \"]\",\n}\n", add("n: 3"), "a: {\n  x: '}', # }\n  y: \"]\", n: 3\n}\n"},
	{"add to an empty one", "a: {} # none\n", add("n: 3"), "a: { n: 3 } # none\n"},
	{"add twice", "a:\n  n: 1\n", add("n: 3"), ""},
	{"add behind an alias", "b: &b\n  x: 1\na: *b\n", add("n: 3"), ""},
	{"add where an alias looks", "a: &b\n  x: 1\nb: *b\n", add("n: 3"), ""},
	{"add behind an anchor", "a: &b\n  x: 1\n", add("n: 3"), "a: &b\n  n: 3\n  x: 1\n"},
	{"add to a scalar", "a: 1\n", add("n: 3"), ""},

	{"drop", "a:\n  x: 1 # one\n  # of y\n  y: 2\n", drop("x"), "a:\n  # of y\n  y: 2\n"},
	{"drop a block", "a:\n  x:\n    z: 1\n\n  y: 2\n", drop("x"), "a:\n\n  y: 2\n"},
	{"drop the last", "a:\n  x: 1\n  y: 2", drop("y"), "a:\n  x: 1\n"},
	{"drop in flow", "a: {x: 1, y: 2, z: 3}\n", drop("y"), "a: {x: 1, z: 3}\n"},
	{"drop the last in flow", "a: { x: 'a, b', y: 2, }\n", drop("y"), "a: { x: 'a, b', }\n"},
	{"drop behind a dash", "a:\n  - x: 1\n    # of y\n\n    y: 2\n", func(t *Text) (*Text, error) { return t.Drop(Path{"a", 0}, "x") }, "a:\n    # of y\n  - y: 2\n"},
	{"drop the only one", "a:\n  x: 1\n", drop("x"), ""},
	{"empty", "a: # c\n  x: 1\nb: 2\n", func(t *Text) (*Text, error) { return t.Empty(Path{"a"}) }, "a: {} # c\nb: 2\n"},
	{"empty in flow", "a: {x: 1} # c\n", func(t *Text) (*Text, error) { return t.Empty(Path{"a"}) }, "a: {} # c\n"},

	{"set", "a: x@v1 # old\n", set("x@abc", "v1.2"), "a: x@abc # v1.2 # old\n"},
	{"set where a version was told", "a: x@v1 # v1.0\n", set("x@abc", "v1.2"), "a: x@abc # v1.2\n"},
	{"set without a comment", "a: x@v1   \n", set("x@abc", "v1.2"), "a: x@abc # v1.2   \n"},
	{"set in quotes", "a: 'x@v1' # c\n", set("x@abc", ""), "a: 'x@abc' # c\n"},
	{"set in flow", "a: x\nb: { a: x@v1 }\n", func(t *Text) (*Text, error) { return t.Set(Path{"b", "a"}, "x@abc", "v1.2") }, "a: x\nb: { a: x@abc } # v1.2\n"},
	{"set between others", "b: { a: x@v1, c: 2 }\n", func(t *Text) (*Text, error) { return t.Set(Path{"b", "a"}, "x@abc", "v1.2") }, "b: { a: x@abc, c: 2 }\n"},
	{"set what stands on several lines", "a: one\n  two\n", set("x", ""), ""},
	{"set behind an anchor", "a: &x 'one'\n", set("x", ""), ""},

	{"replace in a script", "a: |\n  go a\n  go b # é\nb: 1\n", replace("go b", "go c"), "a: |\n  go a\n  go c # é\nb: 1\n"},
	{"replace in a plain value", "a: go b # go b\n", replace("go b", "go c"), "a: go c # go b\n"},
	{"replace twice", "a: go go\n", replace("go", "stop"), ""},
	{"replace over a fold", "a: >\n  go\n  b\n", replace("go b", "x"), ""},
	{"wrap", "a: x == 'y' # c\n", wrap("z && (", ")"), "a: z && (x == 'y') # c\n"},
	{"wrap in quotes", "a: 'x == ''y'''\n", wrap("z == 'w' && ", ""), "a: 'z == ''w'' && x == ''y'''\n"},
	{"wrap in double quotes", "a: \"!x\"\n", wrap("z && ", ""), "a: \"z && !x\"\n"},
	{"wrap a folded value", "a: >-\n  x ||\n  y\nb: 1\n", wrap("z && (", ")"), "a: >-\n  z && (x ||\n  y)\nb: 1\n"},
	{"wrap a plain value of two lines", "a: x ||\n  y\nb: 1\n", wrap("z && (", ")"), "a: z && (x ||\n  y)\nb: 1\n"},

	{"insert first", "a:\n  - x: 1\n", insert(0, "- n: 3\n  m: 4"), "a:\n  - n: 3\n    m: 4\n  - x: 1\n"},
	{"insert before a commented one", "a:\n- x: 1\n# of y\n- y: 2\n", insert(1, "- n: 3"), "a:\n- x: 1\n- n: 3\n# of y\n- y: 2\n"},
	{"insert apart", "a:\n- x: 1\n\n- y: 2\n", insert(1, "- n: 3"), "a:\n- x: 1\n\n- n: 3\n\n- y: 2\n"},
	{"insert last", "a:\n  - x: 1\n    # of x\n\nb: 1\n", insert(1, "- n: 3"), "a:\n  - x: 1\n    # of x\n  - n: 3\n\nb: 1\n"},
	{"insert into a list in flow", "a: [{x: 1}]\n", insert(0, "- n: 3"), ""},
	{"remove", "a:\n  # of x\n  - x: 1\n  - y: 2\n", func(t *Text) (*Text, error) { return t.Remove(Path{"a"}, 0) }, "a:\n  - y: 2\n"},
	{"remove the only one", "a:\n  - y: 2\n", func(t *Text) (*Text, error) { return t.Remove(Path{"a"}, 0) }, ""},
	{"move", "a:\n  - x: 1\n    z: 1\n  - y: 2\n  # of w\n  - w: 3\n", func(t *Text) (*Text, error) { return t.Move(Path{"a"}, 0, 2) }, "a:\n  - y: 2\n  - x: 1\n    z: 1\n  # of w\n  - w: 3\n"},
}

func add(s Snippet, behind ...string) editing {
	return func(t *Text) (*Text, error) { return t.Add(Path{"a"}, s, behind...) }
}

func drop(key string) editing {
	return func(t *Text) (*Text, error) { return t.Drop(Path{"a"}, key) }
}

func set(s Snippet, remark string) editing {
	return func(t *Text) (*Text, error) { return t.Set(Path{"a"}, s, remark) }
}

func replace(old, next string) editing {
	return func(t *Text) (*Text, error) { return t.Replace(Path{"a"}, old, next) }
}

func wrap(before, behind string) editing {
	return func(t *Text) (*Text, error) { return t.Wrap(Path{"a"}, before, behind) }
}

func insert(index int, s Snippet) editing {
	return func(t *Text) (*Text, error) { return t.Insert(Path{"a"}, index, s) }
}

// TestEdits runs each edit on the text, and on the same with the line breaks of
// Windows.
func TestEdits(t *testing.T) {
	for _, e := range edits {
		for _, eol := range []string{"\n", "\r\n"} {
			broken := func(s string) string { return strings.ReplaceAll(s, "\n", eol) }
			text, err := Parse([]byte(broken(e.src)))
			if err != nil {
				t.Fatalf("%s: %v", e.name, err)
			}
			got, err := e.how(text)
			switch {
			case e.want == "" && err == nil:
				t.Errorf("%s: not refused:\n%s", e.name, got.Bytes())
			case e.want != "" && err != nil:
				t.Errorf("%s (%q): %v", e.name, eol, err)
			case e.want != "" && string(got.Bytes()) != broken(e.want) && strings.Contains(e.src, "\n"):
				t.Errorf("%s (%q):\n%q\nwanted\n%q", e.name, eol, got.Bytes(), broken(e.want))
			}
			if string(text.Bytes()) != broken(e.src) {
				t.Errorf("%s: the text itself was changed", e.name)
			}
		}
	}
}

func TestTextsThatAreNotEdited(t *testing.T) {
	for name, src := range map[string]string{
		"nothing": "", "no YAML": "a: [", "two documents": "a: 1\n---\nb: 2\n", "a byte order mark": "\ufeffa: 1\n",
		"old Macintosh lines": "a: 1\rb: 2\r", "a line separator": "a: 'x\u2028y'\n", "a key twice": "a: 1\na: 2\n", "a key that is a list": "? [a]\n: 1\n",
		"a bomb":    "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
		"too large": "a: " + strings.Repeat("x", MaxSize),
	} {
		if _, err := Parse([]byte(src)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestExcerpt(t *testing.T) {
	text, err := Parse([]byte("a:\n    # of x\n    - x: |\n        deep\n      z: 1\n    - y: 2\n    - &z w: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := text.Excerpt(Path{"a"}, 0, 2)
	if want := "# of x\n- x: |\n    deep\n  z: 1\n- y: 2"; err != nil || string(got) != want {
		t.Errorf("%q %v", got, err)
	}
	if _, err := text.Excerpt(Path{"a"}, 0, 3); err == nil {
		t.Error("an anchor was copied")
	}
}

// more are edits that take several places into account.
var more = []struct {
	name, src string
	how       editing
	want      string
}{
	{"append", "a:\n  x: 1\n  y:\n    - 2\nb: 1\n", func(t *Text) (*Text, error) { return t.Append(Path{"a"}, "n: 3") }, "a:\n  x: 1\n  y:\n    - 2\n  n: 3\nb: 1\n"},
	{"before", "a:\n  x: 1\n  # of y\n  y: 2\n", before("y"), "a:\n  x: 1\n  n:\n    m: 3\n  # of y\n  y: 2\n"},
	{"before, apart", "a:\n  x: 1\n\n  # of y\n  y: 2\n", before("y"), "a:\n  x: 1\n\n  n:\n    m: 3\n\n  # of y\n  y: 2\n"},
	{"before the first", "a:\n  x: 1\n", before("x"), "a:\n  n:\n    m: 3\n  x: 1\n"},
	{"before what is not there", "a:\n  x: 1\n", before("y"), ""},
	{"before in flow", "a: {x: 1}\n", before("x"), ""},
	{"replace a line", "a: |\n  go a\n    go b\n  go c\n", line("  go b", "  stop"), "a: |\n  go a\n    stop\n  go c\n"},
	{"replace the last line", "a: |-\n  go a\n  go b", line("go b", "stop"), "a: |-\n  go a\n  stop"},
	{"replace a line that stands twice", "a: |\n  go\n  go\n", line("go", "stop"), ""},
	{"replace a line of a plain value", "a: go\n", line("go", "stop"), ""},
	{"drop a line", "a: |\n  go a\n\n  go b\nb: 1\n", func(t *Text) (*Text, error) { return t.DropLine(Path{"a"}, "go a") }, "a: |\n\n  go b\nb: 1\n"},
	{"rename", "a:\n  x: 1 # x\n", func(t *Text) (*Text, error) { return t.Rename(Path{"a"}, "x", "n") }, "a:\n  n: 1 # x\n"},
	{"rename in flow and quotes", "a: { 'x': 1, y: 2 }\n", func(t *Text) (*Text, error) { return t.Rename(Path{"a"}, "x", "n") }, "a: { n: 1, y: 2 }\n"},
	{"rename to one that is there", "a: { x: 1, y: 2 }\n", func(t *Text) (*Text, error) { return t.Rename(Path{"a"}, "x", "y") }, ""},
	{"append an item", "a:\n  - x\nb: 1\n", item("n"), "a:\n  - x\n  - n\nb: 1\n"},
	{"append an item in flow", "a: [x, 'y, z' ] # c\n", item("n"), "a: [x, 'y, z', n ] # c\n"},
	{"append an item to a word", "a: x\n", item("n"), ""},
}

func before(key string) editing {
	return func(t *Text) (*Text, error) { return t.Before(Path{"a"}, key, "n:\n\tm: 3") }
}

func line(old, next string) editing {
	return func(t *Text) (*Text, error) { return t.ReplaceLine(Path{"a"}, old, next) }
}

func item(s Snippet) editing {
	return func(t *Text) (*Text, error) { return t.AppendItem(Path{"a"}, s) }
}

func TestMoreEdits(t *testing.T) {
	for _, e := range more {
		text, err := Parse([]byte(e.src))
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		got, err := e.how(text)
		if (err != nil) != (e.want == "") {
			t.Errorf("%s: %v", e.name, err)
		} else if err == nil && string(got.Bytes()) != e.want {
			t.Errorf("%s:\n%q\nwanted\n%q", e.name, got.Bytes(), e.want)
		}
	}
}

func TestEntries(t *testing.T) {
	text, err := Parse([]byte("a:\n    x: 1 # one\n    y:\n        - 2\n    # of z\n    z: &p 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := text.Entries(Path{"a"}, "y", "none", "x")
	if want := "y:\n    - 2\nx: 1 # one"; err != nil || strings.Join(got, "\n") != want {
		t.Errorf("%q %v", got, err)
	}
	if _, err := text.Entries(Path{"a"}, "z"); err == nil {
		t.Error("an anchor was copied")
	}
	if column, err := text.Column(Path{"a"}); err != nil || column != 4 {
		t.Errorf("%d %v", column, err)
	}
}
