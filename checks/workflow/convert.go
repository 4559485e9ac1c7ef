package workflow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// fill turns actionlint's tree into the file's model.
func (f *File) fill(w *actionlint.Workflow) {
	f.Name = str(w.Name)
	f.Permissions = permissions(w.Permissions)
	f.Env = variables(w.Env)
	for _, e := range w.On {
		f.Triggers = append(f.Triggers, trigger(e))
	}
	for _, j := range w.Jobs {
		if j != nil && j.ID != nil {
			f.Jobs = append(f.Jobs, f.job(j, w.Defaults))
		}
	}
	slices.SortFunc(f.Jobs, func(a, b *Job) int { return a.Line - b.Line })
}

func (f *File) job(j *actionlint.Job, outer *actionlint.Defaults) *Job {
	job := &Job{
		ID: j.ID.Value, Name: str(j.Name), Line: line(j.Pos), If: str(j.If),
		Permissions: permissions(j.Permissions), Environment: environment(j.Environment),
		Env: variables(j.Env), Needs: strs(j.Needs),
	}
	for _, d := range []*actionlint.Defaults{outer, j.Defaults} {
		if d != nil && d.Run != nil {
			job.Shell, job.Dir = cmp.Or(str(d.Run.Shell), job.Shell), cmp.Or(str(d.Run.WorkingDirectory), job.Dir)
		}
	}
	if j.Strategy != nil && j.Strategy.Matrix != nil {
		job.Matrix = true
	}
	job.RunsOn = runsOn(j.RunsOn)
	if j.Container != nil {
		job.Container = str(j.Container.Image)
	}
	if c := j.WorkflowCall; c != nil && c.Uses != nil {
		job.call(c)
	}
	for i, s := range j.Steps {
		job.Steps = append(job.Steps, f.step(i, s))
	}
	return job
}

// runsOn are a runner's labels, or the expression that computes them.
func runsOn(r *actionlint.Runner) []string {
	switch {
	case r == nil:
		return nil
	case r.LabelsExpr != nil:
		return []string{str(r.LabelsExpr)}
	}
	return strs(r.Labels)
}

func (j *Job) call(c *actionlint.WorkflowCall) {
	j.Uses, j.UsesLine, j.InheritSecrets = c.Uses.Value, line(c.Uses.Pos), c.InheritSecrets
	j.With, j.Secrets = map[string]string{}, map[string]string{}
	for name, in := range c.Inputs {
		j.With[name] = str(in.Value)
	}
	for name, s := range c.Secrets {
		j.Secrets[name] = str(s.Value)
	}
}

func (f *File) step(i int, s *actionlint.Step) *Step {
	step := &Step{Index: i, ID: str(s.ID), Name: str(s.Name), If: str(s.If), Line: line(s.Pos), Env: variables(s.Env)}
	switch e := s.Exec.(type) {
	case *actionlint.ExecAction:
		step.Uses = str(e.Uses)
		if e.Uses != nil {
			step.UsesLine = line(e.Uses.Pos)
		}
		step.With = map[string]string{}
		for name, in := range e.Inputs {
			step.With[name] = str(in.Value)
		}
	case *actionlint.ExecRun:
		step.Run, step.Shell, step.Dir = str(e.Run), str(e.Shell), str(e.WorkingDirectory)
		step.RunLine = f.scriptLine(e.Run)
	}
	return step
}

// scriptLine is the line on which a script starts: behind a block's | or >, it
// is the next one.
func (f *File) scriptLine(run *actionlint.String) int {
	n := line(run.Pos)
	if n == 0 || n > len(f.Lines) {
		return n
	}
	text := f.Lines[n-1]
	if col := run.Pos.Col; col >= 1 && col <= len(text) && strings.IndexByte("|>", text[col-1]) >= 0 {
		return n + 1
	}
	return n
}

func environment(e *actionlint.Environment) *Environment {
	if e == nil {
		return nil
	}
	env := &Environment{Name: str(e.Name), Line: line(e.Pos)}
	if e.Name != nil {
		env.Expression, env.Line = e.Name.ContainsExpression(), line(e.Name.Pos)
	}
	return env
}

func permissions(p *actionlint.Permissions) *Permissions {
	if p == nil {
		return nil
	}
	out := &Permissions{All: str(p.All), Scopes: map[string]string{}, Lines: map[string]int{}, Line: line(p.Pos)}
	for _, s := range p.Scopes {
		name := str(s.Name)
		out.Scopes[name], out.Lines[name] = str(s.Value), line(s.Name.Pos)
	}
	if p.All == nil && len(p.Scopes) == 0 {
		out.All = "{}"
	}
	return out
}

func variables(e *actionlint.Env) map[string]string {
	vars := map[string]string{}
	if e == nil {
		return vars
	}
	for _, v := range e.Vars {
		vars[str(v.Name)] = str(v.Value)
	}
	return vars
}

func str(s *actionlint.String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func strs(list []*actionlint.String) []string {
	var out []string
	for _, s := range list {
		out = append(out, str(s))
	}
	return out
}

func line(p *actionlint.Pos) int {
	if p == nil {
		return 0
	}
	return p.Line
}
