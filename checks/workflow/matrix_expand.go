package workflow

import (
	"fmt"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// expand multiplies the vectors, takes out what exclude names and puts in what
// include adds (docs.github.com, "Running variations of jobs in a workflow", read
// August 2026).
func (g grid) expand() []combination {
	made, ok := g.product()
	if !ok {
		return []combination{{open: fmt.Sprintf("the matrix has more than %d combinations", maxMatrix)}}
	}
	var kept []map[string]expr.Set
	for _, c := range made {
		excluded := slices.ContainsFunc(g.exclude, func(row map[string]expr.Set) bool { return fits(row, c) == yes })
		if slices.ContainsFunc(g.exclude, func(row map[string]expr.Set) bool { return fits(row, c) == perhaps }) && !excluded {
			return []combination{{open: "what the matrix excludes is only known when the job runs"}}
		}
		if !excluded {
			kept = append(kept, c)
		}
	}
	return g.included(kept)
}

func (g grid) product() ([]map[string]expr.Set, bool) {
	if len(g.vectors) == 0 {
		return nil, true
	}
	made := []map[string]expr.Set{{}}
	for _, key := range sorted(g.vectors) {
		var next []map[string]expr.Set
		for _, c := range made {
			for _, v := range g.vectors[key] {
				next = append(next, with(c, map[string]expr.Set{key: v}))
			}
		}
		if made = next; len(made) > maxMatrix {
			return nil, false
		}
	}
	return made, true
}

// included adds each row of include to the combinations whose own values it
// does not change, or as one of its own.
func (g grid) included(base []map[string]expr.Set) []combination {
	made := slices.Clone(base)
	var more []map[string]expr.Set
	for _, row := range g.include {
		added := false
		for i := range base {
			switch fits(g.originals(row), base[i]) {
			case yes:
				made[i], added = with(made[i], row), true
			case perhaps:
				return []combination{{open: "where the matrix includes something is only known when the job runs"}}
			}
		}
		if !added {
			more = append(more, row)
		}
	}
	var out []combination
	for _, values := range append(made, more...) {
		out = append(out, combination{values: values})
	}
	return out
}

// originals are those values of a row that are keys of the matrix itself.
func (g grid) originals(row map[string]expr.Set) map[string]expr.Set {
	own := map[string]expr.Set{}
	for key, v := range row {
		if _, there := g.vectors[key]; there {
			own[key] = v
		}
	}
	return own
}

func with(c, more map[string]expr.Set) map[string]expr.Set {
	out := map[string]expr.Set{}
	for _, m := range []map[string]expr.Set{c, more} {
		for key, v := range m {
			out[key] = v
		}
	}
	return out
}

// answer tells whether something holds.
type answer int

const (
	no answer = iota
	yes
	perhaps
)

// fits tells whether a combination has all values of a row.
func fits(row, c map[string]expr.Set) answer {
	all := yes
	for key, want := range row {
		got, there := c[key]
		if !there {
			return no
		}
		a, one := want.Only()
		b, other := got.Only()
		switch {
		case !one || !other:
			all = perhaps
		case !a.Same(b):
			return no
		}
	}
	return all
}
