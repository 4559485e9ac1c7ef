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
	return (&Tools{GitHub: toward(t, s), Repo: market}).Ruleset(wish).Perform(t.Context(), Hands{})
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

func TestRulesetsThatCannotBe(t *testing.T) {
	for name, row := range map[string]struct {
		server ruleServer
		says   string
	}{
		"not on the plan":    {ruleServer{refuse: `403 {"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}`}, "a private repository has them on GitHub Pro"},
		"not stored":         {ruleServer{drops: "update"}, "did not store the rule update"},
		"the name is taken":  {ruleServer{sets: []map[string]any{{"id": 1, "name": "Release tags", "target": "branch", "enforcement": "active"}}}, "lacks the target tag"},
		"one that does less": {ruleServer{sets: []map[string]any{{"id": 1, "name": "Release tags", "target": "tag", "enforcement": "evaluate"}}}, "one of that name is there, and lacks that it is active"},
		"invalid":            {ruleServer{refuse: `422 {"message":"Validation Failed"}`}, "Validation Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			there := len(row.server.sets)
			if err := guardedBy(t, &row.server, tagWish); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v, want %q", err, row.says)
			}
			if there > 0 && len(row.server.writes) > 0 {
				t.Errorf("somebody's ruleset was written: %v", row.server.writes)
			}
		})
	}
	c := (&Tools{Repo: market}).Ruleset(tagWish)
	if err := c.Perform(t.Context(), Hands{}); err == nil || !strings.Contains(err.Error(), "gh auth login") {
		t.Error(err)
	}
}

func TestPreviewOfARuleset(t *testing.T) {
	tools := &Tools{Repo: market}
	c := tools.Ruleset(tagWish)
	if got, want := previewText(c), "+ruleset Release tags\n+tag v*: administrators alone may create, move, delete it\n"; got != want || c.ID != "ruleset:Release tags" || c.Lasting != "" {
		t.Errorf("%+v\n%s", c, got)
	}
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
	c := tools.Ruleset(tagWish)
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
