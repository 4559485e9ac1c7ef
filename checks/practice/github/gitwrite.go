package github

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// in runs git with something on its standard input and settings on top.
func (g gitRepo) in(ctx context.Context, stdin string, env []string, args ...string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, gitTimeout)
	defer stop()
	cmd := g.command(ctx, args...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := output(cmd)
	return strings.TrimSpace(out), err
}

func (g gitRepo) writeBlob(ctx context.Context, content []byte) (string, error) {
	return g.in(ctx, string(content), nil, "hash-object", "-w", "--stdin")
}

// change is one entry of a new tree; an empty SHA removes the path.
type change struct{ Path, Mode, SHA string }

// writeTree makes a tree out of another one ("" for an empty one).
func (g gitRepo) writeTree(ctx context.Context, base string, changes []change) (string, error) {
	dir, err := os.MkdirTemp("", "practice-index-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(dir, "index")}
	if base != "" {
		if _, err := g.in(ctx, "", env, "read-tree", base); err != nil {
			return "", err
		}
	}
	var lines strings.Builder
	for _, c := range changes {
		if c.SHA == "" {
			fmt.Fprintf(&lines, "0 %s\t%s\x00", NoCommit, c.Path)
			continue
		}
		fmt.Fprintf(&lines, "%s %s\t%s\x00", c.Mode, c.SHA, c.Path)
	}
	if _, err := g.in(ctx, lines.String(), env, "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	return g.in(ctx, "", env, "write-tree")
}

func (g gitRepo) writeCommit(ctx context.Context, tree string, parents []string, message string, by gitPerson) (string, error) {
	args := []string{"commit-tree", tree}
	for _, p := range parents {
		args = append(args, "-p", p)
	}
	date := by.At.Format(time.RFC3339)
	return g.in(ctx, message, []string{
		"GIT_AUTHOR_NAME=" + by.Name, "GIT_AUTHOR_EMAIL=" + by.Email, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + by.Name, "GIT_COMMITTER_EMAIL=" + by.Email, "GIT_COMMITTER_DATE=" + date,
	}, args...)
}

// author is how a person's commits are signed on the site.
func (s *Store) author(login string) gitPerson {
	p := gitPerson{Name: login, Email: login + "@users.noreply.github.com", At: s.now()}
	if a := s.account(login); a != nil {
		p.Email = fmt.Sprintf("%d+%s@users.noreply.github.com", a.ID, a.Login)
		if a.Name != "" {
			p.Name = a.Name
		}
	}
	return p
}

// refChange is a ref that the API is asked to move. Old is what it must stand
// at: [NoCommit] for one that must not exist, "" for whatever it is.
type refChange struct {
	Ref, Old, New string
	Force         bool
	// merge tells that a pull request does it, as rules may ask.
	merge bool
}

// moveRef changes a ref for a caller, unless a rule forbids it, and reports it
// as the caller's push. No lock is held.
func (c *call) moveRef(rc refChange) error {
	ctx := c.r.Context()
	c.s.refMu.Lock()
	push, err := c.moveRefLocked(ctx, rc)
	c.s.refMu.Unlock()
	if err != nil {
		return err
	}
	c.s.report(ctx, push)
	return nil
}

func (c *call) moveRefLocked(ctx context.Context, rc refChange) (Push, error) {
	g := c.s.git(c.repo)
	push := Push{Ref: rc.Ref, Before: NoCommit, After: rc.New, Pusher: c.login, ByJob: c.token.Kind == JobToken}
	if now, err := g.ref(ctx, rc.Ref); err == nil {
		push.Before = now.Commit
	}
	if rc.New != NoCommit {
		if commit, err := g.resolve(ctx, rc.New); err == nil {
			push.After = commit
		}
	}
	forced := push.Before != NoCommit && push.After != NoCommit && !g.isAncestor(ctx, push.Before, push.After)
	if forced && !rc.Force {
		return push, unprocessable("Update is not a fast forward")
	}
	c.s.mu.Lock()
	push.Owner, push.Name = c.repo.Owner, c.repo.Name
	refused := c.s.forbids(c.repo, push, forced, rc.merge)
	c.s.mu.Unlock()
	if refused != nil {
		return push, refused
	}
	args := []string{"update-ref", rc.Ref, rc.New}
	if rc.New == NoCommit {
		args = []string{"update-ref", "-d", rc.Ref}
	}
	if rc.Old != "" {
		args = append(args, rc.Old)
	}
	if _, err := g.run(ctx, args...); err != nil {
		return push, err
	}
	seen, err := c.s.look(ctx, c.repo.ID)
	if err != nil {
		return push, err
	}
	// Only the ref that was moved is taken as known: what others have pushed
	// meanwhile is still to be reported.
	if known := c.s.refs[c.repo.ID]; known != nil {
		known.refs[rc.Ref] = seen.refs[rc.Ref]
		if rc.New == NoCommit {
			delete(known.refs, rc.Ref)
		}
	}
	return push, nil
}
