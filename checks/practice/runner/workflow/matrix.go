package workflow

import (
	"fmt"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/expr"
)

// Combinations unfolds a rendered `strategy.matrix`. Without a matrix there is
// one combination, nil. GitHub allows 256 jobs a matrix.
func Combinations(matrix any) ([]*expr.Object, error) {
	if matrix == nil {
		return []*expr.Object{nil}, nil
	}
	m, ok := matrix.(*expr.Object)
	if !ok {
		return nil, fmt.Errorf("matrix must be a mapping")
	}
	out, err := product(m)
	if err != nil {
		return nil, err
	}
	out = without(out, m.Get("exclude"))
	out, err = include(out, m)
	switch {
	case err != nil:
		return nil, err
	case len(out) == 0:
		return nil, fmt.Errorf("matrix vector does not contain any values")
	case len(out) > 256:
		return nil, fmt.Errorf("matrix has %d combinations; 256 are allowed", len(out))
	}
	return out, nil
}

func vectors(m *expr.Object) []string {
	var keys []string
	for _, k := range m.Keys() {
		if k != "include" && k != "exclude" {
			keys = append(keys, k)
		}
	}
	return keys
}

func product(m *expr.Object) ([]*expr.Object, error) {
	keys := vectors(m)
	if len(keys) == 0 {
		return nil, nil
	}
	out := []*expr.Object{expr.NewObject()}
	for _, key := range keys {
		values, ok := m.Get(key).([]any)
		if !ok || len(values) == 0 {
			return nil, fmt.Errorf("matrix vector '%s' does not contain any values", key)
		}
		if len(out)*len(values) > 10_000 {
			return nil, fmt.Errorf("matrix has more than 10000 combinations; 256 are allowed")
		}
		var next []*expr.Object
		for _, base := range out {
			for _, v := range values {
				c := base.Copy()
				c.Set(key, v)
				next = append(next, c)
			}
		}
		out = next
	}
	return out, nil
}

func mappings(v any) []*expr.Object {
	var out []*expr.Object
	list, _ := v.([]any)
	for _, item := range list {
		if o, ok := item.(*expr.Object); ok {
			out = append(out, o)
		}
	}
	return out
}

func without(in []*expr.Object, exclude any) []*expr.Object {
	var out []*expr.Object
	for _, c := range in {
		excluded := false
		for _, x := range mappings(exclude) {
			excluded = excluded || agrees(c, x, x.Keys())
		}
		if !excluded {
			out = append(out, c)
		}
	}
	return out
}

func agrees(c, other *expr.Object, keys []string) bool {
	for _, k := range keys {
		v, ok := c.Lookup(k)
		if !ok || expr.JSON(v) != expr.JSON(other.Get(k)) {
			return false
		}
	}
	return true
}

// include adds each entry's pairs to every combination whose own values they
// would not overwrite; an entry that fits none becomes a combination itself.
func include(in []*expr.Object, m *expr.Object) ([]*expr.Object, error) {
	if v := m.Get("include"); v != nil {
		if _, ok := v.([]any); !ok {
			return nil, fmt.Errorf("matrix include must be a list")
		}
	}
	original := vectors(m)
	out := in
	for _, entry := range mappings(m.Get("include")) {
		fits := false
		for _, c := range in {
			if agrees(c, entry, overlap(entry, original)) {
				fits = true
				for _, k := range entry.Keys() {
					c.Set(k, entry.Get(k))
				}
			}
		}
		if !fits {
			out = append(out, entry.Copy())
		}
	}
	return out, nil
}

func overlap(entry *expr.Object, keys []string) []string {
	var out []string
	for _, k := range keys {
		if _, ok := entry.Lookup(k); ok {
			out = append(out, k)
		}
	}
	return out
}
