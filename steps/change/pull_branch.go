package change

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

func (t *Tools) gitPath(kind string, parts ...string) string {
	return "repos/" + rest.Path(t.Repo.Owner, t.Repo.Name) + "/git/" + kind + strings.Join(append([]string{""}, parts...), "/")
}

// branchPath names a branch in the paths of git's refs, whose slashes are parts
// of the path.
func branchPath(branch string) string {
	return "heads/" + rest.Path(strings.Split(branch, "/")...)
}

// branchHead is the commit at which a branch stands on GitHub; "" for none.
func (t *Tools) branchHead(ctx context.Context, api API, branch string) (string, error) {
	var ref struct{ Object struct{ SHA string } }
	_, err := api.Do(ctx, http.MethodGet, t.gitPath("ref", branchPath(branch)), nil, &ref)
	if transport.Is(err, transport.KindNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read where the branch %s stands: %w", branch, err)
	}
	return ref.Object.SHA, nil
}

// commit is a commit as git's part of the API tells it.
type commit struct {
	SHA, Message string
	Tree         struct{ SHA string }
	Parents      []struct{ SHA string }
}

func (c commit) follows(sha string) bool {
	return slices.ContainsFunc(c.Parents, func(p struct{ SHA string }) bool { return p.SHA == sha })
}

func (t *Tools) commitAt(ctx context.Context, api API, sha string) (commit, error) {
	var c commit
	if _, err := api.Do(ctx, http.MethodGet, t.gitPath("commits", sha), nil, &c); err != nil {
		return c, fmt.Errorf("read the commit %.7s: %w", sha, err)
	}
	return c, nil
}

// proposedHead lets the branch stand at a commit that holds the edits on top of
// the base, and gives that commit. What an earlier try has made is gone on with;
// nothing on the branch is lost, since it only ever moves forward.
func (t *Tools) proposedHead(ctx context.Context, api API, h Hands, p PullRequest) (string, error) {
	tree, err := t.proposedTree(ctx, api, h, p)
	if err != nil {
		return "", err
	}
	head, err := t.branchHead(ctx, api, p.Branch)
	if err != nil {
		return "", err
	}
	parents := []string{p.Commit}
	if head != "" {
		now, err := t.commitAt(ctx, api, head)
		switch {
		case err != nil:
			return "", err
		case !IsProposed(now.Message):
			return "", fmt.Errorf("open a pull request from %s: a branch of that name is there, and its last commit (%.7s, %q) is none of ours: rename or delete it, then look again", p.Branch, head, subject(now.Message))
		case now.Tree.SHA == tree && now.follows(p.Commit):
			return head, nil
		}
		parents = []string{head}
		if !now.follows(p.Commit) {
			parents = append(parents, p.Commit)
		}
	}
	h.progress("Committing %s to %s", counted(p.Edits), p.Branch)
	made, err := t.makeCommit(ctx, api, p, tree, parents)
	if err != nil {
		return "", err
	}
	return made, t.moveBranch(ctx, api, p.Branch, head, made)
}

func subject(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	return line
}

func counted(edits []Edit) string {
	if len(edits) == 1 {
		return edits[0].Path
	}
	return fmt.Sprintf("%d files", len(edits))
}

func (t *Tools) makeCommit(ctx context.Context, api API, p PullRequest, tree string, parents []string) (string, error) {
	var made commit
	body := map[string]any{"message": p.Message + "\n\n" + trailer + "\n", "tree": tree, "parents": parents}
	if _, err := api.Do(ctx, http.MethodPost, t.gitPath("commits"), body, &made); err != nil {
		return "", fmt.Errorf("commit to %s: %w%s", p.Branch, err, t.writeHint(err))
	}
	return made.SHA, nil
}

// moveBranch makes the branch, or moves it forward from where it stood.
func (t *Tools) moveBranch(ctx context.Context, api API, branch, from, to string) error {
	var err error
	if from == "" {
		_, err = api.Do(ctx, http.MethodPost, t.gitPath("refs"), map[string]any{"ref": "refs/heads/" + branch, "sha": to}, nil)
	} else {
		_, err = api.Do(ctx, http.MethodPatch, t.gitPath("refs", branchPath(branch)), map[string]any{"sha": to, "force": false}, nil)
	}
	if err != nil {
		return fmt.Errorf("put the commit onto the branch %s: %w%s", branch, err, t.writeHint(err))
	}
	return nil
}

// writeHint follows a refusal to write into the repository.
func (t *Tools) writeHint(err error) string {
	switch {
	case transport.Is(err, transport.KindForbidden, transport.KindScope, transport.KindNotFound):
		return "; that needs write access, and of a fine-grained token the permission “Contents: write”"
	case transport.Is(err, transport.KindInvalid):
		return "; rulesets may forbid the name: see https://" + t.Repo.Host + "/" + t.Repo.String() + "/rules"
	}
	return ""
}
