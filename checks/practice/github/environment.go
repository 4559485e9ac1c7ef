package github

import (
	"slices"
	"strings"
	"time"
)

// Environment is a deployment environment with its protection rules.
type Environment struct {
	ID   int64
	Name string
	// Reviewers may approve; one is enough.
	Reviewers []Reviewer
	// PreventSelfReview keeps who started a run from approving it.
	PreventSelfReview bool
	// WaitMinutes is the wait timer, 0 for none.
	WaitMinutes int
	// Policy says which refs may deploy.
	Policy RefPolicy
	// Policies are the patterns of CustomRefs.
	Policies []DeploymentPolicy
	// AdminsCannotBypass forbids administrators to pass the rules by; GitHub
	// lets them unless told otherwise.
	AdminsCannotBypass bool
	// Apps are custom deployment protection rules: each enabled one must agree.
	Apps []App
	// Others are protection rules of kinds that came after GitHub's description
	// of the API: they are shown, and no request of that description sets them.
	Others               []OtherRule
	Secrets              []Secret
	Variables            []Variable
	CreatedAt, UpdatedAt time.Time
	// The rules' own ids, as the API shows them.
	TimerRuleID, ReviewRuleID, PolicyRuleID int64
}

// Reviewer is a user or a team that may approve.
type Reviewer struct {
	// Type is "User" or "Team".
	Type string
	ID   int64
}

// App is a GitHub App that guards an environment (docs.github.com, "Creating
// custom deployment protection rules", read November 2026).
type App struct {
	// ID is the rule's, AppID the app's own.
	ID, AppID int64
	Slug      string
	// Disabled rules are listed and do not count.
	Disabled bool
}

// OtherRule is a protection rule of a kind that is not described.
type OtherRule struct {
	ID   int64
	Type string
}

// rules counts the protection rules that are enabled.
func (e *Environment) rules() int {
	n := len(e.guards()) + len(e.Others)
	for _, on := range []bool{e.WaitMinutes > 0, len(e.Reviewers) > 0, e.Policy != AllRefs && e.Policy != ""} {
		if on {
			n++
		}
	}
	return n
}

// RefPolicy is which refs may deploy to an environment.
type RefPolicy string

// The policies of the environment's settings page.
const (
	AllRefs           RefPolicy = "all"
	ProtectedBranches RefPolicy = "protected"
	CustomRefs        RefPolicy = "custom"
)

// DeploymentPolicy is a name pattern that may deploy.
type DeploymentPolicy struct {
	ID int64
	// Type is "branch" or "tag"; a branch pattern never matches a tag.
	Type string
	// Name is the pattern on the short ref name.
	Name string
}

// Deployment is what a job with an environment makes.
type Deployment struct {
	ID           int64
	RunID, JobID int64
	Environment  string
	Ref, SHA     string // the short ref
	Creator      string
	CreatedAt    time.Time
	Statuses     []DeploymentStatus
	UpdatedAt    time.Time
}

// DeploymentStatus is one state that a deployment had.
type DeploymentStatus struct {
	ID          int64
	State       string
	Description string
	At          time.Time
}

// approvers lists the logins that the environment names, teams resolved.
func (s *Store) approvers(e *Environment) []string {
	var logins []string
	for _, r := range e.Reviewers {
		if r.Type == "Team" {
			if team := s.teamByID(r.ID); team != nil {
				logins = append(logins, team.Members...)
			}
			continue
		}
		if a := s.accountByID(r.ID); a != nil {
			logins = append(logins, a.Login)
		}
	}
	return logins
}

// mayApprove tells whether a person can approve a run for an environment.
func (s *Store) mayApprove(login string, e *Environment, run *Run) bool {
	named := slices.ContainsFunc(s.approvers(e), func(l string) bool { return strings.EqualFold(l, login) })
	return named && !(e.PreventSelfReview && strings.EqualFold(login, run.TriggeringActor))
}

// mayBypass tells whether a person can pass an environment's rules by.
func (s *Store) mayBypass(login string, e *Environment, repo *Repository) bool {
	return !e.AdminsCannotBypass && s.roleOf(login, repo) == Admin
}

// environment finds an environment, or makes it without any rule: GitHub does
// so when a job names one that does not exist (docs.github.com, "Managing
// environments for deployment", read August 2026).
func (s *Store) environment(repo *Repository, name string) *Environment {
	if e := repo.Environment(name); e != nil {
		return e
	}
	e := &Environment{Name: name}
	s.numberEnvironment(e)
	repo.Environments = append(repo.Environments, e)
	return e
}
