package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// Options say how a store is made.
type Options struct {
	// State keeps what the store knows from one run of the world to the next.
	State box.State
	// Dir is the folder of the bare git repositories, DIR/ID.git each.
	Dir string
	// Issuer signs the identity tokens of jobs.
	Issuer *oidc.Issuer
	// Now is the world's clock; nil means time.Now.
	Now func() time.Time
	// Minute is how long a minute of a wait timer lasts; 0 means a minute.
	Minute time.Duration
	// Pusher is the login taken to have pushed to a repository by path; ""
	// means the repository's owner, or an organisation's first owner.
	Pusher string
	// Poll is how often the refs are looked at for pushes; 0 means 150 ms.
	Poll time.Duration
}

// Store is what GitHub knows. All its methods may be called from any
// goroutine; what they return is a copy.
type Store struct {
	opt Options

	mu      sync.Mutex
	w       world
	changed chan struct{} // closed and replaced after each change

	hooks     Hooks
	jobTokens map[string]jobRef // by GITHUB_TOKEN or id-token request token
	links     map[string]logLink
	limits    map[string]*window // API calls by token

	// refMu is held while refs are changed or looked at, so that a change made
	// by the API is reported once and as its caller's. It is taken before mu.
	refMu sync.Mutex
	refs  map[int64]*seenRefs
}

type world struct {
	LastID       int64
	Accounts     []*Account
	Teams        []*Team
	Tokens       []*Token
	Repositories []*Repository
	// Actions are the repositories of actions that workflows use.
	Actions []*Action
	// Moved are former full names, lower case, with the repository's id.
	Moved map[string]int64
	Runs  []*Run
}

const (
	stateName   = "github"
	firstID     = 41_000_000
	defaultPoll = 150 * time.Millisecond
)

// ErrNotFound is in errors about something that is not in the store.
var ErrNotFound = errors.New("not found in the practice world's GitHub")

// New makes a store from its state, or an empty one.
func New(opt Options) (*Store, error) {
	if opt.State == nil || opt.Dir == "" || opt.Issuer == nil {
		return nil, errors.New("the practice world's GitHub needs a state, a folder and an issuer")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Minute == 0 {
		opt.Minute = time.Minute
	}
	if opt.Poll == 0 {
		opt.Poll = defaultPoll
	}
	s := &Store{
		opt: opt, changed: make(chan struct{}), refs: map[int64]*seenRefs{},
		jobTokens: map[string]jobRef{}, links: map[string]logLink{}, limits: map[string]*window{},
	}
	if _, err := opt.State.Load(stateName, &s.w); err != nil {
		return nil, err
	}
	s.w.LastID = max(s.w.LastID, firstID)
	if s.w.Actions == nil {
		s.w.Actions = usualActions()
	}
	if s.w.Moved == nil {
		s.w.Moved = map[string]int64{}
	}
	return s, nil
}

// now is the world's time, in whole seconds as the API gives it.
func (s *Store) now() time.Time { return s.opt.Now().UTC().Truncate(time.Second) }

// id makes a new id. Ids are unique over all kinds of things.
func (s *Store) id() int64 {
	s.w.LastID++
	return s.w.LastID
}

// save keeps the state and wakes who waits for a change. The lock is held.
func (s *Store) save() error {
	close(s.changed)
	s.changed = make(chan struct{})
	return s.opt.State.Save(stateName, s.w)
}

// Changed is closed at the next change of anything in the store.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// SetHooks says what the runner does on pushes, dispatches and the like. It is
// called before [Store.Watch].
func (s *Store) SetHooks(h Hooks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = h
}

func (s *Store) account(login string) *Account {
	for _, a := range s.w.Accounts {
		if strings.EqualFold(a.Login, login) {
			return a
		}
	}
	return nil
}

func (s *Store) accountByID(id int64) *Account {
	for _, a := range s.w.Accounts {
		if a.ID == id {
			return a
		}
	}
	return nil
}

func (s *Store) teamByID(id int64) *Team {
	for _, t := range s.w.Teams {
		if t.ID == id {
			return t
		}
	}
	return nil
}

func (s *Store) repo(owner, name string) *Repository {
	for _, r := range s.w.Repositories {
		if strings.EqualFold(r.Owner, owner) && strings.EqualFold(r.Name, name) {
			return r
		}
	}
	return nil
}

func (s *Store) repoByID(id int64) *Repository {
	for _, r := range s.w.Repositories {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Repository returns a copy of a repository's settings.
func (s *Store) Repository(owner, name string) (*Repository, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo(owner, name)
	if repo == nil {
		return nil, fmt.Errorf("repository %s/%s: %w", owner, name, ErrNotFound)
	}
	return duplicate(repo)
}

// Edit changes a repository's settings under the store's lock: scenarios set
// the world up, and break it, with this. The function must not call the store.
func (s *Store) Edit(owner, name string, change func(*Repository) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo(owner, name)
	if repo == nil {
		return fmt.Errorf("repository %s/%s: %w", owner, name, ErrNotFound)
	}
	if err := change(repo); err != nil {
		return err
	}
	s.number(repo)
	return s.save()
}

// GitDir is the folder of a repository's bare git repository.
func (s *Store) GitDir(owner, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo(owner, name)
	if repo == nil {
		return "", fmt.Errorf("repository %s/%s: %w", owner, name, ErrNotFound)
	}
	return s.gitDir(repo.ID), nil
}

func (s *Store) gitDir(id int64) string {
	return filepath.Join(s.opt.Dir, fmt.Sprintf("%d.git", id))
}

// duplicate copies a value as its JSON says it: all that is kept is in there.
func duplicate[T any](v *T) (*T, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	copied := new(T)
	return copied, json.Unmarshal(data, copied)
}
