package github

// The plans that do not have every environment feature for private
// repositories: free has no environments, pro and team no reviewers and no
// wait timers (docs.github.com, "Managing environments for deployment", read
// August 2026).
const (
	PlanFree = "free"
	PlanPro  = "pro"
	PlanTeam = "team"
	// planEnterprise has everything; persons cannot have it.
	planEnterprise = "enterprise"
)

// plan is the account's plan as the API names it.
func (a *Account) plan() string {
	switch {
	case a.Plan != "":
		return a.Plan
	case a.Organization:
		return planEnterprise
	}
	return PlanPro
}

// hasEnvironments tells whether the owner's plan has environments for a
// repository; hasReviews, whether reviewers and wait timers.
func (s *Store) hasEnvironments(repo *Repository) bool {
	return !repo.Private || s.account(repo.Owner).plan() != PlanFree
}

func (s *Store) hasReviews(repo *Repository) bool {
	return !repo.Private || s.account(repo.Owner).plan() == planEnterprise
}

// inForce is what of an environment's protection the owner's plan has for the
// repository: what was set before it became private is kept, and ignored
// (docs.github.com, "Managing environments for deployment", read August 2026;
// that it is so for reviewers on Pro and Team is taken from the same words).
func (s *Store) inForce(repo *Repository, e *Environment) *Environment {
	if s.hasReviews(repo) {
		return e
	}
	bound := *e
	bound.Reviewers, bound.PreventSelfReview, bound.WaitMinutes = nil, false, 0
	if !s.hasEnvironments(repo) {
		bound.Policy, bound.Policies, bound.Apps = AllRefs, nil, nil
	}
	return &bound
}
