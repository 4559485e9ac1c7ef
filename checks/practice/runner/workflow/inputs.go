package workflow

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// Inputs checks the inputs of a dispatch against `on.workflow_dispatch.inputs`
// and gives the `inputs` context, defaults filled in. The errors are worded as
// GitHub's 422 answers are.
func (f *File) Inputs(given map[string]string) (*expr.Object, error) {
	filter := f.on["workflow_dispatch"]
	if filter == nil {
		return nil, fmt.Errorf("Workflow does not have 'workflow_dispatch' trigger") //nolint:staticcheck // GitHub's own text
	}
	declared, _ := filter.Get("inputs").(*expr.Object)
	var unknown []string
	for name := range given {
		if _, ok := declared.Lookup(name); !ok {
			unknown = append(unknown, strconv.Quote(name))
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, fmt.Errorf("Unexpected inputs provided: [%s]", strings.Join(unknown, ", ")) //nolint:staticcheck // GitHub's own text
	}
	out := expr.NewObject()
	for _, name := range declared.Keys() {
		spec, _ := declared.Get(name).(*expr.Object)
		v, err := inputValue(name, spec, given)
		if err != nil {
			return nil, err
		}
		out.Set(name, v)
	}
	return out, nil
}

func inputValue(name string, spec *expr.Object, given map[string]string) (any, error) {
	text, ok := given[name]
	if !ok {
		if text = expr.String(spec.Get("default")); text == "" && expr.Truthy(spec.Get("required")) {
			return nil, fmt.Errorf("Required input '%s' not provided", name) //nolint:staticcheck // GitHub's own text
		}
	}
	switch expr.String(spec.Get("type")) {
	case "boolean":
		if ok && text != "true" && text != "false" {
			return nil, fmt.Errorf("Provided value '%s' for input '%s' is not a boolean", text, name) //nolint:staticcheck // GitHub's own text
		}
		return text == "true", nil
	case "choice":
		if options := Strings(spec.Get("options")); ok && !slices.Contains(options, text) {
			return nil, fmt.Errorf("Provided value '%s' for input '%s' not in the list of allowed values", text, name) //nolint:staticcheck // GitHub's own text
		}
		if options := Strings(spec.Get("options")); text == "" && len(options) > 0 {
			return options[0], nil
		}
	case "number":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n, nil
		}
	}
	return text, nil
}

// CallInputs checks what a job passes to a reusable workflow against
// `on.workflow_call.inputs` and gives the called file's `inputs` context.
func (f *File) CallInputs(given *expr.Object) (*expr.Object, error) {
	filter := f.on["workflow_call"]
	if filter == nil {
		return nil, fmt.Errorf("workflow is not reusable as it is missing a `on.workflow_call` trigger")
	}
	declared, _ := filter.Get("inputs").(*expr.Object)
	for _, name := range given.Keys() {
		if _, ok := declared.Lookup(name); !ok {
			return nil, fmt.Errorf("invalid input, %s is not defined in the referenced workflow", name)
		}
	}
	out := expr.NewObject()
	for _, name := range declared.Keys() {
		spec, _ := declared.Get(name).(*expr.Object)
		v, ok := given.Lookup(name)
		if !ok {
			if expr.Truthy(spec.Get("required")) {
				return nil, fmt.Errorf("input %s is required, but not provided while calling", name)
			}
			v = callDefault(spec)
		}
		out.Set(name, v)
	}
	return out, nil
}

func callDefault(spec *expr.Object) any {
	if v, ok := spec.Lookup("default"); ok {
		return v
	}
	switch expr.String(spec.Get("type")) {
	case "boolean":
		return false
	case "number":
		return float64(0)
	}
	return ""
}
