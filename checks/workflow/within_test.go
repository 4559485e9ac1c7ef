package workflow

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWithin(t *testing.T) {
	for _, row := range []struct {
		filter, policy string
		want           bool
	}{
		{"v*", "v*", true},
		{"v*", "*", true},
		{"*", "*", true},
		{"v*", "v*.*", false},
		{"v[0-9]+.[0-9]+.[0-9]+", "v*", true},
		{"v[0-9]+.*", "v[0-9]*", false}, // the same sign means another thing there
		{"v1.2.3", "v1.2.3", true},
		{"data/v*", "data/v*", true},
		{"data/v*", "*", false},
		{"data/v*", "data/*", true},
		{"data/v*", "data/**/*", true},
		{"data/v*", "**/*", true},
		{"**", "*", false},
		{"**", "**/*", true},
		{"**", "**", false},
		{"v**", "v*", false},
		{"v*/x", "v*", false},
		{"v[!a]", "v*", false},
		{"v[+-9]", "v*", false},
		{"release-*", "v*", false},
		{"ve?", "ve*", false}, // takes "v", too
	} {
		if got := Within(row.filter, row.policy); got != row.want {
			t.Errorf("Within(%q, %q) = %v", row.filter, row.policy, got)
		}
	}
}

// What is proven holds: no name that the filter takes is missed by the policy.
func TestWhatIsWithinIsMatched(t *testing.T) {
	part := rapid.SampledFrom([]string{"v", "1", "/", "*", "**", "[0-9]", "[!a]", "[+-9]", "+", "?", ".", "!", `\`, "a", "{", "-"})
	pattern := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 1, 5).Draw(t, "parts"), "") })
	name := rapid.StringOfN(rapid.RuneFrom([]rune("v1/.a-+{!5")), 1, 6, -1)
	proven := 0
	rapid.Check(t, func(t *rapid.T) {
		filter := pattern.Draw(t, "filter")
		policy := rapid.SampledFrom([]string{filter, "*", "v*", "**/*", "v/**/*", "v1*", "**"}).Draw(t, "policy")
		if !Within(filter, policy) {
			return
		}
		proven++
		for _, n := range append(Examples(filter), rapid.SliceOfN(name, 20, 20).Draw(t, "names")...) {
			ref := !strings.HasPrefix(n, ".") && !strings.Contains(n, "/.") // git takes no such name
			if ref && MatchFilter(filter, n) && !MatchPolicy(policy, n) {
				t.Fatalf("%q is taken by %q and not matched by %q", n, filter, policy)
			}
		}
	})
	if proven == 0 {
		t.Error("nothing was proven")
	}
}

func TestExamplesAreTaken(t *testing.T) {
	for _, filter := range []string{"v*", "**", "v[0-9]+.[0-9]+.[0-9]+", "data/v*", "v1.2.3"} {
		tags := Examples(filter)
		if len(tags) == 0 {
			t.Errorf("none of %q", filter)
		}
		for _, tag := range tags {
			if !MatchFilter(filter, tag) {
				t.Errorf("%q is not taken by %q", tag, filter)
			}
		}
	}
}

func TestConditions(t *testing.T) {
	for filter, want := range map[string]string{
		"v*": "v*", "v[0-9]+.*": "v*", "v1.2.3": "v1.2.3", "**": "**/*", "data/v*": "data/v*", "data/**": "data/**/*", "v**": "v* v*/**/*", "v*/x": "v* v*/**/*", "[0-9]*": "*",
	} {
		if got := strings.Join(Conditions(filter), " "); got != want {
			t.Errorf("Conditions(%q) = %s, want %s", filter, got, want)
		}
	}
}

// The conditions cover the pattern, by proof and by what matches.
func TestConditionsCoverTheirPattern(t *testing.T) {
	part := rapid.SampledFrom([]string{"v", "1", "/", "*", "**", "[0-9]", "[!a]", "[+-9]", "+", "?", ".", "a", "-"})
	rapid.Check(t, func(t *rapid.T) {
		filter := strings.Join(rapid.SliceOfN(part, 1, 5).Draw(t, "parts"), "")
		conditions := Conditions(filter)
		if !WithinAll(filter, conditions) {
			t.Fatalf("%q is not proven to be within %q", filter, conditions)
		}
		for _, n := range Examples(filter) {
			match := func(policy string) bool { return MatchPolicy(policy, n) }
			if !strings.HasPrefix(n, ".") && !strings.Contains(n, "/.") && !slices.ContainsFunc(conditions, match) {
				t.Fatalf("%q is taken by %q and not matched by %q", n, filter, conditions)
			}
		}
	})
}
