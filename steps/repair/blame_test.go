package repair

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestBlameFollowsEveryLine: over any number of edits a line of the original is
// known by its number, whatever came before it.
func TestBlameFollowsEveryLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 12).Draw(t, "text")
		src := strings.Join(text, "\n")
		b, now := newBlame([]byte(src)), src
		for i := range rapid.IntRange(1, 4).Draw(t, "edits") {
			lines := strings.Split(now, "\n")
			at := rapid.IntRange(0, len(lines)).Draw(t, "at")
			gone := rapid.IntRange(0, len(lines)-at).Draw(t, "gone")
			added := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "x", "y", ""}), 0, 4).Draw(t, "added")
			next := strings.Join(append(append(append([]string{}, lines[:at]...), added...), lines[at+gone:]...), "\n")
			b.follow(now, next, fmt.Sprint("check ", i))
			now = next
		}
		f := File{Before: []byte(src), After: []byte(now), Added: b.added(), Dropped: b.dropped}
		if a, z := kept(f.Before, f.Dropped), kept(f.After, f.Added); strings.Join(a, "|") != strings.Join(z, "|") {
			t.Fatalf("%q\n%q\n%v %v", src, now, f.Dropped, f.Added)
		}
	})
}
