// Package tomlpos reads TOML into values that know their line, so that every
// finding about a manifest can point at the place it came from.
package tomlpos

// Kind is the type of a value.
type Kind int

// The kinds. Other stands for numbers and dates, which no reader here needs.
const (
	Other Kind = iota
	String
	Bool
	Array
	Table
)

// String names the kind, with its article, as messages to the manifest's
// author do.
func (k Kind) String() string {
	switch k {
	case String:
		return "a string"
	case Bool:
		return "a boolean"
	case Array:
		return "an array"
	case Table:
		return "a table"
	}
	return "a number or date"
}

// Value is one TOML value. The nil Value is a key that is not there; every
// method may be called on it.
type Value struct {
	// Kind is the value's type.
	Kind Kind
	// Line is the 1-based line of the key, of the table's header, or of the
	// element of an array.
	Line int

	text  string
	truth bool
	items []*Value
	keys  []string
	table map[string]*Value
}

// Get follows keys into nested tables; nil when one of them is not there.
func (v *Value) Get(keys ...string) *Value {
	for _, key := range keys {
		if v == nil {
			return nil
		}
		v = v.table[key]
	}
	return v
}

// Text returns a string value and whether the value is one.
func (v *Value) Text() (string, bool) {
	if v == nil || v.Kind != String {
		return "", false
	}
	return v.text, true
}

// Truth returns a boolean value and whether the value is one.
func (v *Value) Truth() (value, ok bool) {
	if v == nil || v.Kind != Bool {
		return false, false
	}
	return v.truth, true
}

// Items returns an array's elements; nil for any other value.
func (v *Value) Items() []*Value {
	if v == nil {
		return nil
	}
	return v.items
}

// Keys returns a table's keys in the order in which the file has them.
func (v *Value) Keys() []string {
	if v == nil {
		return nil
	}
	return v.keys
}

// IsTable says whether the value is a table.
func (v *Value) IsTable() bool { return v != nil && v.Kind == Table }

// At is the value's line; 0 for a key that is not there.
func (v *Value) At() int {
	if v == nil {
		return 0
	}
	return v.Line
}

func newTable(line int) *Value {
	return &Value{Kind: Table, Line: line, table: map[string]*Value{}}
}

func (v *Value) set(key string, child *Value) {
	if _, taken := v.table[key]; !taken {
		v.keys = append(v.keys, key)
	}
	v.table[key] = child
}
