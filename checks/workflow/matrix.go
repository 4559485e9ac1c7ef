package workflow

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// maxMatrix is how many jobs GitHub makes of a matrix at most (docs.github.com,
// "Running variations of jobs in a workflow", read August 2026).
const maxMatrix = 256

// combination is one job of a matrix: what each key is there. open says why not
// all keys are known; the others are null then.
type combination struct {
	values map[string]expr.Set
	open   string
}

// look answers for "key.inner" of the matrix context.
func (c combination) look(path string) expr.Set {
	key, rest, deeper := strings.Cut(path, ".")
	set, there := c.values[key]
	switch {
	case !there && c.open != "":
		return expr.Unknown("matrix." + path + " is only known when the job runs")
	case !there:
		return expr.Nothing()
	}
	for deeper {
		key, rest, deeper = strings.Cut(rest, ".")
		set = set.At(key)
	}
	return set
}

// grid is a matrix with its expressions evaluated.
type grid struct {
	vectors          map[string][]expr.Set
	include, exclude []map[string]expr.Set
	open             string
}

// combinations are the jobs that a job's matrix makes; one without values for a
// job without matrix.
func (s scope) combinations() []combination {
	if !s.job.Matrix {
		return []combination{{}}
	}
	g := s.grid(s.job.matrix)
	if g.open != "" {
		return []combination{{open: g.open}}
	}
	return g.expand()
}

func (s scope) grid(raw any) grid {
	g := grid{vectors: map[string][]expr.Set{}}
	fields, why := s.object(raw)
	if g.open = why; why != "" {
		return g
	}
	for key, value := range fields {
		items, why := s.list(value)
		if why != "" {
			g.open = why
			return g
		}
		name := strings.ToLower(key)
		if name != "include" && name != "exclude" {
			g.vectors[name] = s.renderAll(items)
			continue
		}
		rows, why := s.rows(items)
		if g.open = why; why != "" {
			return g
		}
		if name == "include" {
			g.include = rows
		} else {
			g.exclude = rows
		}
	}
	return g
}

// object and list take a part of the matrix apart, which an expression may give
// as a whole.
func (s scope) object(raw any) (map[string]any, string) {
	raw, why := s.whole(raw)
	fields, ok := raw.(map[string]any)
	if !ok && why == "" {
		why = "the matrix is no mapping"
	}
	return fields, why
}

func (s scope) list(raw any) ([]any, string) {
	raw, why := s.whole(raw)
	items, ok := raw.([]any)
	if !ok && why == "" {
		why = "a key of the matrix is no list"
	}
	return items, why
}

func (s scope) whole(raw any) (any, string) {
	text, isText := raw.(string)
	if !isText {
		return raw, ""
	}
	v, ok := s.typed(text).Only()
	if !ok {
		return nil, text + " is only known when the job runs"
	}
	return v.Any(), ""
}

func (s scope) rows(items []any) ([]map[string]expr.Set, string) {
	var rows []map[string]expr.Set
	for _, item := range items {
		fields, why := s.object(item)
		if why != "" {
			return nil, why
		}
		row := map[string]expr.Set{}
		for key, value := range fields {
			row[strings.ToLower(key)] = s.render(value)
		}
		rows = append(rows, row)
	}
	return rows, ""
}

func (s scope) renderAll(items []any) []expr.Set {
	sets := make([]expr.Set, len(items))
	for i, item := range items {
		sets[i] = s.render(item)
	}
	return sets
}

// render evaluates a value of the matrix; one with expressions deep inside is
// only taken apart when they have one value each.
func (s scope) render(raw any) expr.Set {
	switch v := raw.(type) {
	case string:
		return s.typed(v)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			one, ok := s.render(item).Only()
			if !ok {
				return expr.Unknown("a list in the matrix is only known when the job runs")
			}
			out[i] = one.Any()
		}
		return expr.One(expr.ValueOf(out))
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			one, ok := s.render(item).Only()
			if !ok {
				return expr.Unknown("a value in the matrix is only known when the job runs")
			}
			out[key] = one.Any()
		}
		return expr.One(expr.ValueOf(out))
	}
	return expr.One(expr.ValueOf(raw))
}

// typed evaluates a text; one that is a single expression keeps its type.
func (s scope) typed(text string) expr.Set {
	if inside, ok := expr.Single(text); ok {
		return expr.Evaluate(inside, s.look)
	}
	return expr.Possible(text, s.look)
}
