package expr

import "slices"

// Set is what is known of a value: the values that it can have, and whether
// there are others.
type Set struct {
	Values []Value
	// Open says that the value can be something else too; Why says what it
	// depends on.
	Open bool
	Why  string
	// rest narrows what the other values of an open set are.
	rest rest
}

// rest tells whether values that are not known count as true or false.
type rest int

const (
	restAny rest = iota
	restTruthy
	restFalsy
)

// limit bounds a set; beyond it the set is open.
const limit = 64

// Of is a complete set of strings.
func Of(values ...string) Set {
	s := Set{}
	for _, v := range values {
		s = s.with(String(v))
	}
	return s
}

// Unknown is a set of which nothing is known.
func Unknown(why string) Set { return Set{Open: true, Why: why} }

// Texts lists the values as strings, each once.
func (s Set) Texts() []string {
	texts := make([]string, 0, len(s.Values))
	for _, v := range s.Values {
		if !slices.Contains(texts, v.Text()) {
			texts = append(texts, v.Text())
		}
	}
	return texts
}

// Only returns the value if there is exactly one.
func (s Set) Only() (Value, bool) {
	if s.Open || len(s.Values) != 1 {
		return Value{}, false
	}
	return s.Values[0], true
}

// Always reports whether the value is true in a condition, whatever happens.
func (s Set) Always() bool { return s.canBe(true) && !s.canBe(false) }

// Never reports whether the value is false in a condition, whatever happens.
func (s Set) Never() bool { return s.canBe(false) && !s.canBe(true) }

func (s Set) canBe(truthy bool) bool {
	kept := s.keep(truthy)
	return kept.Open || len(kept.Values) > 0
}

func (s Set) with(v Value) Set {
	if slices.Contains(s.Values, v) {
		return s
	}
	if len(s.Values) >= limit {
		return s.opened("it can have too many values", restAny)
	}
	s.Values = append(slices.Clone(s.Values), v)
	return s
}

func (s Set) opened(why string, r rest) Set {
	if s.Open && s.rest != r {
		r = restAny
	}
	if s.Why == "" {
		s.Why = why
	}
	s.Open, s.rest = true, r
	return s
}

// union holds the values of both.
func union(a, b Set) Set {
	for _, v := range b.Values {
		a = a.with(v)
	}
	if b.Open {
		a = a.opened(b.Why, b.rest)
	}
	return a
}

// keep holds the values that are true (or false) in a condition.
func (s Set) keep(truthy bool) Set {
	kept := Set{}
	for _, v := range s.Values {
		if v.Truthy() == truthy {
			kept.Values = append(kept.Values, v)
		}
	}
	want, other := restFalsy, restTruthy
	if truthy {
		want, other = restTruthy, restFalsy
	}
	if s.Open && s.rest != other {
		kept.Open, kept.Why, kept.rest = true, s.Why, want
	}
	return kept
}

// both is every pair's outcome.
func both(a, b Set, outcome func(x, y Value) Value) Set {
	out := Set{}
	for _, x := range a.Values {
		for _, y := range b.Values {
			out = out.with(outcome(x, y))
		}
	}
	for _, side := range []Set{a, b} {
		if side.Open {
			out = out.opened(side.Why, restAny)
		}
	}
	return out
}

// truth maps each value to a boolean.
func truth(s Set, test func(truthy bool) bool) Set {
	out := Set{}
	for _, truthy := range []bool{true, false} {
		if s.canBe(truthy) {
			out = out.with(Bool(test(truthy)))
		}
	}
	return out
}

// either is a boolean of which nothing is known.
func either() Set { return Set{Values: []Value{Bool(true), Bool(false)}} }

// Or adds a string to the set.
func (s Set) Or(text string) Set { return s.with(String(text)) }

// Booleans is the set of true and false.
func Booleans() Set { return either() }

// One is the set of one value.
func One(v Value) Set { return Set{Values: []Value{v}} }

// Nothing is the set of null alone: what a missing property gives.
func Nothing() Set { return One(Null()) }

// At is a property of the value.
func (s Set) At(name string) Set { return both(s, Of(name), Value.At) }

// Union holds the values of all sets.
func Union(sets ...Set) Set {
	out := Set{}
	for _, s := range sets {
		out = union(out, s)
	}
	return out
}

// Mapped is the set of what f makes of each value.
func (s Set) Mapped(f func(Value) Value) Set {
	return both(s, Of(""), func(v, _ Value) Value { return f(v) })
}
