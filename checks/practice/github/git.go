package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// gitRepo is a bare repository, read and written by the git program.
type gitRepo struct{ dir string }

// errNoObject is for a ref, commit or path that is not in the repository.
var errNoObject = errors.New("no such object in the repository")

func (s *Store) git(repo *Repository) gitRepo { return gitRepo{s.gitDir(repo.ID)} }

// gitTimeout is far above what a small repository needs.
const gitTimeout = 30 * time.Second

// cleanEnv keeps the person's own git settings out.
func cleanEnv(extra ...string) []string {
	return append(append(os.Environ(),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C",
		"GIT_OPTIONAL_LOCKS=0"), extra...)
}

func (g gitRepo) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + g.dir}, args...)...)
	cmd.Env = cleanEnv()
	return cmd
}

func (g gitRepo) run(ctx context.Context, args ...string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, gitTimeout)
	defer stop()
	return output(g.command(ctx, args...))
}

func output(cmd *exec.Cmd) (string, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", strings.Join(cmd.Args[2:], " "), cmd.Args[1], err, strings.TrimSpace(said.String()))
	}
	return string(out), nil
}

// gitRef is one ref of a repository.
type gitRef struct {
	// Name is the full ref; Object what it points to; Commit the same with
	// annotated tags followed.
	Name, Object, Type, Commit string
}

func (g gitRepo) refs(ctx context.Context, under string) ([]gitRef, error) {
	out, err := g.run(ctx, "for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objectname)", under)
	if err != nil {
		return nil, err
	}
	var refs []gitRef
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		r := gitRef{Name: f[0], Object: f[1], Type: f[2], Commit: f[1]}
		if len(f) > 3 {
			r.Commit = f[3]
		}
		refs = append(refs, r)
	}
	return refs, nil
}

// ref finds one ref by its full name.
func (g gitRepo) ref(ctx context.Context, name string) (gitRef, error) {
	refs, err := g.refs(ctx, name)
	if err != nil {
		return gitRef{}, err
	}
	for _, r := range refs {
		if r.Name == name {
			return r, nil
		}
	}
	return gitRef{}, fmt.Errorf("%s: %w", name, errNoObject)
}

// resolve finds the commit of a branch, tag, full ref or commit id, in the
// order of the API.
func (g gitRepo) resolve(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, " ^~:?*[\\\n") {
		return "", fmt.Errorf("%q: %w", rev, errNoObject)
	}
	for _, name := range []string{"refs/heads/" + rev, "refs/tags/" + rev, "refs/" + rev, rev} {
		if name == rev && !isCommitID(rev) && !strings.HasPrefix(rev, "refs/") {
			continue
		}
		out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
		if err == nil {
			return strings.TrimSpace(out), nil
		}
	}
	return "", fmt.Errorf("%q: %w", rev, errNoObject)
}

func isCommitID(s string) bool {
	const shortest, longest = 7, 64
	return len(s) >= shortest && len(s) <= longest && strings.Trim(s, "0123456789abcdef") == ""
}

// treeEntry is a file or folder of a tree.
type treeEntry struct {
	Mode, Type, SHA, Path string
	Size                  int
}

// list lists what is at a path of a commit: the entry itself, or with a final
// slash (or "") what is in the folder.
func (g gitRepo) list(ctx context.Context, commit, path string, recursive bool) ([]treeEntry, error) {
	args := []string{"ls-tree", "-z", "-l", "--full-tree"}
	if recursive {
		args = append(args, "-r", "-t")
	}
	args = append(args, commit)
	if path != "" {
		args = append(args, "--", path)
	}
	out, err := g.run(ctx, args...)
	if err != nil {
		return nil, err
	}
	var entries []treeEntry
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		head, name, ok := strings.Cut(line, "\t")
		f := strings.Fields(head)
		if !ok || len(f) != 4 {
			continue
		}
		size, _ := strconv.Atoi(f[3]) // "-" for folders
		entries = append(entries, treeEntry{Mode: f[0], Type: f[1], SHA: f[2], Path: name, Size: size})
	}
	return entries, nil
}

func (g gitRepo) blob(ctx context.Context, sha string) ([]byte, error) {
	out, err := g.run(ctx, "cat-file", "blob", sha)
	return []byte(out), err
}

// file reads a file at a commit.
func (g gitRepo) file(ctx context.Context, commit, path string) ([]byte, error) {
	entries, err := g.list(ctx, commit, path, false)
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 || entries[0].Type != "blob" {
		return nil, fmt.Errorf("%s at %s: %w", path, commit, errNoObject)
	}
	return g.blob(ctx, entries[0].SHA)
}

// gitPerson is an author, committer or tagger.
type gitPerson struct {
	Name, Email string
	At          time.Time
}

// gitCommit is a commit.
type gitCommit struct {
	SHA, Tree, Message string
	Parents            []string
	Author, Committer  gitPerson
}

// Subject is the first line of the message.
func (c gitCommit) Subject() string {
	subject, _, _ := strings.Cut(c.Message, "\n")
	return subject
}

func (g gitRepo) commit(ctx context.Context, sha string) (gitCommit, error) {
	const format = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
	out, err := g.run(ctx, "show", "-s", "--no-show-signature", "--format="+format, "--end-of-options", sha)
	if err != nil {
		return gitCommit{}, err
	}
	f := strings.SplitN(out, "\x00", 10)
	if len(f) != 10 {
		return gitCommit{}, fmt.Errorf("commit %s: git show answered %d fields", sha, len(f))
	}
	authored, err := time.Parse(time.RFC3339, f[5])
	if err != nil {
		return gitCommit{}, err
	}
	committed, err := time.Parse(time.RFC3339, f[8])
	return gitCommit{
		SHA: f[0], Tree: f[1], Parents: strings.Fields(f[2]), Message: strings.TrimSpace(f[9]),
		Author:    gitPerson{f[3], f[4], authored.UTC()},
		Committer: gitPerson{f[6], f[7], committed.UTC()},
	}, err
}

// isAncestor tells whether one commit is reachable from another.
func (g gitRepo) isAncestor(ctx context.Context, old, young string) bool {
	_, err := g.run(ctx, "merge-base", "--is-ancestor", old, young)
	return err == nil
}
