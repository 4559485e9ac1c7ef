package workflow

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
	"go.yaml.in/yaml/v3"
)

// Values turns a YAML text into values of package expr. GitHub reads YAML
// 1.2: `on`, `yes` and dates are strings.
func Values(text []byte) (any, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	if len(document.Content) == 0 {
		return nil, errors.New("the file is empty")
	}
	budget := 100_000
	return fromNode(document.Content[0], &budget)
}

// fromNode spends one of the budget for each node, so that aliases inside
// aliases cannot grow without bound.
func fromNode(n *yaml.Node, budget *int) (any, error) {
	if *budget--; *budget < 0 {
		return nil, errors.New("the file unfolds to more than 100000 values")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return fromNode(n.Alias, budget)
	case yaml.SequenceNode:
		return sequence(n, budget)
	case yaml.MappingNode:
		return mapping(n, budget)
	}
	return scalar(n)
}

func sequence(n *yaml.Node, budget *int) (any, error) {
	list := make([]any, 0, len(n.Content))
	for _, item := range n.Content {
		v, err := fromNode(item, budget)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func mapping(n *yaml.Node, budget *int) (any, error) {
	o := expr.NewObject()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return nil, fmt.Errorf("(Line: %d, Col: %d): a key must be a plain word", key.Line, key.Column)
		}
		if _, twice := o.Lookup(key.Value); twice {
			return nil, fmt.Errorf("(Line: %d, Col: %d): '%s' is already defined", key.Line, key.Column, key.Value)
		}
		v, err := fromNode(n.Content[i+1], budget)
		if err != nil {
			return nil, err
		}
		o.Set(key.Value, v)
	}
	return o, nil
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE", nil
	case "!!int":
		var i int64
		if n.Decode(&i) == nil {
			return float64(i), nil
		}
		return n.Value, nil
	case "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f, nil
		}
		return n.Value, nil
	case "!!str", "!!timestamp":
		return n.Value, nil
	}
	return nil, fmt.Errorf("(Line: %d, Col: %d): unexpected tag %s", n.Line, n.Column, n.Tag)
}
