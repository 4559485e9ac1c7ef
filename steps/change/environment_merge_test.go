package change

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

func TestNobodyIsLockedOut(t *testing.T) {
	for name, c := range map[string]struct {
		reviewers []Reviewer
		members   map[int64][]string
		says      string
	}{
		"a team of one":             {[]Reviewer{{"Team", 7, "core"}}, map[int64][]string{7: {"ana"}}, "the team core (ana)"},
		"an empty team":             {[]Reviewer{{"Team", 7, "core"}}, map[int64][]string{7: {}}, "the team core (nobody)"},
		"one person twice":          {[]Reviewer{{"Team", 7, "core"}, {"User", 1, "Ana"}}, map[int64][]string{7: {"ana"}}, "Ana"},
		"a team that is not known":  {[]Reviewer{{"Team", 7, "core"}}, nil, ""},
		"a team of two":             {[]Reviewer{{"Team", 7, "core"}}, map[int64][]string{7: {"ana", "bo"}}, ""},
		"a team of one and another": {[]Reviewer{{"Team", 7, "core"}, {"User", 2, "bo"}}, map[int64][]string{7: {"ana"}}, ""},
	} {
		_, err := Merge(StateOf(nil), EnvironmentWish{Name: "my/env", Reviewers: c.reviewers, Members: c.members, PreventSelfReview: true})
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
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
		return EnvironmentWish{Name: "my/env", Reviewers: rapid.SliceOfN(anyReviewer, 0, 3).Draw(t, "reviewers"), WaitMinutes: rapid.SampledFrom([]int{0, 0, 20, 60}).Draw(t, "timer"),
			Members: map[int64][]string{1: {"n1"}, 2: {"n1", "n2"}, 3: {}}, Drop: rapid.SliceOfN(anyRef, 0, 2).Draw(t, "drop"),
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
			if !slices.Contains(then.Refs, r) && !slices.Contains(w.Drop, r) {
				t.Fatalf("the rule %s is gone", r)
			}
		}
		for _, r := range w.Refs {
			if !slices.Contains(then.Refs, r) {
				t.Fatalf("%s is not there", r)
			}
		}
		if then.WaitMinutes < w.WaitMinutes {
			t.Fatal("the wait timer is shorter than asked")
		}
		again, err := Merge(then, w)
		if diff := cmp.Diff(then, again); err != nil || diff != "" {
			t.Fatalf("not settled: %v %s", err, diff)
		}
	})
}

func TestTooManyRules(t *testing.T) {
	full := EnvironmentState{Exists: true, Policy: evidence.RefsAll, Apps: []string{"a", "b", "c", "d", "e"}}
	if _, err := Merge(full, EnvironmentWish{Name: "my/env", Refs: []Ref{{"tag", "v*"}}}); err != nil {
		t.Errorf("six are taken: %v", err)
	}
	if _, err := Merge(full, EnvironmentWish{Name: "my/env", Refs: []Ref{{"tag", "v*"}}, WaitMinutes: 5}); err == nil || !strings.Contains(err.Error(), "7 protection rules with those of its apps (a, b, c, d, e)") {
		t.Error(err)
	}
}

func TestSomethingMayPublishStill(t *testing.T) {
	now := EnvironmentState{Exists: true, Policy: evidence.RefsCustom, Refs: []Ref{{"branch", "*"}}}
	if _, err := Merge(now, EnvironmentWish{Name: "my/env", Drop: now.Refs}); err == nil || !strings.Contains(err.Error(), "nothing could publish") {
		t.Error(err)
	}
}

// TestUndoBringsBackWhatWas: whatever stood and whatever was wished, broken off
// after any of its writes or not, and taken up again or not, what is taken back is
// what was.
func TestUndoBringsBackWhatWas(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		was, w := anyState.Draw(r, "was"), anyWish.Draw(r, "wish")
		if _, err := Merge(was, w); err != nil {
			r.Skip(err)
		}
		u := undoable{environments: &environments{t: t, state: was, dies: rapid.IntRange(0, 4).Draw(r, "dies")}}
		tools := &Tools{GitHub: toward(t, u), Repo: market}
		var made []journal.Entry
		again := rapid.Bool().Draw(r, "again")
		for {
			c, err := tools.Environment(u.state, w)
			if err != nil {
				r.Fatal(err)
			}
			made = append(made, kept(t, c))
			broken := c.Perform(t.Context(), Hands{})
			u.dies = 0
			if broken == nil || !again {
				break
			}
		}
		for _, entry := range slices.Backward(made) {
			inverse, err := tools.Inverse(t.Context(), entry)
			if errors.Is(err, ErrAsBefore) {
				continue
			}
			if err != nil {
				r.Fatal(err)
			}
			if err := inverse.Perform(t.Context(), Hands{}); err != nil {
				r.Fatal(err)
			}
		}
		if !equalEnvironments(was, u.state) {
			r.Fatalf("was %+v\nis %+v", was, u.state)
		}
	})
}
