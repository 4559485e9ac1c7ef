package collect

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// internet answers for every host from a map of "host/path?query" or
// "host/path" to "STATUS body" or a body. A host in down does not answer at
// all.
type internet struct {
	answers map[string]string
	down    map[string]bool
	mu      sync.Mutex
	asked   map[string]int
	tokens  map[string]string
}

func (n *internet) RoundTrip(r *http.Request) (*http.Response, error) {
	n.note(r)
	if n.down[r.URL.Host] {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	path := r.URL.Host + r.URL.EscapedPath()
	body, ok := n.answers[path+"?"+r.URL.RawQuery]
	if !ok {
		body, ok = n.answers[path]
	}
	if !ok {
		body = `404 {"message":"Not Found"}`
	}
	status := 200
	if c, err := fmt.Sscanf(body, "%3d ", &status); c == 1 && err == nil {
		body = body[4:]
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (n *internet) note(r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked[r.Method+" "+r.URL.String()]++
	if a := r.Header.Get("Authorization"); a != "" {
		n.tokens[r.URL.Host+r.URL.Path] = a
	}
}

func (n *internet) askedFor(part string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for a := range n.asked {
		if strings.Contains(a, part) {
			return true
		}
	}
	return false
}

func (n *internet) reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked, n.tokens = map[string]int{}, map[string]string{}
}

const publishYML = `name: publish
on:
  push:
    tags: ["v*"]
jobs:
  pypi:
    runs-on: ubuntu-latest
    environment: release
    permissions:
      id-token: write
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
`

const callerYML = `name: crates
on: workflow_dispatch
jobs:
  call:
    permissions:
      id-token: write
    uses: other/shared/.github/workflows/publish.yml@v1
`

const sharedYML = `on: workflow_call
jobs:
  next:
    permissions:
      id-token: write
    uses: ./.github/workflows/inner.yml
`

const innerYML = `on: workflow_call
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: crates
    steps:
      - run: cargo publish
        env:
          CARGO_REGISTRY_TOKEN: ${{ secrets.TOKEN }}
`

const (
	api     = "api.github.com/repos/acme/market-data"
	created = `"created_at":"2026-11-20T00:00:00Z"`
)

func contents(text string) string {
	return fmt.Sprintf(`{"type":"file","encoding":"base64","content":%q}`, base64.StdEncoding.EncodeToString([]byte(text)))
}

// acme is a Python project and a crate, on GitHub, PyPI and crates.io.
func acme() *internet {
	n := &internet{down: map[string]bool{}, answers: map[string]string{
		"api.github.com/user":               `{"login":"ana","id":11}`,
		api:                                 `{"id":1,"name":"market-data","owner":{"login":"acme","id":2,"type":"User"},"default_branch":"main","permissions":{"admin":true,"push":true}}`,
		api + "/branches/main":              `{"name":"main","commit":{"sha":"c0ffee"},"protected":false}`,
		api + "/contents/.github/workflows": `[{"name":"publish.yml","path":".github/workflows/publish.yml","type":"file"},{"name":"crates.yml","path":".github/workflows/crates.yml","type":"file"},{"name":"ci.yml","path":".github/workflows/ci.yml","type":"file"}]`,
		api + "/contents/.github/workflows/publish.yml":                            contents(publishYML),
		api + "/contents/.github/workflows/crates.yml":                             contents(callerYML),
		api + "/contents/.github/workflows/ci.yml":                                 contents("on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n"),
		"api.github.com/repos/other/shared/contents/.github/workflows/publish.yml": contents(sharedYML),
		"api.github.com/repos/other/shared/contents/.github/workflows/inner.yml":   contents(innerYML),
		api + "/environments":                                `{"environments":[{"id":3,"name":"release","can_admins_bypass":false}]}`,
		api + "/environments/release/secrets":                `{"secrets":[]}`,
		api + "/actions/workflows/publish.yml/runs":          `{"workflow_runs":[{"id":7,"run_number":1,"event":"push","head_sha":"c0ffee","status":"completed","conclusion":"success",` + created + `}]}`,
		api + "/actions/workflows/crates.yml/runs":           `{"workflow_runs":[]}`,
		api + "/actions/runs/7/jobs":                         `{"jobs":[]}`,
		api + "/git/trees/c0ffee":                            `{"tree":[{"path":"pyproject.toml","mode":"100644","type":"blob","size":1}]}`,
		api + "/contents/pyproject.toml":                     contents("[project]\nname = \"from-the-api\"\nversion = \"1.0\"\n"),
		"pypi.org/simple/market-data/":                       `{"files":[],"versions":[]}`,
		"test.pypi.org/simple/market-data/":                  `404 `,
		"pypi.org/simple/from-the-api/":                      `{"files":[],"versions":[]}`,
		"index.crates.io/ma/rk/market-core":                  `{"name":"market-core","vers":"0.1.0"}`,
		"crates.io/api/v1/crates/market-core":                `{"crate":{"name":"market-core","trustpub_only":false},"versions":[]}`,
		"crates.io/api/v1/crates/market-core/owners":         `{"users":[{"login":"ana","kind":"user"}]}`,
		"crates.io/api/v1/trusted_publishing/github_configs": `{"github_configs":[],"meta":{"total":0}}`,
	}}
	n.reset()
	return n
}

func (n *internet) collector(t *testing.T, token string, env map[string]string) *Collector {
	t.Helper()
	tr, err := transport.New(transport.Options{Base: n, Timeout: 300 * time.Millisecond, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Transport: tr, Now: func() time.Time { return noon }, Getenv: func(k string) string { return env[k] },
		Token: func(string) string { return token }, Hosts: []string{"github.com"}})
}

const pyproject = "[project]\nname = \"market-data\"\nversion = \"0.1.0\"\n"

const crate = "[package]\nname = \"market-core\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"

// checkout makes a git repository with these files and a remote.
func checkout(t *testing.T, remote string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q", "-b", "main")
	if remote != "" {
		git(t, dir, "remote", "add", "origin", remote)
	}
	git(t, dir, "add", ".")
	git(t, dir, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "first")
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

const origin = "git@github.com:acme/market-data.git"

func key(registry, name string) evidence.ProjectKey {
	return evidence.ProjectKey{Registry: registryOf[registry], Name: name}
}
