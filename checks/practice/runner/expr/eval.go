package expr

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rhysd/actionlint"
)

// Function is one that the place of an expression offers beside the built-in
// ones: success(), failure(), always(), cancelled(), hashFiles().
type Function func(args []any) (any, error)

// Scope is where an expression is evaluated: the contexts by lower-case name
// and the functions by lower-case name. A context that is missing here is an
// error, as it is on GitHub ("Unrecognized named-value").
type Scope struct {
	Contexts  map[string]any
	Functions map[string]Function
}

// With is a copy of the scope with one more context.
func (s Scope) With(name string, value any) Scope {
	contexts := map[string]any{name: value}
	for k, v := range s.Contexts {
		if k != name {
			contexts[k] = v
		}
	}
	return Scope{Contexts: contexts, Functions: s.Functions}
}

// Eval evaluates one expression, written without `${{` and `}}`. The error
// names the expression and what in it could not be understood.
func (s Scope) Eval(text string) (any, error) {
	node, err := parse(text)
	if err != nil {
		return nil, err
	}
	v, err := s.eval(node)
	if err != nil {
		return nil, fmt.Errorf("evaluating %q: %w", strings.TrimSpace(text), err)
	}
	return settle(v), nil
}

func parse(text string) (actionlint.ExprNode, error) {
	node, rest, err := parseUpToEnd(text + "}}")
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", strings.TrimSpace(text), err)
	}
	if rest != "" {
		return nil, fmt.Errorf("expression %q: unexpected `}}` inside it", strings.TrimSpace(text))
	}
	return node, nil
}

// parseUpToEnd parses from the start of text to the `}}` that ends the
// expression and gives what follows it.
func parseUpToEnd(text string) (actionlint.ExprNode, string, error) {
	lexer := actionlint.NewExprLexer(text)
	node, problem := actionlint.NewExprParser().Parse(lexer)
	if problem != nil {
		return nil, "", fmt.Errorf("%s", problem.Message)
	}
	return node, text[lexer.Offset():], nil
}

// settle turns what `.*` made into an ordinary list.
func settle(v any) any {
	if f, ok := v.(filtered); ok {
		return []any(f)
	}
	return v
}

func (s Scope) eval(node actionlint.ExprNode) (any, error) {
	switch n := node.(type) {
	case *actionlint.NullNode:
		return nil, nil
	case *actionlint.BoolNode:
		return n.Value, nil
	case *actionlint.IntNode:
		return float64(n.Value), nil
	case *actionlint.FloatNode:
		return n.Value, nil
	case *actionlint.StringNode:
		return n.Value, nil
	case *actionlint.VariableNode:
		return s.variable(n.Name)
	case *actionlint.ObjectDerefNode:
		receiver, err := s.eval(n.Receiver)
		return index(receiver, n.Property), err
	case *actionlint.ArrayDerefNode:
		receiver, err := s.eval(n.Receiver)
		return star(receiver), err
	case *actionlint.IndexAccessNode:
		return s.indexAccess(n)
	case *actionlint.NotOpNode:
		v, err := s.eval(n.Operand)
		return !Truthy(v), err
	case *actionlint.CompareOpNode:
		return s.comparison(n)
	case *actionlint.LogicalOpNode:
		return s.logical(n)
	case *actionlint.FuncCallNode:
		return s.call(n)
	}
	return nil, fmt.Errorf("an expression of kind %T is not known to the practice runner", node)
}

func (s Scope) variable(name string) (any, error) {
	v, ok := s.Contexts[name]
	if !ok {
		return nil, fmt.Errorf("unrecognized named-value: '%s'", name)
	}
	return v, nil
}

func (s Scope) indexAccess(n *actionlint.IndexAccessNode) (any, error) {
	operand, err := s.eval(n.Operand)
	if err != nil {
		return nil, err
	}
	at, err := s.eval(n.Index)
	if err != nil {
		return nil, err
	}
	return index(operand, at), nil
}

func (s Scope) comparison(n *actionlint.CompareOpNode) (any, error) {
	left, err := s.eval(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := s.eval(n.Right)
	if err != nil {
		return nil, err
	}
	return compare(n.Kind, settle(left), settle(right)), nil
}

func (s Scope) logical(n *actionlint.LogicalOpNode) (any, error) {
	left, err := s.eval(n.Left)
	if err != nil {
		return nil, err
	}
	wantsRight := Truthy(left) == (n.Kind == actionlint.LogicalOpNodeKindAnd)
	if !wantsRight {
		return left, nil
	}
	return s.eval(n.Right)
}

func (s Scope) call(n *actionlint.FuncCallNode) (any, error) {
	args := make([]any, 0, len(n.Args))
	for _, a := range n.Args {
		v, err := s.eval(a)
		if err != nil {
			return nil, err
		}
		args = append(args, settle(v))
	}
	name := strings.ToLower(n.Callee)
	if f, ok := s.Functions[name]; ok {
		return f(args)
	}
	if f, ok := builtins[name]; ok {
		return f.call(n.Callee, args)
	}
	return nil, fmt.Errorf("unrecognized function: '%s'", n.Callee)
}

// index looks a key or a position up; whatever is not there is null.
func index(v, at any) any {
	switch v := v.(type) {
	case *Object:
		return v.Get(String(at))
	case filtered:
		var out filtered
		for _, item := range v {
			if found := index(item, at); found != nil {
				out = append(out, found)
			}
		}
		return out
	case []any:
		n := number(at)
		if _, text := at.(string); text {
			if _, err := strconv.Atoi(at.(string)); err != nil {
				return nil
			}
		}
		if n >= 0 && n < float64(len(v)) {
			return v[int(n)]
		}
	}
	return nil
}

func star(v any) any {
	out := filtered{}
	switch v := v.(type) {
	case *Object:
		for _, k := range v.Keys() {
			out = append(out, v.Get(k))
		}
	case []any:
		out = append(out, v...)
	case filtered:
		for _, item := range v {
			if inner, ok := star(item).(filtered); ok {
				out = append(out, inner...)
			}
		}
	}
	return out
}
