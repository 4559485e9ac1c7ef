package workflow

import (
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Action is what an action's own description says, action.yml or action.yaml.
type Action struct {
	// Ref is how the action is referred to once it is known whose it is: its
	// folder in our repository, or "owner/repo/path@ref".
	Ref string
	// Path is the file, relative to its repository.
	Path string
	// Using is "composite", "node24", "docker" …
	Using string
	// Inputs holds the default of each declared input, by lower-case name;
	// Outputs the text of each output.
	Inputs, Outputs map[string]string
	// Steps are those of a composite action.
	Steps []*Step
	// Problem says why the file could not be read as an action; "" otherwise.
	Problem string
}

// Composite reports whether the action is made of steps.
func (a *Action) Composite() bool { return a.Using == "composite" }

// ActionFiles are the names under which GitHub looks for an action's
// description, in this order (docs.github.com, "Metadata syntax for GitHub
// Actions", read August 2026).
func ActionFiles() []string { return []string{"action.yml", "action.yaml"} }

// ParseAction reads an action's description. ref is how [Reference.Ref] names
// it. It always returns an action: what could not be understood is its Problem.
func ParseAction(ref, file string, src []byte) *Action {
	a := &Action{Ref: ref, Path: file}
	if len(src) > MaxSize {
		a.Problem = fmt.Sprintf("%s has %d bytes; more than %d are not read", path.Base(file), len(src), MaxSize)
		return a
	}
	if a.Problem = explodes(src); a.Problem != "" {
		return a
	}
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil {
		a.Problem = fmt.Sprintf("%s could not be parsed as YAML: %v", path.Base(file), err)
		return a
	}
	if len(root.Content) == 0 || child(child(root.Content[0], "runs"), "using") == nil {
		a.Problem = path.Base(file) + " does not say what the action runs"
		return a
	}
	a.fill(root.Content[0])
	return a
}

func (a *Action) fill(root *yaml.Node) {
	runs := child(root, "runs")
	a.Using = child(runs, "using").Value
	a.Inputs, a.Outputs = details(child(root, "inputs"), "default"), details(child(root, "outputs"), "value")
	if !a.Composite() {
		return
	}
	for i, n := range sequence(child(runs, "steps")) {
		if n == nil {
			continue
		}
		s := stepOf(n)
		s.Index = i
		a.Steps = append(a.Steps, s)
	}
}

// details reads one key of each entry of inputs: or outputs:, by the entry's
// lower-case name.
func details(n *yaml.Node, key string) map[string]string {
	found := map[string]string{}
	if n == nil || n.Kind != yaml.MappingNode {
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := ""
		if v := child(n.Content[i+1], key); v != nil && v.Kind == yaml.ScalarNode && v.ShortTag() != "!!null" {
			value = v.Value
		}
		found[strings.ToLower(n.Content[i].Value)] = value
	}
	return found
}
