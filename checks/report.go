package checks

import (
	"slices"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Overall is the verdict of a whole report.
type Overall string

// The overall verdicts.
const (
	Ready    Overall = "ready"
	Problems Overall = "problems"
	Unproven Overall = "unproven"
)

// Result is a finding with its check.
type Result struct {
	Check Check
	Finding
}

// Report is the judgement of one pass.
type Report struct {
	At         time.Time
	Mode       evidence.Mode
	World      *evidence.World
	Publishers []identity.Publisher
	Results    []Result
	// Narrowed is whether checks were left out by name: the verdict is then one
	// on the others alone.
	Narrowed bool
}

// Judge runs the checks over the evidence, in the order of the list. only
// narrows the checks by id; nil means all.
func Judge(c *Case, list []Check, only []string) Report {
	r := Report{At: c.World.At, Mode: c.World.Mode, World: c.World, Publishers: c.Publishers, Narrowed: len(only) > 0}
	for _, check := range list {
		if wanted(check.ID, only) {
			r.Results = append(r.Results, run(check, c)...)
		}
	}
	return r
}

func run(check Check, c *Case) []Result {
	findings := check.Judge(c)
	if len(findings) == 0 {
		findings = []Finding{unjudged(check, c)}
	}
	results := make([]Result, 0, len(findings))
	for _, f := range findings {
		if f.Level == "" {
			f.Level = check.Level
		}
		if !told(results, f) {
			results = append(results, Result{Check: check, Finding: f})
		}
	}
	return results
}

// told says whether the same was said before: a called workflow is judged once
// for each file that starts it, and often there is no difference.
func told(results []Result, f Finding) bool {
	return slices.ContainsFunc(results, func(r Result) bool {
		return r.Subject == f.Subject && r.Verdict == f.Verdict && r.Level == f.Level && r.Because == f.Because && r.Fix == f.Fix && same(r.Where, f.Where)
	})
}

func same(a, b *Where) bool { return a == b || a != nil && b != nil && *a == *b }

// unjudged is what is found where a check has nothing to judge. Workflow files
// that nobody could read are not nothing: who asks for one check of them alone
// must not hear that all is well.
func unjudged(check Check, c *Case) Finding {
	if check.Step == Workflow && c.World.Workflows.Unknown() {
		return c.blind("", "which workflow files there are", c.World.Workflows)
	}
	return Finding{Verdict: NotApplicable, Because: "nothing here that it could be said of"}
}

func wanted(id string, only []string) bool {
	for _, o := range only {
		if o == id {
			return true
		}
	}
	return len(only) == 0
}

// Verdict weighs the results: a problem of level works or safe makes it
// Problems; else waiting, said or unknown of those levels makes it Unproven.
func (r Report) Verdict() Overall {
	overall := Ready
	for _, res := range r.Results {
		if res.Level == Advice {
			continue
		}
		switch res.Verdict {
		case Wrong:
			return Problems
		case Waiting, Said, Unknown:
			overall = Unproven
		}
	}
	return overall
}

// Of returns the results of one check.
func (r Report) Of(id string) []Result {
	var found []Result
	for _, res := range r.Results {
		if res.Check.ID == id {
			found = append(found, res)
		}
	}
	return found
}

// Count counts results of one verdict at the levels works and safe.
func (r Report) Count(v Verdict) int {
	n := 0
	for _, res := range r.Results {
		if res.Verdict == v && res.Level != Advice {
			n++
		}
	}
	return n
}
