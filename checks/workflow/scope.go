package workflow

import (
	"maps"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// scope tells what a job's expressions can read: what the file, its callers and
// the run determine.
type scope struct {
	route
	file *File
	job  *Job
	step *Step
	run  Run
	// exports are variables that earlier steps set through $GITHUB_ENV.
	exports map[string]string
	depth   int
	// matrices are the combinations that are looked at: one for each caller, and
	// the job's own. Where one is missing, nothing of that matrix is known.
	matrices []combination
	// results remembers how needed jobs end, for all scopes of one question.
	results map[jobAt]result
	// insides counts the called workflows that were looked into for one question.
	insides *int
}

// jobAt is a job at a depth of calls.
type jobAt struct {
	job   *Job
	depth int
}

func newScope(r route, f *File, j *Job, run Run) scope {
	return scope{route: r, file: f, job: j, run: run, exports: map[string]string{}, results: map[jobAt]result{}, insides: new(int)}
}

// outside is the scope of the job that calls this file.
func (s scope) outside() scope {
	n := len(s.callers) - 1
	out := newScope(route{s.triggered, s.callers[:n], s.files}, s.callers[n].File, s.callers[n].Job, s.run)
	out.depth, out.results, out.insides = s.depth+1, s.results, s.insides
	out.matrices = s.matrices[:min(n+1, len(s.matrices))]
	return out
}

// look answers for the context values that an expression reads.
func (s scope) look(path string) expr.Set {
	context, rest, _ := strings.Cut(path, ".")
	switch context {
	case "matrix":
		if n := len(s.callers); rest != "" && n < len(s.matrices) {
			return s.matrices[n].look(rest)
		}
	case "inputs":
		if rest != "" {
			return s.input(rest)
		}
	case "env":
		if value, ok := s.variable(rest); ok && s.depth < 5 {
			deeper := s
			deeper.depth++
			return expr.Possible(value, deeper.look)
		}
	case "needs":
		if id, ok := strings.CutSuffix(rest, ".result"); ok {
			return s.result(id)
		}
	case "github":
		if set, ok := s.github(rest); ok {
			return set
		}
	}
	return expr.Unknown(path + " is only known when the job runs")
}

// result is how a needed job ends if all goes well.
func (s scope) result(id string) expr.Set {
	needed := s.file.jobFolded(id)
	if needed == nil || s.results == nil {
		return expr.Unknown("the result of " + id + " is only known when the job runs")
	}
	switch outlook, _ := s.outcome(needed); outlook {
	case Reached:
		return expr.Of("success")
	case Skipped:
		return expr.Of("skipped")
	}
	return expr.Of("success", "skipped")
}

// variable finds an environment variable of the step. The env context does not
// count case, so it is not counted here either.
func (s scope) variable(name string) (string, bool) {
	for _, level := range s.levels() {
		if value, ok := level[name]; ok {
			return value, true
		}
		for _, key := range sorted(level) {
			if strings.EqualFold(key, name) {
				return level[key], true
			}
		}
	}
	return "", false
}

// levels are the variables that the step sees, the nearest first.
func (s scope) levels() []map[string]string {
	levels := []map[string]string{s.exports, s.job.Env, s.file.Env}
	if s.step != nil {
		levels = append([]map[string]string{s.step.Env}, levels...)
	}
	return levels
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// values are the strings that a text can become in this scope.
func (s scope) values(text string) expr.Set { return expr.Possible(text, s.look) }
