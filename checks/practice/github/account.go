package github

import (
	"slices"
	"strings"
	"time"
)

// Account is a user or an organisation.
type Account struct {
	ID    int64
	Login string
	// Name is the display name, or "".
	Name string
	// Organization tells an organisation from a user.
	Organization bool
	// Members are those of an organisation: login to "admin" (an owner) or
	// "member".
	Members map[string]string
	// BaseRole is what members may do in the organisation's repositories.
	BaseRole Role
	// Plan limits what private repositories have: [PlanFree], [PlanPro] or
	// [PlanTeam]; "" is the highest, which is [PlanPro] for a person.
	Plan string
	// Subject is the organisation's template of the sub claim.
	Subject SubjectSettings
	// Secrets are the organisation's Actions secrets.
	Secrets   []OrganizationSecret
	CreatedAt time.Time
}

// Team is a group of an organisation's members.
type Team struct {
	ID           int64
	Organization string
	Slug, Name   string
	// Members are logins.
	Members []string
	// Roles are what the team may do, by repository id.
	Roles map[int64]Role
}

// Token is an API token, or the GITHUB_TOKEN of a job.
type Token struct {
	Value string
	// Login is whose token it is; for a job's token "github-actions[bot]".
	Login string
	// Kind tells how its rights are said.
	Kind TokenKind
	// Scopes are those of a classic token, such as "repo" and "workflow".
	Scopes []string
	// Permissions are those of a fine-grained or job token, such as
	// "administration": "write". "metadata": "read" is always there.
	Permissions map[string]string
	// Repositories limits a fine-grained or job token to repository ids; none
	// means all of its owner's.
	Repositories []int64
	// Expires is when the token ends, as the headers tell; zero for never.
	Expires time.Time
}

// TokenKind is how a token says what it may do.
type TokenKind string

// The kinds of tokens.
const (
	Classic     TokenKind = "classic"
	FineGrained TokenKind = "fine-grained"
	JobToken    TokenKind = "job"
)

// Role is what a person may do in a repository; each includes the ones below.
type Role int

// The roles of GitHub, lowest first.
const (
	NoRole Role = iota
	Read
	Triage
	Write
	Maintain
	Admin
)

var roleNames = []string{"none", "read", "triage", "write", "maintain", "admin"}

// String is the role_name of the API.
func (r Role) String() string { return roleNames[r] }

// Permission is the API's older word, which has no triage and no maintain.
func (r Role) Permission() string {
	switch r {
	case Triage:
		return Read.String()
	case Maintain:
		return Write.String()
	default:
		return r.String()
	}
}

// roleOf is the highest role that a person has in a repository.
func (s *Store) roleOf(login string, repo *Repository) Role {
	role := NoRole
	if !repo.Private {
		role = Read
	}
	if login == "" {
		return role
	}
	for name, r := range repo.Collaborators {
		if strings.EqualFold(name, login) {
			role = max(role, r)
		}
	}
	owner := s.account(repo.Owner)
	if owner == nil {
		return role
	}
	if !owner.Organization && strings.EqualFold(owner.Login, login) {
		return Admin
	}
	return max(role, s.memberRole(owner, login, repo))
}

func (s *Store) memberRole(org *Account, login string, repo *Repository) Role {
	role := NoRole
	switch org.Members[login] {
	case "admin":
		return Admin
	case "member":
		role = org.BaseRole
	}
	for _, team := range s.w.Teams {
		if strings.EqualFold(team.Organization, org.Login) && slices.Contains(team.Members, login) {
			role = max(role, team.Roles[repo.ID])
		}
	}
	return role
}
