package expr

import (
	"fmt"
	"strings"

	"github.com/rhysd/actionlint"
)

// Lookup tells what is known of a context value such as "github.ref" or
// "matrix.target"; the path is lower case. What it does not know it answers
// with [Unknown].
type Lookup func(path string) Set

// Possible tells which strings a text with ${{ }} in it can become.
func Possible(text string, look Lookup) Set {
	result := Of("")
	for _, p := range Parts(text) {
		piece := Of(p.Text)
		if p.Expression {
			piece = Evaluate(p.Text, look)
		}
		if piece.Open && piece.Why == "" {
			piece.Why = p.Text
		}
		result = both(result, piece, func(x, y Value) Value { return String(x.Text() + y.Text()) })
	}
	return result
}

// Evaluate tells which values the inside of ${{ }} can have. success() and
// always() are taken to be true, failure() and cancelled() to be false: the
// question is what happens when all goes well.
func Evaluate(expression string, look Lookup) Set {
	node, err := parse(expression)
	if err != nil {
		return Unknown(err.Error())
	}
	return evaluator{look}.set(node)
}

// MaxLength is the longest expression that GitHub reads, in bytes; it refuses
// longer ones ("exceeded max expression length 21000",
// github.com/actions/runner ExpressionConstants, read August 2026).
const MaxLength = 21000

func parse(expression string) (actionlint.ExprNode, error) {
	if len(expression) > MaxLength {
		return nil, fmt.Errorf("the expression is longer than %d characters", MaxLength)
	}
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(expression + "}}"))
	if err != nil {
		return nil, fmt.Errorf("the expression cannot be read: %s", err.Message)
	}
	return node, nil
}

// Condition tells which values an if: can have; ${{ }} may be left out there.
// An empty condition is true.
func Condition(condition string, look Lookup) Set {
	condition = strings.TrimSpace(condition)
	if inside, ok := Single(condition); ok {
		condition = inside
	}
	if condition == "" {
		return Set{Values: []Value{Bool(true)}}
	}
	if Contains(condition) {
		return Possible(condition, look)
	}
	return Evaluate(condition, look)
}

type evaluator struct{ look Lookup }

func (e evaluator) set(node actionlint.ExprNode) Set {
	if path, ok := Path(node); ok {
		return e.look(path)
	}
	switch n := node.(type) {
	case *actionlint.StringNode:
		return Of(n.Value)
	case *actionlint.BoolNode:
		return Set{Values: []Value{Bool(n.Value)}}
	case *actionlint.IntNode:
		return Set{Values: []Value{Number(float64(n.Value))}}
	case *actionlint.FloatNode:
		return Set{Values: []Value{Number(n.Value)}}
	case *actionlint.NullNode:
		return Set{Values: []Value{Null()}}
	case *actionlint.NotOpNode:
		return e.not(n)
	case *actionlint.LogicalOpNode:
		return e.logical(n)
	case *actionlint.CompareOpNode:
		return e.compare(n)
	case *actionlint.FuncCallNode:
		return e.call(n)
	case *actionlint.ObjectDerefNode:
		return both(e.set(n.Receiver), Of(n.Property), Value.At)
	case *actionlint.IndexAccessNode:
		return both(e.set(n.Operand), e.set(n.Index), Value.At)
	}
	return Unknown("it is computed at run time")
}

func (e evaluator) not(n *actionlint.NotOpNode) Set {
	return truth(e.set(n.Operand), func(truthy bool) bool { return !truthy })
}

// logical gives, as GitHub does, one of the operands and not a boolean.
func (e evaluator) logical(n *actionlint.LogicalOpNode) Set {
	left := e.set(n.Left)
	ends := n.Kind == actionlint.LogicalOpNodeKindOr
	result := left.keep(ends)
	if left.canBe(!ends) {
		result = union(result, e.set(n.Right))
	}
	return result
}
