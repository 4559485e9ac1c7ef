package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// practice is a small GitHub: the organisation acme with its owner ana and the
// member bo, the outsider mallory, and the repository acme/x with one commit.
type practice struct {
	t     *testing.T
	s     *Store
	state *box.MemoryState
	dir   string
	clock *clock
	sha   string
	// tokens by login; "fine" and "weak" are others of ana's.
	tokens map[string]string
	// seen are the patterns of the endpoints that were called.
	seen map[string]bool
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const workflowFile = ".github/workflows/publish.yml"

func newPractice(t *testing.T) *practice {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	p := &practice{
		t: t, state: &box.MemoryState{}, dir: t.TempDir(), tokens: map[string]string{}, seen: map[string]bool{},
		clock: &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)},
	}
	// One signing key for all tests: making one takes a while.
	key, err := signingKey()
	p.must(err)
	p.must(p.state.Save("oidc-issuer", key))
	p.s = p.open()
	p.must2(p.s.AddUser("ana", "Ana"))
	p.must2(p.s.AddUser("bo", "Bo"))
	p.must2(p.s.AddUser("mallory", ""))
	p.must2(p.s.AddOrganization("acme", "Acme", map[string]string{"ana": "admin", "bo": "member"}))
	for _, login := range []string{"ana", "bo", "mallory"} {
		p.token(login, Token{Login: login, Scopes: []string{"repo", "workflow", "read:org"}})
	}
	p.token("weak", Token{Login: "ana", Scopes: []string{"gist"}})
	p.token("fine", Token{Login: "ana", Kind: FineGrained, Permissions: map[string]string{"actions": "read", "secrets": "read"}})
	repo := Repository{Owner: "acme", Name: "x", Collaborators: map[string]Role{"bo": Write}}
	p.must2(p.s.AddRepository(t.Context(), repo))
	p.sha = p.push("main", map[string]string{
		workflowFile: "name: Publish\non: {push: {tags: ['v*']}, workflow_dispatch: }\njobs: {}\n", "README.md": "hello\n",
	})
	p.must(p.s.AcceptRefs(t.Context(), "acme", "x"))
	return p
}

var signingKey = sync.OnceValues(func() (key string, err error) {
	var state box.MemoryState
	if _, err = oidc.NewIssuer(&state); err != nil {
		return "", err
	}
	_, err = state.Load("oidc-issuer", &key)
	return key, err
})

func (p *practice) open() *Store {
	issuer, err := oidc.NewIssuer(p.state)
	p.must(err)
	s, err := New(Options{State: p.state, Dir: p.dir, Issuer: issuer, Now: p.clock.Now, Minute: time.Millisecond})
	p.must(err)
	return s
}

func (p *practice) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *practice) must2(_ any, err error) { p.t.Helper(); p.must(err) }

func (p *practice) token(as string, t Token) {
	made, err := p.s.AddToken(t)
	p.must(err)
	p.tokens[as] = made.Value
}

// edit changes acme/x.
func (p *practice) edit(change func(*Repository)) {
	p.t.Helper()
	p.must(p.s.Edit("acme", "x", func(r *Repository) error { change(r); return nil }))
}

// git runs git in a folder, without the settings of who runs the tests.
func (p *practice) git(dir string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=Ana", "-c", "user.email=ana@users.noreply.github.com"}, args...)...)
	cmd.Env = cleanEnv()
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// push commits files on top of a branch of acme/x, as a person would by path.
func (p *practice) push(branch string, files map[string]string) string {
	p.t.Helper()
	bare, err := p.s.GitDir("acme", "x")
	p.must(err)
	work := p.t.TempDir()
	p.git(work, "init", "--quiet", "--initial-branch="+branch)
	p.git(work, "remote", "add", "origin", bare)
	if p.git(work, "ls-remote", "origin", "refs/heads/"+branch) != "" {
		p.git(work, "pull", "--quiet", "origin", branch)
	}
	for name, text := range files {
		p.must(os.MkdirAll(filepath.Join(work, filepath.Dir(name)), 0o700))
		p.must(os.WriteFile(filepath.Join(work, name), []byte(text), 0o600))
	}
	p.git(work, "add", ".")
	p.git(work, "commit", "--quiet", "-m", "Change "+branch)
	p.git(work, "push", "--quiet", "origin", branch)
	return p.git(work, "rev-parse", "HEAD")
}

// RoundTrip sends a request to the store's services, as the box does.
func (p *practice) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, service := range p.s.Services() {
		for _, host := range service.Hosts() {
			if host != r.URL.Hostname() {
				continue
			}
			asked := r.Clone(r.Context())
			asked.Host = host
			if asked.Body == nil {
				asked.Body = http.NoBody
			}
			w := httptest.NewRecorder()
			service.ServeHTTP(w, asked)
			p.seen[asked.Pattern] = true
			answer := w.Result()
			answer.Request = r
			return answer, nil
		}
	}
	return nil, fmt.Errorf("no service for %s", r.URL.Hostname())
}

// reply is an answer read to the end.
type reply struct {
	status int
	header http.Header
	body   string
}

// get reads a field of the JSON body by its path, such as "jobs.0.status".
func (r reply) get(path string) any {
	var v any
	if json.Unmarshal([]byte(r.body), &v) != nil {
		return nil
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// call sends a request to the API and holds both ways against GitHub's own
// description.
func (p *practice) call(as, method, path, body string) reply {
	p.t.Helper()
	api, err := contract.GitHub()
	p.must(err)
	return p.send(&contract.Transport{
		API: api, Next: p,
		Report: func(err error) { p.t.Helper(); p.t.Error(err) },
	}, as, method, path, body)
}

// raw sends a request that the description does not know.
func (p *practice) raw(as, method, path, body string) reply {
	p.t.Helper()
	return p.send(p, as, method, path, body)
}

func (p *practice) send(through http.RoundTripper, as, method, path, body string) reply {
	p.t.Helper()
	client := &http.Client{
		Transport:     through,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if strings.HasPrefix(path, "R") {
		path = "/repos/acme/x" + path[1:]
	}
	r, err := http.NewRequest(method, apiURL+path, bytes.NewBufferString(body))
	p.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token := p.tokens[as]; token != "" {
		r.Header.Set("Authorization", "token "+token)
	}
	answer, err := client.Do(r)
	p.must(err)
	data, err := io.ReadAll(answer.Body)
	p.must(err)
	return reply{answer.StatusCode, answer.Header, string(data)}
}

// expect calls and wants a status.
func (p *practice) expect(status int, as, method, path, body string) reply {
	p.t.Helper()
	got := p.call(as, method, path, body)
	if got.status != status {
		p.t.Errorf("%s %s as %s: %d %s, want %d", method, path, as, got.status, got.body, status)
	}
	return got
}

// isRefusal tells whether an error is the answer with that status.
func isRefusal(err error, status int) bool {
	var refused *Refusal
	return errors.As(err, &refused) && refused.Status == status
}

// startRun makes a run of the workflow with one job.
func (p *practice) startRun(ref, actor string, job Job) (*Run, int64) {
	p.t.Helper()
	run, err := p.s.CreateRun(p.t.Context(), Run{
		Owner: "acme", Name: "x", WorkflowPath: workflowFile, WorkflowName: "Publish", Event: "push", Ref: ref, SHA: p.sha,
		Actor: actor, Jobs: []Job{job},
	})
	p.must(err)
	return run, run.Jobs[0].ID
}
