package collect

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/gitrepo"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// local begins a world with what the machine itself tells.
func (c *Collector) local(ctx context.Context, r Request, mode evidence.Mode) *evidence.World {
	w := &evidence.World{At: c.o.Now(), Mode: mode, Wanted: r.Wanted, Said: r.Said,
		Projects: map[evidence.ProjectKey]evidence.Fact[evidence.Project]{}, Called: map[string]evidence.Fact[[]byte]{}}
	git, repo := c.git(ctx, r, w.At)
	w.Repo = repo
	if r.Dir == "" || !holds(git, repo, r.named(c.o.Getenv) != "") {
		src := evidence.Source{Name: "working tree", At: w.At}
		w.Tree = evidence.Tree{Git: evidence.Unknown[evidence.Git](src, "there is no checkout of this repository here"),
			Packages:  evidence.Unknown[[]evidence.Package](src, "there is no checkout of this repository here"),
			Documents: evidence.Unknown[[]string](src, "there is no checkout of this repository here")}
		return w
	}
	w.Tree = c.tree(ctx, r.Dir, git, w)
	return w
}

// named is what -R or GH_REPO names.
func (r Request) named(getenv func(string) string) string {
	if r.Repo != "" {
		return r.Repo
	}
	return getenv("GH_REPO")
}

func (c *Collector) git(ctx context.Context, r Request, at time.Time) (evidence.Fact[evidence.Git], evidence.Fact[evidence.RepoName]) {
	dir := r.Dir
	if dir == "" {
		dir = os.TempDir() // git must run somewhere; what it finds there does not count
	}
	git, repo := gitrepo.Read(ctx, dir, at, gitrepo.Options{Hosts: c.o.Hosts, Repo: r.named(c.o.Getenv)})
	if r.Repo != "" {
		repo = fromFlag(r.Repo, repo)
	}
	return git, repo
}

// fromFlag names --repo as the source of what it named.
func fromFlag(flag string, repo evidence.Fact[evidence.RepoName]) evidence.Fact[evidence.RepoName] {
	src := repo.Source()
	src.Name = "--repo"
	if name, ok := repo.Get(); ok {
		return evidence.Seen(name, src)
	}
	return evidence.Unknown[evidence.RepoName](src, "--repo is %q, where [HOST/]OWNER/REPO or an address was expected", evidence.CleanLine(flag))
}

// holds says whether the folder is a checkout of the repository. Where nobody
// named one, the folder itself decides which it is.
func holds(git evidence.Fact[evidence.Git], repo evidence.Fact[evidence.RepoName], named bool) bool {
	if !named {
		return true
	}
	state, ok := git.Get()
	want, known := repo.Get()
	if !ok || !known {
		return false
	}
	for _, remote := range state.Remotes {
		if name, ok := remote.Repo.Get(); ok && strings.EqualFold(name.Host, want.Host) && strings.EqualFold(name.String(), want.String()) {
			return true
		}
	}
	return false
}

func (c *Collector) tree(ctx context.Context, dir string, git evidence.Fact[evidence.Git], w *evidence.World) evidence.Tree {
	var opts worktree.Options
	if state, ok := git.Get(); ok {
		dir = state.Top
		opts.Ignored, _ = gitrepo.Ignored(ctx, dir) // without the list a few more folders are looked into
	}
	tree := worktree.Read(ctx, dir, w.At, opts)
	tree.Git = git
	return tree
}

// offline fills in that nobody was asked.
func (c *Collector) offline(w *evidence.World) {
	w.Judged = gitrepo.Commit(w.Tree.Git)
	c.fromTree(w, "offline: GitHub was not asked")
	src := evidence.Source{Name: "github.com"}
	if repo, ok := w.Repo.Get(); ok {
		src.Name = repo.Host
	}
	w.GitHub = notAsked(src, "offline: GitHub was not asked")
	for _, key := range keys(w) {
		w.Projects[key] = evidence.Unknown[evidence.Project](evidence.Source{Name: key.Registry.Host()}, "offline: %s was not asked", key.Registry.Title())
	}
}

// fromTree reads the workflow files of the working tree, and the actions in it
// that they use. Other repositories are not asked, for the given reason.
func (c *Collector) fromTree(w *evidence.World, why string) {
	w.Workflows = c.treeWorkflows(w)
	if own, ok := w.Workflows.Get(); ok {
		f := follow(own, throughTree(w.Tree.Dir, w.At, why))
		w.Called, w.Actions = f.called, f.actions
	}
}

func (c *Collector) treeWorkflows(w *evidence.World) evidence.Fact[[]evidence.WorkflowFile] {
	if w.Tree.Dir == "" {
		return evidence.Carry[[]evidence.WorkflowFile](w.Tree.Packages)
	}
	return worktree.Workflows(w.Tree.Dir, w.At)
}

func notAsked(src evidence.Source, why string) evidence.GitHub {
	out := github.Unseen(evidence.Unknown[evidence.Repository](src, "%s", why))
	out.GitHub.User = evidence.Unknown[evidence.User](src, "%s", why)
	return out.GitHub
}
