package change

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

// inverseEnvironment puts an environment back as it was, or takes away one that
// was not there.
func (t *Tools) inverseEnvironment(ctx context.Context, e journal.Entry, name string) (Change, error) {
	before, err := decoded[EnvironmentState](e, e.Before)
	if err != nil {
		return Change{}, err
	}
	after, err := decoded[EnvironmentState](e, e.After)
	if err != nil {
		return Change{}, err
	}
	now, err := t.sameEnvironment(ctx, name, before, after)
	if err != nil {
		return Change{}, err
	}
	title, preview := "Put the environment "+name+" back as it was", inverseDiff(name, now, before)
	if !before.Exists {
		title = "Delete the environment " + name
		preview = append(preview, DiffLine{Op: '-', Text: "its variables, if somebody has made any"})
	}
	return Change{
		ID: "environment:" + name, Title: title, Preview: preview, Before: now, After: before,
		Perform: func(ctx context.Context, h Hands) error { return t.restoreEnvironment(ctx, h, name, before, after) },
	}, nil
}

// sameEnvironment reads the environment and holds that it is what the change
// made of it, or a part of that: a change can be broken off at any of its
// requests, and the server can leave out what it does not have.
func (t *Tools) sameEnvironment(ctx context.Context, name string, before, after EnvironmentState) (EnvironmentState, error) {
	api, err := t.api()
	if err != nil {
		return EnvironmentState{}, err
	}
	now, err := readEnvironment(ctx, api, t.environmentPath(name))
	switch {
	case err != nil:
		return now, fmt.Errorf("read the environment %s: %w", name, err)
	case equalEnvironments(now, before):
		return now, ErrAsBefore
	case !between(now, before, after):
		return now, &MovedOnError{What: "the environment " + name, Diff: inverseDiff(name, after, now)}
	}
	return now, nil
}

func (t *Tools) restoreEnvironment(ctx context.Context, h Hands, name string, before, after EnvironmentState) error {
	h.progress("Reading the environment %s", name)
	now, err := t.sameEnvironment(ctx, name, before, after)
	if err != nil {
		return err
	}
	if !before.Exists {
		return t.deleteEnvironment(ctx, h, name)
	}
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Writing the environment %s", name)
	if now.Policy == evidence.RefsCustom {
		if err := t.dropRefs(ctx, api, name, before.Refs); err != nil {
			return err
		}
	}
	if err := t.writeEnvironment(ctx, api, name, now, before); err != nil {
		return err
	}
	got, err := readEnvironment(ctx, api, t.environmentPath(name))
	if err != nil {
		return fmt.Errorf("read back the environment %s: %w", name, err)
	}
	if !equalEnvironments(got, before) {
		return &MovedOnError{What: "the environment " + name + ", as GitHub stored it,", Diff: inverseDiff(name, before, got)}
	}
	return nil
}

// deleteEnvironment takes an environment away that nobody has put a secret
// into: those would be lost.
func (t *Tools) deleteEnvironment(ctx context.Context, h Hands, name string) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	var secrets struct {
		Total int `json:"total_count"`
	}
	if _, err := api.Do(ctx, http.MethodGet, t.environmentPath(name)+"/secrets", nil, &secrets); err != nil {
		return fmt.Errorf("delete the environment %s: whether it holds secrets could not be read: %w", name, err)
	}
	if secrets.Total > 0 {
		return fmt.Errorf("delete the environment %s: it holds secrets (%d), which would be lost; delete them first, or the environment on its settings page", name, secrets.Total)
	}
	h.progress("Deleting the environment %s", name)
	if _, err := api.Do(ctx, http.MethodDelete, t.environmentPath(name), nil, nil); err != nil {
		return fmt.Errorf("delete the environment %s: %w", name, err)
	}
	return nil
}

// dropRefs takes away the rules for refs that are not among those to keep.
func (t *Tools) dropRefs(ctx context.Context, api API, name string, keep []Ref) error {
	path := t.environmentPath(name) + "/deployment-branch-policies"
	policies, err := listPolicies(ctx, api, path)
	if err != nil {
		return err
	}
	for _, p := range policies {
		if slices.Contains(keep, p.Ref) {
			continue
		}
		if _, err := api.Do(ctx, http.MethodDelete, path+"/"+url.PathEscape(strconv.FormatInt(p.ID, 10)), nil, nil); err != nil {
			return fmt.Errorf("take the rule for %s off the environment %s: %w", p.Ref, name, err)
		}
	}
	return nil
}

// equalEnvironments compares what a person sets; the order is GitHub's.
func equalEnvironments(a, b EnvironmentState) bool {
	if a.Exists != b.Exists || !a.Exists {
		return a.Exists == b.Exists
	}
	if a.Policy != evidence.RefsCustom {
		a.Refs, b.Refs = nil, nil
	}
	return a.WaitMinutes == b.WaitMinutes && a.Policy == b.Policy && a.PreventSelfReview == b.PreventSelfReview && a.NoBypass == b.NoBypass &&
		sameSet(a.Refs, b.Refs, func(r Ref) string { return r.String() }) &&
		sameSet(a.Reviewers, b.Reviewers, func(r Reviewer) string { return r.Type + strconv.FormatInt(r.ID, 10) })
}

// between says whether each setting is as it was or as it was to become.
func between(now, before, after EnvironmentState) bool {
	if !now.Exists {
		return !before.Exists
	}
	either := func(now, before, after any) bool { return now == before || now == after }
	reviewer := func(r Reviewer) string { return r.Type + strconv.FormatInt(r.ID, 10) }
	return either(now.WaitMinutes, before.WaitMinutes, after.WaitMinutes) &&
		either(now.Policy, before.Policy, after.Policy) &&
		either(now.PreventSelfReview, before.PreventSelfReview, after.PreventSelfReview) &&
		either(now.NoBypass, before.NoBypass, after.NoBypass) &&
		within(now.Reviewers, before.Reviewers, after.Reviewers, reviewer) &&
		(now.Policy != evidence.RefsCustom || within(now.Refs, before.Refs, after.Refs, Ref.String))
}

// within says whether a set holds nothing that neither of two others holds, and
// all that both hold.
func within[T any](now, before, after []T, key func(T) string) bool {
	has := func(all []T, one T) bool {
		return slices.ContainsFunc(all, func(o T) bool { return key(o) == key(one) })
	}
	strange := slices.ContainsFunc(now, func(r T) bool { return !has(before, r) && !has(after, r) })
	lost := slices.ContainsFunc(before, func(r T) bool { return has(after, r) && !has(now, r) })
	return !strange && !lost
}

func sameSet[T any](a, b []T, key func(T) string) bool {
	keys := func(list []T) []string {
		var all []string
		for _, v := range list {
			all = append(all, key(v))
		}
		slices.SortFunc(all, cmp.Compare)
		return slices.Compact(all)
	}
	return slices.Equal(keys(a), keys(b))
}

// inverseDiff leads from one state to another, line by line.
func inverseDiff(name string, from, to EnvironmentState) []DiffLine {
	had, has := environmentLines(name, from), environmentLines(name, to)
	var lines []DiffLine
	for _, l := range had {
		if !slices.Contains(has, l) {
			lines = append(lines, DiffLine{Op: '-', Text: l})
		}
	}
	for _, l := range has {
		op := byte('+')
		if slices.Contains(had, l) {
			op = ' '
		}
		lines = append(lines, DiffLine{Op: op, Text: l})
	}
	return lines
}

func environmentLines(name string, s EnvironmentState) []string {
	if !s.Exists {
		return nil
	}
	var lines []string
	for _, l := range previewEnvironment(EnvironmentState{}, s, EnvironmentWish{Name: name}) {
		lines = append(lines, l.Text)
	}
	if s.Policy != evidence.RefsCustom {
		lines = append(lines, "deployment from "+refsText(s.Policy))
	}
	return lines
}
