package evidence

import "slices"

// BranchProtection is what guards a branch.
type BranchProtection struct {
	Branch string
	// Protected is what GET /repos/{o}/{r}/branches/{b} says of the branch; it
	// is what an environment's "protected branches" policy goes by.
	Protected Fact[bool]
	// Rules are the active ruleset rules on the branch, from every level; seen
	// and empty: there is none.
	Rules Fact[[]Rule]
	// Classic is the older branch protection; absent: there is none. Only
	// admins see it.
	Classic Fact[ClassicProtection]
}

// Rule is one active rule of a ruleset.
type Rule struct {
	// Type is GitHub's name: pull_request, non_fast_forward, deletion,
	// creation, update, required_status_checks, …
	Type string
	// Approvals is required_approving_review_count of a pull_request rule.
	Approvals int
	RulesetID int64
	// Level is where the ruleset stands, "Repository", "Organization" or
	// "Enterprise", and Owner who owns it there; "" where GitHub does not tell.
	Level, Owner string
}

// ClassicProtection is a branch protection rule of the older kind.
type ClassicProtection struct {
	// PullRequests is whether changes need a pull request; Approvals is how
	// many approvals that one needs.
	PullRequests bool
	Approvals    int
	// EnforceAdmins is whether admins are bound too.
	EnforceAdmins   bool
	AllowForcePush  bool
	AllowDeletion   bool
	RestrictsPushes bool
}

// Ruleset is a repository or organisation ruleset that binds the repository.
type Ruleset struct {
	ID   int64
	Name string
	// Target is "branch", "tag" or "push".
	Target string
	// Enforcement is "active", "evaluate" or "disabled".
	Enforcement string
	// Level is "Repository", "Organization" or "Enterprise".
	Level string
	// Include and Exclude are ref name conditions: full refs with fnmatch
	// patterns, "~ALL" or "~DEFAULT_BRANCH".
	Include, Exclude []string
	Rules            []Rule
	// Bypass lists who may pass the ruleset by; unknown to those who may not
	// edit it.
	Bypass Fact[[]BypassActor]
	// YouBypass is whether the signed-in user may pass it by: always,
	// pull_requests_only, never or exempt; "" where GitHub does not tell.
	YouBypass string
	Source    Source
}

// Limits reports whether the ruleset keeps everybody but its bypass actors from
// what a rule type names: creation, update or deletion of the refs that it
// covers, non_fast_forward and so on. It says nothing of enforcement and refs.
func (r Ruleset) Limits(ruleType string) bool {
	return slices.ContainsFunc(r.Rules, func(one Rule) bool { return one.Type == ruleType })
}

// BypassActor is somebody who may pass a ruleset by.
type BypassActor struct {
	// Type is Integration, OrganizationAdmin, RepositoryRole, Team, DeployKey
	// or User.
	Type string
	ID   int64
	// Mode is always, pull_request or exempt.
	Mode string
}

// ActionsPolicy is which actions the repository may use.
type ActionsPolicy struct {
	// Enabled is whether Actions run at all.
	Enabled bool
	// Allowed is "all", "local_only" or "selected".
	Allowed string
	// ShaPinning is whether GitHub refuses actions that are not pinned to a
	// full commit.
	ShaPinning bool
	// Selected says what "selected" allows; absent for other policies.
	Selected Fact[SelectedActions]
}

// SelectedActions is what a policy of "selected" actions lets in.
type SelectedActions struct {
	// GitHubOwned are actions/* and github/*; Verified those of verified
	// creators on the marketplace.
	GitHubOwned, Verified bool
	// Patterns are like "pypa/*" or "rust-lang/crates-io-auth-action@*".
	Patterns []string
}

// WorkflowState is a workflow as GitHub has registered it.
type WorkflowState struct {
	ID   int64
	Path string
	// State is active, deleted, disabled_fork, disabled_inactivity or
	// disabled_manually.
	State string
}

// PendingDeployment is an environment that a waiting run waits for.
type PendingDeployment struct {
	Environment string
	// CanApprove is whether the signed-in user may approve it.
	CanApprove bool
	Reviewers  []Reviewer
}
