package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func failedAttemptsSeen() Check {
	return Check{
		ID: "failed-attempts-seen", Step: Lock, Level: Advice,
		Claim: "No run of a publishing workflow failed in the last 30 days without one that worked after it.",
		Why:   "A failed attempt is either a fault that waits for the next release, or somebody who tried.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, path := range c.mintingFiles() {
				if path != "" {
					findings = append(findings, c.judgeFailures(path))
				}
			}
			return findings
		},
	}
}

const lately = 30 * 24 * time.Hour

func (c *Case) judgeFailures(path string) Finding {
	fact := c.World.GitHub.Runs
	runs, ok := fact.Get()
	if !ok && !fact.Absent() {
		return c.blind(path, "what its runs came to", fact)
	}
	var told []string
	first := evidence.Run{}
	for _, run := range runs {
		if run.Workflow != path || c.World.At.Sub(run.CreatedAt) > lately {
			continue
		}
		if run.Conclusion == "success" {
			break // the newest run that worked: what failed before it is past
		}
		if run.Conclusion != "failure" && run.Conclusion != "startup_failure" {
			continue
		}
		if len(told) == 0 {
			first = run
		}
		told = append(told, c.failureText(run))
	}
	if len(told) == 0 {
		return finding(OK, path, "none of its %d newest runs failed after the last that worked", count(runs, path)).seen(fact.Source())
	}
	f := finding(Wrong, path, "%s", strings.Join(told[:min(3, len(told))], "; ")).seen(evidence.Source{Name: runName(c, first), At: fact.Source().At}).
		advise("read %s; if nobody of you started it, find out who can, and take that right away", first.URL)
	if more := len(told) - 3; more > 0 {
		f.Because += fmt.Sprintf("; and %d more", more)
	}
	return f
}

func count(runs []evidence.Run, path string) int {
	n := 0
	for _, r := range runs {
		if r.Workflow == path {
			n++
		}
	}
	return n
}

// failureText names a failed run, who started it, and the cause: what a
// registry answered, else the job and step that failed.
func (c *Case) failureText(run evidence.Run) string {
	return fmt.Sprintf("%s by %s failed: %s", attempt{run: run}.title(), orElse(run.Actor, "somebody whom GitHub does not name"), causeOf(run))
}

// causeOf is what stopped the first of its jobs that failed.
func causeOf(run evidence.Run) string {
	jobs, ok := run.Jobs.Get()
	if !ok {
		return "its jobs could not be read"
	}
	for _, job := range jobs {
		if job.Conclusion != "failure" {
			continue
		}
		if f, found := ReadFailure(job.Log.Or("")); found {
			return f.Text
		}
		for _, s := range job.Steps {
			if s.Conclusion == "failure" {
				return fmt.Sprintf("job %s, step %q", job.Name, s.Name)
			}
		}
		return "job " + job.Name + ", before its first step: its environment may not let the ref in"
	}
	return "before any job began"
}
