package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

var matrixKey = regexp.MustCompile(`(?i)\bmatrix\b(?:\s*\.\s*([a-z0-9_-]+)|\s*\[\s*'([^']+)'\s*\])?`)

// narrowed keeps of each combination only what the texts read, each once.
func narrowed(all []combination, texts []string) []combination {
	used := map[string]bool{}
	for _, text := range texts {
		for _, m := range matrixKey.FindAllStringSubmatch(text, -1) {
			used[strings.ToLower(m[1]+m[2])] = true
		}
	}
	var kept []combination
	var seen []string
	for _, c := range all {
		narrow := combination{values: map[string]expr.Set{}, open: c.open}
		mark := c.open
		for _, key := range sorted(c.values) {
			if used[key] || used[""] {
				narrow.values[key] = c.values[key]
				mark += fmt.Sprintf("|%s=%+v", key, c.values[key])
			}
		}
		if !slices.Contains(seen, mark) {
			kept, seen = append(kept, narrow), append(seen, mark)
		}
	}
	return kept
}

// readMatrices reads the jobs' matrices with the types of their values, which
// the linter's model does not keep.
func (f *File) readMatrices(src []byte) {
	if !slices.ContainsFunc(f.Jobs, func(j *Job) bool { return j.Matrix }) {
		return
	}
	var root yaml.Node
	if yaml.Unmarshal(src, &root) != nil || len(root.Content) == 0 {
		return
	}
	jobs := child(root.Content[0], "jobs")
	for i := 0; jobs != nil && i+1 < len(jobs.Content); i += 2 {
		j := f.Job(jobs.Content[i].Value)
		if j != nil && j.Matrix {
			j.matrix = untyped(child(child(jobs.Content[i+1], "strategy"), "matrix"), 0)
		}
	}
}

// untyped turns YAML into maps, lists and scalars. What is too deep for a matrix is
// left out.
func untyped(n *yaml.Node, depth int) any {
	n = resolved(n)
	if n == nil || depth > 16 {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			fields[n.Content[i].Value] = untyped(n.Content[i+1], depth+1)
		}
		return fields
	case yaml.SequenceNode:
		items := []any{}
		for _, item := range n.Content {
			items = append(items, untyped(item, depth+1))
		}
		return items
	}
	var v any
	switch n.ShortTag() {
	case "!!bool", "!!int", "!!float", "!!null":
		if n.Decode(&v) == nil {
			return v
		}
	}
	return n.Value
}
