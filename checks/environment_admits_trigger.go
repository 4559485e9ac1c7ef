package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

func environmentAdmitsTrigger() Check {
	return Check{
		ID: "environment-admits-trigger", Step: Workflow, Level: Works,
		Claim: "The environment lets in the refs that start the publishing job.",
		Why:   "GitHub ends a job within seconds when its environment does not admit the ref, and a branch rule never admits a tag.",
		Judge: func(c *Case) []Finding {
			var findings []Finding
			for _, p := range oneForEachJob(c.jobsThat(acts)) {
				findings = append(findings, c.judgeAdmission(p)...)
			}
			return findings
		},
	}
}

// judgeAdmission judges the events that start a job, by the environment that
// the job names. That one is missing is what environment-exists says.
func (c *Case) judgeAdmission(p workflow.Publishing) []Finding {
	if p.Triggered == nil || p.Job.Environment == nil || p.Job.Environment.Expression {
		return nil
	}
	fact := c.environment(p.Job.Environment.Name)
	env, ok := fact.Get()
	switch {
	case fact.Absent():
		return nil
	case !ok:
		return []Finding{c.blind(subjectOf(p), "which refs the environment "+p.Job.Environment.Name+" lets in", fact)}
	}
	var findings []Finding
	for _, t := range p.Triggered.Triggers {
		run := c.runBy(&t)
		if !c.startedBy(p, run) {
			continue
		}
		if fires, why := workflow.TriggerFires(p.Triggered, t.Event, run.Ref); !fires && workflow.RefType(run.Ref) == "tag" {
			findings = append(findings, finding(Unknown, subjectOf(p)+" "+t.Event, "no tag was found that starts it: %s", why).at(p.Triggered.Path, t.Line))
			continue
		}
		f := c.judgeRef(p, env, fact.Source(), run, t)
		for _, other := range c.otherRuns(p, run, t) {
			if g := c.judgeRef(p, env, fact.Source(), other, t); f.Verdict == OK && g.Verdict != OK {
				f = g
			}
		}
		switch {
		case t.Event == "workflow_dispatch" && len(p.Triggered.Triggers) > 1:
			f.Level = Advice // a start by hand can name another ref
		case strings.HasPrefix(t.Event, "pull_request"):
			f.Level = Advice // no release hangs on it
		}
		findings = append(findings, f)
	}
	return findings
}

// otherRuns are runs of a push at the other tags and branches that its filters
// name, one for each pattern, as far as they come to the job.
func (c *Case) otherRuns(p workflow.Publishing, first workflow.Run, t workflow.Trigger) []workflow.Run {
	if t.Event != "push" {
		return nil
	}
	var refs []string
	for _, pattern := range t.Tags {
		for _, tag := range workflow.Examples(pattern) {
			refs = append(refs, "refs/tags/"+tag)
		}
	}
	for _, branch := range t.Branches {
		refs = append(refs, "refs/heads/"+strings.ReplaceAll(branch, "*", "x"))
	}
	var runs []workflow.Run
	for _, ref := range refs {
		run := first
		run.Ref = ref
		if fires, _ := workflow.TriggerFires(p.Triggered, t.Event, ref); fires && ref != first.Ref && c.startedBy(p, run) {
			runs = append(runs, run)
		}
	}
	return runs
}

// startedBy says whether a run comes to anything that the job exchanges or
// publishes: it can rehearse in one step and publish in another, and the
// environment is asked before all of them.
func (c *Case) startedBy(job workflow.Publishing, run workflow.Run) bool {
	return slices.ContainsFunc(c.Publishing, func(p workflow.Publishing) bool {
		if !acts(p) || p.Job != job.Job || p.Triggered != job.Triggered {
			return false
		}
		publishes, _ := workflow.Foresee(p, run)
		exchanges, _ := foresee(p, run)
		return publishes != workflow.Skipped || exchanges != workflow.Skipped
	})
}

func (c *Case) judgeRef(p workflow.Publishing, env evidence.Environment, src evidence.Source, run workflow.Run, t workflow.Trigger) Finding {
	subject, path := subjectOf(p)+" "+t.Event, p.Triggered.Path
	admission := workflow.EnvironmentAdmits(env, run.Ref, c.protection())
	switch {
	case !admission.Known:
		return finding(Unknown, subject, "whether %s lets in %s: %s", env.Name, run.Ref, admission.Why).seen(src).at(path, t.Line)
	case admission.Admitted:
		return finding(OK, subject, "%s lets in %s: %s", env.Name, run.Ref, admission.By).seen(src).at(path, t.Line)
	}
	return finding(Wrong, subject, "%s starts it at %s, and GitHub would say: %s", t.Event, run.Ref, admission.Text).seen(src).at(path, t.Line).
		advise("%s", wantedPolicy(env, run.Ref, t))
}

// protection is whether the default branch is protected, as far as it is seen.
func (c *Case) protection() evidence.Fact[bool] {
	branch, ok := c.World.GitHub.DefaultBranch.Get()
	if !ok {
		return evidence.Carry[bool](c.World.GitHub.DefaultBranch)
	}
	return branch.Protected
}

// wantedPolicy is the rule that would let the ref in: for a tag, the pattern
// of the trigger itself.
func wantedPolicy(env evidence.Environment, ref string, t workflow.Trigger) string {
	kind, pattern := "branch", strings.TrimPrefix(ref, "refs/heads/")
	if tag, isTag := strings.CutPrefix(ref, "refs/tags/"); isTag {
		kind, pattern = "tag", tag
		if i := slices.IndexFunc(t.Tags, func(p string) bool { return workflow.MatchFilter(p, tag) }); i >= 0 {
			pattern = t.Tags[i]
		}
	}
	return "add a deployment policy of type " + kind + " for " + pattern + " to the environment " + env.Name
}
