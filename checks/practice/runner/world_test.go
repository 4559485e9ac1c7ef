package runner

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
)

// world is a whole practice world without its wire: GitHub, the issuer, the
// registries and the runner, and the repository acme/market-data.
type world struct {
	t      *testing.T
	store  *github.Store
	crates *cratesio.Service
	pypi   *pypi.Service
	test   *pypi.Service
	runner *Runner
	owner  github.Account
	work   string // a checkout that the tests push from
	bare   string

	mu    sync.Mutex
	hosts map[string]http.Handler
	seen  []string
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	handler := w.hosts[r.URL.Hostname()]
	w.seen = append(w.seen, r.Method+" "+r.URL.Host+r.URL.Path)
	w.mu.Unlock()
	if handler == nil {
		return nil, fmt.Errorf("the proxy refuses %s: it is not in the practice world", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, in)
	answer := out.Result()
	answer.Request = r
	return answer, nil
}

func (w *world) asked(part string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, s := range w.seen {
		if strings.Contains(s, part) {
			n++
		}
	}
	return n
}

// sharedIssuer spares the tests the making of many keys.
var sharedIssuer = sync.OnceValues(func() (*oidc.Issuer, error) { return oidc.NewIssuer(&box.MemoryState{}) })

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, hosts: map[string]http.Handler{}}
	client := &http.Client{Transport: w}
	issuer, err := sharedIssuer()
	w.must(err)
	w.store, err = github.New(github.Options{State: &box.MemoryState{}, Dir: filepath.Join(t.TempDir(), "git"), Issuer: issuer, Minute: time.Millisecond})
	w.must(err)
	w.crates, err = cratesio.New(cratesio.Options{State: &box.MemoryState{}, Client: client})
	w.must(err)
	w.pypi, err = pypi.New(pypi.Options{State: &box.MemoryState{}, Client: client})
	w.must(err)
	w.test, err = pypi.New(pypi.Options{Instance: pypi.TestPyPI, State: &box.MemoryState{}, Client: client})
	w.must(err)
	for _, s := range append(w.store.Services(), issuer, w.crates, w.pypi, w.test) {
		for _, h := range s.Hosts() {
			w.hosts[h] = s
		}
	}
	w.runner, err = New(w.store, client, Options{Dir: filepath.Join(t.TempDir(), "runner"), Minute: time.Second, Poll: 5 * time.Millisecond,
		Problem: func(err error) { t.Error("runner:", err) }})
	w.must(err)
	t.Cleanup(w.runner.Close)
	w.store.SetHooks(w.runner.Hooks())
	w.people()
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) people() {
	w.t.Helper()
	for _, login := range []string{"ana", "bo"} {
		_, err := w.store.AddUser(login, login)
		w.must(err)
		w.must(w.crates.SetEmail(login, login+"@example.com", true))
		w.must(w.pypi.AddUser(pypi.User{Username: login, Email: login + "@example.com", Verified: true}))
		w.must(w.test.AddUser(pypi.User{Username: login, Email: login + "@example.com", Verified: true}))
	}
	var err error
	w.owner, err = w.store.AddOrganization("acme", "Acme", map[string]string{"ana": "admin", "bo": "admin"})
	w.must(err)
	_, err = w.store.AddRepository(context.Background(), github.Repository{Owner: "acme", Name: "market-data"})
	w.must(err)
	w.bare, err = w.store.GitDir("acme", "market-data")
	w.must(err)
	w.work = w.t.TempDir()
	w.git("init", "--quiet", "--initial-branch=main")
}

func (w *world) git(args ...string) string {
	w.t.Helper()
	out, err := gitrun.Output(context.Background(), w.work, append([]string{"-c", "user.name=ana", "-c", "user.email=ana@example.com"}, args...)...)
	w.must(err)
	return strings.TrimSpace(out)
}

// push commits files and moves main there; it tells nobody.
func (w *world) push(files map[string]string) string {
	w.t.Helper()
	for name, text := range files {
		full := filepath.Join(w.work, filepath.FromSlash(name))
		w.must(os.MkdirAll(filepath.Dir(full), 0o755))
		w.must(os.WriteFile(full, []byte(text), 0o644))
	}
	w.git("add", ".")
	w.git("commit", "--quiet", "--allow-empty", "-m", "Change")
	w.git("push", "--quiet", gitrun.FileURL(w.bare), "main")
	return w.git("rev-parse", "HEAD")
}

const publishPath = ".github/workflows/publish.yml"

// dispatch starts publish.yml on a ref and waits until it has ended.
func (w *world) dispatch(ref string, inputs map[string]string) *github.Run {
	w.t.Helper()
	return w.ended(w.start(ref, inputs))
}

func (w *world) start(ref string, inputs map[string]string) int64 {
	w.t.Helper()
	sha, err := gitrun.Output(context.Background(), w.bare, "rev-parse", ref+"^{commit}")
	w.must(err)
	id, err := w.runner.Dispatch(context.Background(), github.Dispatch{Owner: "acme", Name: "market-data", WorkflowPath: publishPath, Ref: ref,
		SHA: strings.TrimSpace(sha), Inputs: inputs, Actor: "ana"})
	w.must(err)
	return id
}

func (w *world) ended(id int64) *github.Run {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w.must(w.runner.WaitRun(ctx, id))
	run, err := w.store.Run(id)
	w.must(err)
	return run
}

// publish pushes one workflow and dispatches it on main.
func (w *world) publish(text string, more map[string]string) *github.Run {
	w.t.Helper()
	files := map[string]string{publishPath: text}
	for k, v := range more {
		files[k] = v
	}
	w.push(files)
	return w.dispatch("refs/heads/main", nil)
}

func job(t *testing.T, run *github.Run, name string) github.Job {
	t.Helper()
	var names []string
	for _, j := range run.Jobs {
		if j.Name == name {
			return j
		}
		names = append(names, j.Name)
	}
	t.Fatalf("there is no job %q among %q", name, names)
	return github.Job{}
}

// stepsOf is "Name=conclusion" for each step.
func stepsOf(j github.Job) string {
	var out []string
	for _, s := range j.Steps {
		out = append(out, fmt.Sprintf("%d %s=%s", s.Number, s.Name, s.Conclusion))
	}
	return strings.Join(out, "\n")
}

func wantLog(t *testing.T, j github.Job, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(j.Log, p) {
			t.Errorf("the log of %s lacks %q:\n%s", j.Name, p, j.Log)
			return
		}
	}
}

func wantConclusion(t *testing.T, run *github.Run, want github.Conclusion) {
	t.Helper()
	if run.Conclusion == want && run.Status == github.Completed {
		return
	}
	var logs strings.Builder
	for _, j := range run.Jobs {
		fmt.Fprintf(&logs, "--- %s %s %s %q\n%s", j.Name, j.Status, j.Conclusion, j.Annotations, j.Log)
	}
	t.Fatalf("the run is %s, %s (%s), want %s\n%s", run.Status, run.Conclusion, run.Problem, want, logs.String())
}

// oneJob is a workflow with one job of these steps.
func oneJob(steps string) string {
	return "on: {workflow_dispatch: , push: {tags: ['v*']}}\njobs:\n  only:\n    runs-on: ubuntu-latest\n    steps:\n" + steps
}
