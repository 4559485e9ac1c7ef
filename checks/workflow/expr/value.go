package expr

import (
	"math"
	"strconv"
	"strings"
)

type kind int

const (
	kindString kind = iota
	kindNumber
	kindBool
	kindNull
)

// Value is one value that an expression can have: a string, number, boolean or
// null.
type Value struct {
	kind kind
	text string
	num  float64
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
