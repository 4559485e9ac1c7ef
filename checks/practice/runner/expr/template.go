package expr

import (
	"fmt"
	"strings"

	"github.com/rhysd/actionlint"
)

// Render replaces every `${{ … }}` in a text. A text that is one expression and
// nothing else gives the expression's value, with its kind; any other gives a
// string.
func (s Scope) Render(text string) (any, error) {
	before, rest, found := strings.Cut(text, "${{")
	if !found {
		return text, nil
	}
	var out strings.Builder
	for first := true; ; first = false {
		out.WriteString(before)
		node, after, err := parseUpToEnd(rest)
		if err != nil {
			return nil, fmt.Errorf("expression in %q: %w", text, err)
		}
		v, err := s.eval(node)
		if err != nil {
			return nil, fmt.Errorf("evaluating %q: %w", strings.TrimSpace(text), err)
		}
		if first && strings.TrimSpace(before) == "" && strings.TrimSpace(after) == "" {
			return settle(v), nil
		}
		out.WriteString(String(settle(v)))
		if before, rest, found = strings.Cut(after, "${{"); !found {
			out.WriteString(after)
			return out.String(), nil
		}
	}
}

// Text is Render where only a string will do.
func (s Scope) Text(text string) (string, error) {
	v, err := s.Render(text)
	return String(v), err
}

// RenderAll renders every string inside a value, keys excepted.
func (s Scope) RenderAll(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return s.Render(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			r, err := s.RenderAll(item)
			if err != nil {
				return nil, err
			}
			out[i] = r
		}
		return out, nil
	case *Object:
		out := NewObject()
		for _, k := range v.Keys() {
			r, err := s.RenderAll(v.Get(k))
			if err != nil {
				return nil, err
			}
			out.Set(k, r)
		}
		return out, nil
	}
	return v, nil
}

// Condition evaluates an `if:`. Without a status function in it, success() is
// required too. A text that has `${{ }}` in the middle of other text becomes a
// string, and so is true: GitHub's own trap, kept.
func (s Scope) Condition(text string) (bool, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		text = "success()"
	}
	v, err := s.conditionValue(text)
	if err != nil {
		return false, err
	}
	if !Truthy(v) || namesStatus(text) {
		return Truthy(v), nil
	}
	ok, err := s.Eval("success()")
	return Truthy(ok), err
}

func (s Scope) conditionValue(text string) (any, error) {
	if strings.Contains(text, "${{") {
		return s.Render(text)
	}
	return s.Eval(text)
}

// namesStatus reports whether a condition calls success(), failure(), always()
// or cancelled() anywhere in its expressions.
func namesStatus(text string) bool {
	found := false
	for _, node := range expressions(text) {
		actionlint.VisitExprNode(node, func(n, _ actionlint.ExprNode, entering bool) {
			if call, ok := n.(*actionlint.FuncCallNode); ok && entering {
				switch strings.ToLower(call.Callee) {
				case "success", "failure", "always", "cancelled":
					found = true
				}
			}
		})
	}
	return found
}

func expressions(text string) []actionlint.ExprNode {
	_, rest, found := strings.Cut(text, "${{")
	if !found {
		node, err := parse(text)
		if err != nil {
			return nil
		}
		return []actionlint.ExprNode{node}
	}
	var nodes []actionlint.ExprNode
	for found {
		node, after, err := parseUpToEnd(rest)
		if err != nil {
			return nodes
		}
		nodes = append(nodes, node)
		_, rest, found = strings.Cut(after, "${{")
	}
	return nodes
}

// CheckText reports the first `${{ … }}` in a text that does not parse. GitHub
// refuses a workflow file for it before anything runs.
func CheckText(text string) error {
	_, rest, found := strings.Cut(text, "${{")
	for found {
		_, after, err := parseUpToEnd(rest)
		if err != nil {
			return fmt.Errorf("expression in %q: %w", text, err)
		}
		_, rest, found = strings.Cut(after, "${{")
	}
	return nil
}
