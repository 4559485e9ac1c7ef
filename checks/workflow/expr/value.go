package expr

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

type kind int

const (
	kindString kind = iota
	kindNumber
	kindBool
	kindNull
	kindArray
	kindObject
)

// Value is one value that an expression can have: a string, number, boolean,
// null, array or object.
type Value struct {
	kind kind
	text string
	num  float64
	// json holds an array or object; a Value stays comparable with ==.
	json string
}

// String makes a string value.
func String(s string) Value { return Value{kind: kindString, text: s} }

// Bool makes a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{kind: kindBool, text: "true", num: 1}
	}
	return Value{kind: kindBool, text: "false"}
}

// Number makes a number value.
func Number(n float64) Value {
	return Value{kind: kindNumber, text: strconv.FormatFloat(n, 'g', 15, 64), num: n}
}

// Null is the null value, which is also what a missing property gives.
func Null() Value { return Value{kind: kindNull} }

// ValueOf makes a value of what a YAML or JSON decoder gives. What is none of these
// becomes a string.
func ValueOf(v any) Value {
	switch v := v.(type) {
	case nil:
		return Null()
	case bool:
		return Bool(v)
	case int:
		return Number(float64(v))
	case int64:
		return Number(float64(v))
	case uint64:
		return Number(float64(v))
	case float64:
		return Number(v)
	case string:
		return String(v)
	case []any:
		return compound(kindArray, "Array", v)
	case map[string]any:
		return compound(kindObject, "Object", v)
	}
	return String(fmt.Sprint(v))
}

func compound(k kind, shown string, v any) Value {
	text, err := json.Marshal(v)
	if err != nil { // a number that JSON has no word for
		return String(shown)
	}
	return Value{kind: k, text: shown, num: math.NaN(), json: string(text)}
}

// parseJSON is what fromJSON() makes of a text.
func parseJSON(text string) (Value, bool) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return Value{}, false
	}
	return ValueOf(v), true
}

// Any is the value as a JSON decoder gives it.
func (v Value) Any() any {
	switch v.kind {
	case kindNull:
		return nil
	case kindBool:
		return v.num != 0
	case kindNumber:
		return v.num
	case kindArray, kindObject:
		var out any
		if json.Unmarshal([]byte(v.json), &out) == nil {
			return out
		}
	}
	return v.text
}

// Same reports whether two values are equal all the way down, without case in
// strings.
func (v Value) Same(w Value) bool {
	if v.json != "" || w.json != "" {
		return strings.EqualFold(v.json, w.json)
	}
	return equal(v, w)
}

// Items are the elements of an array; nil for any other value.
func (v Value) Items() []Value {
	var raw []any
	if v.kind != kindArray || json.Unmarshal([]byte(v.json), &raw) != nil {
		return nil
	}
	items := make([]Value, len(raw))
	for i, r := range raw {
		items[i] = ValueOf(r)
	}
	return items
}

// Fields are the properties of an object; nil for any other value.
func (v Value) Fields() map[string]Value {
	var raw map[string]any
	if v.kind != kindObject || json.Unmarshal([]byte(v.json), &raw) != nil {
		return nil
	}
	fields := make(map[string]Value, len(raw))
	for name, r := range raw {
		fields[name] = ValueOf(r)
	}
	return fields
}

// At is a property or an element; null when it is not there. Names of
// properties do not count case.
func (v Value) At(key Value) Value {
	switch v.kind {
	case kindObject:
		fields := v.Fields()
		names := make([]string, 0, len(fields))
		for name := range fields {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.EqualFold(name, key.Text()) {
				return fields[name]
			}
		}
	case kindArray:
		items, n := v.Items(), key.number()
		if n >= 0 && n < float64(len(items)) {
			return items[int(n)]
		}
	}
	return Null()
}

// Text is the value as GitHub writes it into a string.
func (v Value) Text() string { return v.text }

// Truthy tells whether the value counts as true in a condition: false, 0, ""
// and null do not (docs.github.com, "Evaluate expressions in workflows and
// actions", read August 2026).
func (v Value) Truthy() bool {
	switch v.kind {
	case kindString:
		return v.text != ""
	case kindNull:
		return false
	case kindArray, kindObject:
		return true
	default:
		return v.num != 0 && !math.IsNaN(v.num)
	}
}

// equal compares as == does: strings without case; values of different types
// as numbers.
func equal(a, b Value) bool {
	if a.kind == kindString && b.kind == kindString {
		return strings.EqualFold(a.text, b.text)
	}
	if a.kind == kindArray || a.kind == kindObject {
		return false // they are equal only if they are the same instance
	}
	if a.kind == b.kind {
		return a.kind == kindNull || a.num == b.num
	}
	return a.number() == b.number()
}

func (v Value) number() float64 {
	if v.kind != kindString {
		return v.num
	}
	s := strings.TrimSpace(v.text)
	if s == "" {
		return 0
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseInt(s, 0, 64); err == nil {
		return float64(n)
	}
	return math.NaN()
}
