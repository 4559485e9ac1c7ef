package github

import (
	"flag"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

var (
	patternPieces = []string{"a", "b", "v", "1", ".", "..", "/", "*", "?", "**/", "**", "[ab]", "[0-9]", "[!a]", "[^.]", "[", "]", `\`, "-", "[b-a]",
		"[a/b]", `[\]]`, "[]", "[!]", "[.]", "[+-9]", "{a,b}", "!", "ü", "release/", "v*"}
	nameLetters = []string{"a", "b", "v", "1", ".", "/", "-", "]", "+", "ü"}
)

// nameFor draws a name that has a chance to match: what the pattern's signs
// could stand for, or anything.
func nameFor(t *rapid.T, pattern string) string {
	if rapid.Bool().Draw(t, "any") {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(nameLetters), 1, 7).Draw(t, "letters"), "")
	}
	var out strings.Builder
	for _, c := range pattern {
		switch {
		case strings.ContainsRune("*?[", c):
			out.WriteString(strings.Join(rapid.SliceOfN(rapid.SampledFrom(nameLetters), 0, 3).Draw(t, "wild"), ""))
		case !strings.ContainsRune(`]\!^`, c):
			out.WriteRune(c)
		}
	}
	return out.String()
}

// The program's matching and this one were written apart, and must not differ.
func TestPoliciesMatchAsTheProgramSays(t *testing.T) {
	matched := 0
	many(t)
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(rapid.SampledFrom(patternPieces), 0, 6).Draw(t, "pattern"), "")
		name := nameFor(t, pattern)
		here := matches(pattern, name)
		if there := workflow.MatchPolicy(pattern, name); there != here {
			t.Fatalf("%q on %q: the practice world says %v, the program %v", pattern, name, here, there)
		}
		if here {
			matched++
		}
	})
	wanted := 1000
	if testing.Short() {
		wanted /= 5 // rapid draws a fifth
	}
	if matched < wanted {
		t.Errorf("only %d cases matched", matched)
	}
}

// many asks for 12000 cases.
func many(t *testing.T) {
	t.Helper()
	before := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", "12000"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", before) })
}
