// Package evidence holds what was seen: values that are seen, absent, or
// unknown with a reason, each with its source and time.
//
// Collectors make evidence, checks judge it. The package is pure data: it looks
// nothing up and reads no clock.
package evidence

import "fmt"

// State says how much is known of a fact.
type State int

// The states. The zero value is Unknown: what nobody looked at is not known.
const (
	StateUnknown State = iota
	StateSeen
	StateAbsent
)

// Fact is one thing that was looked at. The zero Fact is unknown with the
// reason "not looked at".
type Fact[T any] struct {
	state  State
	value  T
	reason string
	source Source
}

// Seen is a fact that was read at a source.
func Seen[T any](v T, src Source) Fact[T] {
	return Fact[T]{state: StateSeen, value: v, source: src}
}

// Absent is the seen absence of a thing: the source answered that there is
// none. It is never used for "could not look".
func Absent[T any](src Source) Fact[T] {
	return Fact[T]{state: StateAbsent, source: src}
}

// Unknown is a fact that could not be seen; reason says why, in a form that
// follows "unknown: ".
func Unknown[T any](src Source, format string, args ...any) Fact[T] {
	return Fact[T]{reason: fmt.Sprintf(format, args...), source: src}
}

// Get returns the value and whether it was seen.
func (f Fact[T]) Get() (T, bool) { return f.value, f.state == StateSeen }

// Or returns the value if it was seen, else the fallback.
func (f Fact[T]) Or(fallback T) T {
	if f.state == StateSeen {
		return f.value
	}
	return fallback
}

// State tells whether the fact is seen, absent or unknown.
func (f Fact[T]) State() State { return f.state }

// Seen reports whether there is a value.
func (f Fact[T]) Seen() bool { return f.state == StateSeen }

// Absent reports whether the thing was seen not to be there.
func (f Fact[T]) Absent() bool { return f.state == StateAbsent }

// Unknown reports whether the thing could not be seen.
func (f Fact[T]) Unknown() bool { return f.state == StateUnknown }

// Reason says why an unknown fact is unknown; "" for the other states.
func (f Fact[T]) Reason() string {
	if f.state == StateUnknown && f.reason == "" {
		return "not looked at"
	}
	return f.reason
}

// Missing says in a few words why there is no value; "" when there is one.
func (f Fact[T]) Missing() string {
	switch f.state {
	case StateSeen:
		return ""
	case StateAbsent:
		return "it is not there"
	}
	return f.Reason()
}

// Source says where the fact was looked for.
func (f Fact[T]) Source() Source { return f.source }

// Carry turns an absent or unknown fact into one of another type, keeping
// reason and source; a seen fact becomes unknown, since its value has no
// meaning there.
func Carry[T, U any](f Fact[U]) Fact[T] {
	if f.state == StateAbsent {
		return Absent[T](f.source)
	}
	return Fact[T]{reason: f.Reason(), source: f.source}
}
