package github

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// seenRefs are a repository's refs as they were last reported.
type seenRefs struct {
	print string
	refs  map[string]gitRef
}

// Accept takes the refs of all repositories as they are, where they were not
// looked at before. Whoever watches calls it before anything can be pushed: a
// watch that begins a moment later must not take a push for the beginning.
func (s *Store) Accept(ctx context.Context) error {
	for _, repo := range s.repositories() {
		s.refMu.Lock()
		known := s.refs[repo.ID] != nil
		s.refMu.Unlock()
		if known {
			continue
		}
		if err := s.AcceptRefs(ctx, repo.Owner, repo.Name); err != nil {
			return err
		}
	}
	return nil
}

// Watch looks for pushes until the context ends, and tells the hooks. What the
// refs are when it begins is taken as known, unless they were accepted before.
func (s *Store) Watch(ctx context.Context) error {
	if err := s.Accept(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(s.opt.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			// A ref that is being written may be unreadable for a moment; the
			// next look sees it.
			_ = s.Scan(ctx)
		}
	}
}

// Scan looks for pushes once and tells the hooks of each.
func (s *Store) Scan(ctx context.Context) error {
	var errs []error
	for _, repo := range s.repositories() {
		pushes, err := s.scan(ctx, repo, s.pusher(repo.Owner))
		errs = append(errs, err)
		for _, p := range pushes {
			s.report(ctx, p)
		}
	}
	return errors.Join(errs...)
}

// AcceptRefs takes a repository's refs as they are without reporting them: a
// scenario that has filled a repository calls it before anybody watches.
func (s *Store) AcceptRefs(ctx context.Context, owner, name string) error {
	s.mu.Lock()
	repo := s.repo(owner, name)
	s.mu.Unlock()
	if repo == nil {
		return fmt.Errorf("repository %s/%s: %w", owner, name, ErrNotFound)
	}
	s.refMu.Lock()
	defer s.refMu.Unlock()
	seen, err := s.look(ctx, repo.ID)
	if err != nil {
		return err
	}
	s.refs[repo.ID] = seen
	return nil
}

func (s *Store) repositories() []Repository {
	s.mu.Lock()
	defer s.mu.Unlock()
	repos := make([]Repository, len(s.w.Repositories))
	for i, r := range s.w.Repositories {
		repos[i] = Repository{ID: r.ID, Owner: r.Owner, Name: r.Name}
	}
	return repos
}

func (s *Store) scan(ctx context.Context, repo Repository, pusher string) ([]Push, error) {
	s.refMu.Lock()
	defer s.refMu.Unlock()
	return s.scanLocked(ctx, repo, pusher)
}

func (s *Store) scanLocked(ctx context.Context, repo Repository, pusher string) ([]Push, error) {
	before := s.refs[repo.ID]
	print, err := fingerprint(s.gitDir(repo.ID))
	if err != nil || (before != nil && before.print == print) {
		return nil, err
	}
	after, err := s.look(ctx, repo.ID)
	if err != nil {
		return nil, err
	}
	s.refs[repo.ID] = after
	if before == nil {
		before = &seenRefs{}
	}
	var pushes []Push
	for _, p := range diffRefs(before.refs, after.refs) {
		p.Owner, p.Name, p.Pusher = repo.Owner, repo.Name, pusher
		pushes = append(pushes, p)
	}
	return pushes, nil
}

// diffRefs lists what changed, branches before tags, each by name. A tag and
// its commit pushed together arrive in that order on GitHub too.
func diffRefs(before, after map[string]gitRef) []Push {
	names := maps.Clone(before)
	if names == nil {
		names = map[string]gitRef{}
	}
	maps.Copy(names, after)
	var pushes []Push
	for _, name := range slices.Sorted(maps.Keys(names)) {
		old, had := before[name]
		now, has := after[name]
		if had && has && old.Object == now.Object {
			continue
		}
		p := Push{Ref: name, Before: NoCommit, After: NoCommit}
		if had {
			p.Before = old.Commit
		}
		if has {
			p.After = now.Commit
		}
		pushes = append(pushes, p)
	}
	return pushes
}

func (s *Store) pusher(owner string) string {
	if s.opt.Pusher != "" {
		return s.opt.Pusher
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.account(owner); a != nil && a.Organization {
		for _, login := range slices.Sorted(maps.Keys(a.Members)) {
			if a.Members[login] == "admin" {
				return login
			}
		}
	}
	return owner
}

func (s *Store) report(ctx context.Context, p Push) {
	s.mu.Lock()
	hook := s.hooks.Pushed
	if repo := s.repo(p.Owner, p.Name); repo != nil {
		repo.PushedAt = s.now()
		s.orphan(repo, p)
	}
	s.mu.Unlock()
	if hook != nil {
		hook(ctx, p)
	}
}

func (s *Store) look(ctx context.Context, id int64) (*seenRefs, error) {
	// The print comes first: a push in between is then seen twice, not never.
	print, err := fingerprint(s.gitDir(id))
	if err != nil {
		return nil, err
	}
	list, err := gitRepo{s.gitDir(id)}.refs(ctx, "refs/")
	if err != nil {
		return nil, err
	}
	seen := &seenRefs{print: print, refs: map[string]gitRef{}}
	for _, r := range list {
		if strings.HasPrefix(r.Name, "refs/heads/") || strings.HasPrefix(r.Name, "refs/tags/") {
			seen.refs[r.Name] = r
		}
	}
	return seen, nil
}

// fingerprint is a text that differs when a ref differs, made without starting
// git: the loose refs with what they hold, and the packed ones.
func fingerprint(dir string) (string, error) {
	var b strings.Builder
	packed, err := os.ReadFile(filepath.Join(dir, "packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	b.Write(packed)
	err = filepath.WalkDir(filepath.Join(dir, "refs"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".lock") {
			return ignoreGone(err)
		}
		held, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s %s\n", path, held)
		return ignoreGone(err)
	})
	return b.String(), err
}

// ignoreGone: git removes lock files and empty folders while we walk.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
