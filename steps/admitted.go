package steps

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/template"
)

// admitted is a ref that is to be let into an environment, and where that comes
// from.
type admitted struct {
	change.Ref
	origin string
}

// refs are what an environment is to let in: the default branch, for rehearsals,
// and what the triggers of the workflows that publish from it start at. The release
// tags are among it where no trigger tells: there is no workflow yet, or it is
// started by hand, at a tag as well as at a branch.
func (l *layout) refs(environment string) []admitted {
	refs := []admitted{{change.Ref{Type: "branch", Pattern: l.branch}, "default branch"}}
	told := false
	for _, p := range l.publishingFrom(environment) {
		for _, t := range p.Triggered.Triggers {
			found := l.startsAt(p, t)
			told = told || len(found) > 0
			refs = withRefs(refs, found...)
		}
	}
	if !told || l.choices().TagPattern != "" {
		refs = withRefs(refs, tagRefs(l.tag, l.tagOrigin)...)
	}
	return refs
}

// publishingFrom are the places that publish from an environment, by any event.
func (l *layout) publishingFrom(environment string) []workflow.Publishing {
	return slices.DeleteFunc(slices.Clone(l.Case.Publishing), func(p workflow.Publishing) bool {
		e := p.Job.Environment
		return p.Triggered == nil || e == nil || !e.Expression && !strings.EqualFold(e.Name, environment)
	})
}

// startsAt are the refs at which a trigger can bring a place to publish, beside
// the default branch.
func (l *layout) startsAt(p workflow.Publishing, t workflow.Trigger) []admitted {
	origin := where(p.Triggered.Base(), t.Line)
	switch t.Event {
	case "release":
		return tagRefs(l.tag, origin+" (release), "+l.tagOrigin)
	case "push":
		refs, _ := pushRefs(t, origin)
		return slices.DeleteFunc(refs, func(r admitted) bool { return r.Type == "branch" && l.passedBy(p, r.Pattern) })
	}
	return nil
}

// passedBy says whether a push to a branch never comes to the place.
func (l *layout) passedBy(p workflow.Publishing, pattern string) bool {
	run := workflow.Run{Owner: l.repo.Owner, Repository: l.repo.Name, Event: "push", Ref: "refs/heads/" + strings.ReplaceAll(pattern, "*", "x"), DefaultBranch: l.branch}
	published, _ := workflow.Foresee(p, run)
	exchanged, _ := workflow.ForeseeExchange(p, run)
	return published == workflow.Skipped && exchanged == workflow.Skipped
}

// pushRefs are the refs that the filters of a push name; open is whether there
// are branches that no filter names.
func pushRefs(t workflow.Trigger, origin string) (refs []admitted, open bool) {
	for _, pattern := range t.Tags {
		if !strings.HasPrefix(pattern, "!") {
			refs = withRefs(refs, tagRefs(pattern, origin)...)
		}
	}
	branches := len(t.Branches)+len(t.BranchesIgnore) > 0
	if len(t.TagsIgnore) > 0 || len(t.Tags) == 0 && !branches {
		refs = withRefs(refs, tagRefs("**", origin)...)
	}
	for _, pattern := range t.Branches {
		conditions := workflow.Conditions(pattern)
		for _, c := range conditions {
			if strings.Trim(c, "*/") == "" {
				open = true
			} else if !strings.HasPrefix(pattern, "!") {
				refs = withRefs(refs, admitted{change.Ref{Type: "branch", Pattern: c}, origin})
			}
		}
	}
	return refs, open || len(t.BranchesIgnore) > 0 || !branches && len(t.Tags)+len(t.TagsIgnore) == 0
}

// tagRefs are rules for the tags that a filter pattern of a trigger takes.
// Environments know *, ? and [ ], at which slashes end, and none of the other
// signs of triggers.
func tagRefs(pattern, origin string) []admitted {
	conditions := workflow.Conditions(pattern)
	if _, ok := template.Prefix(pattern); ok {
		conditions = []string{pattern}
	}
	var refs []admitted
	for _, c := range conditions {
		refs = append(refs, admitted{change.Ref{Type: "tag", Pattern: c}, origin})
	}
	return refs
}

func withRefs(all []admitted, more ...admitted) []admitted {
	for _, r := range more {
		if !slices.ContainsFunc(all, func(o admitted) bool { return o.Ref == r.Ref }) {
			all = append(all, r)
		}
	}
	return all
}

// literalPrefix is what a pattern begins with before its first special sign.
func literalPrefix(pattern string) string {
	if i := strings.IndexAny(pattern, `*?+[!\`); i >= 0 {
		return pattern[:i]
	}
	return pattern
}

// beyond are the rules of an environment that let in what no trigger of a
// workflow that publishes starts at.
func (l *layout) beyond(environment string) []change.Ref {
	e := l.environmentNamed(environment)
	if e == nil || e.Policy != evidence.RefsCustom {
		return nil
	}
	var extra []change.Ref
	for _, r := range e.Refs.Or(nil) {
		rule := change.Ref{Type: r.Type, Pattern: r.Pattern}
		if !slices.ContainsFunc(l.refs(environment), func(a admitted) bool { return a.Ref == rule }) {
			extra = append(extra, rule)
		}
	}
	return extra
}

// letsAnyBranchIn says whether a rule is one that no environment for releases
// should have.
func letsAnyBranchIn(r change.Ref) bool {
	return r.Type == "branch" && strings.Trim(r.Pattern, "*/") == ""
}

// tenant is a job that uses an environment and does not publish.
type tenant struct {
	at   string // publish.yml:12
	refs []admitted
	// open is whether it starts at refs that no filter names.
	open bool
}

// tenants are the other jobs that use an environment: a rule that goes for the
// release's sake must not shut them out.
func (l *layout) tenants(environment string) []tenant {
	var found []tenant
	for _, f := range l.Case.Files {
		for _, j := range f.Jobs {
			e := j.Environment
			publishes := slices.ContainsFunc(l.Case.Publishing, func(p workflow.Publishing) bool { return p.Job == j })
			if e == nil || publishes || e.Expression || !strings.EqualFold(e.Name, environment) {
				continue
			}
			t := tenant{at: where(f.Base(), j.Line)}
			t.refs, t.open = l.anyRefs(f)
			found = append(found, t)
		}
	}
	return found
}

// anyRefs are the refs at which a file starts, beside the default branch.
func (l *layout) anyRefs(f *workflow.File) (refs []admitted, open bool) {
	for _, t := range f.Triggers {
		switch t.Event {
		case "push":
			named, more := pushRefs(t, where(f.Base(), t.Line))
			refs, open = withRefs(refs, named...), open || more
		case "release":
			refs = withRefs(refs, tagRefs(l.tag, where(f.Base(), t.Line))...)
		case "pull_request", "pull_request_target", "merge_group", "workflow_call", "deployment", "create":
			open = true
		}
	}
	return refs, open
}
