package change

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestNobodyIsLockedOut(t *testing.T) {
	alone := EnvironmentWish{Name: "my/env", Reviewers: []Reviewer{{"User", 1, "ana"}}, PreventSelfReview: true}
	if _, err := Merge(StateOf(nil), alone); err == nil || !strings.Contains(err.Error(), "ana") {
		t.Error(err)
	}
	there := EnvironmentState{Exists: true, Reviewers: []Reviewer{{"User", 2, "bo"}}}
	if _, err := Merge(there, alone); err != nil {
		t.Errorf("two can approve: %v", err)
	}
	many := EnvironmentWish{Name: "my/env"}
	for id := range int64(7) {
		many.Reviewers = append(many.Reviewers, Reviewer{"User", id, "x"})
	}
	if _, err := Merge(StateOf(nil), many); err == nil || !strings.Contains(err.Error(), "takes 6") {
		t.Error(err)
	}
}

var (
	anyReviewer = rapid.Custom(func(t *rapid.T) Reviewer {
		id := rapid.Int64Range(1, 5).Draw(t, "id")
		return Reviewer{rapid.SampledFrom([]string{"User", "Team"}).Draw(t, "type"), id, "n" + strconv.FormatInt(id, 10)}
	})
	anyRef = rapid.Custom(func(t *rapid.T) Ref {
		return Ref{rapid.SampledFrom([]string{"branch", "tag"}).Draw(t, "type"), rapid.SampledFrom([]string{"v*", "main", "*"}).Draw(t, "pattern")}
	})
	anyState = rapid.Custom(func(t *rapid.T) EnvironmentState {
		s := EnvironmentState{Exists: rapid.Bool().Draw(t, "exists"), Policy: evidence.RefsAll}
		if s.Exists {
			s.WaitMinutes = rapid.IntRange(0, 90).Draw(t, "wait")
			s.Reviewers = rapid.SliceOfNDistinct(anyReviewer, 0, 3, func(r Reviewer) Reviewer { return r }).Draw(t, "reviewers")
			s.PreventSelfReview = len(s.Reviewers) > 0 && rapid.Bool().Draw(t, "prevent")
			s.NoBypass = rapid.Bool().Draw(t, "no bypass")
			s.Policy = rapid.SampledFrom([]evidence.RefPolicy{evidence.RefsAll, evidence.RefsProtected, evidence.RefsCustom}).Draw(t, "policy")
		}
		if s.Policy == evidence.RefsCustom {
			s.Refs = rapid.SliceOfNDistinct(anyRef, 0, 3, func(r Ref) Ref { return r }).Draw(t, "refs")
		}
		return s
	})
	anyWish = rapid.Custom(func(t *rapid.T) EnvironmentWish {
		return EnvironmentWish{Name: "my/env", Reviewers: rapid.SliceOfN(anyReviewer, 0, 3).Draw(t, "reviewers"),
			PreventSelfReview: rapid.Bool().Draw(t, "prevent"), NoBypass: rapid.Bool().Draw(t, "no bypass"), Refs: rapid.SliceOfN(anyRef, 0, 3).Draw(t, "refs")}
	})
)

// TestNeverWeakens: whatever stands and whatever is wished, nothing that
// protects is lost, all that is wished is there, and to ask again changes
// nothing.
func TestNeverWeakens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, w := anyState.Draw(t, "now"), anyWish.Draw(t, "wish")
		before, _ := json.Marshal(now)
		then, err := Merge(now, w)
		if after, _ := json.Marshal(now); string(before) != string(after) {
			t.Fatal("the state given was changed")
		}
		if err != nil {
			return
		}
		if missing := lacking(EnvironmentState{Reviewers: now.Reviewers, PreventSelfReview: now.PreventSelfReview, WaitMinutes: now.WaitMinutes, NoBypass: now.NoBypass, Policy: then.Policy}, then); len(missing) > 0 {
			t.Fatalf("lost: %v", missing)
		}
		if now.Policy != evidence.RefsAll && then.Policy == evidence.RefsAll {
			t.Fatal("every ref may deploy now")
		}
		for _, r := range then.Refs {
			if !slices.Contains(now.Refs, r) && !slices.Contains(w.Refs, r) {
				t.Fatalf("%s was not asked for", r)
			}
		}
		for _, r := range now.Refs {
			if !slices.Contains(then.Refs, r) {
				t.Fatalf("the rule %s is gone", r)
			}
		}
		for _, r := range w.Refs {
			if !slices.Contains(then.Refs, r) {
				t.Fatalf("%s is not there", r)
			}
		}
		again, err := Merge(then, w)
		if diff := cmp.Diff(then, again); err != nil || diff != "" {
			t.Fatalf("not settled: %v %s", err, diff)
		}
	})
}
