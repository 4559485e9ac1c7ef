package change

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestEachLineHasItsReason: however far apart the edits of a text are, a line of
// the diff is told the reason of the line that it shows.
func TestEachLineHasItsReason(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(word, 1, 40).Draw(t, "before")
		after := append([]string{}, before...)
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(after)).Draw(t, "at")
			gone := rapid.IntRange(0, min(3, len(after)-at)).Draw(t, "gone")
			more := rapid.SliceOfN(word, 0, 12).Draw(t, "more")
			after = append(append(append([]string{}, after[:at]...), more...), after[at+gone:]...)
		}
		diff := DiffBecause("f", joined(before), joined(after), numbered(after), numbered(before))
		for _, l := range diff {
			if l.Op == ' ' {
				continue
			}
			number, text, _ := strings.Cut(l.Origin, " ")
			if text != l.Text {
				t.Fatalf("%c%q is taken for line %s, %q\n%v\n%v", l.Op, l.Text, number, text, before, after)
			}
		}
	})
}

func joined(lines []string) string { return strings.Join(lines, "\n") + "\n" }

// numbered gives each line itself for a reason, behind its number.
func numbered(lines []string) map[int]string {
	all := map[int]string{}
	for i, l := range lines {
		all[i+1] = fmt.Sprintf("%d %s", i+1, l)
	}
	return all
}
