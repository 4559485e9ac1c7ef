package change

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// inverseRuleset deletes a ruleset that was not there before, or takes out of it
// what was added.
func (t *Tools) inverseRuleset(ctx context.Context, e journal.Entry, name string) (Change, error) {
	before, err := decoded[RulesetState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	after, err := decoded[RulesetState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	now, err := t.sameRuleset(ctx, before, after)
	if err != nil {
		return Change{}, err
	}
	title := "Put the ruleset " + name + " back as it was"
	if !before.Exists {
		title = "Delete the ruleset " + name
	}
	return Change{
		ID: "ruleset:" + name, Title: title, Preview: rulesetDiff(now, before), Before: now, After: before,
		Perform: func(ctx context.Context, h Hands) error { return t.restoreRuleset(ctx, h, before, after) },
	}, nil
}

// sameRuleset reads the ruleset and holds that it is what the change made of it.
func (t *Tools) sameRuleset(ctx context.Context, before, after RulesetState) (RulesetState, error) {
	api, err := t.api()
	if err != nil {
		return RulesetState{}, err
	}
	now, err := t.findRuleset(ctx, api, RulesetWish{Name: after.Name, Target: after.Target})
	switch {
	case err != nil:
		return now, err
	case equalRulesets(now, before):
		return now, ErrAsBefore
	case !equalRulesets(now, after):
		return now, &MovedOnError{What: "the ruleset " + after.Name, Diff: rulesetDiff(after, now)}
	}
	return now, nil
}

func (t *Tools) restoreRuleset(ctx context.Context, h Hands, before, after RulesetState) error {
	h.progress("Reading the ruleset %s", after.Name)
	now, err := t.sameRuleset(ctx, before, after)
	if err != nil {
		return err
	}
	api, err := t.api()
	if err != nil {
		return err
	}
	path := fmt.Sprintf("%s/%d", t.rulesets(), now.ID)
	if !before.Exists {
		h.progress("Deleting the ruleset %s", after.Name)
		if _, err := api.Do(ctx, http.MethodDelete, path, nil, nil); err != nil {
			return fmt.Errorf("delete the ruleset %s: %w%s", after.Name, err, rulesetHint(err))
		}
		return nil
	}
	h.progress("Writing the ruleset %s", after.Name)
	if _, err := api.Do(ctx, http.MethodPut, path, now.without(before).body(), nil); err != nil {
		return fmt.Errorf("write the ruleset %s: %w%s", after.Name, err, rulesetHint(err))
	}
	got, err := t.readRuleset(ctx, api, now.ID)
	if err != nil {
		return fmt.Errorf("read back the ruleset %s: %w", after.Name, err)
	}
	if !equalRulesets(got, before) {
		return &MovedOnError{What: "the ruleset " + after.Name + ", as GitHub stored it,", Diff: rulesetDiff(before, got)}
	}
	return nil
}

// without is a ruleset as it is now without what was not there before; rules
// that stay keep their parameters.
func (s RulesetState) without(before RulesetState) RulesetState {
	then, types := s, ruleTypes(before.Rules)
	then.Enforcement, then.Include = before.Enforcement, before.Include
	then.Rules = slices.DeleteFunc(slices.Clone(s.Rules), func(raw json.RawMessage) bool {
		return !slices.Contains(types, ruleTypes([]json.RawMessage{raw})[0])
	})
	if !adminsPass(before.Bypass) {
		then.Bypass = slices.DeleteFunc(slices.Clone(s.Bypass), func(raw json.RawMessage) bool { return adminsPass([]json.RawMessage{raw}) })
	}
	return then
}

func equalRulesets(a, b RulesetState) bool {
	if !a.Exists || !b.Exists {
		return a.Exists == b.Exists
	}
	self := func(s string) string { return s }
	return a.Target == b.Target && a.Enforcement == b.Enforcement && sameSet(a.Include, b.Include, self) && sameSet(a.Exclude, b.Exclude, self) &&
		sameSet(ruleTypes(a.Rules), ruleTypes(b.Rules), self) && adminsPass(a.Bypass) == adminsPass(b.Bypass)
}

// rulesetDiff shows how one state becomes another.
func rulesetDiff(from, to RulesetState) []DiffLine {
	lines := func(s RulesetState) []string {
		if !s.Exists {
			return nil
		}
		all := []string{"ruleset " + s.Name + ", " + s.Enforcement, "for " + s.Target + " " + strings.Join(s.Include, ", ")}
		for _, kind := range ruleTypes(s.Rules) {
			all = append(all, "rule "+kind)
		}
		if adminsPass(s.Bypass) {
			all = append(all, "administrators pass it by")
		}
		return all
	}
	var diff []DiffLine
	for _, text := range lines(from) {
		op := byte('-')
		if slices.Contains(lines(to), text) {
			op = ' '
		}
		diff = append(diff, DiffLine{Op: op, Text: text})
	}
	for _, text := range lines(to) {
		if !slices.Contains(lines(from), text) {
			diff = append(diff, DiffLine{Op: '+', Text: text})
		}
	}
	return diff
}
