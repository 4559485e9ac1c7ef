package workflow

import (
	"maps"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

func trigger(e actionlint.Event) Trigger {
	t := Trigger{Event: e.EventName()}
	switch e := e.(type) {
	case *actionlint.WebhookEvent:
		t.Line = line(e.Pos)
		t.Types, t.Workflows = strs(e.Types), strs(e.Workflows)
		t.Branches, t.BranchesIgnore = filter(e.Branches), filter(e.BranchesIgnore)
		t.Tags, t.TagsIgnore = filter(e.Tags), filter(e.TagsIgnore)
		t.Paths, t.PathsIgnore = filter(e.Paths), filter(e.PathsIgnore)
	case *actionlint.WorkflowDispatchEvent:
		t.Line = line(e.Pos)
		t.dispatchInputs(e.Inputs)
	case *actionlint.WorkflowCallEvent:
		t.Line = line(e.Pos)
		t.callInputs(e.Inputs)
	case *actionlint.RepositoryDispatchEvent:
		t.Line, t.Types = line(e.Pos), strs(e.Types)
	case *actionlint.ScheduledEvent:
		t.Line = line(e.Pos)
	case *actionlint.ImageVersionEvent:
		t.Line = line(e.Pos)
	}
	return t
}

func filter(f *actionlint.WebhookEventFilter) []string {
	if f == nil {
		return nil
	}
	return strs(f.Values)
}

func (t *Trigger) dispatchInputs(inputs map[string]*actionlint.DispatchInput) {
	t.Inputs = slices.Sorted(maps.Keys(inputs))
	t.InputValues, t.Defaults = map[string][]string{}, map[string]string{}
	for name, in := range inputs {
		switch in.Type {
		case actionlint.WorkflowDispatchEventInputTypeChoice:
			t.InputValues[name] = strs(in.Options)
		case actionlint.WorkflowDispatchEventInputTypeBoolean:
			t.InputValues[name] = []string{"true", "false"}
		}
		if in.Default != nil {
			t.Defaults[name] = in.Default.Value
		}
	}
}

func (t *Trigger) callInputs(inputs []*actionlint.WorkflowCallEventInput) {
	t.InputValues, t.Defaults = map[string][]string{}, map[string]string{}
	for _, in := range inputs {
		t.Inputs = append(t.Inputs, in.ID)
		if in.Type == actionlint.WorkflowCallEventInputTypeBoolean {
			t.InputValues[in.ID] = []string{"true", "false"}
		}
		if in.Default != nil {
			t.Defaults[in.ID] = in.Default.Value
		}
	}
	slices.Sort(t.Inputs)
}

// axes collects the values that each matrix key can have. A key that an
// expression computes, here or in include, is left out.
func axes(m *actionlint.Matrix) map[string][]string {
	found := map[string][]string{}
	if m.Expression != nil || (m.Include != nil && m.Include.ContainsExpression()) {
		return found
	}
	for key, row := range m.Rows {
		if row.Expression != nil {
			continue
		}
		for _, v := range row.Values {
			flatten(found, strings.ToLower(key), v)
		}
	}
	if m.Include != nil {
		include(found, m)
	}
	return found
}

// include adds the values of the include: list. A key that not every
// combination sets is empty in the others.
func include(found map[string][]string, m *actionlint.Matrix) {
	set := map[string]int{}
	for _, c := range m.Include.Combinations {
		for key, a := range c.Assigns {
			if row := m.Rows[key]; row == nil || row.Expression == nil {
				flatten(found, strings.ToLower(key), a.Value)
				set[key]++
			}
		}
	}
	for key, times := range set {
		if m.Rows[key] == nil && (len(m.Rows) > 0 || times < len(m.Include.Combinations)) {
			flatten(found, strings.ToLower(key), &actionlint.RawYAMLString{})
		}
	}
}

// flatten adds a value under its dotted path.
func flatten(found map[string][]string, path string, v actionlint.RawYAMLValue) {
	switch v := v.(type) {
	case *actionlint.RawYAMLString:
		if !slices.Contains(found[path], v.Value) {
			found[path] = append(found[path], v.Value)
		}
	case *actionlint.RawYAMLObject:
		for key, inner := range v.Props {
			flatten(found, path+"."+strings.ToLower(key), inner)
		}
	}
}
