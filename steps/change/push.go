package change

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Push says what is committed and pushed to the default branch.
type Push struct {
	// Paths are committed, and nothing else; slash-separated from the top.
	Paths   []string
	Message string
	// Remote and Branch are where it goes.
	Remote, Branch string
	// Base is the commit at which the branch stands on GitHub.
	Base string
	// Tag is put on the commit and pushed with it; "" for none.
	Tag string
}

// Unpushed lists the commits of the checkout that GitHub's branch, at base,
// does not have, each as "abc1234 subject". It fails when base is not known
// here: then the checkout is behind.
func (t *Tools) Unpushed(ctx context.Context, base string) ([]string, error) {
	if _, err := t.git(ctx, "cat-file", "-e", base+"^{commit}"); err != nil {
		return nil, fmt.Errorf("the branch has commits on GitHub (%.7s) that are not in this checkout: run git pull, then come back", base)
	}
	if _, err := t.git(ctx, "merge-base", "--is-ancestor", base, "HEAD"); err != nil {
		return nil, fmt.Errorf("this checkout has left the branch as GitHub has it (%.7s): rebase or merge, then come back", base)
	}
	out, err := t.git(ctx, "log", "--format=%h %s", base+"..HEAD")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(out, func(r rune) bool { return r == '\n' }), nil
}

// Tracked says whether git tracks a file.
func (t *Tools) Tracked(ctx context.Context, name string) bool {
	out, err := t.git(ctx, "ls-files", "--", name)
	return err == nil && strings.TrimSpace(out) != ""
}

// Push makes a change that commits the files and pushes the branch. It reads
// the checkout to say what goes along.
func (t *Tools) Push(ctx context.Context, p Push) (Change, error) {
	along, err := t.Unpushed(ctx, p.Base)
	if err != nil {
		return Change{}, err
	}
	c := Change{
		ID:      "push:" + p.Branch,
		Title:   fmt.Sprintf("Commit and push to %s", p.Branch),
		Lasting: fmt.Sprintf("a commit pushed to %s stays in its history", p.Branch),
		Preview: p.preview(along),
		Before:  map[string]string{"branch": p.Branch, "commit": p.Base},
		After:   map[string]any{"branch": p.Branch, "paths": p.Paths, "message": p.Message, "tag": p.Tag},
	}
	if p.Tag != "" {
		c.ID, c.Title = "push:"+p.Tag, fmt.Sprintf("Commit, tag %s and push both", p.Tag)
		c.Lasting = fmt.Sprintf("the tag %s starts a release: what a registry publishes cannot be taken back, nor its version used again", p.Tag)
	}
	for _, name := range p.Paths {
		c.Needs = append(c.Needs, "file:"+name)
	}
	c.Perform = func(ctx context.Context, h Hands) error { return t.commitAndPush(ctx, h, p, along) }
	return c, nil
}

func (p Push) preview(along []string) []DiffLine {
	var lines []DiffLine
	for _, commit := range along {
		lines = append(lines, DiffLine{Op: '+', Text: "push " + commit, Origin: "your commit, not on GitHub yet"})
	}
	if len(p.Paths) > 0 {
		lines = append(lines, DiffLine{Op: '+', Text: fmt.Sprintf("commit %q with %s", p.Message, strings.Join(p.Paths, ", "))})
	}
	if p.Tag != "" {
		lines = append(lines, DiffLine{Op: '+', Text: "tag " + p.Tag})
	}
	return append(lines, DiffLine{Op: '+', Text: "git " + strings.Join(p.pushArgs(), " ")})
}

func (p Push) pushArgs() []string {
	args := []string{"push", p.Remote, "HEAD:refs/heads/" + p.Branch}
	if p.Tag != "" {
		args = append(slices.Insert(args, 1, "--atomic"), "refs/tags/"+p.Tag)
	}
	return args
}

func (t *Tools) commitAndPush(ctx context.Context, h Hands, p Push, shown []string) error {
	on, err := t.git(ctx, "symbolic-ref", "--short", "HEAD")
	if err != nil || strings.TrimSpace(on) != p.Branch {
		return fmt.Errorf("push to %s: the checkout is not on that branch; run git switch %s", p.Branch, p.Branch)
	}
	if err := t.sameAsShown(ctx, p, shown); err != nil {
		return err
	}
	if err := t.commit(ctx, h, p); err != nil {
		return err
	}
	if err := t.tag(ctx, p.Tag); err != nil {
		return err
	}
	h.progress("Pushing to %s", p.Branch)
	return t.push(ctx, h, p)
}

// sameAsShown holds that nothing goes along which was not in the preview; our
// own commit of an earlier, interrupted try is no surprise.
func (t *Tools) sameAsShown(ctx context.Context, p Push, shown []string) error {
	now, err := t.Unpushed(ctx, p.Base)
	if err != nil {
		return err
	}
	for _, commit := range now {
		_, subject, _ := strings.Cut(commit, " ")
		if !slices.Contains(shown, commit) && subject != p.Message {
			return fmt.Errorf("push to %s: the commit %q is new since the preview; look again", p.Branch, commit)
		}
	}
	return nil
}

func (t *Tools) commit(ctx context.Context, h Hands, p Push) error {
	if len(p.Paths) == 0 {
		return nil
	}
	paths := append([]string{"--"}, p.Paths...)
	if _, err := t.git(ctx, append([]string{"add"}, paths...)...); err != nil {
		return fmt.Errorf("commit %s: %w", strings.Join(p.Paths, ", "), err)
	}
	if _, err := t.git(ctx, append([]string{"diff", "--quiet", "HEAD"}, paths...)...); err == nil {
		return nil // committed by an earlier try
	}
	h.progress("Committing %s", strings.Join(p.Paths, ", "))
	if _, err := t.git(ctx, append([]string{"commit", "--quiet", "-m", p.Message, "--only"}, paths...)...); err != nil {
		return fmt.Errorf("commit %s: %w", strings.Join(p.Paths, ", "), err)
	}
	return nil
}

func (t *Tools) tag(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	head, err := t.git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return fmt.Errorf("tag %s: %w", name, err)
	}
	if at, err := t.git(ctx, "rev-parse", "--verify", "--quiet", "refs/tags/"+name+"^{commit}"); err == nil {
		if at != head {
			return fmt.Errorf("tag %s: it is there already, on another commit (%.7s); choose another version, or delete it with git tag -d %s", name, at, name)
		}
		return nil
	}
	if _, err := t.git(ctx, "tag", name); err != nil {
		return fmt.Errorf("tag %s: %w", name, err)
	}
	return nil
}

// push tries without a person first; when git wanted a password, it gets the
// terminal to ask for it.
func (t *Tools) push(ctx context.Context, h Hands, p Push) error {
	_, err := t.git(ctx, p.pushArgs()...)
	if err != nil && wantsPerson(err) && h.Terminal != nil {
		cmd, findErr := t.child(ctx, "git", p.pushArgs()...)
		if findErr != nil {
			return findErr
		}
		cmd.Env = append([]string{}, t.env()...)
		err = h.Terminal(cmd)
	}
	if err != nil {
		return fmt.Errorf("push to %s: %w\n%s", p.Branch, err, t.pushAdvice(p, err))
	}
	return t.pushed(ctx, p)
}

// pushAdvice is what to do when the branch could not be pushed to.
func (t *Tools) pushAdvice(p Push, err error) string {
	stands, said := "The commit stands in your checkout. ", err.Error()
	if p.Tag != "" {
		stands = "The commit and the tag " + p.Tag + " stand in your checkout. "
	}
	switch {
	case strings.Contains(said, "refusing to allow") && strings.Contains(said, "workflow"):
		return stands + "What git pushes with may not change workflow files: gh auth refresh -h " + t.Repo.Host + " -s workflow gives gh's token the scope, a fine-grained token needs the permission “Workflows: write”; then come back."
	case strings.Contains(said, "fetch first"), strings.Contains(said, "non-fast-forward"):
		return stands + fmt.Sprintf("Somebody has pushed to %s meanwhile: git pull --rebase %s %s, then come back.", p.Branch, p.Remote, p.Branch)
	case p.Tag != "":
		return stands + fmt.Sprintf("If %s takes pull requests only, merge the commit through one, move the tag onto the merged commit and push it: git push %s refs/tags/%s", p.Branch, p.Remote, p.Tag)
	}
	return stands + fmt.Sprintf("If %s takes pull requests only: git push %s HEAD:refs/heads/trusted-publishing && gh pr create --fill --head trusted-publishing", p.Branch, p.Remote)
}

// pushed reads back that the remote has it.
func (t *Tools) pushed(ctx context.Context, p Push) error {
	head, err := t.git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	out, err := t.git(ctx, "ls-remote", p.Remote, "refs/heads/"+p.Branch)
	if wantsPerson(err) {
		return nil // whoever typed the password has seen git's answer
	}
	if err == nil && !strings.HasPrefix(out, strings.TrimSpace(head)) {
		err = fmt.Errorf("push to %s: git reported success, but %s does not stand at %.7s there", p.Branch, p.Branch, head)
	}
	return err
}

// HasWorkTree says whether there is a working tree to write into.
func (t *Tools) HasWorkTree() bool {
	info, err := os.Stat(t.Dir)
	return t.Dir != "" && err == nil && info.IsDir()
}
