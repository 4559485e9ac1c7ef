package gitrepo_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/gitrepo"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// repo is a repository in a temporary folder, apart from the machine's own git
// configuration.
type repo struct {
	t   *testing.T
	dir string
}

func isolate(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
			t.Fatal("git is not there")
		}
		t.Skip("git is not there")
	}
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_GLOBAL": filepath.Join(home, "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
		"GIT_CEILING_DIRECTORIES": filepath.Dir(home),
	} {
		t.Setenv(name, value)
	}
}

func newRepo(t *testing.T) repo {
	t.Helper()
	isolate(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := repo{t, dir}
	r.git("init", "--quiet", "--initial-branch=main")
	return r
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repo) commit(message string) string {
	r.t.Helper()
	r.git("commit", "--quiet", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

func (r repo) read(opts gitrepo.Options) (evidence.Git, evidence.Fact[evidence.RepoName]) {
	r.t.Helper()
	if opts.Translate == nil {
		opts.Translate = func(u *url.URL) *url.URL { return u }
	}
	state, name := gitrepo.Read(context.Background(), r.dir, noon, opts)
	git, ok := state.Get()
	if !ok {
		r.t.Fatalf("git: %s", state.Reason())
	}
	return git, name
}

func show[T any](f evidence.Fact[T]) string {
	switch {
	case f.Seen():
		v, _ := f.Get()
		return fmt.Sprintf("%v [%s]", v, f.Source())
	case f.Absent():
		return "absent"
	}
	return "unknown: " + f.Reason()
}

func TestAddresses(t *testing.T) {
	r := newRepo(t)
	alias := func(u *url.URL) *url.URL {
		if u.Hostname() == "work" {
			return &url.URL{Scheme: "ssh", Host: "github.com", Path: u.Path}
		}
		return u
	}
	r.git("config", "--global", "url.https://mirror.example.org/.insteadOf", "https://github.com/")
	for _, c := range []struct{ address, name, url string }{
		{"git@github.com:o/r.git", "o/r [git remote origin]", "git@github.com:o/r.git"},
		{"github.com:o/r", "o/r [git remote origin]", "github.com:o/r"},
		{"ssh://git@github.com/o/r.git", "o/r [git remote origin]", "ssh://git@github.com/o/r.git"},
		{"ssh://git@ssh.github.com:443/o/r.git", "o/r [git remote origin]", "ssh://git@ssh.github.com:443/o/r.git"},
		{"git+ssh://git@github.com/o/r", "o/r [git remote origin]", "git+ssh://github.com/o/r"},
		{"https://github.com/o/r", "o/r [git remote origin]", "https://github.com/o/r"},
		{"https://www.GitHub.com/O/R.git/", "O/R [git remote origin]", "https://www.GitHub.com/O/R.git/"},
		{"https://user:secret@github.com/o/r.git", "o/r [git remote origin]", "https://github.com/o/r.git"},
		{"https://ghp_secret@github.com/o/r.git?x=secret", "o/r [git remote origin]", "https://github.com/o/r.git"},
		{"ssh://git:secret@github.com/o/r", "o/r [git remote origin]", "ssh://git@github.com/o/r"},
		{"https://u:sec%ret@github.com/o/r", "absent", "https://github.com/o/r"},
		{"git://github.com/o/.github", "o/.github [git remote origin]", "git://github.com/o/.github"},
		{"https://corp.ghe.com/o/r", "o/r [git remote origin]", "https://corp.ghe.com/o/r"},
		{"git@work:o/r.git", "o/r [git remote origin (through an ssh alias)]", "git@work:o/r.git"},
		{"https://github.com/o/r/extra", "absent", "https://github.com/o/r/extra"},
		{"https://github.com/o/..", "absent", "https://github.com/o/.."},
		{"https://gitlab.com/o/r.git", "absent", "https://gitlab.com/o/r.git"},
		{"https://git.corp.example/o/r.git", "unknown: its host git.corp.example is no GitHub host that gh is signed in to", "https://git.corp.example/o/r.git"},
		{"../o/r", "absent", "../o/r"},
		{`C:\o\r`, "absent", `C:\o\r`},
		{"-oProxyCommand=x:o/r", "unknown: its host -oproxycommand=x is no GitHub host that gh is signed in to", "-oProxyCommand=x:o/r"},
	} {
		t.Run(c.address, func(t *testing.T) {
			r.git("config", "remote.origin.url", c.address)
			git, name := r.read(gitrepo.Options{Hosts: []string{"github.com", "corp.ghe.com"}, Translate: alias})
			if got := show(name); got != c.name {
				t.Errorf("name = %s, want %s", got, c.name)
			}
			if len(git.Remotes) != 1 || git.Remotes[0].URL != c.url {
				t.Errorf("remotes = %+v, want %s", git.Remotes, c.url)
			}
			if strings.Contains(fmt.Sprint(git, name), "secret") || strings.Contains(fmt.Sprint(git, name), "sec%ret") {
				t.Errorf("a password is in the evidence: %v", git)
			}
		})
	}
}

func TestInsteadOfAlias(t *testing.T) {
	r := newRepo(t)
	r.git("config", "--global", "url.git@github.com:.insteadOf", "gh:")
	r.git("remote", "add", "origin", "gh:o/r")
	if _, name := r.read(gitrepo.Options{}); show(name) != "o/r [git remote origin (through url.insteadOf)]" {
		t.Errorf("name = %s", show(name))
	}
}

func TestWhichRemote(t *testing.T) {
	for _, c := range []struct {
		name     string
		remotes  [][2]string
		resolved [2]string
		wanted   string
		want     string
	}{
		{"none", nil, [2]string{}, "", "absent"},
		{"fork", [][2]string{{"origin", "me/r"}, {"upstream", "o/r"}}, [2]string{}, "", "o/r [git remote upstream]"},
		{"marked", [][2]string{{"origin", "me/r"}, {"upstream", "o/r"}}, [2]string{"origin", "base"}, "", "me/r [git remote origin]"},
		{"marked as another", [][2]string{{"origin", "me/r"}}, [2]string{"origin", "o/r"}, "", "o/r [git remote origin (marked by gh)]"},
		{"github before origin", [][2]string{{"origin", "a/r"}, {"GitHub", "b/r"}}, [2]string{}, "", "b/r [git remote GitHub]"},
		{"any name", [][2]string{{"zed", "z/r"}, {"abc", "a/r"}}, [2]string{}, "", "a/r [git remote abc]"},
		{"dotted name", [][2]string{{"a.b", "a/r"}}, [2]string{}, "", "a/r [git remote a.b]"},
		{"GH_REPO", [][2]string{{"origin", "a/r"}}, [2]string{}, "x/y", "x/y [GH_REPO]"},
		{"GH_REPO with a host", nil, [2]string{}, "ghe.example/x/y", "x/y [GH_REPO]"},
		{"GH_REPO as an address", nil, [2]string{}, "https://github.com/x/y", "x/y [GH_REPO]"},
		{"GH_REPO broken", [][2]string{{"origin", "a/r"}}, [2]string{}, "x", `unknown: GH_REPO is "x", where [HOST/]OWNER/REPO or an address was expected`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRepo(t)
			for _, remote := range c.remotes {
				r.git("remote", "add", remote[0], "https://github.com/"+remote[1]+".git")
			}
			if c.resolved[0] != "" {
				r.git("config", "remote."+c.resolved[0]+".gh-resolved", c.resolved[1])
			}
			git, name := r.read(gitrepo.Options{Repo: c.wanted})
			if got := show(name); got != c.want {
				t.Errorf("name = %s, want %s", got, c.want)
			}
			for _, remote := range git.Remotes {
				if remote.Base != (remote.Name == c.resolved[0]) {
					t.Errorf("remote %s: base = %v", remote.Name, remote.Base)
				}
			}
		})
	}
}

func TestDefaultBranch(t *testing.T) {
	r := newRepo(t)
	r.commit("first")
	r.git("remote", "add", "origin", "https://github.com/o/r")
	if git, _ := r.read(gitrepo.Options{}); !strings.Contains(show(git.DefaultBranch), "git remote set-head origin --auto would") {
		t.Errorf("before: %s", show(git.DefaultBranch))
	}
	r.git("update-ref", "refs/remotes/origin/release/next", "HEAD")
	r.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/next")
	if git, _ := r.read(gitrepo.Options{}); git.DefaultBranch.Or("") != "release/next" {
		t.Errorf("after: %s", show(git.DefaultBranch))
	}
	if git, _ := r.read(gitrepo.Options{Repo: "x/y"}); show(git.DefaultBranch) != "unknown: no remote points to x/y" {
		t.Errorf("of another repository: %s", show(git.DefaultBranch))
	}
}

func TestHead(t *testing.T) {
	r := newRepo(t)
	git, _ := r.read(gitrepo.Options{})
	if git.Branch.Or("") != "main" || !git.Head.Absent() || !git.Dirty.Absent() || !git.Tags.Absent() || !git.TagPattern.Absent() {
		t.Errorf("empty repository: %+v", git)
	}
	if c := gitrepo.Commit(evidence.Seen(git, evidence.Source{})); c.Reason() != "the repository has no commit yet" {
		t.Errorf("commit = %s", show(c))
	}
	sha := r.commit("first")
	git, _ = r.read(gitrepo.Options{})
	if c := gitrepo.Commit(evidence.Seen(git, evidence.Source{})).Or(evidence.Commit{}); c.Ref != "refs/heads/main" || c.SHA != sha {
		t.Errorf("commit = %+v", c)
	}
	r.git("checkout", "--quiet", "--detach")
	git, _ = r.read(gitrepo.Options{})
	if !git.Branch.Absent() || git.Head.Or("") != sha {
		t.Errorf("detached: %s, %s", show(git.Branch), show(git.Head))
	}
}

func TestDirty(t *testing.T) {
	r := newRepo(t)
	for _, name := range []string{"changed", "old name", ".gitignore"} {
		r.write(name, name+"\n/ignored/\n")
	}
	r.git("add", ".")
	r.commit("first")
	r.write("changed", "now")
	r.git("mv", "old name", "new näme")
	r.write("un\ttracked", "")
	r.write("ignored/x", "")
	git, _ := r.read(gitrepo.Options{})
	if got := fmt.Sprintf("%q", git.Dirty.Or(nil)); got != `["changed" "new näme" "un tracked"]` {
		t.Errorf("dirty = %s", got)
	}
	ignored, err := gitrepo.Ignored(context.Background(), r.dir)
	if err != nil || fmt.Sprint(ignored) != "[ignored]" {
		t.Errorf("ignored = %v, %v", ignored, err)
	}
}

func (r repo) write(name, text string) {
	r.t.Helper()
	full := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		r.t.Skipf("a file of that name cannot be made here: %v", err)
	}
}

func TestTags(t *testing.T) {
	r := newRepo(t)
	for i, tag := range []string{"v1.0.0", "v1.9.0", "v1.10.0", "nightly"} {
		t.Setenv("GIT_COMMITTER_DATE", fmt.Sprintf("2026-01-%02dT00:00:00Z", i+1))
		r.commit(tag)
		r.git("tag", tag)
	}
	git, _ := r.read(gitrepo.Options{})
	if got := strings.Join(git.Tags.Or(nil), " "); got != "nightly v1.10.0 v1.9.0 v1.0.0" {
		t.Errorf("tags = %s", got)
	}
	if got := show(git.TagPattern); got != "v* [git tags, 3 of the newest 3]" {
		t.Errorf("pattern = %s", got)
	}
}

func TestTenThousandTags(t *testing.T) {
	r := newRepo(t)
	sha := r.commit("first")
	var packed strings.Builder
	packed.WriteString("# pack-refs with: peeled fully-peeled sorted\n")
	for i := range 10_000 {
		fmt.Fprintf(&packed, "%s refs/tags/v1.%05d.0\n", sha, i)
	}
	r.write(".git/packed-refs", packed.String())
	git, _ := r.read(gitrepo.Options{})
	if tags := git.Tags.Or(nil); len(tags) != 10_000 || tags[0] != "v1.09999.0" {
		t.Errorf("%d tags", len(tags))
	}
}

func TestShallow(t *testing.T) {
	r := newRepo(t)
	r.commit("first")
	r.commit("second")
	clone := repo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "--quiet", "--depth=1", "--no-tags", "file://"+filepath.ToSlash(r.dir), clone.dir)
	git, _ := clone.read(gitrepo.Options{})
	if !strings.Contains(show(git.Tags), "shallow") || !git.TagPattern.Unknown() {
		t.Errorf("tags = %s, pattern = %s", show(git.Tags), show(git.TagPattern))
	}
}

func TestNoRepository(t *testing.T) {
	isolate(t)
	state, name := gitrepo.Read(context.Background(), t.TempDir(), noon, gitrepo.Options{})
	if !state.Absent() || !name.Absent() {
		t.Errorf("git = %s, name = %s", show(state), show(name))
	}
	if _, name = gitrepo.Read(context.Background(), t.TempDir(), noon, gitrepo.Options{Repo: "o/r", RepoFrom: "--repo"}); show(name) != "o/r [--repo]" {
		t.Errorf("name = %s", show(name))
	}
}

func TestFromBelow(t *testing.T) {
	r := newRepo(t)
	r.write("a/b/c", "")
	t.Setenv("GIT_DIR", filepath.Join(t.TempDir(), "elsewhere")) // as in a hook
	top := r.dir
	r.dir = filepath.Join(r.dir, "a", "b")
	if git, _ := r.read(gitrepo.Options{}); git.Top != top {
		t.Errorf("top = %q, want %q", git.Top, top)
	}
}

func TestBare(t *testing.T) {
	r := newRepo(t)
	r.git("clone", "--quiet", "--bare", ".", "bare.git")
	state, _ := gitrepo.Read(context.Background(), filepath.Join(r.dir, "bare.git"), noon, gitrepo.Options{})
	if !strings.Contains(show(state), "bare") {
		t.Errorf("git = %s", show(state))
	}
}

func TestNoGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	state, name := gitrepo.Read(context.Background(), t.TempDir(), noon, gitrepo.Options{})
	if !strings.Contains(show(state), "git was not found") || !name.Unknown() {
		t.Errorf("git = %s, name = %s", show(state), show(name))
	}
}

func TestSomebodyElses(t *testing.T) {
	r := newRepo(t)
	for _, dir := range []string{r.dir, filepath.Join(r.dir, ".git")} {
		if err := os.Chown(dir, 12345, 12345); err != nil {
			t.Skipf("a folder cannot be given away here: %v", err)
		}
	}
	state, name := gitrepo.Read(context.Background(), r.dir, noon, gitrepo.Options{})
	if !strings.Contains(show(state), "git config --global --add safe.directory") || !name.Unknown() {
		t.Errorf("git = %s, name = %s", show(state), show(name))
	}
}

func TestCancelled(t *testing.T) {
	r := newRepo(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	state, name := gitrepo.Read(ctx, r.dir, noon, gitrepo.Options{})
	if !state.Unknown() || !name.Unknown() || !strings.Contains(show(state), "canceled") {
		t.Errorf("git = %s, name = %s", show(state), show(name))
	}
}

// TestNoHookRuns: a repository cannot have us start its programs.
func TestNoHookRuns(t *testing.T) {
	r := newRepo(t)
	r.write("x", "1")
	r.git("add", ".")
	r.commit("first")
	mark := filepath.Join(r.dir, "ran")
	r.git("config", "core.fsmonitor", "touch "+filepath.ToSlash(mark)+"; false")
	r.read(gitrepo.Options{})
	if _, err := os.Stat(mark); err == nil {
		t.Error("core.fsmonitor was run")
	}
}
