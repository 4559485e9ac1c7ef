package expr

import (
	"strconv"
	"strings"

	"github.com/rhysd/actionlint"
)

// call evaluates the functions whose outcome can be told from the file alone
// (docs.github.com, "Evaluate expressions in workflows and actions", read August
// 2026).
func (e evaluator) call(n *actionlint.FuncCallNode) Set {
	switch name := strings.ToLower(n.Callee); {
	case name == "success" || name == "always":
		return Set{Values: []Value{Bool(true)}}
	case name == "failure" || name == "cancelled":
		return Set{Values: []Value{Bool(false)}}
	case name == "format" && len(n.Args) > 0:
		return e.format(n.Args)
	case name == "fromjson" && len(n.Args) == 1:
		return e.fromJSON(n.Args[0])
	case name == "join" && (len(n.Args) == 1 || len(n.Args) == 2):
		return e.join(n.Args)
	case name == "case" && len(n.Args) > 2 && len(n.Args)%2 == 1:
		return e.choose(n.Args)
	case tests[name] != nil && len(n.Args) == 2:
		return e.test(tests[name], n.Args)
	}
	return Unknown(n.Callee + "() is computed at run time")
}

// tests are the functions that answer yes or no; they do not count case.
var tests = map[string]func(a, b Value) bool{
	"startswith": onTexts(strings.HasPrefix), "endswith": onTexts(strings.HasSuffix), "contains": contains,
}

func onTexts(test func(a, b string) bool) func(a, b Value) bool {
	return func(a, b Value) bool { return test(strings.ToLower(a.Text()), strings.ToLower(b.Text())) }
}

func contains(in, what Value) bool {
	if in.kind != kindArray {
		return onTexts(strings.Contains)(in, what)
	}
	for _, item := range in.Items() {
		if equal(item, what) {
			return true
		}
	}
	return false
}

func (e evaluator) test(test func(a, b Value) bool, args []actionlint.ExprNode) Set {
	left, right := e.set(args[0]), e.set(args[1])
	if left.Open || right.Open {
		return either()
	}
	return both(left, right, func(x, y Value) Value { return Bool(test(x, y)) })
}

// choose is case(): the value behind the first condition that is true, else the
// last argument. GitHub has it since January 2026
// (github.com/actions/runner/issues/4315).
func (e evaluator) choose(args []actionlint.ExprNode) Set {
	result := Set{}
	for i := 0; i+1 < len(args); i += 2 {
		condition := e.set(args[i])
		if condition.canBe(true) {
			result = union(result, e.set(args[i+1]))
		}
		if !condition.canBe(false) {
			return result
		}
	}
	return union(result, e.set(args[len(args)-1]))
}

func (e evaluator) fromJSON(arg actionlint.ExprNode) Set {
	texts, out := e.set(arg), Set{}
	for _, v := range texts.Values {
		if parsed, ok := parseJSON(v.Text()); ok {
			out = out.with(parsed)
		} else {
			out = out.opened("fromJSON() is given a text that is no JSON", restAny)
		}
	}
	if texts.Open {
		out = out.opened(texts.Why, restAny)
	}
	return out
}

// join puts the elements of an array together, by default with commas; any
// other value is itself.
func (e evaluator) join(args []actionlint.ExprNode) Set {
	separator := Of(",")
	if len(args) == 2 {
		separator = e.set(args[1])
	}
	return both(e.set(args[0]), separator, func(list, by Value) Value {
		if list.kind != kindArray {
			return String(list.Text())
		}
		var texts []string
		for _, item := range list.Items() {
			texts = append(texts, item.Text())
		}
		return String(strings.Join(texts, by.Text()))
	})
}

// format fills {0}, {1} … into its first argument.
func (e evaluator) format(args []actionlint.ExprNode) Set {
	// The values are gathered into an array first, so that none of them is taken
	// for a part of the pattern.
	given := Set{Values: []Value{ValueOf([]any{})}}
	for _, a := range args[1:] {
		given = both(given, e.set(a), func(list, v Value) Value {
			texts := []any{}
			for _, item := range list.Items() {
				texts = append(texts, item.Text())
			}
			return ValueOf(append(texts, v.Text()))
		})
	}
	result := Set{}
	filled := both(e.set(args[0]), given, func(pattern, list Value) Value {
		text, ok := fill(pattern.Text(), list.Items())
		if !ok {
			return Null() // GitHub stops at such a pattern
		}
		return String(text)
	})
	for _, v := range filled.Values {
		if v == Null() {
			result = result.opened("format() is given a pattern that it cannot fill", restAny)
		} else {
			result = result.with(v)
		}
	}
	if filled.Open {
		result = result.opened(filled.Why, restAny)
	}
	return result
}

// fill writes values into a pattern; {{ and }} stand for single braces.
func fill(pattern string, values []Value) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			b.WriteByte(pattern[i])
			i++
		case pattern[i] == '}':
			return "", false
		case pattern[i] == '{':
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				return "", false
			}
			n, err := strconv.Atoi(rest[1:end])
			if err != nil || n < 0 || n >= len(values) {
				return "", false
			}
			b.WriteString(values[n].Text())
			i += end
		default:
			b.WriteByte(pattern[i])
		}
	}
	return b.String(), true
}
