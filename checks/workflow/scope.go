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
}

// look answers for the context values that an expression reads.
func (s scope) look(path string) expr.Set {
	context, rest, _ := strings.Cut(path, ".")
	switch context {
	case "matrix":
		if values, ok := s.job.Axes[rest]; ok {
			return expr.Of(values...)
		}
	case "inputs":
		return s.input(rest)
	case "env":
		if value, ok := s.variable(rest); ok && s.depth < 5 {
			deeper := s
			deeper.depth++
			return expr.Possible(value, deeper.look)
		}
	case "github":
		if name, ok := strings.CutPrefix(rest, "event.inputs."); ok {
			return s.input(name)
		}
		if set, ok := s.github(rest); ok {
			return set
		}
	}
	return expr.Unknown(path + " is only known when the job runs")
}

// github answers for the github context as far as the run is known.
func (s scope) github(name string) (expr.Set, bool) {
	known := map[string]string{
		"ref": s.run.Ref, "ref_name": ShortRef(s.run.Ref), "ref_type": RefType(s.run.Ref), "sha": s.run.SHA,
		"repository_owner": s.run.Owner, "event_name": s.run.Event,
	}
	if s.run.Owner != "" && s.run.Repository != "" {
		known["repository"] = s.run.Owner + "/" + s.run.Repository
	}
	if known[name] != "" {
		return expr.Of(known[name]), true
	}
	if name == "event_name" && s.triggered != nil {
		return expr.Of(Events(s.triggered)...), true
	}
	return expr.Set{}, false
}

// input answers for an input of the workflow: from the caller, else from the
// declaration.
func (s scope) input(name string) expr.Set {
	if n := len(s.callers); n > 0 {
		return s.passed(s.callers[n-1], name)
	}
	if s.triggered == nil {
		return expr.Unknown("input " + name + " is given by the caller")
	}
	dispatch := s.file.Trigger("workflow_dispatch")
	started := s.run.Event == "" || s.run.Event == "workflow_dispatch"
	if dispatch == nil || !started {
		return expr.Of("")
	}
	set := declared(dispatch, name)
	if s.run.Event == "" && len(s.file.Triggers) > 1 {
		return set.Or("") // another event starts the run without inputs
	}
	return set
}

// declared is what a declaration says of an input.
func declared(t *Trigger, name string) expr.Set {
	if values, ok := t.InputValues[name]; ok {
		if len(values) == 2 && values[0] == "true" && values[1] == "false" {
			return expr.Booleans()
		}
		return expr.Of(values...)
	}
	set := expr.Unknown("input " + name + " is chosen by who starts the run")
	if d, ok := t.Defaults[name]; ok {
		return set.Or(d)
	}
	return set
}

// passed is the value that a caller gives to an input, or its default.
func (s scope) passed(c Caller, name string) expr.Set {
	outer := scope{route: route{s.triggered, s.callers[:len(s.callers)-1]}, file: c.File, job: c.Job, run: s.run, depth: s.depth + 1}
	if value, ok := c.Job.With[name]; ok && s.depth < maxLevels {
		return typed(expr.Possible(value, outer.look))
	}
	if t := s.file.Trigger("workflow_call"); t != nil {
		if d, ok := t.Defaults[name]; ok {
			return typed(expr.Of(d))
		}
	}
	return expr.Of("")
}

// typed turns the texts "true" and "false" back into booleans, which an input
// keeps when it is passed on.
func typed(s expr.Set) expr.Set {
	for i, v := range s.Values {
		switch v.Text() {
		case "true":
			s.Values[i] = expr.Bool(true)
		case "false":
			s.Values[i] = expr.Bool(false)
		}
	}
	return s
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

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// values are the strings that a text can become in this scope.
func (s scope) values(text string) expr.Set { return expr.Possible(text, s.look) }
