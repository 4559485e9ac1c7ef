package workflow

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Steps can run beside each other since 2026-06-25 (github.blog, "Actions steps
// can now be run in parallel"): background: true on a step; steps that wait,
// wait-all or cancel; and groups under parallel:. The linter does not know
// them, so they are read here.

// concurrency finds files that may use them.
var concurrency = regexp.MustCompile(`(?m)^[\s-]*["']?(parallel|wait|wait-all|cancel|background)["']?\s*:|[{,]\s*["']?(parallel|wait|wait-all|cancel|background)["']?\s*:`)

// groups maps the line of each step that is none by itself to the steps that it
// stands for: those of a parallel group; none for wait, wait-all and cancel.
func groups(src []byte) map[int][]*yaml.Node {
	found := map[int][]*yaml.Node{}
	var root yaml.Node
	if !concurrency.Match(src) || yaml.Unmarshal(src, &root) != nil || len(root.Content) == 0 {
		return found
	}
	jobs := child(root.Content[0], "jobs")
	for i := 1; jobs != nil && i < len(jobs.Content); i += 2 {
		steps := child(jobs.Content[i], "steps")
		for _, step := range sequence(steps) {
			if child(step, "run") != nil || child(step, "uses") != nil {
				continue
			}
			for _, key := range []string{"parallel", "wait", "wait-all", "cancel"} {
				if n := child(step, key); n != nil {
					found[step.Line] = sequence(n)
				}
			}
		}
	}
	return found
}

// child is the value of a key of a mapping; nil without one.
func child(n *yaml.Node, key string) *yaml.Node {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return resolved(n.Content[i+1])
		}
	}
	return nil
}

func sequence(n *yaml.Node) []*yaml.Node {
	n = resolved(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	var items []*yaml.Node
	for _, item := range n.Content {
		items = append(items, resolved(item))
	}
	return items
}

func resolved(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// ungroup puts the steps of groups in the place of the group.
func (f *File) ungroup(found map[int][]*yaml.Node) {
	for _, j := range f.Jobs {
		var steps []*Step
		for _, s := range j.Steps {
			inner, isGroup := found[s.Line]
			if !isGroup || s.Uses != "" || s.Run != "" {
				steps = append(steps, s)
				continue
			}
			for _, n := range inner {
				steps = append(steps, stepOf(n))
			}
		}
		for i, s := range steps {
			s.Index = i
		}
		j.Steps = steps
	}
}

func stepOf(n *yaml.Node) *Step {
	s := &Step{Line: n.Line, With: table(child(n, "with"), strings.ToLower), Env: table(child(n, "env"), strings.Clone)}
	for key, into := range map[string]*string{"id": &s.ID, "name": &s.Name, "if": &s.If, "uses": &s.Uses, "run": &s.Run, "shell": &s.Shell, "working-directory": &s.Dir} {
		v := child(n, key)
		if v == nil || v.Kind != yaml.ScalarNode {
			continue
		}
		*into = v.Value
		switch {
		case key == "uses":
			s.UsesLine = v.Line
		case key == "run" && v.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
			s.RunLine = v.Line + 1
		case key == "run":
			s.RunLine = v.Line
		}
	}
	return s
}

func table(n *yaml.Node, key func(string) string) map[string]string {
	t := map[string]string{}
	if n == nil || n.Kind != yaml.MappingNode {
		return t
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		t[key(n.Content[i].Value)] = resolved(n.Content[i+1]).Value
	}
	return t
}
