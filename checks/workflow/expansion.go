package workflow

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// maxActions is how deep composite actions may use each other, those that a job
// itself uses included (github.com/actions/runner, docs/adrs/1144-composite-actions.md
// and Constants.CompositeActionsMaxDepth, which counts from 0, read November
// 2026).
const maxActions = 10

// maxSteps bounds the steps of a job with its actions taken apart.
const maxSteps = 2000

// expansion takes the composite actions of one job apart: their steps stand in
// the place of the step that uses them, with inputs and outputs put in, so that
// all texts read as if they stood in the job.
type expansion struct {
	*engine
	file  *File
	job   *Job
	route route
	// checkouts are the folders into which other repositories were checked out.
	checkouts map[string]string
	// uses counts the uses of actions, to tell the ids of their steps apart.
	uses int
	out  []*Step
}

// StepsOf are the steps of a job as they run: those of composite actions stand in
// the place of the step that uses them, as far as their descriptions are among
// the sources. [Step.Own] is the job's own step.
func StepsOf(s Sources, f *File, j *Job) []*Step {
	x := expansion{engine: &engine{sources: s}, file: f, job: j}
	return x.steps()
}

// level is where steps stand: in the job, or in an action that it uses.
type level struct {
	// inside are the uses of actions that lead here, outermost first.
	via  []*Action
	used *Step
	// outer are the conditions of the uses that lead here.
	outer []string
	// paths are expressions that stand for context values of the level.
	paths map[string]string
	// prefix goes before the ids of the level's steps.
	prefix string
}

func (x *expansion) steps() []*Step {
	x.checkouts = map[string]string{}
	x.all(x.job.Steps, &level{paths: map[string]string{}})
	return x.out
}

func (x *expansion) all(steps []*Step, l *level) {
	for _, s := range steps {
		if len(x.out) >= maxSteps {
			return
		}
		x.step(s, l)
	}
}

// step adds a step, or those of the composite action that it uses.
func (x *expansion) step(s *Step, l *level) {
	s = l.rewritten(s)
	x.notesCheckout(s)
	ref, remote, isAction := x.reference(s.Uses, l)
	if !isAction {
		x.out = append(x.out, s)
		return
	}
	a := x.sources.action(ref)
	if a == nil && remote && !x.matters(s) {
		x.out = append(x.out, s) // a well-known action, or one that cannot do harm here
		return
	}
	why := ""
	switch {
	case a == nil:
	case a.Problem != "":
		why = a.Problem
	case !a.Composite():
		x.out = append(x.out, s)
		if x.hides(s, a) {
			x.see(s, ref, remote, fmt.Sprintf("what %s does, which runs on %s, its description does not show", s.Uses, a.Using))
		}
		return
	case len(l.via) >= maxActions:
		why = fmt.Sprintf("actions use each other more than %d levels deep, which GitHub refuses", maxActions)
	default:
		x.inside(s, a, l)
		return
	}
	x.out = append(x.out, s)
	x.see(s, ref, remote, why)
}

// see notes that what a step does is not known.
func (x *expansion) see(s *Step, ref string, remote bool, why string) {
	line := s.Own().UsesLine
	if line == 0 {
		line = s.Own().Line
	}
	x.blind(Blind{Reference: Reference{KindAction, ref, remote, x.file, x.job, line}, Triggered: x.route.triggered, Callers: x.route.callers, Step: s.Own(), Why: why})
}

// inside adds the steps of an action that a step uses.
func (x *expansion) inside(s *Step, a *Action, outer *level) {
	x.uses++
	l := &level{via: append(slices.Clone(outer.via), a), used: s, outer: slices.Clone(outer.outer), paths: map[string]string{}, prefix: fmt.Sprintf("__%d_", x.uses)}
	if s.If != "" {
		l.outer = append(l.outer, s.If)
	}
	for name, text := range a.Inputs {
		l.paths["inputs."+name] = bounded(expr.Quote(text))
	}
	for name, text := range s.With {
		l.paths["inputs."+name] = bounded(expr.Quote(text))
	}
	x.all(a.Steps, l)
	if s.ID == "" {
		return
	}
	for name, text := range a.Outputs {
		outer.paths["steps."+strings.ToLower(s.plainID())+".outputs."+name] = bounded(expr.Quote(expr.Rewrite(text, l.replace)))
	}
}

// bounded keeps what inputs of inputs become from growing without end.
func bounded(expression string) string {
	if len(expression) > expr.MaxLength/4 {
		return "action.value"
	}
	return expression
}

// replace gives the expression that stands for a context value of the level.
func (l *level) replace(path string) (string, bool) {
	if e, ok := l.paths[path]; ok {
		return e, true
	}
	context, rest, _ := strings.Cut(path, ".")
	switch {
	case l.prefix == "":
		return "", false
	case context == "inputs" && rest != "" && !strings.Contains(rest, "."):
		return "''", true // an action's input that nobody gives
	case context == "inputs":
		return "action.value", true
	case context == "steps" && rest != "":
		return "steps." + l.prefix + rest, true
	}
	return "", false
}

// rewritten is a step with its texts put into the terms of the job.
func (l *level) rewritten(s *Step) *Step {
	if len(l.paths) == 0 && l.prefix == "" {
		return s
	}
	c := *s
	c.job, c.via, c.outer = l.used.Own(), l.via, l.outer
	if l.prefix != "" && s.ID != "" {
		c.ID = l.prefix + s.ID
	}
	c.If = expr.RewriteCondition(s.If, l.replace)
	c.Run, c.Dir = expr.Rewrite(s.Run, l.replace), expr.Rewrite(s.Dir, l.replace)
	c.With, c.Env = l.rewriteAll(s.With), l.rewriteAll(s.Env)
	if l.used == nil {
		c.job = s
		return &c
	}
	for name, value := range l.used.Env { // an action's steps see the variables of the step that uses it
		if _, own := c.Env[name]; !own {
			c.Env[name] = value
		}
	}
	return &c
}

func (l *level) rewriteAll(texts map[string]string) map[string]string {
	out := maps.Clone(texts)
	if out == nil {
		out = map[string]string{}
	}
	for name, text := range out {
		out[name] = expr.Rewrite(text, l.replace)
	}
	return out
}

var idPrefix = regexp.MustCompile(`^__\d+_`)

// plainID is the step's id as its file has it.
func (s *Step) plainID() string { return idPrefix.ReplaceAllString(s.ID, "") }

// reference resolves an action that is no container: in our repository, or in
// another one. "./" is the workspace, where our repository is checked out unless
// a step put another one there; "$/" is the repository of the file that says so.
func (x *expansion) reference(uses string, l *level) (ref string, remote, ok bool) {
	if local, is := strings.CutPrefix(uses, "./"); is {
		return x.inWorkspace(path.Clean("/" + local)[1:])
	}
	if own, is := strings.CutPrefix(uses, "$/"); is {
		home := x.file.Remote
		if n := len(l.via); n > 0 {
			home = l.via[n-1].Ref
		}
		own = path.Clean("/" + own)[1:]
		if repo, version, is := repository(home); is {
			return strings.TrimSuffix(repo+"/"+own, "/") + "@" + version, true, true
		}
		return own, false, true
	}
	if strings.HasPrefix(uses, "docker://") || !strings.Contains(uses, "@") || strings.Contains(uses, "${{") {
		return "", false, false
	}
	return uses, true, true
}

// repository takes "owner/repo" and the version out of a reference into another
// repository.
func repository(ref string) (name, version string, ok bool) {
	name, version, ok = strings.Cut(ref, "@")
	parts := strings.SplitN(name, "/", 3)
	if !ok || len(parts) < 2 {
		return "", "", false
	}
	return parts[0] + "/" + parts[1], version, true
}

// inWorkspace finds whose a folder of the workspace is.
func (x *expansion) inWorkspace(folder string) (ref string, remote, ok bool) {
	best := ""
	for at := range x.checkouts {
		if (folder == at || at == "" || strings.HasPrefix(folder, at+"/")) && len(at) >= len(best) {
			best = at
		}
	}
	inner := strings.TrimPrefix(strings.TrimPrefix(folder, best), "/")
	repo, version, is := repository(x.checkouts[best])
	if !is {
		return inner, false, true
	}
	return strings.TrimSuffix(repo+"/"+inner, "/") + "@" + version, true, true
}

// notesCheckout remembers which repository a step puts where, as far as its
// inputs are plain text.
func (x *expansion) notesCheckout(s *Step) {
	if actionName(s.Uses) != "actions/checkout" {
		return
	}
	folder, repo, ref := s.With["path"], s.With["repository"], s.With["ref"]
	if strings.Contains(folder, "${{") {
		return
	}
	if ref == "" {
		ref = "HEAD"
	}
	from := ""
	if strings.Count(repo, "/") == 1 && !strings.Contains(repo, "${{") {
		from = repo + "@" + ref
	}
	x.checkouts[strings.Trim(path.Clean("/"+folder), "/")] = from
}
