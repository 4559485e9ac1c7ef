package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

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

var matrixKey = regexp.MustCompile(`(?i)\bmatrix\b(?:\s*\.\s*([a-z0-9_-]+)|\s*\[\s*'([^']+)'\s*\])?`)

// narrowed keeps of each combination only what the texts read, each once.
func narrowed(all []combination, texts []string) []combination {
	used := map[string]bool{}
	for _, text := range texts {
		for _, m := range matrixKey.FindAllStringSubmatch(text, -1) {
			used[strings.ToLower(m[1]+m[2])] = true
		}
	}
	var kept []combination
	var seen []string
	for _, c := range all {
		narrow := combination{values: map[string]expr.Set{}, open: c.open}
		mark := c.open
		for _, key := range sorted(c.values) {
			if used[key] || used[""] {
				narrow.values[key] = c.values[key]
				mark += fmt.Sprintf("|%s=%+v", key, c.values[key])
			}
		}
		if !slices.Contains(seen, mark) {
			kept, seen = append(kept, narrow), append(seen, mark)
		}
	}
	return kept
}

// readMatrices reads the jobs' matrices with the types of their values, which
// the linter's model does not keep.
func (f *File) readMatrices(src []byte) {
	if !slices.ContainsFunc(f.Jobs, func(j *Job) bool { return j.Matrix }) {
		return
	}
	var root yaml.Node
	if yaml.Unmarshal(src, &root) != nil || len(root.Content) == 0 {
		return
	}
	jobs := child(root.Content[0], "jobs")
	for i := 0; jobs != nil && i+1 < len(jobs.Content); i += 2 {
		j := f.Job(jobs.Content[i].Value)
		if j != nil && j.Matrix {
			j.matrix = untyped(child(child(jobs.Content[i+1], "strategy"), "matrix"), 0)
		}
	}
}

// untyped turns YAML into maps, lists and scalars. What is too deep for a matrix is
// left out.
func untyped(n *yaml.Node, depth int) any {
	n = resolved(n)
	if n == nil || depth > 16 {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		fields := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			fields[n.Content[i].Value] = untyped(n.Content[i+1], depth+1)
		}
		return fields
	case yaml.SequenceNode:
		items := []any{}
		for _, item := range n.Content {
			items = append(items, untyped(item, depth+1))
		}
		return items
	}
	var v any
	switch n.ShortTag() {
	case "!!bool", "!!int", "!!float", "!!null":
		if n.Decode(&v) == nil {
			return v
		}
	}
	return n.Value
}
