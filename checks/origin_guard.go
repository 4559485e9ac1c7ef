package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/checks/workflow/script"
)

// hold is what keeps a release on the default branch, for one ref.
type hold struct {
	why string
	// unknown says what could hold it and was not seen; "" where all was seen.
	unknown string
	source  evidence.Source
}

// holds looks for what keeps a run's ref on the default branch: the trigger, a
// step that checks the commit, the environment's policy, or a tag ruleset.
func (c *Case) holds(p workflow.Publishing, t *workflow.Trigger, run workflow.Run) hold {
	jobs := c.chain(p)
	byBranch := c.heldByTrigger(t, run, jobs)
	if byBranch == (hold{}) {
		byBranch = c.heldByCondition(p, run)
	}
	if byBranch.why != "" {
		return byBranch
	}
	if why := c.heldByStep(p, jobs, run); why != "" {
		return hold{why: why}
	}
	byEnvironment := c.heldByEnvironment(p, run)
	if byEnvironment.why != "" {
		return byEnvironment
	}
	byRuleset := hold{}
	if workflow.RefType(run.Ref) == "tag" {
		byRuleset = c.heldByRuleset(run.Ref)
	}
	switch {
	case byRuleset.why != "":
		return byRuleset
	case byEnvironment.unknown != "":
		return byEnvironment
	case byRuleset.unknown != "":
		return byRuleset
	case byBranch.unknown != "":
		return byBranch
	}
	return hold{unknown: c.hiddenGuard(jobs)}
}

// heldByTrigger: some events run on the default branch only, and a push can be
// limited to it.
func (c *Case) heldByTrigger(t *workflow.Trigger, run workflow.Run, jobs []fileJob) hold {
	if workflow.RefType(run.Ref) != "branch" {
		return hold{}
	}
	switch t.Event {
	case "push":
		if len(t.Branches) == 1 && !strings.ContainsAny(t.Branches[0], "*?+[!") {
			return c.heldTo(t.Branches[0], "only a push to "+t.Branches[0]+" starts it")
		}
		return hold{}
	case "workflow_dispatch", "pull_request", "pull_request_target", "merge_group", "create", "deployment":
		return hold{}
	case "workflow_run":
		if takesOtherCommit(jobs) {
			return hold{}
		}
	}
	return hold{why: t.Event + " runs on the default branch", source: c.fileSource(jobs[0].file.Path)}
}

// takesOtherCommit says whether a job before the upload checks out the commit of
// the run that came before, which can be any.
func takesOtherCommit(jobs []fileJob) bool {
	return slices.ContainsFunc(jobs, func(fj fileJob) bool {
		return slices.ContainsFunc(fj.job.Steps, func(s *workflow.Step) bool { return strings.Contains(s.With["ref"], "workflow_run.") })
	})
}

// heldByCondition: conditions of the job that a run of another branch does not
// meet. Like a step they guard against mistakes, not against a changed file.
func (c *Case) heldByCondition(p workflow.Publishing, run workflow.Run) hold {
	other := run
	other.Ref = "refs/heads/any-other-branch"
	if workflow.RefType(run.Ref) != "branch" || c.comesTo(p, other) {
		return hold{}
	}
	branch := workflow.ShortRef(run.Ref)
	return c.heldTo(branch, fmt.Sprintf("the conditions of %s let in %s alone", p.Job.ID, branch))
}

// heldTo is a hold if the branch is the default one.
func (c *Case) heldTo(branch, why string) hold {
	repo, ok := c.World.GitHub.Repository.Get()
	src := c.World.GitHub.Repository.Source()
	switch {
	case !ok:
		return hold{unknown: why + "; whether that is the default branch: " + c.reason(c.World.GitHub.Repository), source: src}
	case repo.DefaultBranch != branch:
		return hold{}
	}
	return hold{why: why, source: src}
}

// fileJob is a job of a file.
type fileJob struct {
	file *workflow.File
	job  *workflow.Job
}

// chain lists the jobs that must end well before a job publishes, itself first:
// those that it and its callers need, and what those call.
func (c *Case) chain(p workflow.Publishing) []fileJob {
	all := c.needed(p.File, p.Job, nil)
	for _, call := range p.Callers {
		for _, id := range call.Job.Needs {
			all = c.needed(call.File, call.File.Job(id), all)
		}
	}
	return all
}

func (c *Case) needed(f *workflow.File, j *workflow.Job, all []fileJob) []fileJob {
	if j == nil || slices.Contains(all, fileJob{f, j}) {
		return all
	}
	all = append(all, fileJob{f, j})
	if callee := workflow.Called(c.Files, f, j); callee != nil && callee != f {
		for _, inner := range callee.Jobs {
			all = c.needed(callee, inner, all)
		}
	}
	for _, id := range j.Needs {
		all = c.needed(f, f.Job(id), all)
	}
	return all
}

// heldByStep finds a step before the upload that asks git whether the commit
// lies on a branch.
func (c *Case) heldByStep(p workflow.Publishing, jobs []fileJob, run workflow.Run) string {
	for _, fj := range jobs {
		for _, s := range fj.job.Steps {
			line := guardLine(fj.file, s)
			if line == 0 || fj.job == p.Job && s.Index >= p.Step.Index {
				continue
			}
			at := workflow.Publishing{File: fj.file, Job: fj.job, Triggered: p.Triggered, Callers: p.Callers, Step: s}
			if fj.file != p.File {
				at.Callers = nil
			}
			if outlook, _ := workflow.Foresee(at, run); outlook != workflow.Skipped {
				return fmt.Sprintf("%s:%d checks that the commit lies on the branch", fj.file.Base(), line)
			}
		}
		if strings.Contains(fj.job.If, "github.event.base_ref") {
			return fmt.Sprintf("%s:%d asks for the branch of the tag (github.event.base_ref)", fj.file.Base(), fj.job.Line)
		}
	}
	return ""
}

// guardLine is the line of a step's command that asks which branch holds the
// commit; 0 without one.
func guardLine(f *workflow.File, s *workflow.Step) int {
	for _, cmd := range script.Read(s.Run, nil).Commands {
		has := func(words ...string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(cmd.Args, w) })
		}
		if len(cmd.Args) == 0 || cmd.Args[0] != "git" {
			continue
		}
		if has("merge-base") || has("branch") && has("--contains", "--points-at") || has("rev-list", "log") && strings.Contains(strings.Join(cmd.Args, " "), "origin/") {
			return min(s.RunLine+cmd.Line-1, len(f.Lines))
		}
	}
	if strings.HasPrefix(strings.ToLower(s.Uses), "rickstaa/action-contains-tag@") {
		return s.UsesLine
	}
	return 0
}

// hiddenGuard names a script before the upload that may be such a check.
func (c *Case) hiddenGuard(jobs []fileJob) string {
	for _, fj := range jobs {
		for _, s := range fj.job.Steps {
			if what := hiddenCommand(s); what != "" {
				return fmt.Sprintf("what `%s` checks (%s:%d) the file does not show", what, fj.file.Base(), s.Line)
			}
		}
		if fj.job.Uses != "" && workflow.Called(c.Files, fj.file, fj.job) == nil {
			return fmt.Sprintf("what %s checks (%s:%d) was not read", fj.job.Uses, fj.file.Base(), fj.job.UsesLine)
		}
	}
	return ""
}

// heldByEnvironment: a policy without the run's kind of ref, or with the
// default branch alone, leaves nothing else to publish.
func (c *Case) heldByEnvironment(p workflow.Publishing, run workflow.Run) hold {
	if p.Job.Environment == nil || p.Job.Environment.Expression {
		return hold{}
	}
	fact := c.environment(p.Job.Environment.Name)
	env, ok := fact.Get()
	if !ok {
		if fact.Unknown() {
			return hold{unknown: "what its environment lets in: " + c.reason(fact), source: fact.Source()}
		}
		return hold{source: fact.Source()}
	}
	kind := workflow.RefType(run.Ref)
	switch env.Policy {
	case evidence.RefsProtected:
		if kind == "tag" {
			return hold{why: "the environment " + env.Name + " lets in no tag", source: fact.Source()}
		}
		return hold{why: "the environment " + env.Name + " lets in protected branches only", source: fact.Source()}
	case evidence.RefsCustom:
		return c.heldByRules(env, kind, fact.Source())
	}
	return hold{source: fact.Source()}
}

func (c *Case) heldByRules(env evidence.Environment, kind string, src evidence.Source) hold {
	rules, ok := env.Refs.Get()
	if !ok && env.Refs.Unknown() {
		return hold{unknown: "which refs its environment lets in: " + c.reason(env.Refs), source: src}
	}
	others := slices.ContainsFunc(rules, func(r evidence.RefRule) bool {
		return r.Type == kind && (kind == "tag" || r.Pattern != c.defaultBranch())
	})
	if others {
		return hold{source: src}
	}
	if kind == "tag" {
		return hold{why: "the environment " + env.Name + " lets in no tag", source: src}
	}
	return hold{why: "of the branches the environment " + env.Name + " lets in " + c.defaultBranch() + " alone", source: src}
}

// heldByRuleset: a ruleset with the rule "creation" lets only those create the
// tag who may pass it by.
func (c *Case) heldByRuleset(ref string) hold {
	fact := c.World.GitHub.Rulesets
	rulesets, ok := fact.Get()
	if !ok && fact.Unknown() {
		return hold{unknown: "who may create the tag: " + c.reason(fact), source: fact.Source()}
	}
	for _, r := range rulesets {
		creation := slices.ContainsFunc(r.Rules, func(rule evidence.Rule) bool { return rule.Type == "creation" })
		if r.Target == "tag" && r.Enforcement == "active" && creation && covers(r, ref) {
			return hold{why: "the ruleset " + r.Name + " limits who may create " + workflow.ShortRef(ref), source: fact.Source()}
		}
	}
	return hold{source: fact.Source()}
}

// covers says whether a ruleset's conditions name a full ref.
func covers(r evidence.Ruleset, ref string) bool {
	names := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return p == "~ALL" || workflow.MatchPolicy(p, ref) })
	}
	return names(r.Include) && !names(r.Exclude)
}
