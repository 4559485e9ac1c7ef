package workflow

import (
	"maps"
	"slices"

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

var dispatchTypes = map[actionlint.WorkflowDispatchEventInputType]string{
	actionlint.WorkflowDispatchEventInputTypeNone: "string", actionlint.WorkflowDispatchEventInputTypeString: "string",
	actionlint.WorkflowDispatchEventInputTypeNumber: "number", actionlint.WorkflowDispatchEventInputTypeBoolean: "boolean",
	actionlint.WorkflowDispatchEventInputTypeChoice: "choice", actionlint.WorkflowDispatchEventInputTypeEnvironment: "environment",
}

var callTypes = map[actionlint.WorkflowCallEventInputType]string{
	actionlint.WorkflowCallEventInputTypeInvalid: "string", actionlint.WorkflowCallEventInputTypeString: "string",
	actionlint.WorkflowCallEventInputTypeNumber: "number", actionlint.WorkflowCallEventInputTypeBoolean: "boolean",
}

func (t *Trigger) dispatchInputs(inputs map[string]*actionlint.DispatchInput) {
	t.Inputs = slices.Sorted(maps.Keys(inputs))
	t.InputValues, t.InputTypes, t.Defaults = map[string][]string{}, map[string]string{}, map[string]string{}
	for name, in := range inputs {
		t.InputTypes[name] = dispatchTypes[in.Type]
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
	t.InputValues, t.InputTypes, t.Defaults = map[string][]string{}, map[string]string{}, map[string]string{}
	for _, in := range inputs {
		t.Inputs = append(t.Inputs, in.ID)
		t.InputTypes[in.ID] = callTypes[in.Type]
		if in.Type == actionlint.WorkflowCallEventInputTypeBoolean {
			t.InputValues[in.ID] = []string{"true", "false"}
		}
		if in.Default != nil {
			t.Defaults[in.ID] = in.Default.Value
		}
	}
	slices.Sort(t.Inputs)
}
