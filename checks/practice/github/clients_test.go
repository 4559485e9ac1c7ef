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

// clone is a clone of acme/x in the box, and what pushes from it as a person.
func (p *practice) clone() (dir string, push func(login string, args ...string) (string, error)) {
	p.t.Helper()
	if _, err := os.Stat(filepath.Join(p.git(p.t.TempDir(), "--exec-path"), "git-http-backend")); err != nil && runtime.GOOS != "windows" {
		tool(p.t, "git-http-backend")
	}
	env, work := p.inBox(), p.t.TempDir()
	if out, err := p.run(env, work, "git", "clone", "--quiet", "https://github.com/acme/x.git", "x"); err != nil {
		p.t.Fatalf("clone: %v: %s", err, out)
	}
	dir = filepath.Join(work, "x")
	return dir, func(login string, args ...string) (string, error) {
		at := "https://" + login + ":" + p.tokens[login] + "@github.com/acme/x.git"
		return p.run(env, dir, "git", append([]string{"push", at}, args...)...)
	}
}

// A push is held against the rules, ref by ref, and refused in GitHub's words.
func TestTheRealGitIsRefusedByRules(t *testing.T) {
	p := newPractice(t)
	l := listen(p)
	admin := int64(adminRoleID)
	p.edit(func(r *Repository) {
		r.Collaborators["bo"] = Write
		r.Rulesets = []*Ruleset{
			{Name: "Tags", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"}, Rules: []Rule{{Type: "creation"}, {Type: "update"}, {Type: "deletion"}},
				Bypass: []BypassActor{{ActorID: &admin, ActorType: "RepositoryRole", Mode: "always"}}},
			{Name: "Main", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"}, Rules: []Rule{{Type: "deletion"}, {Type: "non_fast_forward"}}},
		}
	})
	dir, push := p.clone()
	refused := func(login, says string, args ...string) {
		t.Helper()
		out, err := push(login, args...)
		if err == nil || !strings.Contains(out, says) || !strings.Contains(out, "push declined due to repository rule violations") {
			t.Errorf("%s %v: %v, want %q:\n%s", login, args, err, says, out)
		}
	}
	passes := func(login string, args ...string) {
		t.Helper()
		if out, err := push(login, args...); err != nil {
			t.Errorf("%s %v: %v:\n%s", login, args, err, out)
		}
	}
	p.git(dir, "commit", "--quiet", "--allow-empty", "-m", "Two")
	p.git(dir, "tag", "v1")

	refused("bo", "remote: error: GH013: Repository rule violations found for refs/tags/v1.", "v1")
	refused("bo", "remote: Review all repository rules at https://github.com/acme/x/rules?ref=refs%2Ftags%2Fv1", "v1")
	refused("bo", "remote: - Cannot create ref due to creations being restricted.", "v1")
	if got := l.take(); len(got) != 0 {
		t.Errorf("a refused push is reported: %+v", got)
	}
	refused("bo", "atomic transaction failed", "--atomic", "main", "v1")
	refused("bo", "main -> main", "main", "v1") // the branch goes through, as it does at GitHub
	if got := l.take(); len(got) != 1 || got[0].Ref != "refs/heads/main" || got[0].Pusher != "bo" {
		t.Errorf("reported %+v", got)
	}
	passes("ana", "v1")
	refused("bo", "Cannot delete this ref due to deletions being restricted.", ":v1")
	p.git(dir, "commit", "--quiet", "--amend", "--allow-empty", "-m", "Another two")
	refused("ana", "Cannot force-push to this branch", "--force", "main")
	p.git(dir, "reset", "--quiet", "--hard", "v1")
	p.git(dir, "commit", "--quiet", "--allow-empty", "-m", "Three")
	passes("bo", "main", "main:topic")
	p.git(dir, "tag", "--force", "v1")
	refused("bo", "Cannot update this protected ref.", "--force", "v1")
	passes("ana", "--force", "v1")
}

func TestTheRealGitIsRefusedByBranchProtection(t *testing.T) {
	p := newPractice(t)
	one := 1
	p.edit(func(r *Repository) { r.Protection = map[string]*Protection{"main": {Reviews: &one}} })
	dir, push := p.clone()
	p.git(dir, "commit", "--quiet", "--allow-empty", "-m", "Two")
	out, err := push("bo", "main")
	for _, says := range []string{"remote: error: GH006: Protected branch update failed for refs/heads/main.", "Changes must be made through a pull request.", "(protected branch hook declined)"} {
		if err == nil || !strings.Contains(out, says) {
			t.Errorf("%v: no %q in:\n%s", err, says, out)
		}
	}
	if out, err := push("ana", "main"); err != nil {
		t.Errorf("an administrator is let by: %v: %s", err, out)
	}
}

func FuzzReadPush(f *testing.F) {
	f.Add([]byte("0000"))
	f.Add([]byte(packet(NoCommit+" "+strings.Repeat("1", 40)+" refs/tags/v1\x00report-status side-band-64k") + "0000PACK"))
	f.Add([]byte("ffff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := readPush(body)
		if err == nil && len(p.pack) > len(body) {
			t.Error("more than there was")
		}
	})
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
