package change

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// ruleServer answers as GitHub does for the rulesets of one repository.
type ruleServer struct {
	t    *testing.T
	sets []map[string]any
	// refuse is an answer to writes; drops is a rule that is taken and not stored.
	refuse, drops string
	writes        []string
}

func (s *ruleServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const base = "/repos/acme/market-data/rulesets"
	id, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, base+"/"))
	if r.Method != http.MethodGet {
		s.writes = append(s.writes, r.Method)
		if status, text, refused := strings.Cut(s.refuse, " "); refused {
			code, _ := strconv.Atoi(status)
			http.Error(w, text, code)
			return
		}
	}
	switch {
	case r.Method == http.MethodGet && r.URL.Path == base:
		if r.URL.Query().Get("includes_parents") != "false" {
			s.t.Error("asked for the organisation's rulesets too, which are not ours to change")
		}
		answer(w, append([]map[string]any{}, s.sets...))
	case r.Method == http.MethodPost:
		set := decode(s.t, r.Body)
		set["id"] = len(s.sets) + 1
		s.store(set)
		s.sets = append(s.sets, set)
		w.WriteHeader(http.StatusCreated)
		answer(w, set)
	case r.Method == http.MethodPut:
		set := decode(s.t, r.Body)
		set["id"] = id
		s.store(set)
		s.sets[id-1] = set
		answer(w, set)
	case r.Method == http.MethodDelete && id > 0:
		s.sets = slices.Delete(s.sets, id-1, id)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && id > 0:
		answer(w, s.sets[id-1])
	default:
		s.t.Errorf("unexpected %s %s", r.Method, r.URL)
	}
}

func (s *ruleServer) store(set map[string]any) {
	rules, _ := set["rules"].([]any)
	set["rules"] = slices.DeleteFunc(rules, func(r any) bool { return r.(map[string]any)["type"] == s.drops })
}

var tagWish = RulesetWish{Name: "Release tags", Target: "tag", Include: []string{"refs/tags/v*"}, Rules: []string{"creation", "update", "deletion"}, AdminsPass: true, Origin: "publish.yml:4"}

func guardedBy(t *testing.T, s *ruleServer, wish RulesetWish) error {
	t.Helper()
	s.t = t
	return (&Tools{GitHub: toward(t, s), Repo: market}).Ruleset(nil, wish).Perform(t.Context(), Hands{})
}

func stored(t *testing.T, set map[string]any) string {
	t.Helper()
	delete(set, "id")
	data, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRulesetIsAdded(t *testing.T) {
	s := &ruleServer{}
	if err := guardedBy(t, s, tagWish); err != nil {
		t.Fatal(err)
	}
	if err := guardedBy(t, s, tagWish); err != nil || len(s.writes) != 1 {
		t.Errorf("again: %v, writes %v", err, s.writes)
	}
	want := `{"bypass_actors":[{"actor_id":5,"actor_type":"RepositoryRole","bypass_mode":"always"}],"conditions":{"ref_name":{"exclude":[],"include":["refs/tags/v*"]}},"enforcement":"active","name":"Release tags","rules":[{"type":"creation"},{"type":"update"},{"type":"deletion"}],"target":"tag"}`
	if diff := cmp.Diff(want, stored(t, s.sets[0])); diff != "" {
		t.Error(diff)
	}
	branch := RulesetWish{Name: "Default branch", Target: "branch", Include: []string{"~DEFAULT_BRANCH"}, Rules: []string{"deletion", "non_fast_forward"}}
	if err := guardedBy(t, s, branch); err != nil || len(s.sets) != 2 {
		t.Errorf("%v, %d rulesets", err, len(s.sets))
	}
}

// TestARulesetOfThatNameIsExtended: what it holds stays, parameters that are not
// known here too.
func TestARulesetOfThatNameIsExtended(t *testing.T) {
	var there map[string]any
	if err := json.Unmarshal([]byte(`{"id":1,"name":"Release tags","target":"tag","enforcement":"evaluate","conditions":{"ref_name":{"include":["refs/tags/r*"],"exclude":["refs/tags/rx"]}},
		"rules":[{"type":"tag_name_pattern","parameters":{"operator":"starts_with","pattern":"v","name":"","negate":false}},{"type":"deletion"}],"bypass_actors":[{"actor_id":7,"actor_type":"Team","bypass_mode":"always"}]}`), &there); err != nil {
		t.Fatal(err)
	}
	s := &ruleServer{sets: []map[string]any{there}}
	if err := guardedBy(t, s, tagWish); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.writes, []string{"PUT"}) {
		t.Error(s.writes)
	}
	got := stored(t, s.sets[0])
	for _, want := range []string{`"enforcement":"active"`, `"include":["refs/tags/r*","refs/tags/v*"]`, `"exclude":["refs/tags/rx"]`, `"operator":"starts_with"`, `{"type":"deletion"},{"type":"creation"},{"type":"update"}`, `"actor_id":7`, `"actor_id":5`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestRulesetsThatCannotBe(t *testing.T) {
	for name, row := range map[string]struct {
		server ruleServer
		says   string
	}{
		"not on the plan":   {ruleServer{refuse: `403 {"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}`}, "a private repository has them on GitHub Pro"},
		"not stored":        {ruleServer{drops: "update"}, "did not store the rule update"},
		"the name is taken": {ruleServer{sets: []map[string]any{{"id": 1, "name": "Release tags", "target": "branch", "enforcement": "active"}}}, "rename it"},
		"invalid":           {ruleServer{refuse: `422 {"message":"Validation Failed"}`}, "Validation Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := guardedBy(t, &row.server, tagWish); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
		})
	}
	c := (&Tools{Repo: market}).Ruleset(nil, tagWish)
	if err := c.Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "gh auth login") {
		t.Error(err)
	}
}

func TestPreviewOfARuleset(t *testing.T) {
	tools := &Tools{Repo: market}
	c := tools.Ruleset(nil, tagWish)
	if got, want := previewText(c), "+ruleset Release tags\n+tag v*: administrators alone may create, move, delete it\n"; got != want || c.ID != "ruleset:Release tags" || c.Lasting != "" {
		t.Errorf("%+v\n%s", c, got)
	}
	seen := &evidence.Ruleset{ID: 3, Name: "Release tags", Target: "tag", Enforcement: "disabled", Rules: []evidence.Rule{{Type: "deletion"}},
		Bypass: evidence.Seen([]evidence.BypassActor{{Type: "Team", ID: 7, Mode: "always"}}, evidence.Source{})}
	c = tools.Ruleset(seen, tagWish)
	if got, want := previewText(c), " ruleset Release tags\n-enforcement disabled\n+enforcement active\n+tag v*: administrators alone may create, move, delete it\n"; got != want || !strings.HasPrefix(c.Title, "Extend") {
		t.Errorf("%s\n%s", c.Title, got)
	}
	if before, ok := c.Before.(RulesetState); !ok || !before.Exists || before.Enforcement != "disabled" || len(before.Bypass) != 1 {
		t.Errorf("%+v", c.Before)
	}
}

// TestFulfilKeepsWhatIsThere: whatever a ruleset holds, it holds it afterwards,
// and the wish too; to ask again adds nothing.
func TestFulfilKeepsWhatIsThere(t *testing.T) {
	kind := rapid.SampledFrom([]string{"creation", "update", "deletion", "non_fast_forward", "required_signatures"})
	rapid.Check(t, func(t *rapid.T) {
		wish := RulesetWish{Name: "n", Target: "tag", Include: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID[string]).Draw(t, "include"),
			Rules: rapid.SliceOfDistinct(kind, rapid.ID[string]).Draw(t, "rules"), AdminsPass: rapid.Bool().Draw(t, "admins")}
		now := RulesetState{Exists: true, Include: []string{"a", "z"}, Exclude: []string{"x"}, Enforcement: rapid.SampledFrom([]string{"active", "disabled"}).Draw(t, "enforcement")}
		for _, k := range rapid.SliceOfDistinct(kind, rapid.ID[string]).Draw(t, "there") {
			now.Rules = append(now.Rules, json.RawMessage(`{"type":"`+k+`","parameters":{}}`))
		}
		then := now.fulfil(wish)
		if missing := then.lacks(wish); len(missing) > 0 {
			t.Fatal(missing)
		}
		for _, r := range now.Rules {
			if !slices.ContainsFunc(then.Rules, func(o json.RawMessage) bool { return string(o) == string(r) }) {
				t.Fatalf("lost %s", r)
			}
		}
		if !slices.Contains(then.Include, "z") || !slices.Equal(then.Exclude, now.Exclude) {
			t.Fatalf("%+v", then)
		}
		if again := then.fulfil(wish); len(again.Rules) != len(then.Rules) || len(again.Include) != len(then.Include) || len(again.Bypass) != len(then.Bypass) {
			t.Fatal("not settled")
		}
	})
}

func TestRulesetCommands(t *testing.T) {
	lines := RulesetCommands(evidence.RepoName{Host: "example.ghe.com", Owner: "acme", Name: "x"}, tagWish)
	if len(lines) != 3 || lines[0] != "gh api --hostname example.ghe.com --method POST repos/acme/x/rulesets --input - <<'END'" || !strings.Contains(lines[1], `"refs/tags/v*"`) {
		t.Errorf("%q", lines)
	}
}

func TestARulesetIsTakenBack(t *testing.T) {
	s := &ruleServer{t: t}
	tools := &Tools{GitHub: toward(t, s), Repo: market}
	c := tools.Ruleset(nil, tagWish)
	perform(t, c)
	inverse, err := tools.Inverse(t.Context(), kept(t, c))
	if err != nil || inverse.Title != "Delete the ruleset Release tags" || !strings.Contains(diffText(inverse.Preview), "- rule update") {
		t.Fatalf("%+v, %v", inverse, err)
	}
	s.sets[0]["enforcement"] = "disabled"
	moved := new(MovedOnError)
	if err := inverse.Perform(t.Context(), Hands{}); !errors.As(err, &moved) || len(s.sets) != 1 {
		t.Errorf("deleted what somebody changed: %v", err)
	}
	s.sets[0]["enforcement"] = "active"
	perform(t, inverse)
	if len(s.sets) != 0 {
		t.Errorf("%v", s.sets)
	}
	if _, err := tools.Inverse(t.Context(), kept(t, c)); !errors.Is(err, ErrAsBefore) {
		t.Errorf("again: %v", err)
	}
}

// TestAnExtendedRulesetIsPutBack: without what was added, and with the parameters
// that it had.
func TestAnExtendedRulesetIsPutBack(t *testing.T) {
	var there map[string]any
	if err := json.Unmarshal([]byte(`{"id":1,"name":"Release tags","target":"tag","enforcement":"evaluate","conditions":{"ref_name":{"include":["refs/tags/r*"],"exclude":[]}},
		"rules":[{"type":"tag_name_pattern","parameters":{"operator":"starts_with","pattern":"v","name":"","negate":false}}],"bypass_actors":[]}`), &there); err != nil {
		t.Fatal(err)
	}
	s := &ruleServer{t: t, sets: []map[string]any{there}}
	tools := &Tools{GitHub: toward(t, s), Repo: market}
	seen := &evidence.Ruleset{ID: 1, Name: "Release tags", Target: "tag", Enforcement: "evaluate", Include: []string{"refs/tags/r*"}, Rules: []evidence.Rule{{Type: "tag_name_pattern"}}}
	c := tools.Ruleset(seen, tagWish)
	perform(t, c)
	inverse, err := tools.Inverse(t.Context(), kept(t, c))
	if err != nil || !strings.HasPrefix(inverse.Title, "Put the ruleset") {
		t.Fatalf("%+v, %v", inverse, err)
	}
	perform(t, inverse)
	want := `{"bypass_actors":[],"conditions":{"ref_name":{"exclude":[],"include":["refs/tags/r*"]}},"enforcement":"evaluate","name":"Release tags","rules":[{"parameters":{"name":"","negate":false,"operator":"starts_with","pattern":"v"},"type":"tag_name_pattern"}],"target":"tag"}`
	if diff := cmp.Diff(want, stored(t, s.sets[0])); diff != "" {
		t.Error(diff)
	}
}
