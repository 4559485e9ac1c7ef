package worktree

import (
	"context"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/gitrepo"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Local is what a working tree tells without any network.
type Local struct {
	Tree evidence.Tree
	// Repo is the repository that GH_REPO, -R or the remotes name.
	Repo evidence.Fact[evidence.RepoName]
	// Judged is the commit that is checked out.
	Judged evidence.Fact[evidence.Commit]
	// Workflows are the files as they lie in the tree, committed or not.
	Workflows evidence.Fact[[]evidence.WorkflowFile]
}

// Look reads the repository that dir lies in, from its top folder; outside of
// a repository it reads dir itself.
func Look(ctx context.Context, dir string, at time.Time, opts gitrepo.Options) Local {
	state, repo := gitrepo.Read(ctx, dir, at, opts)
	top, narrow := dir, Options{}
	if git, ok := state.Get(); ok {
		top = git.Top
		// Without the list nothing is left out: a package too many can be seen.
		narrow.Ignored, _ = gitrepo.Ignored(ctx, top)
	}
	tree := Read(ctx, top, at, narrow)
	tree.Git = state
	return Local{Tree: tree, Repo: repo, Judged: gitrepo.Commit(state), Workflows: Workflows(top, at)}
}
