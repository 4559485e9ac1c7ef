package expr

import (
	"strings"

	"github.com/rhysd/actionlint"
)

func (e evaluator) compare(n *actionlint.CompareOpNode) Set {
	left, right := e.set(n.Left), e.set(n.Right)
	if left.Open || right.Open {
		return either()
	}
	return both(left, right, func(x, y Value) Value { return Bool(compare(n.Kind, x, y)) })
}

func compare(op actionlint.CompareOpNodeKind, x, y Value) bool {
	switch op {
	case actionlint.CompareOpNodeKindEq:
		return equal(x, y)
	case actionlint.CompareOpNodeKindNotEq:
		return !equal(x, y)
	}
	order := func(less, same bool) bool {
		switch op {
		case actionlint.CompareOpNodeKindLess:
			return less
		case actionlint.CompareOpNodeKindLessEq:
			return less || same
		case actionlint.CompareOpNodeKindGreater:
			return !less && !same
		default:
			return !less
		}
	}
	if x.kind == kindString && y.kind == kindString {
		a, b := strings.ToLower(x.text), strings.ToLower(y.text)
		return order(a < b, a == b)
	}
	a, b := x.number(), y.number()
	if a != a || b != b { // NaN compares with nothing
		return false
	}
	return order(a < b, a == b)
}

// Path is the dotted lower-case path of a context access such as
// github.event_name or matrix['target'].
func Path(node actionlint.ExprNode) (string, bool) {
	switch n := node.(type) {
	case *actionlint.VariableNode:
		return strings.ToLower(n.Name), true
	case *actionlint.ObjectDerefNode:
		base, ok := Path(n.Receiver)
		return base + "." + strings.ToLower(n.Property), ok
	case *actionlint.IndexAccessNode:
		base, ok := Path(n.Operand)
		key, isString := n.Index.(*actionlint.StringNode)
		if !ok || !isString {
			return "", false
		}
		return base + "." + strings.ToLower(key.Value), true
	}
	return "", false
}

// Paths lists the context values that a text's expressions read.
func Paths(text string) []string {
	var paths []string
	for _, p := range Parts(text) {
		if !p.Expression {
			continue
		}
		node, err := parse(p.Text)
		if err != nil {
			continue
		}
		actionlint.VisitExprNode(node, func(n, parent actionlint.ExprNode, entering bool) {
			path, ok := Path(n)
			if _, inner := Path(parent); ok && entering && !inner {
				paths = append(paths, path)
			}
		})
	}
	return paths
}
