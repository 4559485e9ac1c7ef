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
func Foresee(p Publishing, run Run) (outlook Outlook, why string) {
	callers := []Caller{}
	worst := Reached
	judge := func(f *File, j *Job) bool {
		o, reason := foreseeJob(scope{route: route{p.Triggered, callers}, file: f, job: j, run: run}, map[string]bool{})
		worst, why = worse(worst, why, o, reason)
		return worst != Skipped
	}
	for _, c := range p.Callers {
		if !judge(c.File, c.Job) {
			return worst, why
		}
		callers = append(slices.Clone(callers), c)
	}
	if judge(p.File, p.Job) && p.Step != nil {
		s := scope{route: route{p.Triggered, callers}, file: p.File, job: p.Job, step: p.Step, run: run}
		o, reason := foreseen(p.Step.If, s)
		worst, why = worse(worst, why, o, reason)
	}
	return worst, why
}

// regardless marks conditions under which a job runs although one that it needs
// was skipped (docs.github.com, "Using conditions to control job execution").
var regardless = regexp.MustCompile(`(?i)\b(always|failure|cancelled)\s*\(`)

// foreseeJob judges a job and those that it needs, each once.
func foreseeJob(s scope, seen map[string]bool) (Outlook, string) {
	seen[s.job.ID] = true
	worst, why := foreseen(s.job.If, s)
	if regardless.MatchString(s.job.If) {
		return worst, why
	}
	for _, id := range s.job.Needs {
		needed := s.file.Job(id)
		if needed == nil || seen[id] {
			continue
		}
		inner := s
		inner.job = needed
		o, reason := foreseeJob(inner, seen)
		worst, why = worse(worst, why, o, reason)
	}
	return worst, why
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
