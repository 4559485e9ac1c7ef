package checks

import (
	"fmt"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// tryAt finds the place's job and exchange step in the run and says what came
// of them.
func (c *Case) tryAt(run evidence.Run, p workflow.Publishing) attempt {
	a := attempt{place: p}
	jobs, ok := run.Jobs.Get()
	if !ok {
		a.outcome, a.reason = unclear, "its jobs could not be read: "+c.reason(run.Jobs)
		return a
	}
	for _, job := range jobs {
		if !namesJob(job.Name, p.Job) {
			continue
		}
		if b := tryJob(job, p); b.outcome > a.outcome {
			a = b
		}
	}
	return a
}

// tryJob judges one job of the run; a matrix has several of the same name.
func tryJob(job evidence.RunJob, p workflow.Publishing) attempt {
	a := attempt{place: p, job: job}
	step, ok := exchangeStep(job.Steps, p)
	switch {
	case ok && step.Status == "completed":
		a.outcome, a.refusal, a.reason = judgeStep(step, job, p)
		a.upload = refusedUpload(a.outcome, job, p)
	case job.Status == "waiting":
		a.outcome = awaiting
	case job.Status != "completed":
		a.outcome = underWay
	}
	return a
}

func judgeStep(step evidence.RunStep, job evidence.RunJob, p workflow.Publishing) (outcome, Refusal, string) {
	switch step.Conclusion {
	case "success":
		if toleratesFailure(p) {
			return unclear, Refusal{}, "its step goes on after a failure (continue-on-error), and GitHub shows that as success"
		}
		return minted, Refusal{}, ""
	case "failure":
		return judgeFailure(job, p)
	}
	return notReached, Refusal{}, "" // skipped or cancelled
}

func judgeFailure(job evidence.RunJob, p workflow.Publishing) (outcome, Refusal, string) {
	how := unclear // a step that also uploads may have failed at that
	if mintsOnly(p) {
		how = failed
	}
	log, ok := job.Log.Get()
	if !ok {
		return how, Refusal{}, fmt.Sprintf("the step %q failed; its log was not read", shownName(mintingStep(p)))
	}
	if r, found := ReadRefusal(p.Registry, log); found {
		return refused, r, ""
	}
	return how, Refusal{}, fmt.Sprintf("the step %q failed; its log holds no refusal of %s", shownName(mintingStep(p)), p.Registry.Title())
}

// refusedUpload reads what stopped a job that had its token: a registry may
// refuse one package of several.
func refusedUpload(o outcome, job evidence.RunJob, p workflow.Publishing) Refusal {
	if o != minted || job.Conclusion != "failure" {
		return Refusal{}
	}
	r, _ := ReadRefusal(p.Registry, job.Log.Or(""))
	return r
}

// namesJob says whether GitHub's name of a job in a run means the job of the
// file: its name or id, followed by the matrix in brackets, or after the name
// of the calling job and a slash.
func namesJob(shown string, job *workflow.Job) bool {
	if i := strings.LastIndex(shown, " / "); i >= 0 {
		shown = shown[i+len(" / "):]
	}
	for _, name := range []string{job.Name, job.ID} {
		if name != "" && (shown == name || strings.HasPrefix(shown, name+" (")) {
			return true
		}
	}
	return strings.Contains(job.Name, "${{") && matchesTemplate(shown, job.Name)
}

// matchesTemplate compares a shown name with one that holds expressions: what
// stands before the first and after the last of them must be there.
func matchesTemplate(shown, template string) bool {
	before, _, _ := strings.Cut(template, "${{")
	after := template[strings.LastIndex(template, "}}")+len("}}"):]
	if strings.LastIndex(template, "}}") < 0 || before+after == "" {
		return false
	}
	return len(shown) >= len(before)+len(after) && strings.HasPrefix(shown, before) && strings.HasSuffix(shown, after)
}

// exchangeStep finds the step that mints the place's token by the name under
// which GitHub shows it.
func exchangeStep(steps []evidence.RunStep, p workflow.Publishing) (evidence.RunStep, bool) {
	want := mintingStep(p)
	if want == nil {
		return evidence.RunStep{}, false
	}
	shown := shownName(want)
	for _, s := range steps {
		if s.Name == shown || strings.Contains(shown, "${{") && matchesTemplate(s.Name, shown) {
			return s, true
		}
	}
	return evidence.RunStep{}, false
}

// shownName is the name that GitHub gives a step: its own, or "Run " with the
// action or the first line of the script.
func shownName(s *workflow.Step) string {
	if s.Name != "" {
		return s.Name
	}
	if s.Uses != "" {
		return "Run " + s.Uses
	}
	line, _, _ := strings.Cut(strings.TrimSpace(s.Run), "\n")
	return "Run " + strings.TrimSpace(line)
}

// mintingStep is the step that exchanges the token; nil when there is none.
func mintingStep(p workflow.Publishing) *workflow.Step {
	if p.Exchange != nil {
		return p.Exchange
	}
	return p.Step
}

// toleratesFailure says whether the exchange's step carries continue-on-error:
// GitHub's API then shows a failed step as a success.
func toleratesFailure(p workflow.Publishing) bool {
	step := mintingStep(p)
	end := len(p.File.Lines)
	for _, next := range p.Job.Steps {
		if next.Line > step.Line {
			end = min(end, next.Line-1)
		}
	}
	for i := step.Line - 1; i >= 0 && i < end; i++ {
		key, value, _ := strings.Cut(strings.TrimLeft(p.File.Lines[i], " -"), ":")
		if strings.TrimSpace(key) == "continue-on-error" && strings.TrimSpace(value) != "false" {
			return true
		}
	}
	return false
}

// mintsOnly says whether the place's exchange step does nothing but exchange,
// so that its success can mean nothing else.
func mintsOnly(p workflow.Publishing) bool {
	return p.Exchange != nil && (p.Exchange != p.Step || p.Means == workflow.MeansExchange)
}
