package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// jobs foresees the jobs of a run that publish or exchange.
func (s *foresight) jobs(r *RunForecast, f *workflow.File) {
	run := s.runOf(r)
	if why := refusedFile(f); why != "" {
		r.Fate, r.Because = Refused, "GitHub refuses the file: "+why
		return
	}
	places := placesThat(s.Publishing, func(p workflow.Publishing) bool { return p.Triggered == f && acts(p) })
	var grouped [][]workflow.Publishing
	for _, p := range places {
		i := slices.IndexFunc(grouped, func(g []workflow.Publishing) bool { return sameJob(g[0], p) })
		if i < 0 {
			grouped = append(grouped, []workflow.Publishing{p})
		} else {
			grouped[i] = append(grouped[i], p)
		}
	}
	for _, group := range grouped {
		if g := group[0].Grant(s.defaultPermission()); g.Refusal != "" {
			r.Fate, r.Because = Refused, "GitHub refuses the run: "+g.Refusal
			return
		}
		r.Jobs = append(r.Jobs, s.job(group, run))
	}
}

func (s *foresight) runOf(r *RunForecast) workflow.Run {
	name, id, _ := repositoryName(s.World)
	var inputs map[string]string
	if f := s.file(r.File); f != nil && r.Event == "workflow_dispatch" {
		inputs = f.Trigger(r.Event).DefaultInputs()
	}
	return workflow.Run{Inputs: inputs, DefaultBranch: s.DefaultBranch(), Owner: name.Owner, Repository: name.Name, OwnerID: id, RepositoryID: s.World.GitHub.Repository.Or(evidence.Repository{}).ID,
		Event: r.Event, Ref: r.Ref, SHA: s.World.Judged.Or(evidence.Commit{}).SHA}
}

// refusedFile is the first thing for which GitHub refuses a file, "" for none.
func refusedFile(f *workflow.File) string {
	for _, p := range workflow.Lint(f.Path, []byte(strings.Join(f.Lines, "\n"))) {
		if p.Refused && p.Doubt == "" && !unknownLabel.MatchString(p.Message) {
			return fmt.Sprintf("%s:%d: %s", f.Base(), p.Line, p.Message)
		}
	}
	return ""
}

func sameJob(a, b workflow.Publishing) bool {
	return a.File == b.File && a.Job == b.Job && slices.EqualFunc(a.Callers, b.Callers, func(x, y workflow.Caller) bool { return x.Job == y.Job })
}

// job foresees one job: its conditions, its environment, its identity, and then
// each registry.
func (s *foresight) job(group []workflow.Publishing, run workflow.Run) JobForecast {
	p := group[0]
	j := JobForecast{Subject: subjectOf(p), Line: p.Job.Line, Fate: Passes}
	fate, why := comesTo(group, run)
	if fate == Skipped {
		j.Fate, j.Because = Skipped, why
		return j
	}
	j.lower(fate, why)
	s.gate(&j, p, run)
	for _, r := range registriesIn(group) {
		of := slices.DeleteFunc(slices.Clone(group), func(q workflow.Publishing) bool { return q.Registry != r })
		if f, reached := s.registry(of, run); reached {
			j.Registries = append(j.Registries, f)
		}
	}
	return j
}

// comesTo says whether the run comes to anything that the job does at a
// registry, and if not, why.
func comesTo(group []workflow.Publishing, run workflow.Run) (Fate, string) {
	best, reason := Skipped, ""
	for _, p := range group {
		for _, outlook := range []func(workflow.Publishing, workflow.Run) (workflow.Outlook, string){foresee, workflow.Foresee} {
			switch o, why := outlook(p, run); {
			case o == workflow.Reached:
				return Passes, ""
			case o == workflow.Perhaps && best == Skipped:
				best, reason = Open, "it depends on "+why
			case reason == "":
				reason = why
			}
		}
	}
	if best == Skipped {
		reason = "left out by " + reason
	}
	return best, reason
}

// lower makes the job's fate worse, never better; of two reasons the worse
// fate's stays.
func (j *JobForecast) lower(fate Fate, why string) {
	rank := map[Fate]int{Passes: 0, Waits: 1, Open: 2, Refused: 3}
	if rank[fate] > rank[j.Fate] {
		j.Fate, j.Because = fate, why
	}
}

// gate is what the environment of the job makes of the run.
func (s *foresight) gate(j *JobForecast, p workflow.Publishing, run workflow.Run) {
	claim := workflow.Claims(p, run).Environment
	switch {
	case !claim.Known && len(claim.Possible) == 0:
		j.lower(Open, "which environment it names only the run tells: "+claim.Why)
	case !claim.Known:
		for _, name := range claim.Possible {
			s.enter(j, name, run)
		}
	case claim.Text != "":
		j.Environment = claim.Text
		s.enter(j, claim.Text, run)
	}
}

// enter asks an environment: first whether it lets the ref in, then for whom it
// waits.
func (s *foresight) enter(j *JobForecast, name string, run workflow.Run) {
	fact := s.environment(name)
	env, ok := fact.Get()
	switch {
	case fact.Absent():
		return // the run makes it, without any rule (environment-exists says so)
	case !ok:
		j.lower(Open, "what the environment "+name+" asks for: "+s.reason(fact))
		return
	}
	admission := workflow.EnvironmentAdmits(env, run.Ref, s.protectionOf(run.Ref))
	switch {
	case !admission.Known:
		j.lower(Open, "whether "+env.Name+" lets in "+run.Ref+": "+admission.Why)
	case !admission.Admitted:
		j.lower(Refused, "the environment "+env.Name+" does not let it in: "+admission.By)
		j.Text = admission.Text
	}
	s.waits(j, env)
}

// protectionOf is whether a branch is protected; only that of the default
// branch was looked at.
func (c *Case) protectionOf(ref string) evidence.Fact[bool] {
	if ref == "refs/heads/"+c.DefaultBranch() {
		return c.protection()
	}
	return evidence.Unknown[bool](evidence.Source{}, "it was not looked at")
}

// waits tells what a run waits for that the environment lets in.
func (s *foresight) waits(j *JobForecast, env evidence.Environment) {
	if env.WaitMinutes > 0 {
		j.Minutes = env.WaitMinutes
		j.lower(Waits, fmt.Sprintf("waits %d minutes (the timer of %s)", env.WaitMinutes, env.Name))
	}
	for _, rule := range env.Custom.Or(nil) {
		if rule.Enabled {
			j.Apps = append(j.Apps, rule.App)
			j.lower(Waits, "waits for the app "+rule.App+" (environment "+env.Name+")")
		}
	}
	actor := s.World.GitHub.User.Or(evidence.User{}).Login
	repo := s.World.GitHub.Repository.Or(evidence.Repository{})
	a := workflow.Approvers(env, actor, repo, s.World.GitHub.Collaborators)
	if !a.Needed {
		return
	}
	j.Approvers, j.Nobody = a.By, a.Nobody()
	fate, why := approvalText(a, env.Name)
	j.lower(fate, why)
	if fate == Refused {
		j.Fix = approverFix(env.Name)
	}
}

// approvalText says for whom a run waits.
func approvalText(a workflow.Approval, environment string) (Fate, string) {
	self := ""
	if a.Actor != "" {
		self = "; " + a.Actor + " starts it and may not approve it"
	} else if a.NotOwn {
		self = "; nobody may approve what they started"
	}
	switch {
	case a.Nobody():
		return Refused, "waits for ever: nobody can approve it (environment " + environment + nobodyText(a) + "); after 30 days GitHub ends it"
	case len(a.By) > 0:
		return Waits, "waits for " + oneOfThese(a.By) + " to approve (environment " + environment + self + ")"
	case len(a.Admins) > 0:
		return Waits, "waits until " + oneOfThese(a.Admins) + " passes the rules by as an administrator: nobody else can approve it (environment " + environment + nobodyText(a) + ")"
	}
	return Open, "waits for an approval, and whether anybody can give it cannot be told: " + strings.Join(a.Doubts, "; ")
}

// nobodyText says why nobody is left.
func nobodyText(a workflow.Approval) string {
	text := ""
	if a.Actor != "" {
		text += ": " + a.Actor + " starts it and may not approve it"
	}
	if len(a.Gone) > 0 {
		text += ": " + strings.Join(a.Gone, ", ") + " left"
	}
	return text
}

func oneOfThese(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

func approverFix(environment string) string {
	return "add a second person as reviewer of the environment " + environment + ", or let the one there is approve their own runs (prevent self-review off)"
}
