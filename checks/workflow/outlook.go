package workflow

import (
	"regexp"
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow/expr"
)

// Outlook tells whether a publishing step would be reached in a run.
type Outlook string

// The outlooks.
const (
	// Reached: nothing in the file holds it back, if all steps before succeed.
	Reached Outlook = "reached"
	// Skipped: a condition is false in this run.
	Skipped Outlook = "skipped"
	// Perhaps: a condition depends on what is only known at run time.
	Perhaps Outlook = "perhaps"
)

// Foresee tells whether a run reaches the publishing step: by the conditions of
// its job, of the jobs that it needs or is called by, and of the step itself.
// why names the condition that decides; "" when it is reached.
func Foresee(p Publishing, run Run) (outlook Outlook, why string) { return p.foresee(run, p.flat()) }

// ForeseeExchange is Foresee for the step that exchanges the token, which can be
// another one than that which publishes.
func ForeseeExchange(p Publishing, run Run) (outlook Outlook, why string) {
	return p.foresee(run, p.minting())
}

// minting is the step that exchanges the token, else the place's own.
func (p Publishing) minting() *Step {
	switch {
	case p.exchange != nil:
		return p.exchange
	case p.Exchange != nil:
		return p.Exchange
	}
	return p.flat()
}

// foresee judges the way to one step of the job: if one job of a matrix comes to
// it, the run does.
func (p Publishing) foresee(run Run, step *Step) (Outlook, string) {
	ways := p.ways(run)
	if len(ways) == 0 {
		return Skipped, "no job of the matrix publishes there in this run"
	}
	best, why := Skipped, ""
	for i, s := range ways {
		o, reason := s.through(step)
		if i == 0 || o == Reached || o == Perhaps && best == Skipped {
			best, why = o, reason
		}
	}
	return best, why
}

// through judges the jobs that call each other down to the scope's job, that job,
// and the step, in one combination of their matrices.
func (s scope) through(step *Step) (Outlook, string) {
	worst, why := Reached, ""
	for n := 0; n <= len(s.callers); n++ {
		at := s.at(n, s.matrices[:min(n, len(s.matrices))])
		o, reason := foreseeJob(at)
		if worst, why = worse(worst, why, o, reason); worst == Skipped {
			return worst, why
		}
	}
	if step == nil {
		return worst, why
	}
	s.step = step
	o, reason := foreseenStep(s)
	return worse(worst, why, o, reason)
}

// found reports whether the place is as the engine found it, and was not turned to
// another step since.
func (p Publishing) found() bool { return p.step != nil && p.step.Own() == p.Step }

// flat is the step that the place stands for, inside an action or not.
func (p Publishing) flat() *Step {
	if p.found() {
		return p.step
	}
	return p.Step
}

// foreseenStep judges the conditions of the scope's step, those of the actions
// that it stands in before its own.
func foreseenStep(s scope) (Outlook, string) {
	worst, why := Reached, ""
	for _, condition := range append(slices.Clone(s.step.outer), s.step.If) {
		o, reason := foreseen(condition, s)
		worst, why = worse(worst, why, o, reason)
	}
	return worst, why
}

// regardless marks conditions under which a job runs although one before it was
// skipped (docs.github.com, "Using conditions to control job execution").
var regardless = regexp.MustCompile(`(?i)\b(always|failure|cancelled)\s*\(`)

// foreseeJob judges the scope's job: by its condition, and by all jobs before it,
// of which none may be skipped. A job that runs regardless does not make up for
// one before it that was skipped (github.com/actions/runner/issues/491).
func foreseeJob(s scope) (Outlook, string) {
	worst, why := foreseen(s.job.If, s)
	if regardless.MatchString(s.job.If) {
		return worst, why
	}
	for _, before := range s.file.before(s.job) {
		o, reason := s.outcome(before)
		worst, why = worse(worst, why, o, reason)
	}
	return worst, why
}

// before lists the jobs that a job needs, and those that they need, each once.
func (f *File) before(j *Job) []*Job {
	found := []*Job{j}
	for i := 0; i < len(found); i++ {
		for _, id := range found[i].Needs {
			if needed := f.jobFolded(id); needed != nil && !slices.Contains(found, needed) {
				found = append(found, needed)
			}
		}
	}
	return found[1:]
}

// outcome tells whether another job of the file runs, as far as its jobs do if it
// calls a workflow. It is worked out once for all scopes of a question.
func (s scope) outcome(j *Job) (Outlook, string) {
	at := jobAt{j, len(s.callers)}
	if done, ok := s.results[at]; ok {
		return done.outlook, done.why
	}
	s.results[at] = result{Perhaps, "the jobs need each other"}
	inner := s
	inner.job, inner.step, inner.matrices = j, nil, s.matrices[:min(len(s.callers), len(s.matrices))]
	out := result{}
	out.outlook, out.why = foreseeJob(inner)
	if callee := Called(s.files, s.file, j); callee != nil && out.outlook != Skipped && len(s.callers) < maxLevels {
		out.outlook, out.why = out.with(inner.inside(callee))
	}
	s.results[at] = out
	return out.outlook, out.why
}

// result is an outlook and what decides it.
type result struct {
	outlook Outlook
	why     string
}

// with is the worse of two.
func (r result) with(other result) (Outlook, string) {
	return worse(r.outlook, r.why, other.outlook, other.why)
}

// inside tells whether any job of a called workflow runs: if all are skipped, the
// job that calls it is.
func (s scope) inside(callee *File) result {
	if *s.insides++; *s.insides > maxRoutes {
		return result{Perhaps, callee.Base() + " is called by too many others"}
	}
	best := result{Skipped, "all jobs of " + callee.Base() + " are skipped"}
	for _, c := range s.combinations() {
		in := newScope(route{s.triggered, append(slices.Clone(s.callers), Caller{s.file, s.job}), s.files}, callee, nil, s.run)
		in.matrices, in.insides = append(slices.Clone(s.matrices), c), s.insides
		for _, j := range callee.Jobs {
			in.job = j
			if o, why := in.outcome(j); o == Reached || o == Perhaps && best.outlook == Skipped {
				best = result{o, why}
			}
		}
	}
	return best
}

func foreseen(condition string, s scope) (Outlook, string) {
	set := expr.Condition(condition, s.look)
	switch {
	case set.Always():
		return Reached, ""
	case set.Never():
		return Skipped, "if: " + condition
	}
	return Perhaps, "if: " + condition
}

func worse(a Outlook, whyA string, b Outlook, whyB string) (Outlook, string) {
	if b == Skipped || (b == Perhaps && a == Reached) {
		if a != Skipped {
			return b, whyB
		}
	}
	return a, whyA
}
