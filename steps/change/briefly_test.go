package change

import (
	"slices"
	"testing"
)

// TestARunOfLinesNamesItsOriginOnce: and what begins anew names it again.
func TestARunOfLinesNamesItsOriginOnce(t *testing.T) {
	lines := []DiffLine{{'+', "a", "x"}, {'+', "b", "x"}, {'-', "c", "x"}, {'+', "d", "y"}, {'+', "e", ""}, {'+', "f", "y"}}
	want := []DiffLine{{'+', "a", "x"}, {'+', "b", ""}, {'-', "c", "x"}, {'+', "d", "y"}, {'+', "e", ""}, {'+', "f", "y"}}
	if got := Briefly(lines); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if lines[1].Origin != "x" {
		t.Error("the lines themselves were changed")
	}
	if got := Briefly(nil); len(got) != 0 {
		t.Error(got)
	}
}
