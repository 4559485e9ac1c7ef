package change

import (
	"encoding/json"
	"slices"
	"strings"
)

// RulesetState is a ruleset of the repository, as read or as asked for.
type RulesetState struct {
	Exists      bool              `json:"exists"`
	ID          int64             `json:"id,omitempty"`
	Name        string            `json:"name,omitempty"`
	Target      string            `json:"target,omitempty"`
	Enforcement string            `json:"enforcement,omitempty"`
	Include     []string          `json:"include,omitempty"`
	Exclude     []string          `json:"exclude,omitempty"`
	Rules       []json.RawMessage `json:"rules,omitempty"`
	Bypass      []json.RawMessage `json:"bypass,omitempty"`
}

// RulesetWish is a ruleset that is to be added.
type RulesetWish struct {
	Name string
	// Target is "branch" or "tag".
	Target string
	// Include are conditions on full refs.
	Include []string
	// Rules are rule types without parameters: creation, update, deletion,
	// non_fast_forward.
	Rules []string
	// AdminsPass lets administrators of the repository pass it by.
	AdminsPass bool
	// Origin says where the refs came from.
	Origin string
}

// adminRole is the id of the repository role "admin" in rulesets
// (docs.github.com, "REST API endpoints for rules", read 2026-08).
const adminRole = `{"actor_id":5,"actor_type":"RepositoryRole","bypass_mode":"always"}`

// state is the ruleset that is wished for.
func (w RulesetWish) state() RulesetState {
	s := RulesetState{Exists: true, Name: w.Name, Target: w.Target, Enforcement: "active", Include: w.Include}
	for _, kind := range w.Rules {
		s.Rules = append(s.Rules, json.RawMessage(`{"type":"`+kind+`"}`))
	}
	if w.AdminsPass {
		s.Bypass = []json.RawMessage{json.RawMessage(adminRole)}
	}
	return s
}

func ruleTypes(rules []json.RawMessage) []string {
	types := make([]string, len(rules))
	for i, raw := range rules {
		var rule struct {
			Type string `json:"type"`
		}
		_ = json.Unmarshal(raw, &rule) // one that cannot be read has no type that is asked for
		types[i] = rule.Type
	}
	return types
}

func adminsPass(bypass []json.RawMessage) bool {
	return slices.ContainsFunc(bypass, func(raw json.RawMessage) bool {
		var actor struct {
			ID   int64  `json:"actor_id"`
			Type string `json:"actor_type"`
			Mode string `json:"bypass_mode"`
		}
		return json.Unmarshal(raw, &actor) == nil && actor.Type == "RepositoryRole" && actor.ID == 5 && actor.Mode != "pull_request"
	})
}

// lacks names what a ruleset is to hold and does not.
func (s RulesetState) lacks(wish RulesetWish) []string {
	var missing []string
	add := func(is bool, what string) {
		if is {
			missing = append(missing, what)
		}
	}
	add(s.Target != wish.Target, "the target "+wish.Target)
	add(s.Enforcement != "active", "that it is active")
	for _, ref := range wish.Include {
		add(!slices.Contains(s.Include, ref), "the condition "+ref)
	}
	for _, kind := range wish.Rules {
		add(!slices.Contains(ruleTypes(s.Rules), kind), "the rule "+kind)
	}
	add(wish.AdminsPass && !adminsPass(s.Bypass), "that administrators pass it by")
	return missing
}

// body is the request for a state.
func (s RulesetState) body() map[string]any {
	bypass, exclude := s.Bypass, s.Exclude
	if bypass == nil {
		bypass = []json.RawMessage{}
	}
	if exclude == nil {
		exclude = []string{}
	}
	return map[string]any{"name": s.Name, "target": s.Target, "enforcement": s.Enforcement, "rules": s.Rules, "bypass_actors": bypass,
		"conditions": map[string]any{"ref_name": map[string]any{"include": s.Include, "exclude": exclude}}}
}

// ruleWords say what a rule keeps everybody from, for the preview.
var ruleWords = map[string]string{"creation": "create", "update": "move", "deletion": "delete", "non_fast_forward": "force-push to"}

func (w RulesetWish) preview() []DiffLine {
	var refs, acts []string
	for _, ref := range w.Include {
		refs = append(refs, refWords(ref))
	}
	for _, kind := range w.Rules {
		acts = append(acts, ruleWords[kind])
	}
	who := "nobody may "
	if w.AdminsPass {
		who = "administrators alone may "
	}
	return []DiffLine{{'+', "ruleset " + w.Name, ""}, {'+', strings.Join(refs, ", ") + ": " + who + strings.Join(acts, ", ") + " it", w.Origin}}
}

// refWords is a condition as people say it.
func refWords(ref string) string {
	switch pattern, ofTags := strings.CutPrefix(ref, "refs/tags/"); {
	case ofTags:
		return "tag " + pattern
	case ref == "~DEFAULT_BRANCH":
		return "the default branch"
	}
	return ref
}
