package yamltext

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds a text with its aliases expanded.
const maxNodes = 100_000

// scalar is a value without the way in which it is written.
type scalar struct{ tag, value string }

// plain is what a node means: maps, lists and scalars, with aliases put in.
func plain(n *yaml.Node) (any, error) {
	left := maxNodes
	return meaning(n, &left)
}

func meaning(n *yaml.Node, left *int) (any, error) {
	if *left--; *left < 0 {
		return nil, errors.New("its aliases stand for too much")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return meaning(n.Alias, left)
	case yaml.MappingNode:
		return entries(n, left)
	case yaml.SequenceNode:
		list := []any{}
		for _, child := range n.Content {
			v, err := meaning(child, left)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return scalar{n.ShortTag(), n.Value}, nil
}

func entries(n *yaml.Node, left *int) (any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a key is no plain word", key.Line)
		}
		if _, twice := m[key.Value]; twice {
			return nil, fmt.Errorf("line %d: the key %q stands there twice", key.Line, key.Value)
		}
		v, err := meaning(n.Content[i+1], left)
		if err != nil {
			return nil, err
		}
		m[key.Value] = v
	}
	return m, nil
}

// equal compares what two trees mean. The line break behind a script counts for
// nothing: the last line of a file may have none, until something follows it.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equal)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case scalar:
		b, ok := b.(scalar)
		return ok && a.tag == b.tag && strings.TrimSuffix(a.value, "\n") == strings.TrimSuffix(b.value, "\n")
	}
	return a == nil && b == nil
}

// changed is a copy of a tree in which the value at a path is what change makes
// of it.
func changed(tree any, at Path, change func(any) any) any {
	if len(at) == 0 {
		return change(tree)
	}
	switch t := tree.(type) {
	case map[string]any:
		out := make(map[string]any, len(t)+1)
		for k, v := range t {
			out[k] = v
		}
		key := fmt.Sprint(at[0])
		out[key] = changed(t[key], at[1:], change)
		return out
	case []any:
		out := slices.Clone(t)
		if i, ok := at[0].(int); ok && i < len(out) {
			out[i] = changed(out[i], at[1:], change)
		}
		return out
	}
	return tree
}

// with is a mapping with one more entry, without is one with one fewer.
func with(m any, key string, value any) any {
	out := map[string]any{}
	if old, ok := m.(map[string]any); ok {
		for k, v := range old {
			out[k] = v
		}
	}
	out[key] = value
	return out
}

func without(m any, key string) any {
	out := with(m, key, nil).(map[string]any)
	delete(out, key)
	return out
}
