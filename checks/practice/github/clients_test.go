package github

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// tool finds a program that is not needed to build: without it the test is
// left out, unless the environment says that it must be there.
func tool(t *testing.T, name string, version ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		err = exec.Command(path, version...).Run()
	}
	if err == nil {
		return path
	}
	if os.Getenv("TRUSTPUB_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is needed: %v", name, err)
	}
	t.Skipf("%s is not here: %v", name, err)
	return ""
}

// inBox starts the store in a box and gives the environment of a child there.
func (p *practice) inBox(more ...string) []string {
	b := box.New(box.Options{Dir: p.t.TempDir(), Record: contract.Hold(p.t)})
	b.Add(p.s.Services()...)
	p.must(b.Start(p.t.Context()))
	p.t.Cleanup(func() { _ = b.Close() })
	home := p.t.TempDir()
	env := append(b.Environ(), "HOME="+home, "USERPROFILE="+home, "XDG_CONFIG_HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	return append(env, more...)
}

func (p *practice) run(env []string, dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = env, dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestTheRealGitClonesAndPushes(t *testing.T) {
	p := newPractice(t)
	if _, err := os.Stat(filepath.Join(p.git(t.TempDir(), "--exec-path"), "git-http-backend")); err != nil && runtime.GOOS != "windows" {
		tool(t, "git-http-backend")
	}
	l := listen(p)
	env, work := p.inBox(), t.TempDir()
	if out, err := p.run(env, work, "git", "clone", "--quiet", "https://github.com/acme/x.git", "x"); err != nil {
		t.Fatalf("clone: %v: %s", err, out)
	}
	dir := filepath.Join(work, "x")
	if out, err := p.run(env, dir, "git", "push", "origin", "main:topic"); err == nil || !strings.Contains(out, "Username") {
		t.Errorf("a push without a token: %v: %s", err, out)
	}
	as := func(login string) string {
		return "https://" + login + ":" + p.tokens[login] + "@github.com/acme/x.git"
	}
	if out, err := p.run(env, dir, "git", "push", as("mallory"), "main:topic"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("mallory's push: %v: %s", err, out)
	}
	if out, err := p.run(env, dir, "git", "push", as("bo"), "main:refs/tags/v1"); err != nil {
		t.Fatalf("bo's push: %v: %s", err, out)
	}
	if got := l.take(); len(got) != 1 || got[0].Ref != "refs/tags/v1" || got[0].Pusher != "bo" {
		t.Errorf("reported %+v", got)
	}
	p.must(p.s.Scan(t.Context()))
	if got := l.take(); len(got) != 0 {
		t.Errorf("reported twice: %+v", got)
	}
}

func TestTheRealGhReads(t *testing.T) {
	gh := tool(t, "gh", "--version")
	p := newPractice(t)
	env := p.inBox("GH_TOKEN="+p.tokens["ana"], "GITHUB_TOKEN=", "GH_CONFIG_DIR="+t.TempDir())
	out, err := p.run(env, t.TempDir(), gh, "api", "repos/acme/x/actions/workflows", "--jq", ".workflows[].name")
	if err != nil || strings.TrimSpace(out) != "Publish" {
		t.Errorf("%v: %s", err, out)
	}
	p.edit(func(r *Repository) {
		for _, name := range []string{"A", "B", "C"} {
			r.Secrets = append(r.Secrets, Secret{Name: name})
		}
	})
	out, err = p.run(env, t.TempDir(), gh, "api", "--paginate", "repos/acme/x/actions/secrets?per_page=1", "--jq", ".secrets[].name")
	if err != nil || strings.Join(strings.Fields(out), " ") != "A B C" {
		t.Errorf("%v: %s", err, out)
	}
}
