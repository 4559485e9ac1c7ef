package practice_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	cratesclient "github.com/trustpub/gh-trustpub/checks/registry/cratesio/client"
	pypiclient "github.com/trustpub/gh-trustpub/checks/registry/pypi/client"
)

// services answers for hosts without a network.
type services map[string]http.Handler

func (s services) RoundTrip(r *http.Request) (*http.Response, error) {
	handler, ok := s[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("nothing answers for %s", r.URL.Host)
	}
	arrived := r.Clone(r.Context())
	if arrived.Host = r.URL.Host; arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, arrived)
	return w.Result(), nil
}

// names is a practice registry of each kind, at a time of the test's own.
type names struct {
	services
	issuer *oidc.Issuer
	crates *cratesio.Service
	pypi   *pypi.Service
	now    time.Time
}

func openNames(t *testing.T) *names {
	t.Helper()
	n := &names{services: services{}, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	clock, client := func() time.Time { return n.now }, &http.Client{Transport: n.services}
	var err error
	n.issuer, err = oidc.NewIssuer(&box.MemoryState{})
	must(t, err)
	n.crates, err = cratesio.New(cratesio.Options{State: &box.MemoryState{}, Client: client, Now: clock})
	must(t, err)
	n.pypi, err = pypi.New(pypi.Options{Instance: pypi.PyPI, State: &box.MemoryState{}, Client: client, Now: clock})
	must(t, err)
	must(t, n.pypi.AddUser(pypi.User{Username: "ana", Email: "ana@example.org", Verified: true}))
	n.services[oidc.Host] = n.issuer
	n.services["pypi.org"], n.services["crates.io"], n.services["index.crates.io"] = n.pypi, n.crates, n.crates
	n.services["api.github.com"] = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"login":"acme","id":65,"type":"Organization"}`)
	})
	return n
}

// pass is a look of the program's, by way of the registries alone.
func (n *names) pass(t *testing.T) *transport.Pass {
	t.Helper()
	way, err := transport.New(transport.Options{Base: n.services, Now: func() time.Time { return n.now }})
	must(t, err)
	return way.Pass(t.Context())
}

// world is what the program would see of a package of this name.
func (n *names) world(r identity.Registry, name string, fact evidence.Fact[evidence.Project]) *evidence.World {
	src := evidence.Source{Name: "manifest", At: n.now}
	ecosystem := evidence.Python
	if r == identity.CratesIO {
		ecosystem = evidence.Cargo
	}
	w := &evidence.World{At: n.now, Mode: evidence.Live, Wanted: evidence.Wanted{Registries: []identity.Registry{r}},
		Repo:     evidence.Seen(evidence.RepoName{Host: "github.com", Owner: "acme", Name: "data"}, src),
		Projects: map[evidence.ProjectKey]evidence.Fact[evidence.Project]{{Registry: r, Name: name}: fact}}
	w.Tree.Packages = evidence.Seen([]evidence.Package{{Ecosystem: ecosystem, Path: "manifest", Name: evidence.Seen(name, src), Publish: evidence.Seen(true, src)}}, src)
	w.GitHub.User = evidence.Seen(evidence.User{Login: "ana", ID: 5}, src)
	return w
}

func verdict(w *evidence.World, id string) checks.Result {
	return checks.Judge(checks.NewCase(w), checks.All(), []string{id}).Results[0]
}

// form asks PyPI's own form for a pending publisher of a name; "" when it takes
// it.
func (n *names) form(t *testing.T, name string) string {
	t.Helper()
	n.now = n.now.Add(15 * time.Minute) // a person may register 100 a day
	body := url.Values{"project_name": {name}, "owner": {"acme"}, "repository": {"data"}, "workflow_filename": {"publish.yml"}, "environment": {"release"}}
	r := httptest.NewRequest(http.MethodPost, "https://pypi.org/manage/account/publishing/", strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	n.pypi.ServeHTTP(w, r.WithContext(box.WithPerson(r.Context(), "ana")))
	for _, p := range n.pypi.PendingPublishers() {
		must(t, n.pypi.RemovePending(p.ID))
		return ""
	}
	for _, problem := range []string{"Invalid project name", "already exists", "too similar", "conflict with the Python standard library"} {
		if strings.Contains(w.Body.String(), problem) {
			return problem
		}
	}
	t.Fatalf("%q: the form answers %d %s", name, w.Code, w.Body)
	return ""
}

// A name that PyPI's form takes is free to the program too, and one that it
// does not take is not; but for one that is only too like another, which PyPI
// tells nobody before.
func TestNamesAreFreeWherePyPITakesThem(t *testing.T) {
	n := openNames(t)
	for _, taken := range []string{"market-data", "Foo.Bar_baz", "l1l"} {
		must(t, n.pypi.AddProject(taken, "eve"))
	}
	seen := map[string]int{}
	letters := rapid.SampledFrom([]string{"market", "data", "foo", "bar", "baz", "-", "_", ".", "l", "1", "I", "o", "0", "asyncio", "py", "compile", "JSON", "x", "é", " ", ""})
	whole := rapid.SampledFrom([]string{"Market_Data", "market.data", "FOO-BAR-BAZ", "foo--bar__baz", "L1L", "iii", "lll", "market-da7a", "marketdata", "foobarbaz",
		"asyncio", "Py.Compile", "JSON", "dataclasses", "free"})
	rapid.Check(t, func(rt *rapid.T) {
		name := strings.Join(rapid.SliceOfN(letters, 1, 5).Draw(rt, "name"), "")
		if rapid.Bool().Draw(rt, "a name as it is") {
			name = whole.Draw(rt, "whole name")
		}
		if strings.TrimSpace(name) != name || name == "" {
			return // a form takes blanks away, and no manifest holds such a name
		}
		problem := n.form(t, name)
		fact := pypiclient.Projects(t.Context(), n.pass(t), identity.PyPI, []string{name})[name]
		got := verdict(n.world(identity.PyPI, name, fact), "name-available")
		seen[problem]++
		free := problem == "" || problem == "too similar"
		if free != (got.Verdict == checks.OK) || !free && problem != "already exists" && got.Verdict != checks.Wrong {
			rt.Fatalf("%q: PyPI says %q, the program %s: %s", name, problem, got.Verdict, got.Because)
		}
	})
	if len(seen) < 5 {
		t.Errorf("the names are one-sided: %v", seen)
	}
}

// A pending publisher of which the program says that it has lapsed mints no
// token, and one that stands does.
func TestPendingPublishersLapseAsTheProgramSays(t *testing.T) {
	n := openNames(t)
	id := identity.Identity{Owner: "acme", OwnerID: 65, Repository: "data", Workflow: "publish.yml", Environment: "release"}
	verdicts := map[checks.Verdict]int{}
	for i := range 64 {
		hours := i
		if i > 2 {
			hours = 24*30 - 32 + i // around the thirtieth day, hour by hour
		}
		age, project := time.Duration(hours)*time.Hour+time.Minute, fmt.Sprintf("data-%d", i)
		_, err := n.pypi.AddPending(pypi.Pending{Project: project, AddedBy: "ana", Created: n.now.Add(-age),
			Identity: pypi.Identity{Owner: "acme", OwnerID: "65", Repository: "data", Workflow: "publish.yml", Environment: "release"}})
		must(t, err)
		fact := pypiclient.Projects(t.Context(), n.pass(t), identity.PyPI, []string{project})[project]
		w := n.world(identity.PyPI, project, fact)
		w.Said = []evidence.Said{{What: "publisher", At: n.now.Add(-age), Publisher: identity.Publisher{Registry: identity.PyPI, Package: project, Identity: id}}}
		got := verdict(w, "pending-publisher-alive")
		verdicts[got.Verdict]++
		minted := n.mint(t)
		if minted != (got.Verdict == checks.Said) || !minted && got.Verdict != checks.Wrong {
			t.Errorf("%s old: minted %v, the program says %s: %s", age, minted, got.Verdict, got.Because)
		}
		for _, p := range n.pypi.PendingPublishers() {
			must(t, n.pypi.RemovePending(p.ID))
		}
		for _, p := range n.pypi.Publishers(project) {
			must(t, n.pypi.RemovePublisher(project, p.ID))
		}
	}
	if verdicts[checks.Said] == 0 || verdicts[checks.Wrong] == 0 {
		t.Errorf("one-sided: %v", verdicts)
	}
}

// mint exchanges the token of a job of acme/data.
func (n *names) mint(t *testing.T) bool {
	t.Helper()
	n.now = n.now.Add(time.Second)
	at := "acme/data/.github/workflows/publish.yml@refs/tags/v1"
	claims := oidc.Claims{Repository: "acme/data", RepositoryOwner: "acme", RepositoryOwnerID: "65", WorkflowRef: at, JobWorkflowRef: at, Environment: "release",
		EventName: "push", Ref: "refs/tags/v1", SHA: "1111111111111111111111111111111111111111", RunID: "1"}
	claims.Audience = jwt.ClaimStrings{identity.PyPI.Audience()}
	token, err := n.issuer.Sign(claims, n.now)
	must(t, err)
	r := httptest.NewRequest(http.MethodPost, "https://pypi.org/_/oidc/mint-token", bytes.NewReader([]byte(`{"token":"`+token+`"}`)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	n.pypi.ServeHTTP(w, r)
	return w.Code == http.StatusOK
}

// Who owns a crate to the program is who may register a publisher, and a crate
// with as many publishers as crates.io takes is full to both.
func TestOwnersAreThoseWhoMayRegister(t *testing.T) {
	for who, row := range map[string]struct {
		change func(*names) error
		owns   bool
		full   bool
	}{
		"an owner":             {func(n *names) error { return n.crates.AddOwner("data", "Ana") }, true, false},
		"a stranger":           {func(*names) error { return nil }, false, false},
		"a member of its team": {func(n *names) error { return n.crates.AddTeam("data", "github:acme:core", "ana") }, false, false},
		"an owner of a crate that is full": {func(n *names) error {
			for i := range 5 {
				if _, err := n.crates.AddPublisher(cratesio.Publisher{Crate: "data", RepositoryOwner: "acme", RepositoryOwnerID: 65, RepositoryName: "data", WorkflowFilename: fmt.Sprintf("w%d.yml", i)}); err != nil {
					return err
				}
			}
			return n.crates.AddOwner("data", "ana")
		}, true, true},
	} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			n := openNames(t)
			must(t, n.crates.AddCrate(cratesio.Seed{Owner: "eve", Name: "data", Version: "0.1.0"}))
			_, err := n.crates.AddUser("ana")
			must(t, err)
			must(t, n.crates.SetEmail("ana", "ana@example.org", true))
			must(t, row.change(n))
			token, err := n.crates.AddToken("ana", cratesio.Token{Name: "all"})
			must(t, err)
			fact := cratesclient.Projects(t.Context(), n.pass(t), []string{"data"}, cratesclient.Options{})["data"]
			owns := verdict(n.world(identity.CratesIO, "data", fact), "you-own-the-package")
			withList := cratesclient.Projects(t.Context(), n.pass(t), []string{"data"}, cratesclient.Options{Token: token})["data"]
			many := verdict(n.world(identity.CratesIO, "data", withList), "publishers-not-too-many")
			registered := n.register(t, token)
			if registered != (row.owns && !row.full) || (owns.Verdict == checks.OK) != row.owns || !row.owns && owns.Verdict != checks.Wrong {
				t.Errorf("registered %v; the program says %s: %s", registered, owns.Verdict, owns.Because)
			}
			if full := strings.Contains(many.Because, "as many as crates.io takes"); full != row.full {
				t.Errorf("%s: %s", many.Verdict, many.Because)
			}
		})
	}
}

// register asks crates.io's API for one more publisher.
func (n *names) register(t *testing.T, token string) bool {
	t.Helper()
	body := `{"github_config":{"crate":"data","repository_owner":"acme","repository_name":"data","workflow_filename":"publish.yml","environment":"release"}}`
	r := httptest.NewRequest(http.MethodPost, "https://crates.io/api/v1/trusted_publishing/github_configs", strings.NewReader(body))
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "test (test@example.org)")
	w := httptest.NewRecorder()
	n.crates.ServeHTTP(w, r)
	if w.Code >= 500 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Code == http.StatusOK
}
