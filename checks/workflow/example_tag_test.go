package workflow

import (
	"testing"

	"pgregory.net/rapid"
)

func TestExampleTag(t *testing.T) {
	for _, row := range []struct {
		tags, ignore []string
		want         string
	}{
		{nil, nil, "v1.2.0"},
		{[]string{"v*"}, nil, "v1.2.0"},
		{[]string{"[0-9]+.[0-9]+.[0-9]+"}, nil, "1.2.0"},
		{[]string{"releases/v[0-9]*"}, nil, "releases/v1.2.0"},
		{[]string{"market-data-v*"}, nil, "market-data-v1.2.0"},
		{[]string{"market-data/*"}, nil, "market-data/1.2.0"},
		{[]string{"*-stable"}, nil, "1.2.0-stable"},
		{[]string{"x[a-c]+/v[0-9]"}, nil, "xa/v1"},
		{[]string{"*_v*"}, nil, "x_v1.2.0"},
		{[]string{"*@*"}, nil, "x@1.2.0"},
		{[]string{"**/v**"}, nil, "v1.2.0"},
		{[]string{"!v*"}, nil, ""},
		{[]string{"v*", "!v1.*"}, nil, ""},
		{[]string{"*", "!*v1*", "!1*"}, nil, ""},
		{nil, []string{"v*"}, "1.2.0"},
		{nil, []string{"**"}, ""},
	} {
		trigger := Trigger{Event: "push", Tags: row.tags, TagsIgnore: row.ignore}
		if got, ok := trigger.ExampleTag("1.2.0"); got != row.want || ok != (row.want != "") {
			t.Errorf("%v %v: %q, %v", row.tags, row.ignore, got, ok)
		}
	}
}

// TestExampleTagFires: what is offered as an example starts the workflow.
func TestExampleTagFires(t *testing.T) {
	piece := rapid.SampledFrom([]string{"v", "*", "**", "[0-9]", "[0-9]+", ".", "-", "/", "a?", "release", "[!a-z]"})
	rapid.Check(t, func(t *rapid.T) {
		var pattern string
		for _, p := range rapid.SliceOfN(piece, 1, 6).Draw(t, "pieces") {
			pattern += p
		}
		trigger := Trigger{Event: "push", Tags: []string{pattern}}
		tag, ok := trigger.ExampleTag("1.2.0")
		if !ok {
			t.Fatalf("no example for %q", pattern)
		}
		if !MatchFilter(pattern, tag) {
			t.Fatalf("%q is no example of %q", tag, pattern)
		}
	})
}
