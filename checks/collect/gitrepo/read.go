// Package gitrepo looks at a git repository by running git: remotes, refs, tags
// and what is uncommitted. It only reads, asks nobody for a password, and
// reaches no network.
package gitrepo

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Options are what decides beside the repository itself.
type Options struct {
	// Hosts are the hosts known to be GitHub, the default one first, as gh
	// knows them (go-gh auth.KnownHosts); empty means github.com.
	Hosts []string
	// Repo is what GH_REPO or -R names, [HOST/]OWNER/REPO or an address; ""
	// leaves the choice to the remotes.
	Repo string
	// RepoFrom is what named Repo, "--repo" for one; "" means GH_REPO.
	RepoFrom string
	// Translate follows ssh's host aliases; nil means go-gh's way, which asks
	// the ssh program.
	Translate func(*url.URL) *url.URL
}

type reader struct {
	git  git
	at   time.Time
	opts Options
}

func newReader(ctx context.Context, dir string, at time.Time, opts Options) reader {
	if len(opts.Hosts) == 0 {
		opts.Hosts = []string{"github.com"}
	}
	if opts.RepoFrom == "" {
		opts.RepoFrom = "GH_REPO"
	}
	return reader{git: git{ctx: ctx, dir: dir, env: environment()}, at: at, opts: opts}
}

func (r reader) source(name string) evidence.Source {
	return evidence.Source{Name: evidence.CleanLine(name), At: r.at}
}

// Read looks at the repository that dir lies in. The git fact is absent when
// dir is in none; the name is what GH_REPO or the remotes tell.
func Read(ctx context.Context, dir string, at time.Time, opts Options) (evidence.Fact[evidence.Git], evidence.Fact[evidence.RepoName]) {
	r := newReader(ctx, dir, at, opts)
	top := r.top()
	if !top.Seen() {
		state := evidence.Carry[evidence.Git](top)
		if r.opts.Repo != "" {
			return state, r.name(nil)
		}
		return state, evidence.Carry[evidence.RepoName](top)
	}
	r.git.dir = top.Or(dir)
	remotes, err := r.remotes()
	state := evidence.Git{
		Top:    r.git.dir,
		Branch: r.branch(), Head: r.head(), Dirty: r.dirty(), Tags: r.tags(),
	}
	state.TagPattern = tagPattern(state.Tags)
	for _, rem := range remotes {
		state.Remotes = append(state.Remotes, rem.Remote)
	}
	name := r.name(remotes)
	if err != nil && r.opts.Repo == "" {
		name = evidence.Unknown[evidence.RepoName](r.source("git remotes"), "%v", err)
	}
	state.DefaultBranch = r.defaultBranch(remotes, name)
	return evidence.Seen(state, top.Source()), name
}

// Commit is the commit that is checked out; unknown without one.
func Commit(state evidence.Fact[evidence.Git]) evidence.Fact[evidence.Commit] {
	g, ok := state.Get()
	if !ok {
		return evidence.Carry[evidence.Commit](state)
	}
	sha, ok := g.Head.Get()
	if !ok {
		if g.Head.Absent() {
			return evidence.Unknown[evidence.Commit](g.Head.Source(), "the repository has no commit yet")
		}
		return evidence.Carry[evidence.Commit](g.Head)
	}
	ref := g.Branch.Or("")
	if ref != "" {
		ref = "refs/heads/" + ref
	}
	return evidence.Seen(evidence.Commit{Ref: ref, SHA: sha}, g.Head.Source())
}

// Ignored lists the folders below top that git ignores, slash-separated and
// relative to it.
func Ignored(ctx context.Context, top string) ([]string, error) {
	r := newReader(ctx, top, time.Time{}, Options{})
	out, err := r.git.run("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, name := range strings.Split(out, "\x00") {
		if folder, is := strings.CutSuffix(name, "/"); is {
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// top is the working tree's top folder; absent outside of a repository.
func (r reader) top() evidence.Fact[string] {
	src := r.source("git rev-parse")
	out, err := r.git.run("rev-parse", "--show-toplevel")
	if err == nil {
		return evidence.Seen(filepath.FromSlash(strings.TrimSuffix(out, "\n")), src)
	}
	text := err.Error()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return evidence.Unknown[string](src, "the program git was not found; install it, or use -R OWNER/REPO")
	case strings.Contains(text, "not a git repository"):
		return evidence.Absent[string](src)
	case strings.Contains(text, "dubious ownership"):
		return evidence.Unknown[string](src,
			"the folder belongs to another user, so git will not read it; if you trust it: git config --global --add safe.directory %q",
			evidence.CleanLine(filepath.ToSlash(r.git.dir)))
	case strings.Contains(text, "must be run in a work tree"):
		return evidence.Unknown[string](src, "the repository has no working tree here (it is bare)")
	}
	return evidence.Unknown[string](src, "%v", err)
}
