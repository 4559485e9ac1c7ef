package pysource_test

import (
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect/worktree/python/pysource"
)

func TestAssignment(t *testing.T) {
	for _, c := range []struct {
		name, source, value string
		outcome             pysource.Outcome
		line                int
	}{
		{"plain", "import os\n__version__ = '1.2.3'\n", "1.2.3", pysource.Plain, 2},
		{"annotated", "__version__: Final[str] = \"1\"", "1", pysource.Plain, 1},
		{"chain", "version = __version__ = '2'", "2", pysource.Plain, 1},
		{"triple quotes", "__version__ = '''3'''", "3", pysource.Plain, 1},
		{"in brackets is code", "__version__ = ('4')", "", pysource.Computed, 1},
		{"adjacent strings", "__version__ = '4' '.1'", "4.1", pysource.Plain, 1},
		{"crlf and comment", "# hi\r\n__version__ = '5' # five\r\n", "5", pysource.Plain, 2},
		{"after a docstring with the name", "\"\"\"\n__version__ = 'no'\n\"\"\"\n__version__ = '6'\n", "6", pysource.Plain, 4},
		{"concatenation is code", "__version__ = '1' + x", "", pysource.Computed, 1},
		{"format string is code", "__version__ = f'{x}'", "", pysource.Computed, 1},
		{"call is code", "__version__ = get('1')", "", pysource.Computed, 1},
		{"escape is not plain", `__version__ = '\x31'`, "", pysource.Computed, 1},
		{"set twice", "__version__ = '1'\n__version__ = '2'\n", "", pysource.Computed, 2},
		{"added to", "__version__ = '1'\n__version__ += '.dev'\n", "", pysource.Computed, 2},
		{"in a branch", "if x:\n    __version__ = '1'\n", "", pysource.Computed, 2},
		{"imported", "from ._v import __version__\n", "", pysource.Computed, 1},
		{"imported under the name", "from ._v import v as __version__\n", "", pysource.Computed, 1},
		{"keyword argument of a call", "f(\n__version__='1')\n", "", pysource.NotThere, 0},
		{"compared", "__version__ = '1'\nassert __version__ == '1'\n", "1", pysource.Plain, 1},
		{"not there", "version = '1'\n", "", pysource.NotThere, 0},
		{"empty", "", "", pysource.NotThere, 0},
		{"unclosed", "__version__ = '1", "", pysource.Computed, 1},
		{"bound by for", "__version__ = '1'\nfor a, __version__ in x: pass\n", "", pysource.Computed, 2},
		{"bound by with", "__version__ = '1'\nwith f() as __version__: pass\n", "", pysource.Computed, 2},
		{"bound within an expression", "__version__ = '1'\nif (__version__ := f()): pass\n", "", pysource.Computed, 2},
		{"a function of that name", "__version__ = '1'\ndef __version__(): pass\n", "", pysource.Computed, 2},
		{"looked for in something", "__version__ = '1'\nx = [v for v in (__version__,)]\n", "1", pysource.Plain, 1},
		{"continued line", "__version__ = \\\n  '7'\n", "7", pysource.Plain, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, outcome := pysource.Assignment(c.source, "__version__")
			if outcome != c.outcome || got.Value != c.value || got.Line != c.line {
				t.Errorf("got %q, line %d, outcome %d; want %q, %d, %d", got.Value, got.Line, outcome, c.value, c.line, c.outcome)
			}
		})
	}
}

func TestOnlyCall(t *testing.T) {
	source := `from setuptools import setup
def setup_package(): pass
setup(
    name="thing",  # the name
    version=VERSION,
    description=("in " "brackets"),
    packages=find_packages(exclude=["version"]),
    classifiers=["A", "B"],
    license='MIT',
)
`
	call, ok := pysource.OnlyCall(source, "setup")
	if !ok || call.Line != 3 || call.Unpacks() {
		t.Fatalf("call = %+v, %v", call, ok)
	}
	if got, outcome := call.Keyword("name"); outcome != pysource.Plain || got.Value != "thing" || got.Line != 4 {
		t.Errorf("name = %+v, %v", got, outcome)
	}
	if _, outcome := call.Keyword("version"); outcome != pysource.Computed {
		t.Errorf("version outcome = %v", outcome)
	}
	if call.Name("version") != "VERSION" || call.Name("name") != "" || call.Name("packages") != "" || call.Name("url") != "" {
		t.Errorf("names: %q, %q, %q, %q", call.Name("version"), call.Name("name"), call.Name("packages"), call.Name("url"))
	}
	if _, outcome := call.Keyword("url"); outcome != pysource.NotThere {
		t.Errorf("url outcome = %v", outcome)
	}
	if got := call.KeywordStrings("classifiers"); len(got) != 2 || got[1].Value != "B" {
		t.Errorf("classifiers = %v", got)
	}
	for _, two := range []string{"setup(name='a')\nsetup(name='b')\n", "print('setup(')\n", "x = 1"} {
		if _, ok := pysource.OnlyCall(two, "setup"); ok {
			t.Errorf("one call found in %q", two)
		}
	}
	if call, ok := pysource.OnlyCall("setuptools.setup(**meta)", "setup"); !ok || !call.Unpacks() {
		t.Errorf("unpacking was not seen: %+v, %v", call, ok)
	}
}

func TestDocstring(t *testing.T) {
	for _, c := range []struct {
		name, source, value string
		outcome             pysource.Outcome
		line                int
	}{
		{"plain", "\"\"\"One.\n\nMore.\"\"\"\n", "One.\n\nMore.", pysource.Plain, 1},
		{"behind comments and blank lines", "#!/bin/python\n# -*- coding: utf-8 -*-\n\n'x'\n", "x", pysource.Plain, 4},
		{"in two parts", "'a' \"b\"\n", "ab", pysource.Plain, 1},
		{"behind a mark", "\ufeff'x'\n", "x", pysource.Plain, 1},
		{"behind an import", "import os\n'x'\n", "", pysource.NotThere, 0},
		{"an expression", "'x'.strip()\n", "", pysource.NotThere, 1},
		{"a format string is none", "f'{x}'\n", "", pysource.Computed, 1},
		{"escapes", "'\\x41'\n", "", pysource.Computed, 1},
		{"empty", "", "", pysource.NotThere, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, outcome := pysource.Docstring(c.source)
			if outcome != c.outcome || got.Value != c.value || got.Line != c.line {
				t.Errorf("got %q, line %d, outcome %d; want %q, %d, %d", got.Value, got.Line, outcome, c.value, c.line, c.outcome)
			}
		})
	}
}

func FuzzSource(f *testing.F) {
	f.Add("__version__ = '1'\nsetup(name='x')\n")
	f.Add("\"\"\"\\\n'")
	f.Add("a=(\\\r\n'\\")
	f.Fuzz(func(t *testing.T, source string) {
		pysource.Assignment(source, "__version__")
		if call, ok := pysource.OnlyCall(source, "setup"); ok {
			call.Keyword("name")
			call.KeywordStrings("classifiers")
			call.KeywordPairs("project_urls")
			call.Name("version")
		}
		lines := 1 + strings.Count(source, "\n")
		if doc, outcome := pysource.Docstring(source); outcome == pysource.Plain && (doc.Line < 1 || doc.Line > lines) {
			t.Errorf("a docstring on line %d of %d", doc.Line, lines)
		}
	})
}
