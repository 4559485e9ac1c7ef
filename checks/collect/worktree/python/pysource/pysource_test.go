package pysource_test

import (
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

func FuzzSource(f *testing.F) {
	f.Add("__version__ = '1'\nsetup(name='x')\n")
	f.Add("\"\"\"\\\n'")
	f.Add("a=(\\\r\n'\\")
	f.Fuzz(func(t *testing.T, source string) {
		pysource.Assignment(source, "__version__")
		if call, ok := pysource.OnlyCall(source, "setup"); ok {
			call.Keyword("name")
			call.KeywordStrings("classifiers")
		}
	})
}
