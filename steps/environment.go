package steps

import (
	"errors"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// environment says who may publish, and from which refs.
func (l *layout) environment(s *Scene) string {
	lim := l.limits()
	leftOut := lim.beyondPlan()
	if l.profile == Start {
		leftOut = append(leftOut, "environment-has-reviewers", "admins-cannot-bypass", "default-branch-protected", "release-tags-protected")
		s.Now = append(s.Now, Line{Text: "The profile start leaves reviewers and rulesets for later: they are offered here after the first proven release, or choose solo or team in the survey to have them now."})
	}
	shut := l.shutOut()
	state, reason := stand(append(slices.Clone(s.Results), shut...), leftOut...)
	s.State = state
	s.Now = append(append(tell(shut), s.Now...), l.environmentNotes(lim)...)
	if lim.NoEnvironments {
		s.Ways = []Way{l.planPage(lim)}
		return reason
	}
	defaults := l.environmentDefaults()
	l.previewAll(s, defaults)
	s.Wanted = append(l.environmentWanted(defaults), l.guardsWanted(defaults)...)
	if lim.why != "" {
		defer func() { s.Ways = append(s.Ways, l.planPage(lim)) }()
	}
	if state == Done && !adds(s.Preview) {
		s.Preview, s.Ways = nil, l.stricter()
		return reason
	}
	s.Ways = append([]Way{l.harden(defaults), l.environmentPage(defaults)}, l.rulesetPages(defaults)...)
	s.Ways = append(s.Ways, l.environmentCommands(defaults))
	if state == Done {
		s.Ways[0].Label = "Make it as strict as the profile " + string(l.profile) + " asks"
	}
	return reason
}

// admission is the check of the workflow's step that the environment's step mends.
const admission = "environment-admits-trigger"

// shutOut are the triggers that the environment does not let in. That is
// mended here.
func (l *layout) shutOut() []checks.Result {
	return slices.DeleteFunc(slices.Clone(l.Report.Of(admission)), func(r checks.Result) bool {
		return r.Verdict != checks.Wrong || r.Level == checks.Advice
	})
}

// previewAll shows what the answers as they are filled in would change.
func (l *layout) previewAll(s *Scene, a Answers) {
	for _, name := range l.environments() {
		c, err := l.Tools.Environment(change.StateOf(l.environmentNamed(name)), l.wish(name, a))
		if err != nil {
			s.Now = append(s.Now, Line{Mark: checks.Wrong, Text: err.Error()})
			continue
		}
		s.Preview = append(s.Preview, c.Preview...)
	}
	for _, c := range l.guards(a) {
		s.Preview = append(s.Preview, c.Preview...)
	}
}

func adds(lines []change.DiffLine) bool {
	return slices.ContainsFunc(lines, func(d change.DiffLine) bool { return d.Op != ' ' })
}

func (l *layout) environmentNamed(name string) *evidence.Environment {
	for _, e := range l.World.GitHub.Environments.Or(nil) {
		if strings.EqualFold(e.Name, name) {
			return &e
		}
	}
	return nil
}

// environmentNotes tell what the checks do not: what cannot be had here, which
// rules let in more than is needed, and who else uses the environment.
func (l *layout) environmentNotes(lim limits) []Line {
	var lines []Line
	if lim.why != "" {
		lines = append(lines, Line{Text: lim.why, Source: lim.source})
	}
	for _, name := range l.environments() {
		if extra := l.beyond(name); len(extra) > 0 {
			lines = append(lines, text(l.environmentNamed(name).Source, "%s also lets in %s, which no trigger of a workflow that publishes starts at", name, refNames(extra)))
		}
		if tenants := l.tenants(name); len(tenants) > 0 {
			lines = append(lines, Line{Text: tenantNames(tenants) + " uses " + name + " too, and does not publish"})
		}
	}
	return append(lines, l.idleRulesets()...)
}

func refNames(refs []change.Ref) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.String())
	}
	return strings.Join(all, ", ")
}

func tenantNames(tenants []tenant) string {
	var all []string
	for _, t := range tenants {
		all = append(all, t.at)
	}
	return strings.Join(all, ", ")
}

// wish is what the answers ask of an environment.
func (l *layout) wish(name string, a Answers) change.EnvironmentWish {
	lim := l.limits()
	profile := "profile " + string(l.profile)
	w := change.EnvironmentWish{Name: name, NoBypass: l.profile != Start && !lim.noBypass, Members: l.members(),
		Origins: map[string]string{"no bypass": profile, "environment": l.environmentOrigin(name), "wait timer": "your choice"}}
	if !lim.NoReviews {
		w.PreventSelfReview, w.WaitMinutes = a["self"] == "yes", minutes(a["wait"])
		w.Reviewers = l.chosenReviewers(a["reviewers"])
	}
	suggested := l.suggested()
	for _, r := range w.Reviewers {
		w.Origins[r.Name] = chosen
		if slices.Contains(suggested, r.Name) {
			w.Origins[r.Name] = profile
		}
	}
	if w.PreventSelfReview {
		there := change.StateOf(l.environmentNamed(name)).Reviewers
		w.Origins["prevent self-review"] = plural(l.several(append(there, w.Reviewers...)), "can approve", "can approve")
	}
	l.wishRefs(&w, list(a["refs"]), list(a["drop"]))
	return w
}

// wishRefs asks for the chosen refs, and lets rules go. What a job that does not
// publish starts at stays let in when a rule goes that let it in so far.
func (l *layout) wishRefs(w *change.EnvironmentWish, chosen, drop []string) {
	for _, r := range l.refs(w.Name) {
		if slices.Contains(chosen, r.String()) {
			w.Refs = append(w.Refs, r.Ref)
			w.Origins[r.String()] = r.origin
		}
	}
	for _, r := range l.beyond(w.Name) {
		if slices.Contains(drop, r.String()) {
			w.Drop = append(w.Drop, r)
			w.Origins[r.String()] = "lets in more than is needed"
		}
	}
	if len(w.Drop) == 0 {
		return
	}
	for _, t := range l.tenants(w.Name) {
		for _, r := range t.refs {
			if !slices.Contains(w.Refs, r.Ref) {
				w.Refs = append(w.Refs, r.Ref)
				w.Origins[r.String()] = t.at + " starts at it"
			}
		}
	}
}

func (l *layout) harden(defaults Answers) Way {
	return Way{Kind: Do, Label: "Do it for me", Help: "What is set already stays: nothing is weakened. GitHub's answer is read back and compared.",
		Questions: l.environmentQuestions(defaults), Prepare: l.hardenings}
}

// hardenings are the changes that lead to the answers; what stands already needs
// none.
func (l *layout) hardenings(a Answers) ([]change.Change, error) {
	var changes []change.Change
	for _, name := range l.environments() {
		c, err := l.Tools.Environment(change.StateOf(l.environmentNamed(name)), l.wish(name, a))
		if err != nil {
			return nil, err
		}
		if adds(c.Preview) {
			changes = append(changes, c)
		}
	}
	changes = append(changes, l.guards(a)...)
	if len(changes) == 0 {
		return nil, errors.New(l.nothingToDo())
	}
	return changes, nil
}

// nothingToDo says why the answers change nothing although something is wrong.
func (l *layout) nothingToDo() string {
	for _, name := range l.environments() {
		for _, t := range l.tenants(name) {
			if t.open && slices.ContainsFunc(l.beyond(name), letsAnyBranchIn) {
				return t.at + " uses the environment " + name + " from any branch: give that job an environment of its own, or let the rule for any branch go"
			}
		}
	}
	return "with these answers everything stands as it is"
}
