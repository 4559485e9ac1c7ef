package gitrepo

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// branch is the branch checked out; absent when HEAD is detached.
func (r reader) branch() evidence.Fact[string] {
	return r.symbolic("git HEAD", "HEAD", "refs/heads/")
}

// symbolic is the ref that a symbolic ref points at, without its prefix.
func (r reader) symbolic(source, ref, prefix string) evidence.Fact[string] {
	src := r.source(source)
	out, err := r.git.run("symbolic-ref", "--quiet", ref)
	switch {
	case none(err):
		return evidence.Absent[string](src)
	case err != nil:
		return evidence.Unknown[string](src, "%v", err)
	}
	return evidence.Seen(evidence.CleanLine(strings.TrimPrefix(strings.TrimSpace(out), prefix)), src)
}

// head is the commit checked out; absent before the first commit.
func (r reader) head() evidence.Fact[string] {
	src := r.source("git HEAD")
	out, err := r.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	switch {
	case none(err):
		return evidence.Absent[string](src)
	case err != nil:
		return evidence.Unknown[string](src, "%v", err)
	}
	return evidence.Seen(strings.TrimSpace(out), src)
}

// defaultBranch is what the chosen repository's remote said its HEAD was when
// it was cloned.
func (r reader) defaultBranch(remotes []remote, name evidence.Fact[evidence.RepoName]) evidence.Fact[string] {
	wanted, ok := name.Get()
	if !ok {
		return evidence.Unknown[string](r.source("git remotes"), "no remote is known to be the repository")
	}
	for _, rem := range remotes {
		if repo, ok := rem.Repo.Get(); !ok || !same(repo, wanted) {
			continue
		}
		ref := "refs/remotes/" + rem.Name + "/HEAD"
		found := r.symbolic("git "+ref, ref, "refs/remotes/"+rem.Name+"/")
		if found.Absent() {
			return evidence.Unknown[string](found.Source(),
				"git noted no default branch for this remote; git remote set-head %s --auto would", rem.Name)
		}
		return found
	}
	return evidence.Unknown[string](r.source("git remotes"), "no remote points to %s", wanted)
}

func same(a, b evidence.RepoName) bool {
	return strings.EqualFold(a.Host, b.Host) && strings.EqualFold(a.Owner, b.Owner) && strings.EqualFold(a.Name, b.Name)
}

// dirty lists the paths that differ from HEAD, untracked ones too; absent when
// there is none.
func (r reader) dirty() evidence.Fact[[]string] {
	src := r.source("git status")
	out, err := r.git.run("status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=dirty")
	if err != nil {
		return evidence.Unknown[[]string](src, "%v", err)
	}
	var paths []string
	records := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	for i := 0; i < len(records); i++ {
		if len(records[i]) < 4 {
			continue
		}
		paths = append(paths, evidence.CleanLine(records[i][3:]))
		if strings.ContainsAny(records[i][:2], "RC") {
			i++ // the path that it was renamed or copied from
		}
	}
	if len(paths) == 0 {
		return evidence.Absent[[]string](src)
	}
	return evidence.Seen(paths, src)
}
