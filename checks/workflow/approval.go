package workflow

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Approval is who may let a waiting run go on in an environment.
type Approval struct {
	// Needed is whether anybody has to.
	Needed bool
	// By are the logins that may approve, sorted.
	By []string
	// Actor is who starts the run and may for that reason not approve it; "" if
	// that is nobody of the reviewers.
	Actor string
	// NotOwn is whether nobody may approve a run of their own.
	NotOwn bool
	// Gone are reviewers without access to the repository.
	Gone []string
	// Admins are those who may pass the rules by instead; counted only where
	// the environment is known to let them.
	Admins []string
	// Doubts say what could not be seen, of what matters.
	Doubts []string
}

// Nobody reports whether it is certain that nobody can let the run go on.
func (a Approval) Nobody() bool {
	return a.Needed && len(a.By) == 0 && len(a.Admins) == 0 && len(a.Doubts) == 0
}

// Approvers tells who may approve a run that actor starts ("" is somebody who
// is not known). One approval is enough; reviewers need read access, which in a
// public repository everybody has; a team counts by its members; who started
// the run is left out where self-review is prevented (docs.github.com,
// "Deployments and environments: required reviewers", read August 2026).
func Approvers(env evidence.Environment, actor string, repo evidence.Repository, people evidence.Fact[[]evidence.Collaborator]) Approval {
	a := Approval{Needed: len(env.Reviewers) > 0}
	if !a.Needed {
		return a
	}
	for _, r := range env.Reviewers {
		a.reviewer(r, actor, repo, people)
	}
	self, seen := env.PreventSelfReview.Get()
	a.NotOwn = self
	i := slices.IndexFunc(a.By, func(login string) bool { return strings.EqualFold(login, actor) })
	switch {
	case i < 0:
	case !seen && len(a.By) == 1:
		a.Doubts = append(a.Doubts, "whether "+actor+" may approve a run of their own: "+env.PreventSelfReview.Reason())
	case self:
		a.Actor = a.By[i]
		a.By = slices.Delete(a.By, i, i+1)
	}
	if len(a.By) == 0 {
		a.bypass(env, people)
	}
	return a
}

func (a *Approval) reviewer(r evidence.Reviewer, actor string, repo evidence.Repository, people evidence.Fact[[]evidence.Collaborator]) {
	if r.Type == "Team" {
		members, seen := r.Members.Get()
		if !seen {
			a.Doubts = append(a.Doubts, "who is in the team "+r.Name+": "+r.Members.Reason())
		}
		for _, m := range members {
			a.add(m)
		}
		return
	}
	list, seen := people.Get()
	has := slices.ContainsFunc(list, func(c evidence.Collaborator) bool { return strings.EqualFold(c.Login, r.Name) })
	switch {
	case has, strings.EqualFold(r.Name, actor):
		a.add(r.Name)
	case seen && repo.Private:
		a.Gone = append(a.Gone, r.Name)
	case seen:
		a.Gone = append(a.Gone, r.Name)
		a.Doubts = append(a.Doubts, r.Name+" is no collaborator any more, and whether GitHub still lets them approve in a public repository cannot be seen")
	default:
		a.Doubts = append(a.Doubts, "whether "+r.Name+" still has access: "+people.Reason())
		a.add(r.Name)
	}
}

func (a *Approval) add(login string) {
	if !slices.ContainsFunc(a.By, func(l string) bool { return strings.EqualFold(l, login) }) {
		a.By = append(a.By, login)
		slices.Sort(a.By)
	}
}

// bypass: administrators may start waiting jobs unless the environment forbids
// it.
func (a *Approval) bypass(env evidence.Environment, people evidence.Fact[[]evidence.Collaborator]) {
	may, seen := env.AdminsBypass.Get()
	switch {
	case !seen:
		a.Doubts = append(a.Doubts, "whether administrators may pass the rules by: "+env.AdminsBypass.Reason())
	case may && !people.Seen():
		a.Doubts = append(a.Doubts, "who may administer the repository: "+people.Reason())
	case may:
		for _, c := range people.Or(nil) {
			if c.Role == "admin" {
				a.Admins = append(a.Admins, c.Login)
			}
		}
	}
}
