package actions

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
)

// checkout clones the repository into the workspace as actions/checkout does:
// the run's commit, one commit deep unless told otherwise.
func checkout(ctx context.Context, s *Step) error {
	owner, name := s.Repository.Owner, s.Repository.Name
	if full := s.Input("repository", ""); full != "" {
		var ok bool
		if owner, name, ok = strings.Cut(full, "/"); !ok {
			return fmt.Errorf("Invalid repository '%s'. Expected format {owner}/{repo}.", full) //nolint:staticcheck // the action's own text
		}
	}
	own := strings.EqualFold(owner, s.Repository.Owner) && strings.EqualFold(name, s.Repository.Name)
	s.Say("Syncing repository: %s/%s", owner, name)
	bare, private, err := s.Repository.Locate(owner, name)
	if err != nil || private && (!own || !s.Repository.CanRead) {
		s.Say("remote: Repository not found.")
		s.Say("fatal: repository 'https://github.com/%s/%s/' not found", owner, name)
		return fmt.Errorf("The process '/usr/bin/git' failed with exit code 128") //nolint:staticcheck // the action's own text
	}
	dir := filepath.Join(s.Workspace, filepath.FromSlash(s.Input("path", "")))
	if dir, err = s.Place.Path(s.Workspace, dir); err != nil {
		return err
	}
	c := clone{step: s, dir: dir, bare: bare, web: "https://github.com/" + owner + "/" + name, own: own}
	return c.do(ctx)
}

type clone struct {
	step           *Step
	dir, bare, web string
	own            bool
}

func (c *clone) do(ctx context.Context) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	what, local := c.refspec()
	if err := c.fetch(ctx, what); err != nil {
		return err
	}
	if err := c.git(ctx, append([]string{"checkout", "--force"}, local...)...); err != nil {
		return err
	}
	sha, err := gitrun.Output(ctx, c.dir, "log", "-1", "--format=%H")
	if err != nil {
		return err
	}
	c.step.SetOutput("commit", strings.TrimSpace(sha))
	c.step.SetOutput("ref", c.step.Input("ref", c.step.Repository.Ref))
	c.step.Say("%s", strings.TrimSpace(sha))
	return nil
}

// fetch gets the commit that is asked for; with the depth 0 all branches and
// tags before it, and then again only what these do not give.
func (c *clone) fetch(ctx context.Context, what string) error {
	args := []string{"fetch", "--no-recurse-submodules", "--prune"}
	if depth := c.step.Input("fetch-depth", "1"); depth != "0" {
		tags := "--no-tags"
		if c.step.Flag("fetch-tags", false) {
			tags = "--tags"
		}
		return c.git(ctx, append(args, tags, "--depth="+depth, "origin", what)...)
	}
	if err := c.git(ctx, append(args, "--no-tags", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")...); err != nil {
		return err
	}
	source, target, _ := strings.Cut(strings.TrimPrefix(what, "+"), ":")
	if at, err := gitrun.Output(ctx, c.dir, "rev-parse", "--verify", "--quiet", target+"^{commit}"); err == nil && (strings.TrimSpace(at) == source || !isCommit(source)) {
		return nil
	}
	return c.git(ctx, append(args, "--no-tags", "origin", what)...)
}

// prepare makes an empty repository whose origin is the address on github.com,
// read from the bare repository beside.
func (c *clone) prepare(ctx context.Context) error {
	if c.step.Flag("clean", true) {
		entries, err := os.ReadDir(c.dir)
		if err == nil {
			for _, e := range entries {
				if err := os.RemoveAll(filepath.Join(c.dir, e.Name())); err != nil {
					return fmt.Errorf("emptying the workspace: %w", err)
				}
			}
		}
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return fmt.Errorf("making the workspace: %w", err)
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"config", "--local", "remote.origin.url", c.web},
		{"config", "--local", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
		{"config", "--local", "url." + gitrun.FileURL(c.bare) + ".insteadOf", c.web}} {
		if _, err := gitrun.Output(ctx, c.dir, args...); err != nil {
			return err
		}
	}
	return nil
}

// refspec is what to fetch, and what to check out then.
func (c *clone) refspec() (fetch string, local []string) {
	ref, sha := c.step.Input("ref", ""), ""
	if ref == "" {
		if !c.own {
			return "+HEAD:refs/remotes/origin/HEAD", []string{"--detach", "refs/remotes/origin/HEAD"}
		}
		ref, sha = c.step.Repository.Ref, c.step.Repository.SHA
	}
	short, isBranch := strings.CutPrefix(ref, "refs/heads/")
	tag, isTag := strings.CutPrefix(ref, "refs/tags/")
	switch {
	case isTag:
		return c.from(sha, ref) + ":refs/tags/" + tag, []string{"--detach", "refs/tags/" + tag}
	case isBranch:
		return c.from(sha, ref) + ":refs/remotes/origin/" + short, []string{"-B", short, "refs/remotes/origin/" + short}
	case isCommit(ref):
		return "+" + ref + ":refs/remotes/origin/at", []string{"--detach", ref}
	}
	// A short name: a branch, else a tag, as the action looks them up.
	if _, err := gitrun.Output(context.Background(), c.bare, "rev-parse", "--verify", "--quiet", "refs/heads/"+ref); err == nil {
		return "+refs/heads/" + ref + ":refs/remotes/origin/" + ref, []string{"-B", ref, "refs/remotes/origin/" + ref}
	}
	return "+refs/tags/" + ref + ":refs/tags/" + ref, []string{"--detach", "refs/tags/" + ref}
}

// from is the run's commit, wherever the ref has moved since; for another ref,
// the ref.
func (c *clone) from(sha, ref string) string {
	if sha != "" {
		return "+" + sha
	}
	return "+" + ref
}

func isCommit(ref string) bool {
	return len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == ""
}

func (c *clone) git(ctx context.Context, args ...string) error {
	c.step.Say("[command]/usr/bin/git %s", strings.Join(args, " "))
	code, err := gitrun.Run(ctx, c.dir, nil, c.step.Log, c.step.Log, args...)
	if err != nil {
		return fmt.Errorf("running git: %w", err)
	}
	if code != 0 {
		return fmt.Errorf("The process '/usr/bin/git' failed with exit code %d", code) //nolint:staticcheck // the action's own text
	}
	return nil
}
