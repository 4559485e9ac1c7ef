package github

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/google/uuid"
)

// AddUser makes a user and returns it with its id.
func (s *Store) AddUser(login, name string) (Account, error) {
	return s.addAccount(&Account{Login: login, Name: name})
}

// AddOrganization makes an organisation. Members are logins with "admin" (an
// owner) or "member".
func (s *Store) AddOrganization(login, name string, members map[string]string) (Account, error) {
	return s.addAccount(&Account{Login: login, Name: name, Organization: true, Members: members, BaseRole: Read})
}

func (s *Store) addAccount(a *Account) (Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account(a.Login) != nil {
		return Account{}, fmt.Errorf("the login %s is taken in the practice world", a.Login)
	}
	a.ID, a.CreatedAt = s.id(), s.now()
	s.w.Accounts = append(s.w.Accounts, a)
	return *a, s.save()
}

// EditAccount changes a user or an organisation under the store's lock.
func (s *Store) EditAccount(login string, change func(*Account) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(login)
	if a == nil {
		return fmt.Errorf("account %s: %w", login, ErrNotFound)
	}
	if err := change(a); err != nil {
		return err
	}
	for i := range a.Secrets {
		if a.Secrets[i].CreatedAt.IsZero() {
			a.Secrets[i].CreatedAt, a.Secrets[i].UpdatedAt = s.now(), s.now()
		}
	}
	return s.save()
}

// AddTeam makes a team of an organisation.
func (s *Store) AddTeam(team Team) (Team, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if org := s.account(team.Organization); org == nil || !org.Organization {
		return Team{}, fmt.Errorf("organisation %s: %w", team.Organization, ErrNotFound)
	}
	team.ID = s.id()
	if team.Roles == nil {
		team.Roles = map[int64]Role{}
	}
	s.w.Teams = append(s.w.Teams, &team)
	return team, s.save()
}

// AddToken makes an API token; an empty value is made up in the form that
// GitHub gives to its kind.
func (s *Store) AddToken(token Token) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account(token.Login) == nil {
		return Token{}, fmt.Errorf("account %s: %w", token.Login, ErrNotFound)
	}
	if token.Kind == "" {
		token.Kind = Classic
	}
	if token.Value == "" {
		token.Value = newToken(token.Kind)
	}
	s.w.Tokens = append(s.w.Tokens, &token)
	return token, s.save()
}

func newToken(kind TokenKind) string {
	prefix := map[TokenKind]string{Classic: "ghp_", FineGrained: "github_pat_", JobToken: "ghs_"}[kind]
	return prefix + "practice" + strings.ReplaceAll(uuid.NewString(), "-", "")
}

// AddRepository makes a repository with an empty bare git repository. Owner,
// Name and DefaultBranch ("main" when empty) must fit; settings may be given.
func (s *Store) AddRepository(ctx context.Context, repo Repository) (*Repository, error) {
	if repo.DefaultBranch == "" {
		repo.DefaultBranch = "main"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.account(repo.Owner)
	if owner == nil {
		return nil, fmt.Errorf("owner %s: %w", repo.Owner, ErrNotFound)
	}
	if s.repo(repo.Owner, repo.Name) != nil {
		return nil, fmt.Errorf("repository %s is there already", repo.FullName())
	}
	repo.Owner, repo.ID, repo.CreatedAt = owner.Login, s.id(), s.now()
	repo.PushedAt = repo.CreatedAt
	if repo.Collaborators == nil {
		repo.Collaborators = map[string]Role{}
	}
	s.number(&repo)
	if err := initBare(ctx, s.gitDir(repo.ID), repo.DefaultBranch); err != nil {
		return nil, fmt.Errorf("making repository %s: %w", repo.FullName(), err)
	}
	s.w.Repositories = append(s.w.Repositories, &repo)
	if err := s.save(); err != nil {
		return nil, err
	}
	return duplicate(&repo)
}

func initBare(ctx context.Context, dir, branch string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "git", "init", "--quiet", "--bare", "--template=", "--initial-branch="+branch, dir)
	cmd.Env = cleanEnv()
	_, err := output(cmd)
	return err
}

// Move renames a repository or transfers it to another owner. Its former name
// redirects, and its subject claims become immutable ones, as for every
// repository renamed or transferred since 2026-07-15 (GitHub changelog,
// 2026-04-23).
func (s *Store) Move(owner, name, newOwner, newName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo, to := s.repo(owner, name), s.account(newOwner)
	if repo == nil || to == nil {
		return fmt.Errorf("moving %s/%s to %s/%s: %w", owner, name, newOwner, newName, ErrNotFound)
	}
	if s.repo(newOwner, newName) != nil {
		return fmt.Errorf("repository %s/%s is there already", newOwner, newName)
	}
	s.w.Moved[strings.ToLower(repo.FullName())] = repo.ID
	delete(s.w.Moved, strings.ToLower(newOwner+"/"+newName))
	repo.Owner, repo.Name, repo.Subject.Immutable = to.Login, newName, true
	for _, run := range s.w.Runs {
		if strings.EqualFold(run.Owner, owner) && strings.EqualFold(run.Name, name) {
			run.Owner, run.Name = repo.Owner, repo.Name
		}
	}
	return s.save()
}
