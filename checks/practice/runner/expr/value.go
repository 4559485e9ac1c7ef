package expr

import (
	"math"
	"strconv"
	"strings"
)

// A value of an expression is one of nil, bool, float64, string, []any or
// *Object. Nothing else may be put into a context.

// filtered is the list that `.*` makes: dereferencing it maps over its items.
type filtered []any

// Object is a mapping that keeps the order of its keys and finds them without
// case, as every context of GitHub Actions does.
type Object struct {
	keys   []string
	values map[string]any
}

// NewObject makes an object from pairs of a key and a value.
func NewObject(pairs ...any) *Object {
	o := &Object{values: map[string]any{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		o.Set(pairs[i].(string), pairs[i+1])
	}
	return o
}

// FromStrings makes an object of strings, in the order of keys given.
func FromStrings(keys []string, values map[string]string) *Object {
	o := NewObject()
	for _, k := range keys {
		o.Set(k, values[k])
	}
	return o
}

// Set adds or replaces a key; a replaced key keeps its place and spelling.
func (o *Object) Set(key string, value any) {
	folded := strings.ToLower(key)
	if _, there := o.values[folded]; !there {
		o.keys = append(o.keys, key)
	}
	o.values[folded] = value
}

// Get is the value of a key found without case, and nil where there is none.
func (o *Object) Get(key string) any {
	v, _ := o.Lookup(key)
	return v
}

// Lookup is Get that tells a missing key from a null.
func (o *Object) Lookup(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.values[strings.ToLower(key)]
	return v, ok
}

// Keys lists the keys in order, as they were spelled.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return append([]string(nil), o.keys...)
}

// Len counts the keys.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.keys)
}

// Copy makes an object with the same keys; the values are shared.
func (o *Object) Copy() *Object {
	c := NewObject()
	for _, k := range o.Keys() {
		c.Set(k, o.Get(k))
	}
	return c
}

// Truthy says what `&&`, `||`, `!` and `if:` make of a value: false, 0, NaN,
// the empty string and null are false, all else is true.
func Truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// String is a value as it appears in a rendered text. Lists and mappings show
// only their kind, as on GitHub; toJSON shows what is in them.
func String(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return formatNumber(v)
	case string:
		return v
	case *Object:
		return "Object"
	}
	return "Array"
}

func formatNumber(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // also for a negative zero
	}
	// The runner prints with .NET's "G15": 15 digits, an exponent from 1E+15 on.
	s := strconv.FormatFloat(f, 'G', 15, 64)
	if mantissa, exponent, ok := strings.Cut(s, "E"); ok && len(strings.TrimLeft(exponent, "+-")) < 2 {
		sign := strings.TrimRight(exponent, "0123456789")
		return mantissa + "E" + sign + "0" + strings.TrimLeft(exponent, "+-")
	}
	return s
}

// number coerces as the comparison operators do; what has no number is NaN.
func number(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		return parseNumber(v)
	}
	return math.NaN()
}

func parseNumber(s string) float64 {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o") {
		if n, err := strconv.ParseInt(s, 0, 32); err == nil {
			return float64(n)
		}
		return math.NaN()
	}
	if strings.ContainsAny(s, "_xXpPiI") && s != "Infinity" && s != "-Infinity" {
		return math.NaN() // Go's spellings of numbers that the runner does not know
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}
