package change

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// inverseRuleset deletes a ruleset that the change added, as long as it is what
// the change made.
func (t *Tools) inverseRuleset(ctx context.Context, e journal.Entry, name string) (Change, error) {
	after, err := decoded[RulesetState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	now, err := t.sameRuleset(ctx, after)
	if err != nil {
		return Change{}, err
	}
	return Change{
		ID: "ruleset:" + name, Title: "Delete the ruleset " + name, Preview: rulesetDiff(now, RulesetState{}), Before: now, After: RulesetState{},
		Perform: func(ctx context.Context, h Hands) error { return t.deleteRuleset(ctx, h, after) },
	}, nil
}

// sameRuleset reads the ruleset and holds that it is what the change made.
func (t *Tools) sameRuleset(ctx context.Context, after RulesetState) (RulesetState, error) {
	api, err := t.api()
	if err != nil {
		return RulesetState{}, err
	}
	now, err := t.findRuleset(ctx, api, after.Name)
	switch {
	case err != nil:
		return now, err
	case !now.Exists:
		return now, ErrAsBefore
	case !equalRulesets(now, after):
		return now, &MovedOnError{What: "the ruleset " + after.Name, Diff: rulesetDiff(after, now)}
	}
	return now, nil
}

func (t *Tools) deleteRuleset(ctx context.Context, h Hands, after RulesetState) error {
	h.progress("Reading the ruleset %s", after.Name)
	now, err := t.sameRuleset(ctx, after)
	if err != nil {
		return err
	}
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Deleting the ruleset %s", after.Name)
	if _, err := api.Do(ctx, http.MethodDelete, fmt.Sprintf("%s/%d", t.rulesets(), now.ID), nil, nil); err != nil {
		return fmt.Errorf("delete the ruleset %s: %w%s", after.Name, err, rulesetHint(err))
	}
	return nil
}

func equalRulesets(a, b RulesetState) bool {
	self := func(s string) string { return s }
	return a.Target == b.Target && a.Enforcement == b.Enforcement && sameSet(a.Include, b.Include, self) && sameSet(a.Exclude, b.Exclude, self) &&
		sameSet(ruleTypes(a.Rules), ruleTypes(b.Rules), self) && adminsPass(a.Bypass) == adminsPass(b.Bypass) && len(a.Bypass) == len(b.Bypass)
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
