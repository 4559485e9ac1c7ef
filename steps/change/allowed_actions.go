package change

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// AllowedState are the patterns of actions that the repository lets in.
type AllowedState struct {
	Patterns []string `json:"patterns_allowed"`
}

var allowedActions = setting{"the list of allowed actions", "/actions/permissions/selected-actions"}

const patternsField = "patterns_allowed"

// AllowActions makes a change that adds patterns to those of the actions that the
// repository lets in; whatever else lets actions in, or blocks them, stays.
func (t *Tools) AllowActions(now, add []string, origin string) Change {
	after := slices.Concat(now, add)
	c := Change{ID: "allowed-actions", Title: "Allow " + strings.Join(add, ", "), Before: AllowedState{now}, After: AllowedState{after},
		Perform: func(ctx context.Context, h Hands) error { return t.editPatterns(ctx, h, add, nil) }}
	for _, p := range add {
		c.Preview = append(c.Preview, DiffLine{Op: '+', Text: "allowed action " + p, Origin: origin})
	}
	return c
}

func (t *Tools) editPatterns(ctx context.Context, h Hands, add, drop []string) error {
	return t.writeSetting(ctx, h, allowedActions, func(f fields) error {
		patterns, err := patternsOf(f)
		if err != nil {
			return err
		}
		patterns = slices.DeleteFunc(patterns, func(p string) bool { return slices.Contains(drop, p) })
		for _, p := range add {
			if !slices.Contains(patterns, p) {
				patterns = append(patterns, p)
			}
		}
		f[patternsField], err = json.Marshal(patterns)
		return err
	})
}

func patternsOf(f fields) ([]string, error) {
	patterns := []string{}
	if raw := f[patternsField]; raw != nil {
		if err := json.Unmarshal(raw, &patterns); err != nil {
			return nil, fmt.Errorf("its patterns cannot be read: %w", err)
		}
	}
	return patterns, nil
}

// inverseAllowed takes the patterns out again that the change added, as long as
// the list is what the change made.
func (t *Tools) inverseAllowed(ctx context.Context, e journal.Entry) (Change, error) {
	before, err := decoded[AllowedState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	after, err := decoded[AllowedState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	f, err := t.readSetting(ctx, allowedActions)
	if err != nil {
		return Change{}, err
	}
	now, err := patternsOf(f)
	self := func(s string) string { return s }
	switch {
	case err != nil:
		return Change{}, err
	case sameSet(now, before.Patterns, self):
		return Change{}, ErrAsBefore
	case !sameSet(now, after.Patterns, self):
		return Change{}, &MovedOnError{What: allowedActions.what, Diff: Diff("allowed actions", strings.Join(after.Patterns, "\n"), strings.Join(now, "\n"))}
	}
	added := slices.DeleteFunc(slices.Clone(after.Patterns), func(p string) bool { return slices.Contains(before.Patterns, p) })
	c := Change{ID: e.ID, Title: "Allow " + strings.Join(added, ", ") + " no longer", Before: after, After: before,
		Perform: func(ctx context.Context, h Hands) error { return t.editPatterns(ctx, h, nil, added) }}
	for _, p := range added {
		c.Preview = append(c.Preview, DiffLine{Op: '-', Text: "allowed action " + p})
	}
	return c, nil
}
