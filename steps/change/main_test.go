package change

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

// fakeLog names the file in which this binary, run under another name, notes
// how it was called; fakeFail makes the call fail whose arguments contain it.
const (
	fakeLog  = "TRUSTPUB_FAKE_LOG"
	fakeFail = "TRUSTPUB_FAKE_FAIL"
	fakeName = "TRUSTPUB_FAKE_VERSION"
	// fakeSays is what a failing call prints; fakeTimes how often calls fail, ""
	// is always.
	fakeSays  = "TRUSTPUB_FAKE_SAYS"
	fakeTimes = "TRUSTPUB_FAKE_TIMES"
	// fakeTarget is the folder into which cargo builds.
	fakeTarget = "TRUSTPUB_FAKE_TARGET"
	// fakeMakes is an archive that a build leaves in the folder that it is given.
	fakeMakes = "TRUSTPUB_FAKE_MAKES"
)

func TestMain(m *testing.M) {
	if log := os.Getenv(fakeLog); log != "" {
		os.Exit(fake(log))
	}
	os.Exit(m.Run())
}

// fake stands in for another program: it notes its arguments and environment.
func fake(log string) int {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println(os.Getenv(fakeName))
		return 0
	}
	if len(os.Args) > 1 && os.Args[1] == "metadata" {
		fmt.Printf(`{"target_directory":%q}`, os.Getenv(fakeTarget))
		return 0
	}
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 3
	}
	defer f.Close()
	line, _ := json.Marshal(fakeCall{Args: os.Args[1:], Token: cmp.Or(os.Getenv("CARGO_REGISTRY_TOKEN"), os.Getenv("TWINE_PASSWORD"), os.Getenv("UV_PUBLISH_TOKEN"), os.Getenv("MATURIN_PYPI_TOKEN")), GitHub: os.Getenv("GH_TOKEN")})
	fmt.Fprintln(f, string(line))
	for i, arg := range os.Args {
		if made := os.Getenv(fakeMakes); made != "" && slices.Contains([]string{"--out", "--outdir", "--out-dir"}, arg) {
			if err := writeArchive(filepath.Join(os.Args[i+1], made), map[string]int{"PKG-INFO": 100}); err != nil {
				return 4
			}
		}
	}
	if fail := os.Getenv(fakeFail); fail != "" && strings.Contains(strings.Join(os.Args, " "), fail) && !spent(log, fail) {
		fmt.Fprintln(os.Stderr, os.Getenv(fakeSays))
		return 1
	}
	return 0
}

// spent says whether calls of a kind have failed as often as they are to.
func spent(log, kind string) bool {
	times, err := strconv.Atoi(os.Getenv(fakeTimes))
	if err != nil {
		return false
	}
	data, _ := os.ReadFile(log)
	calls := 0
	for line := range strings.Lines(string(data)) {
		var c fakeCall
		if json.Unmarshal([]byte(line), &c) == nil && strings.Contains(c.String(), kind) {
			calls++
		}
	}
	return calls > times
}

type fakeCall struct {
	Args          []string
	Token, GitHub string
}

func (c fakeCall) String() string { return strings.Join(c.Args, " ") }

// fakeProgram puts this binary under another name at the head of PATH and
// returns what reads its calls.
func fakeProgram(t *testing.T, name string) (env []string, calls func() []fakeCall) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	target := filepath.Join(dir, name+filepath.Ext(self[strings.LastIndexAny(self, `/\`)+1:]))
	if !strings.HasSuffix(self, ".exe") {
		target = filepath.Join(dir, name)
	}
	if err := os.Link(self, target); err != nil {
		data, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	log := filepath.Join(dir, "calls")
	return []string{fakeLog + "=" + log}, func() []fakeCall {
		data, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		var all []fakeCall
		for line := range strings.Lines(string(data)) {
			var c fakeCall
			if err := json.Unmarshal([]byte(line), &c); err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		return all
	}
}

// person is the person's side: it notes what it was told and runs children.
type person struct {
	mu   sync.Mutex
	told []string
	ran  [][]string
	// asked is what was shown for a yes; declines answers with no.
	asked    []DiffLine
	declines bool
}

func (p *person) hands() Hands {
	return Hands{
		Progress: func(s string) { p.mu.Lock(); defer p.mu.Unlock(); p.told = append(p.told, s) },
		Detail:   func(s string) { p.mu.Lock(); defer p.mu.Unlock(); p.told = append(p.told, s) },
		Confirm: func(_ context.Context, _ string, lines []DiffLine) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.asked = append(p.asked, lines...)
			if p.declines {
				return ErrDeclined
			}
			return nil
		},
		Terminal: func(c *exec.Cmd) error {
			p.mu.Lock()
			p.ran = append(p.ran, c.Args)
			p.mu.Unlock()
			return c.Run()
		},
	}
}

func (p *person) heard() string { return strings.Join(p.told, "\n") }

var market = evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}

// toward is a GitHub client whose requests are answered by handler.
func toward(t *testing.T, handler http.Handler) API {
	t.Helper()
	api, err := contract.GitHub()
	if err != nil {
		t.Fatal(err)
	}
	out, err := transport.New(transport.Options{Base: answering{t, api, handler}})
	if err != nil {
		t.Fatal(err)
	}
	return rest.New(out, "github.com", "gho_test")
}

// answering hands requests to a handler, after holding them against GitHub's own
// description of its API.
type answering struct {
	t       *testing.T
	api     *contract.API
	handler http.Handler
}

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	if err := a.api.CheckRequest(req, body); err != nil {
		a.t.Error(err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	a.handler.ServeHTTP(w, req)
	res := w.Result()
	res.Request = req
	return res, nil
}

func decode(t *testing.T, r io.Reader) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.NewDecoder(r).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// repository is a checkout of a bare repository, both real.
type repository struct {
	dir, bare string
	t         *testing.T
}

func newRepository(t *testing.T) repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("git is required")
	}
	config := filepath.Join(t.TempDir(), "gitconfig")
	if err := os.WriteFile(config, []byte("[user]\n\tname = Ana\n\temail = ana@example.org\n[init]\n\tdefaultBranch = main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r := repository{filepath.Join(t.TempDir(), "work"), filepath.Join(t.TempDir(), "bare.git"), t}
	r.run("", "init", "-q", "--bare", r.bare)
	r.run("", "clone", "-q", r.bare, r.dir)
	r.write("Cargo.toml", "[package]\nname = \"market-data\"\nversion = \"0.1.0\" # mind\n")
	r.git("add", ".")
	r.git("commit", "-q", "-m", "one")
	r.git("push", "-q", "origin", "main")
	return r
}

func (r repository) run(dir string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r repository) git(args ...string) string { r.t.Helper(); return r.run(r.dir, args...) }

func (r repository) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) read(name string) string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(name)))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(data)
}

func (r repository) tools() *Tools { return &Tools{Repo: market, Dir: r.dir, Sleep: noSleep} }
