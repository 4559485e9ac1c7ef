package workflow

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// readTriggers reads `on:` in its three spellings: a name, a list, a mapping.
func readTriggers(v any) (map[string]*expr.Object, error) {
	on := map[string]*expr.Object{}
	switch v := v.(type) {
	case string, []any:
		for _, name := range Strings(v) {
			on[name] = expr.NewObject()
		}
	case *expr.Object:
		for _, name := range v.Keys() {
			filter, _ := v.Get(name).(*expr.Object)
			if filter == nil {
				filter = expr.NewObject()
			}
			on[name] = filter
		}
	}
	if len(on) == 0 {
		return nil, fmt.Errorf("no event triggers defined in `on`")
	}
	for name, filter := range on {
		for _, pair := range [][2]string{{"branches", "branches-ignore"}, {"tags", "tags-ignore"}, {"paths", "paths-ignore"}} {
			if filter.Get(pair[0]) != nil && filter.Get(pair[1]) != nil {
				return nil, fmt.Errorf("you may only define one of `%s` and `%s` for a single event (%s)", pair[0], pair[1], name)
			}
		}
	}
	return on, nil
}

// Event is what happened, as far as it decides which workflows start.
type Event struct {
	// Name is push, release, workflow_dispatch, …
	Name string
	// Ref is the full ref: refs/heads/main, refs/tags/v1.
	Ref string
	// Action is the activity type: published for a release.
	Action string
	// Workflow is the name of the workflow that a workflow_run event is about.
	Workflow string
	// Changed lists the paths a push changed; nil if that is not known, and
	// then path filters let the push through, as GitHub does for a diff that it
	// cannot make.
	Changed []string
}

// Starts reports whether the event starts the workflow, and if not, why.
func (f *File) Starts(e Event) (bool, string, error) {
	filter, ok := f.on[e.Name]
	if !ok {
		return false, fmt.Sprintf("`on:` does not name %s", e.Name), nil
	}
	switch e.Name {
	case "push":
		return pushStarts(filter, e)
	case "workflow_run":
		if names := Strings(filter.Get("workflows")); !slices.Contains(names, e.Workflow) {
			return false, fmt.Sprintf("`workflows:` does not name %s", e.Workflow), nil
		}
		return typeStarts(filter, e, "requested", "in_progress", "completed")
	case "release":
		return typeStarts(filter, e, "published", "unpublished", "created", "edited", "deleted", "prereleased", "released")
	case "repository_dispatch":
		return typeStarts(filter, e, e.Action)
	}
	return true, "", nil
}

func typeStarts(filter *expr.Object, e Event, defaults ...string) (bool, string, error) {
	types := Strings(filter.Get("types"))
	if len(types) == 0 {
		types = defaults
	}
	if slices.Contains(types, e.Action) {
		return true, "", nil
	}
	return false, fmt.Sprintf("`types:` does not name %s", e.Action), nil
}

// pushStarts: with a filter for one kind of ref only, the other kind never
// starts; with none, both do. Path filters are not looked at for tags.
func pushStarts(filter *expr.Object, e Event) (bool, string, error) {
	kind, name, other := "branches", strings.TrimPrefix(e.Ref, "refs/heads/"), "tags"
	isTag := strings.HasPrefix(e.Ref, "refs/tags/")
	if isTag {
		kind, name, other = "tags", strings.TrimPrefix(e.Ref, "refs/tags/"), "branches"
	}
	ok, why, err := refStarts(filter, kind, name, other)
	if err != nil || !ok || isTag {
		return ok, why, err
	}
	return pathsStart(filter, e.Changed)
}

func refStarts(filter *expr.Object, kind, name, other string) (bool, string, error) {
	if patterns := Strings(filter.Get(kind)); len(patterns) > 0 {
		ok, err := matchList(patterns, name)
		return ok, fmt.Sprintf("`%s:` does not match %s", kind, name), err
	}
	if ignored := Strings(filter.Get(kind + "-ignore")); len(ignored) > 0 {
		hit, err := matchList(ignored, name)
		return !hit, fmt.Sprintf("`%s-ignore:` matches %s", kind, name), err
	}
	if filter.Get(other) != nil || filter.Get(other+"-ignore") != nil {
		return false, fmt.Sprintf("`push:` filters %s only", other), nil
	}
	return true, "", nil
}

func pathsStart(filter *expr.Object, changed []string) (bool, string, error) {
	wanted, ignored := Strings(filter.Get("paths")), Strings(filter.Get("paths-ignore"))
	if changed == nil || len(wanted)+len(ignored) == 0 {
		return true, "", nil
	}
	for _, p := range changed {
		hit, err := matchList(append(wanted, ignored...), p)
		if err != nil {
			return false, "", err
		}
		if hit == (len(wanted) > 0) {
			return true, "", nil
		}
	}
	return false, "the path filter matches none of the changed files", nil
}

// On is the mapping under one event of `on:`, nil if the file does not name it.
func (f *File) On(event string) *expr.Object { return f.on[event] }
