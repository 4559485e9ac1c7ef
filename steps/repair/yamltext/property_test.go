package yamltext

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// written draws a mapping "a" of plain entries, in one of many ways of writing.
func written(t *rapid.T) (src string, keys []string) {
	indent := strings.Repeat(" ", rapid.IntRange(1, 8).Draw(t, "indent"))
	eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "eol")
	var b strings.Builder
	noise := func() {
		for range rapid.IntRange(0, 2).Draw(t, "noise") {
			b.WriteString(rapid.SampledFrom([]string{"", "# remark", indent + "# remark", indent + indent + "# remark", "  "}).Draw(t, "line") + eol)
		}
	}
	noise()
	b.WriteString("a:" + rapid.SampledFrom([]string{"", " ", " # the map"}).Draw(t, "head") + eol)
	for i := range rapid.IntRange(1, 5).Draw(t, "entries") {
		noise()
		keys = append(keys, fmt.Sprintf("k%d", i))
		value := rapid.SampledFrom([]string{"plain", "'it''s'", `"a \" b"`, "[1, {x: 2}]", "{}", "|" + eol + indent + "  # text" + eol + eol + indent + "  more", "two" + eol + indent + " lines",
			eol + indent + "- 1" + eol + indent + "- 2", eol + indent + "  x: 1"}).Draw(t, "value")
		b.WriteString(indent + keys[i] + ": " + value + rapid.SampledFrom([]string{"", "  "}).Draw(t, "blank") + eol)
	}
	if rapid.Bool().Draw(t, "more") {
		noise()
		b.WriteString("z: 1" + eol)
	}
	return b.String(), keys
}

// TestAddThenDrop: an entry that is added anywhere is one more line, and taking
// it out again gives the same bytes.
func TestAddThenDrop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, keys := written(t)
		text, err := Parse([]byte(src))
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		added, err := text.Add(Path{"a"}, "new: yes", rapid.SampledFrom(append(keys, "none")).Draw(t, "behind"))
		if err != nil {
			t.Fatalf("%v\n%q", err, src)
		}
		if added.Value(Path{"a", "new"}) != "yes" || len(added.Keys(Path{"a"})) != len(keys)+1 {
			t.Fatalf("%q", added.Bytes())
		}
		if more := bytes.Count(added.Bytes(), []byte("\n")) - strings.Count(src, "\n"); more != 1 {
			t.Fatalf("%d lines more", more)
		}
		back, err := added.Drop(Path{"a"}, "new")
		if err != nil || string(back.Bytes()) != src {
			t.Fatalf("%v\n%q\n%q", err, back.Bytes(), src)
		}
	})
}

// TestEveryOtherEntryStays: whatever is dropped or set, the rest of the tree is
// what it was.
func TestEveryOtherEntryStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, keys := written(t)
		text, err := Parse([]byte(src))
		if err != nil {
			t.Fatal(err)
		}
		key := rapid.SampledFrom(keys).Draw(t, "key")
		next, err := text.Drop(Path{"a"}, key)
		if err != nil {
			return // refused; TestEdits says what is not
		}
		for _, k := range keys {
			a, _ := text.value(Path{"a", k})
			b, there := next.value(Path{"a", k})
			if k == key && there || k != key && !equal(a, b) {
				t.Fatalf("%s: %v %v\n%s\n%s", k, a, b, src, next.Bytes())
			}
		}
	})
}

// FuzzEdits: no text makes an edit panic, and what an edit gives still parses.
func FuzzEdits(f *testing.F) {
	for _, e := range edits {
		f.Add([]byte(e.src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		text, err := Parse(src)
		if err != nil {
			return
		}
		for _, e := range edits {
			got, err := e.how(text)
			if err != nil {
				continue
			}
			if _, err := Parse(got.Bytes()); err != nil {
				t.Errorf("%s: %v\n%q\n%q", e.name, err, src, got.Bytes())
			}
		}
	})
}
