package workflow

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	judge "github.com/trustpub/gh-trustpub/checks/workflow"
)

var filterPieces = []string{"v", "1", "2", ".", "/", "*", "**", "**/", "[0-9]", "[0-9]+", "[12]", "1?", "v+", `\+`, `\*`, "[!1]", "[^1]", "+", "?", "-rc", "main", "release/", "ü"}

func drawPattern(t *rapid.T) string {
	pattern := strings.Join(rapid.SliceOfN(rapid.SampledFrom(filterPieces), 1, 5).Draw(t, "pattern"), "")
	if rapid.IntRange(0, 3).Draw(t, "excludes") == 0 {
		return "!" + pattern
	}
	return pattern
}

// drawRef draws a ref that has a chance to match one of the patterns.
func drawRef(t *rapid.T, patterns []string) string {
	kind := rapid.SampledFrom([]string{"refs/tags/", "refs/heads/"}).Draw(t, "kind")
	if len(patterns) == 0 || rapid.IntRange(0, 2).Draw(t, "any") == 0 {
		return kind + rapid.SampledFrom([]string{"v1", "v1.2.0", "v10.0.1-rc1", "main", "release/1", "release/1/2", "1.0", "a/b", "v1+x", "ü"}).Draw(t, "ref")
	}
	pattern := rapid.SampledFrom(patterns).Draw(t, "like")
	name := strings.NewReplacer("[0-9]", "1", "[12]", "2", "[!1]", "!", "[^1]", "^", "**/", rapid.SampledFrom([]string{"", "x/", "x/y/"}).Draw(t, "folders"),
		"**", "a/b", "*", "12", "?", "", `\+`, "+", "+", "", `\`, "", "!", "").Replace(pattern)
	return kind + name
}

// A push starts a file here when the program says so, and no other.
func TestPushesStartWhatTheProgramSays(t *testing.T) {
	started, cases := 0, 0
	many(t)
	rapid.Check(t, func(t *rapid.T) {
		var filters []string
		var all []string
		for _, key := range []string{rapid.SampledFrom([]string{"", "tags", "tags-ignore"}).Draw(t, "tags"), rapid.SampledFrom([]string{"", "branches", "branches-ignore"}).Draw(t, "branches")} {
			if key == "" {
				continue
			}
			patterns := rapid.SliceOfN(rapid.Custom(drawPattern), 1, 3).Draw(t, key)
			all = append(all, patterns...)
			filters = append(filters, fmt.Sprintf("%s: ['%s']", key, strings.Join(patterns, "', '")))
		}
		src := fmt.Sprintf("on: {push: {%s}}\njobs: {a: {runs-on: x, steps: [{run: y}]}}\n", strings.Join(filters, ", "))
		ref := drawRef(t, all)
		file, err := Read(judge.Dir+"a.yml", []byte(src))
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		here, _, err := file.Starts(Event{Name: "push", Ref: ref})
		if err != nil {
			return // GitHub refuses the file; the linter's check says so
		}
		there, why := judge.TriggerFires(judge.Parse(judge.Dir+"a.yml", []byte(src)), "push", ref)
		if there != here {
			t.Fatalf("%s at %s: the practice world says %v, the program %v (%s)", src, ref, here, there, why)
		}
		cases++
		if here {
			started++
		}
	})
	if cases < 10000 || started < 1000 {
		t.Errorf("%d cases were compared, of which %d start", cases, started)
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
