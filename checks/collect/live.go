package collect

import (
	"context"
	"io/fs"
	"sync"

	"github.com/trustpub/gh-trustpub/checks/collect/github"
	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/gitrepo"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/collect/worktree"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// live asks GitHub and the registries. With a checkout both begin at once;
// without one the packages are read through GitHub first.
func (c *Collector) live(ctx context.Context, r Request, w *evidence.World) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pass := c.o.Transport.Pass(ctx)
	var reader *rest.Reader
	if w.Tree.Dir != "" {
		together(
			func() { reader = c.gitHub(ctx, r, w, pass) },
			func() { c.registries(ctx, r, w, pass) },
		)
	} else {
		reader = c.gitHub(ctx, r, w, pass)
		c.remoteTree(ctx, r, w, reader)
		c.registries(ctx, r, w, pass)
	}
	readElsewhere(ctx, w, reader)
}

// gitHub fills what GitHub tells; it returns nil when no repository is known.
func (c *Collector) gitHub(ctx context.Context, r Request, w *evidence.World, pass *transport.Pass) *rest.Reader {
	repo, ok := w.Repo.Get()
	if !ok {
		c.noRepository(w)
		return nil
	}
	reader := rest.New(c.o.Transport, repo.Host, c.o.Token(repo.Host)).Reader(pass)
	if !r.looksAt(GitHub) {
		b := r.Before
		w.GitHub, w.Judged, w.Workflows, w.Called, w.Actions, w.Pins, w.Updates = b.GitHub, b.Judged, b.Workflows, b.Called, b.Actions, b.Pins, b.Updates
		return reader
	}
	ctx, cancel := context.WithTimeout(ctx, gitHubTime)
	defer cancel()
	var besides sync.WaitGroup
	seen := github.Collect(ctx, reader, github.Request{Repo: repo, Ref: r.Ref, Runs: r.Runs, WantLog: r.WantLog,
		Focus: func(at github.Judged) github.Focus {
			f := follow(at.Files, throughGitHub(ctx, reader, at))
			w.Called, w.Actions = f.called, f.actions
			besides.Go(func() { w.Pins = c.pins.look(ctx, reader, toPin(f.sources, r.Actions), c.o.Now()) })
			if len(r.Actions) > 0 {
				besides.Go(func() { w.Updates = github.Updates(ctx, reader, at) })
			}
			return focus(f.sources, r.Wanted)
		}})
	w.GitHub, w.Judged, w.Workflows = seen.GitHub, seen.Judged, seen.Workflows
	besides.Wait()
	return reader
}

// noRepository: without a repository on GitHub the working tree's own workflow
// files are all there is to judge.
func (c *Collector) noRepository(w *evidence.World) {
	why := "no repository on GitHub is known: " + w.Repo.Reason()
	if w.Repo.Absent() {
		why = "no repository on GitHub is known: no remote names one"
	}
	w.GitHub = notAsked(w.Repo.Source(), why)
	w.Judged = gitrepo.Commit(w.Tree.Git)
	c.fromTree(w, why)
}

// remoteTree reads the packages through the API, where there is no checkout.
func (c *Collector) remoteTree(ctx context.Context, r Request, w *evidence.World, reader *rest.Reader) {
	repository, ok := w.GitHub.Repository.Get()
	commit, known := w.Judged.Get()
	if reader == nil || !ok || !known {
		if ok {
			w.Tree.Packages = evidence.Carry[[]evidence.Package](w.Judged)
		} else if w.Repo.Seen() {
			w.Tree.Packages = evidence.Carry[[]evidence.Package](w.GitHub.Repository)
		}
		return
	}
	if !r.looksAt(GitHub) {
		w.Tree = r.Before.Tree
		return
	}
	ctx, cancel := context.WithTimeout(ctx, gitHubTime)
	defer cancel()
	git := w.Tree.Git
	fsys, err := github.Tree(ctx, reader, repository.Name, commit.SHA, func(listed fs.FS) []string {
		return worktree.Manifests(ctx, listed)
	})
	if err != nil {
		w.Tree.Packages = github.TreeProblem(reader, repository.Name, err)
		return
	}
	w.Tree = worktree.ReadFS(ctx, fsys, w.At, worktree.Options{})
	w.Tree.Git = git
}

func together(all ...func()) {
	var wg sync.WaitGroup
	for _, f := range all {
		wg.Go(f)
	}
	wg.Wait()
}
