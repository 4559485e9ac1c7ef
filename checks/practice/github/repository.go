package github

import (
	"encoding/json"
	"strings"
	"time"
)

// Repository is a repository with all its settings. Its commits are in the
// bare git repository at [Store.GitDir].
type Repository struct {
	ID int64
	// Owner is the login of a user or an organisation.
	Owner, Name string
	Description string
	Private     bool
	Archived    bool
	Fork        bool
	// DefaultBranch is a short name.
	DefaultBranch string
	CreatedAt     time.Time
	PushedAt      time.Time
	// Collaborators are logins with their roles, the owner left out.
	Collaborators map[string]Role

	Environments      []*Environment
	Secrets           []Secret
	DependabotSecrets []Secret
	Variables         []Variable
	Actions           ActionsSettings
	Rulesets          []*Ruleset
	// Protection is the classic branch protection, by branch name or pattern.
	Protection map[string]*Protection
	Subject    SubjectSettings
	// ImmutableReleases is the repository's own setting, ReleasesByOwner whether
	// its owner enforces it.
	ImmutableReleases, ReleasesByOwner bool
	Workflows                          []*Workflow
	Releases                           []*Release
	Deployments                        []*Deployment
	Pulls                              []*PullRequest
	Issues                             []*Issue
}

// FullName is "OWNER/NAME".
func (r *Repository) FullName() string { return r.Owner + "/" + r.Name }

// Environment finds an environment by its name, whose case does not count.
func (r *Repository) Environment(name string) *Environment {
	for _, e := range r.Environments {
		if strings.EqualFold(e.Name, name) {
			return e
		}
	}
	return nil
}

// Secret is an Actions secret. Its value is never shown, only given to jobs.
type Secret struct {
	Name, Value          string
	CreatedAt, UpdatedAt time.Time
}

// OrganizationSecret is a secret of an organisation.
type OrganizationSecret struct {
	Secret
	// Visibility is "all", "private" or "selected".
	Visibility string
	// Repositories are those that see a selected one, by id.
	Repositories []int64
}

// Variable is an Actions variable.
type Variable struct {
	Name, Value          string
	CreatedAt, UpdatedAt time.Time
}

// ActionsSettings are the Actions settings of a repository.
type ActionsSettings struct {
	// Disabled turns Actions off.
	Disabled bool
	// Allowed is "all", "local_only" or "selected"; "" means all.
	Allowed string
	// SHAPinning requires actions to be pinned to full commit ids.
	SHAPinning bool
	// GitHubOwned, Verified and Patterns say what "selected" allows.
	GitHubOwned, Verified bool
	Patterns              []string
	// WritableToken makes the default GITHUB_TOKEN writable; it is read-only
	// otherwise, as for new repositories.
	WritableToken bool
	// TokenByOwner is whether the owner lets the repository not choose.
	TokenByOwner bool
	// MayApprovePulls lets Actions approve pull requests.
	MayApprovePulls bool
}

// SubjectSettings are how the `sub` claim is made.
type SubjectSettings struct {
	// Keys are the claims of a customised subject; none means the default.
	Keys []string
	// Immutable puts ids into it: on by default for repositories created,
	// renamed or transferred since 2026-07-15 (GitHub changelog, 2026-04-23).
	Immutable bool
}

// Workflow is a workflow file that GitHub knows.
type Workflow struct {
	ID int64
	// Path is ".github/workflows/FILE".
	Path string
	// Name is what the file says, or its path.
	Name string
	// State is "active", "disabled_manually" or "deleted".
	State                string
	CreatedAt, UpdatedAt time.Time
	// Runs counts its runs.
	Runs int
}

// Ruleset is a repository's ruleset, as the API sends and takes it.
type Ruleset struct {
	ID          int64
	Name        string
	Target      string // branch, tag or push
	Enforcement string // disabled, active or evaluate
	// Include and Exclude are patterns on full ref names, ~ALL or ~DEFAULT_BRANCH.
	Include, Exclude     []string
	Rules                []Rule
	Bypass               []BypassActor
	CreatedAt, UpdatedAt time.Time
	// Organization is the login of the organisation that the ruleset comes
	// from, or "" for one of the repository.
	Organization string
}

// Rule is one rule of a ruleset; the parameters are kept as they were sent.
type Rule struct {
	Type       string          `json:"type"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
}

// BypassActor may pass a ruleset by.
type BypassActor struct {
	ActorID   *int64 `json:"actor_id"`
	ActorType string `json:"actor_type"`
	Mode      string `json:"bypass_mode,omitempty"`
}

// Protection is a classic branch protection rule.
type Protection struct {
	// Reviews is how many approvals a pull request needs; nil means that none
	// is needed to change the branch.
	Reviews *int
	// StatusChecks are the required contexts; nil for none.
	StatusChecks     []string
	EnforceAdmins    bool
	AllowForcePushes bool
	AllowDeletions   bool
	LinearHistory    bool
	Signatures       bool
	LockBranch       bool
}

// Release is a release of a repository.
type Release struct {
	ID                     int64
	Tag, Name, Body        string
	Draft, Prerelease      bool
	Immutable              bool
	Author                 string
	Target                 string
	CreatedAt, PublishedAt time.Time
}

// PullRequest is a pull request within a repository.
type PullRequest struct {
	ID               int64
	Number           int
	Title, Body      string
	Head, Base       string // branch names
	Author           string
	State            string // open or closed
	Draft            bool
	MergedSHA        string
	MergedBy         string
	CreatedAt        time.Time
	UpdatedAt        time.Time
	ClosedAt         time.Time
	HeadSHA, BaseSHA string // as they were when it was closed
}

// Issue is an issue of a repository.
type Issue struct {
	ID                   int64
	Number               int
	Title, Body          string
	Author               string
	State                string
	Labels               []string
	CreatedAt, UpdatedAt time.Time
	Comments             []Comment
}

// Comment is a comment on an issue.
type Comment struct {
	ID     int64
	Author string
	Body   string
	At     time.Time
}
