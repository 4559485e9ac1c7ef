package evidence

import "time"

// GitHub is what GitHub's API told about the repository.
type GitHub struct {
	// User is who is signed in; absent: nobody.
	User Fact[User]
	// Token is what GitHub tells of the token that was used; absent: none was.
	Token Fact[Token]
	// Role is what the signed-in person may do in the repository, whatever the
	// token lets through: admin, maintain, write, triage, read or none.
	Role Fact[string]
	// Repository is the repository itself; absent: 404 to somebody who may read
	// what is public.
	Repository Fact[Repository]
	// Collaborators are the people who could review (read access and more).
	Collaborators Fact[[]Collaborator]
	// Teams are the organisation's teams that have access to the repository, as
	// far as the signed-in user sees them; absent: its owner is a person.
	Teams Fact[[]Team]
	// Plan is the owner's plan as GitHub names it ("free", "pro", "team", …),
	// which says what a private repository has; absent: the repository is public,
	// and has everything.
	Plan Fact[string]
	// Environments are all environments of the repository; absent: there is none.
	Environments Fact[[]Environment]
	// Secrets are the names of Actions secrets at every level that the token may
	// list; each level by itself, since each can be out of sight by itself. Seen
	// and empty: there is none; absent: the level does not exist (a personal
	// repository has no organisation).
	RepositorySecrets, OrganizationSecrets Fact[[]Secret]
	// DependabotSecrets are the repository's secrets for runs that Dependabot
	// starts: the fourth level at which a publishing token can lie.
	DependabotSecrets Fact[[]Secret]
	// DefaultTokenPermission is "read" or "write": what a job gets that names no
	// permissions.
	DefaultTokenPermission Fact[string]
	// ActionsApprovePulls is whether workflows may approve pull requests, which
	// lets one pass a rule that asks for an approval.
	ActionsApprovePulls Fact[bool]
	// DefaultBranch is what guards the default branch.
	DefaultBranch Fact[BranchProtection]
	// Rulesets are those that bind the repository, from every level; seen and
	// empty: there is none.
	Rulesets Fact[[]Ruleset]
	// Actions is which actions may be used.
	Actions Fact[ActionsPolicy]
	// Subject is how GitHub makes the sub claim of the repository's identity
	// tokens; OrganizationSubject is what the organisation sets for those of its
	// repositories that use the default (absent: it sets nothing, or the owner is
	// a person). crates.io and PyPI do not read the claim.
	Subject, OrganizationSubject Fact[SubjectSettings]
	// ImmutableReleases is whether a release's tag and files are fixed once it
	// is published.
	ImmutableReleases Fact[ImmutableReleases]
	// Proposals are the branches of our pull requests; seen and empty: there is
	// none.
	Proposals Fact[[]Proposal]
	// WorkflowStates are the workflows that GitHub has registered.
	WorkflowStates Fact[[]WorkflowState]
	// Runs are the newest runs of the workflows that publish, newest first;
	// seen and empty: no run yet.
	Runs Fact[[]Run]
}

// User is a GitHub account.
type User struct {
	Login string
	ID    int64
}

// Token is a token as GitHub describes it in the headers of its answers.
type Token struct {
	// Classic is whether GitHub told scopes. A fine-grained token, or that of an
	// app, has permissions instead, which GitHub never lists.
	Classic bool
	// Scopes are those of a classic token.
	Scopes []string
	// Expires is when it ends; zero where GitHub tells no end.
	Expires time.Time
}

// SubjectSettings are how the sub claim is made (GitHub's description of its
// REST API, "actions/oidc", read 2026-11).
type SubjectSettings struct {
	// Default is whether the claim has GitHub's default form; it is false for an
	// organisation's setting.
	Default bool
	// Keys are the claims of a customised subject.
	Keys []string
	// Immutable is whether it carries ids beside the names.
	Immutable bool
	// Prefix is what it begins with, "" where GitHub does not tell.
	Prefix string
}

// ImmutableReleases is the repository's setting for releases.
type ImmutableReleases struct {
	Enabled bool
	// Enforced is whether the owner has set it for the repository.
	Enforced bool
}

// Repository is a repository as the API shows it.
type Repository struct {
	ID            int64
	Name          RepoName
	OwnerID       int64
	OwnerType     string // "User" or "Organization"
	DefaultBranch string
	// Private is true for internal repositories too; Visibility is public,
	// private or internal, "" on hosts that do not tell.
	Private    bool
	Visibility string
	Archived   bool
	Fork       bool
	// Admin, Maintain, Push tell the rights of the signed-in user, as far as
	// GitHub tells them to this token.
	Admin, Maintain, Push bool
	// MovedFrom is the name that was asked for when GitHub sent us on from
	// there (renamed or transferred); zero otherwise.
	MovedFrom RepoName
}

// Collaborator is somebody with access to the repository.
type Collaborator struct {
	User
	// Role is admin, maintain, write, triage or read.
	Role string
}

// Team is a team of the organisation with access to the repository.
type Team struct {
	ID   int64
	Slug string
	// Role is what it may do: admin, maintain, write, triage, read, or a role of
	// the organisation's own.
	Role string
	// Members are the logins of those in it.
	Members Fact[[]string]
}

// Environment is a deployment environment with its protection.
type Environment struct {
	Name string
	ID   int64
	// Reviewers are the people and teams of which one must approve; empty: none.
	Reviewers []Reviewer
	// PreventSelfReview is unknown while no reviewers are set: GitHub tells it
	// only inside that rule.
	PreventSelfReview Fact[bool]
	// WaitMinutes is the wait timer.
	WaitMinutes int
	// Policy says which refs may deploy.
	Policy RefPolicy
	// Refs are the custom rules when Policy is RefsCustom.
	Refs Fact[[]RefRule]
	// AdminsBypass is whether admins may pass the rules by.
	AdminsBypass Fact[bool]
	// Secrets are the names of the environment's own secrets.
	Secrets Fact[[]Secret]
	// Custom are the apps that must agree to a deployment too; seen and empty:
	// there is none.
	Custom Fact[[]CustomRule]
	// Others are the kinds of protection rules that we do not know.
	Others []string
	// Source is where the environment was read.
	Source Source
}

// Reviewer is a user or team that may approve.
type Reviewer struct {
	Type string // "User" or "Team"
	ID   int64
	Name string // login or slug
	// Members are the logins of a team's members; not looked at for a user.
	Members Fact[[]string]
}

// RefPolicy is an environment's deployment branch policy.
type RefPolicy string

// The policies.
const (
	RefsAll       RefPolicy = "all"
	RefsProtected RefPolicy = "protected branches"
	RefsCustom    RefPolicy = "custom"
)

// RefRule is one custom deployment branch or tag policy.
type RefRule struct {
	ID      int64
	Type    string // "branch" or "tag"
	Pattern string
}

// CustomRule is a custom deployment protection rule: an app that agrees to a
// deployment or refuses it (docs.github.com, "Creating custom deployment
// protection rules", read 2026-08).
type CustomRule struct {
	ID int64
	// App is the slug of the GitHub App.
	App string
	// Enabled is whether the rule is in force.
	Enabled bool
}

// Secret is a secret's name; values are never seen.
type Secret struct {
	Name      string
	UpdatedAt time.Time
}

// Run is one workflow run with its jobs.
type Run struct {
	ID       int64
	Number   int
	Workflow string // path of the file, .github/workflows/publish.yml
	Event    string
	// Ref is the branch or tag name as the API gives it (head_branch).
	Ref string
	SHA string
	// Status is queued, waiting, in_progress or completed; Conclusion is set
	// when it is completed.
	Status, Conclusion string
	URL                string
	CreatedAt          time.Time
	Jobs               Fact[[]RunJob]
	// Actor is the login of who started the run.
	Actor string
	// Attempt counts from 1; more after a re-run.
	Attempt int
	// Pending are the environments that a run with status waiting waits for;
	// not looked at for other runs.
	Pending Fact[[]PendingDeployment]
	// File is the workflow file as it stood at SHA. It tells what an older run
	// really did; a run of the judged commit needs none.
	File Fact[[]byte]
}

// RunJob is one job of a run.
type RunJob struct {
	ID                 int64
	Name               string
	Status, Conclusion string
	Steps              []RunStep
	// Log is the plain text of a failed job's log, at most its last 64 KiB;
	// unknown for jobs whose log was not fetched.
	Log Fact[string]
	URL string
	// EndedAt is when the job was completed, in whole seconds as GitHub tells
	// it; zero before that.
	EndedAt time.Time
}

// RunStep is one step of a job.
type RunStep struct {
	Number             int
	Name               string
	Status, Conclusion string
}
