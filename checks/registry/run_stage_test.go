package registry

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	"github.com/trustpub/gh-trustpub/checks/practice/runner"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
)

// forgetful keeps nothing: a stage does not outlive its process.
type forgetful struct{}

func (forgetful) Load(string, any) (bool, error) { return false, nil }
func (forgetful) Save(string, any) error         { return nil }

// stage is a practice GitHub with its runner, on top of the registries.
type stage struct {
	*world
	store        *github.Store
	runner       *runner.Runner
	bare, shared string
	ownerID      int64
	repoID       int64

	mu   sync.Mutex
	seen []exchanged
}

// RoundTrip notes the exchanges on their way.
func (s *stage) note(hosts inside) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		at := exchangeAt(r)
		if at == "" {
			return hosts.RoundTrip(r)
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		answer, err := hosts.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		got, err := io.ReadAll(answer.Body)
		answer.Body = io.NopCloser(bytes.NewReader(got))
		s.mu.Lock()
		s.seen = append(s.seen, presentedTo(at, sent, got))
		s.mu.Unlock()
		return answer, err
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func exchangeAt(r *http.Request) identity.Registry {
	switch {
	case r.Method != http.MethodPost:
	case r.URL.Host == "crates.io" && r.URL.Path == "/api/v1/trusted_publishing/tokens":
		return identity.CratesIO
	case r.URL.Path == "/_/oidc/mint-token" && r.URL.Host == "pypi.org":
		return identity.PyPI
	case r.URL.Path == "/_/oidc/mint-token" && r.URL.Host == "test.pypi.org":
		return identity.TestPyPI
	}
	return ""
}

func presentedTo(at identity.Registry, sent, got []byte) exchanged {
	var body struct{ JWT, Token string }
	var c oidc.Claims
	if json.Unmarshal(sent, &body) == nil {
		if parts := strings.Split(body.JWT+body.Token, "."); len(parts) == 3 {
			raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
			_ = json.Unmarshal(raw, &c)
		}
	}
	var refused struct {
		Errors []struct{ Detail, Code, Description string }
	}
	_ = json.Unmarshal(got, &refused)
	answer := ""
	for _, e := range refused.Errors {
		if answer = e.Detail; at != identity.CratesIO {
			answer = e.Code + ": " + e.Description
		}
	}
	return exchanged{at, c.Repository, c.RepositoryOwnerID, c.WorkflowRef, c.JobWorkflowRef, c.Environment, c.EventName, c.Ref, answer}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{world: newWorld(t)}
	hosts := inside{}
	client := &http.Client{Transport: s.note(hosts)}
	var err error
	s.store, err = github.New(github.Options{State: forgetful{}, Dir: filepath.Join(t.TempDir(), "git"), Issuer: s.issuer, Now: func() time.Time { return s.now }, Minute: time.Millisecond})
	must(t, err)
	served := s.store.Services()
	hosts[oidc.Host] = s.issuer
	for _, h := range s.crates.Hosts() {
		hosts[h] = s.crates
	}
	for _, index := range s.pypi {
		for _, h := range index.Hosts() {
			hosts[h] = index
		}
	}
	for _, service := range served {
		for _, h := range service.Hosts() {
			hosts[h] = service
		}
	}
	s.runner, err = runner.New(s.store, client, runner.Options{Dir: filepath.Join(t.TempDir(), "runner"), Minute: time.Second, Poll: time.Millisecond, Now: func() time.Time { return s.now },
		Problem: func(err error) { t.Error("runner:", err) }})
	must(t, err)
	s.populate(t)
	return s
}

func (s *stage) populate(t *testing.T) {
	_, err := s.store.AddUser("ana", "ana")
	must(t, err)
	for _, org := range []string{"Acme", "org"} {
		_, err = s.store.AddOrganization(org, org, map[string]string{"ana": "admin"})
		must(t, err)
	}
	s.ownerID = s.store.AccountID("Acme")
	repo, err := s.store.AddRepository(t.Context(), github.Repository{Owner: "Acme", Name: "x"})
	must(t, err)
	s.repoID = repo.ID
	_, err = s.store.AddRepository(t.Context(), github.Repository{Owner: "org", Name: "shared"})
	must(t, err)
	s.bare, err = s.store.GitDir("Acme", "x")
	must(t, err)
	s.shared, err = s.store.GitDir("org", "shared")
	must(t, err)
}

// commit makes main and the tag v1 of a bare repository hold just these files,
// and returns the commit.
func commit(t *rapid.T, bare string, files map[string]string) string {
	var b strings.Builder
	b.WriteString("reset refs/heads/main\ncommit refs/heads/main\ncommitter ana <ana@example.org> 1760000000 +0000\ndata 6\nChange\ndeleteall\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", name, len(files[name]), files[name])
	}
	b.WriteString("reset refs/tags/v1\nfrom refs/heads/main\n\n")
	cmd := gitrun.Command(context.Background(), bare, "fast-import", "--quiet", "--force")
	cmd.Stdin = strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git fast-import: %v\n%s", err, out)
	}
	sha, err := gitrun.Output(context.Background(), bare, "rev-parse", "refs/heads/main")
	must(t, err)
	return strings.TrimSpace(sha)
}
