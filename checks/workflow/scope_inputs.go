package workflow

import (
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// input answers for an input of the workflow: from the caller, else from who
// starts the run.
func (s scope) input(name string) expr.Set {
	if n := len(s.callers); n > 0 {
		return s.passed(s.callers[n-1].Job, name)
	}
	if s.triggered == nil {
		return s.notPassed(name)
	}
	return s.dispatched(name)
}

// notPassed is an input of a workflow that nothing is known to call.
func (s scope) notPassed(name string) expr.Set {
	t := s.file.Trigger("workflow_call")
	if t != nil && t.InputTypes[name] == "boolean" {
		return expr.Booleans()
	}
	return expr.Unknown("input " + name + " is given by the caller")
}

// dispatched is an input of workflow_dispatch. A run by another event has none.
func (s scope) dispatched(name string) expr.Set {
	t := s.triggered.Trigger("workflow_dispatch")
	started := s.run.Event == "" || s.run.Event == "workflow_dispatch"
	if t == nil || !started {
		return expr.Nothing()
	}
	set := s.run.input(t, name)
	if s.run.Event == "" && len(s.triggered.Triggers) > 1 {
		return expr.Union(set, expr.Nothing()) // another event starts the run without inputs
	}
	return set
}

// eventInput is an input as github.event.inputs has it: always a text.
func (s scope) eventInput(name string) expr.Set {
	if s.triggered == nil {
		return expr.Unknown("input " + name + " is chosen by who starts the run")
	}
	return s.dispatched(name).Mapped(func(v expr.Value) expr.Value {
		if v == expr.Null() {
			return v
		}
		return expr.String(v.Text())
	})
}

// input is what a run by hand has for an input: what it was started with, else
// what the declaration allows.
func (r Run) input(t *Trigger, name string) expr.Set {
	kind := t.InputTypes[name]
	if kind == "" {
		return expr.Nothing()
	}
	if r.Inputs != nil {
		text, given := r.Inputs[name]
		if !given {
			text = t.initial(name)
		}
		return expr.One(asInput(kind, text))
	}
	if kind == "boolean" {
		return expr.Booleans()
	}
	if values := t.InputValues[name]; len(values) > 0 {
		return expr.Of(values...)
	}
	set := expr.Unknown("input " + name + " is chosen by who starts the run")
	if d, ok := t.Defaults[name]; ok {
		return set.Or(d)
	}
	return set
}

// initial is what an input has when nobody gives it: its default, or the first
// of its options.
func (t *Trigger) initial(name string) string {
	if d, ok := t.Defaults[name]; ok {
		return d
	}
	if values := t.InputValues[name]; t.InputTypes[name] == "choice" && len(values) > 0 {
		return values[0]
	}
	return ""
}

// asInput turns the text of an input into a value of its type.
func asInput(kind, text string) expr.Value {
	switch kind {
	case "boolean":
		return expr.Bool(strings.EqualFold(text, "true"))
	case "number":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return expr.Number(n)
		}
	}
	return expr.String(text)
}

// passed is the value that a caller gives to an input, or its default.
func (s scope) passed(caller *Job, name string) expr.Set {
	kind, otherwise := "", ""
	if t := s.file.Trigger("workflow_call"); t != nil {
		kind, otherwise = t.InputTypes[name], t.Defaults[name]
	}
	text, given := caller.With[name]
	switch {
	case !given && kind == "":
		return expr.Nothing()
	case !given && kind == "number" && otherwise == "":
		return expr.One(expr.Number(0))
	case !given:
		return expr.One(asInput(kind, otherwise))
	case s.depth >= maxLevels:
		return expr.Unknown("input " + name + " is passed through too many workflows")
	}
	return s.outside().typed(text).Mapped(func(v expr.Value) expr.Value { return asInput(kind, v.Text()) })
}
