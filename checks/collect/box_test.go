package collect_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
	"github.com/trustpub/gh-trustpub/checks/practice/cratesio"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
	"github.com/trustpub/gh-trustpub/checks/practice/scenario"
)

// inside is a small internet in a box, with the scenario "fresh" in it.
type inside struct {
	box    *box.Box
	github *github.Store
	crates *cratesio.Service
	pypi   *pypi.Service
	scenario.Setting
}

func open(t *testing.T) *inside {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	state := &box.MemoryState{}
	issuer, err := oidc.NewIssuer(state)
	must(t, err)
	w := &inside{box: box.New(box.Options{Dir: dir, Record: contract.Hold(t)})}
	w.github, err = github.New(github.Options{State: state, Dir: filepath.Join(dir, "git"), Issuer: issuer, Pusher: "ana"})
	must(t, err)
	w.crates, err = cratesio.New(cratesio.Options{State: state, Client: w.box.Client()})
	must(t, err)
	w.pypi, err = pypi.New(pypi.Options{Instance: pypi.PyPI, State: state, Client: w.box.Client()})
	must(t, err)
	test, err := pypi.New(pypi.Options{Instance: pypi.TestPyPI, State: state, Client: w.box.Client()})
	must(t, err)
	w.Setting, err = scenario.Build(t.Context(), "fresh", scenario.Place{GitHub: w.github, Crates: w.crates, PyPI: w.pypi, TestPyPI: test, Dir: dir})
	must(t, err)
	w.box.Add(append(w.github.Services(), issuer, w.crates, w.pypi, test)...)
	must(t, w.box.Start(t.Context()))
	t.Cleanup(func() { _ = w.box.Close() })
	t.Setenv("GIT_CONFIG_GLOBAL", w.GitConfig)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// collector reaches the box as the program reaches the internet: by proxy and
// roots from the environment.
func (w *inside) collector(t *testing.T, token, cratesToken string) *collect.Collector {
	t.Helper()
	env := map[string]string{"CARGO_REGISTRY_TOKEN": cratesToken}
	for _, v := range w.box.Env() {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	getenv := func(name string) string { return env[name] }
	way, err := transport.New(transport.Options{Version: "test", Getenv: getenv})
	must(t, err)
	return collect.New(collect.Options{Transport: way, Getenv: getenv, Token: func(string) string { return token }, Hosts: []string{"github.com"}})
}

func (w *inside) look(t *testing.T, token string, r collect.Request) *evidence.World {
	t.Helper()
	world, err := w.collector(t, token, "").Live(t.Context(), r)
	must(t, err)
	return world
}

const publish = `name: publish
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

func (w *inside) push(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(w.Checkout, filepath.FromSlash(name))
	must(t, os.MkdirAll(filepath.Dir(file), 0o700))
	must(t, os.WriteFile(file, []byte(text), 0o600))
	w.git(t, "add", ".")
	w.git(t, "commit", "-q", "-m", "change")
	w.git(t, "push", "-q", "origin", "main")
	must(t, w.github.AcceptRefs(t.Context(), w.Owner, w.Name))
	return strings.TrimSpace(w.git(t, "rev-parse", "HEAD"))
}

func (w *inside) git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.Checkout
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func value[T any](t *testing.T, name string, f evidence.Fact[T]) T {
	t.Helper()
	v, ok := f.Get()
	if !ok {
		t.Errorf("%s: state %d: %s", name, f.State(), f.Reason())
	}
	return v
}

func TestAFreshWorldThroughTheBox(t *testing.T) {
	w := open(t)
	world := w.look(t, w.Token, collect.Request{Dir: w.Checkout})
	g := world.GitHub
	if u := value(t, "user", g.User); u.Login != "ana" || u.ID == 0 {
		t.Errorf("user %+v", u)
	}
	repo := value(t, "repository", g.Repository)
	if repo.Name.String() != "acme/market-data" || !repo.Admin || repo.DefaultBranch != "main" || repo.OwnerType != "Organization" || repo.OwnerID == 0 {
		t.Errorf("repository %+v", repo)
	}
	if !g.Environments.Absent() {
		t.Errorf("environments: %v", g.Environments)
	}
	head := strings.TrimSpace(w.git(t, "rev-parse", "HEAD"))
	if c := value(t, "judged", world.Judged); c.SHA != head || c.Ref != "refs/heads/main" {
		t.Errorf("judged %+v, HEAD is %s", c, head)
	}
	if people := value(t, "collaborators", g.Collaborators); len(people) != 2 {
		t.Errorf("collaborators %+v", people)
	}
	value(t, "secrets", g.RepositorySecrets)
	value(t, "organisation secrets", g.OrganizationSecrets)
	value(t, "default permission", g.DefaultTokenPermission)
	value(t, "actions", g.Actions)
	value(t, "rulesets", g.Rulesets)
	value(t, "Dependabot's secrets", g.DependabotSecrets)
	value(t, "approving", g.ActionsApprovePulls)
	value(t, "proposals", g.Proposals)
	value(t, "immutable releases", g.ImmutableReleases)
	value(t, "subject", g.Subject)
	if role := value(t, "role", g.Role); role != "admin" {
		t.Errorf("role %q", role)
	}
	if token := value(t, "token", g.Token); !token.Classic || len(token.Scopes) == 0 {
		t.Errorf("token %+v", token)
	}
	value(t, "states", g.WorkflowStates)
	branch := value(t, "default branch", g.DefaultBranch)
	value(t, "protected", branch.Protected)
	value(t, "rules", branch.Rules)
	if len(world.Projects) < 3 {
		t.Errorf("projects %v", world.Projects)
	}
	for key, fact := range world.Projects {
		if !fact.Absent() {
			t.Errorf("%v: state %d: %s", key, fact.State(), fact.Reason())
		}
	}
}

func TestWhatWasSetUpIsSeenThroughTheBox(t *testing.T) {
	w := open(t)
	sha := w.push(t, ".github/workflows/publish.yml", publish)
	first := w.look(t, w.Token, collect.Request{Dir: w.Checkout})
	ana := value(t, "user", first.GitHub.User)
	must(t, w.github.Edit(w.Owner, w.Name, func(r *github.Repository) error {
		r.Environments = append(r.Environments, &github.Environment{ID: 9001, Name: "release", PreventSelfReview: true, AdminsCannotBypass: true,
			Reviewers: []github.Reviewer{{Type: "User", ID: ana.ID}}, Policy: github.CustomRefs,
			Policies: []github.DeploymentPolicy{{ID: 9002, Type: "tag", Name: "v*"}}, Secrets: []github.Secret{{Name: "PYPI_TOKEN", Value: "x"}}})
		r.Secrets = append(r.Secrets, github.Secret{Name: "CARGO_REGISTRY_TOKEN", Value: "x"})
		return nil
	}))
	must(t, w.crates.AddCrate(cratesio.Seed{Owner: "ana", Name: "market-data", Version: "0.0.1"}))
	must(t, w.crates.AddCrate(cratesio.Seed{Owner: "ana", Name: "market-data", Version: "0.0.2", Trusted: &cratesio.TrustedRun{Provider: "github", Repository: "acme/market-data", RunID: "77", SHA: sha}}))
	must(t, w.pypi.AddProject("market-data", "ana"))
	world := w.look(t, w.Token, collect.Request{Dir: w.Checkout})
	files := value(t, "workflows", world.Workflows)
	i := slices.IndexFunc(files, func(f evidence.WorkflowFile) bool { return f.Path == ".github/workflows/publish.yml" })
	if i < 0 || string(value(t, "file", files[i].Content)) != publish {
		t.Errorf("%d files, publish.yml at %d", len(files), i)
	}
	environments := value(t, "environments", world.GitHub.Environments)
	if len(environments) != 1 {
		t.Fatalf("environments %+v", environments)
	}
	e := environments[0]
	if e.Policy != evidence.RefsCustom || len(e.Reviewers) != 1 || e.Reviewers[0].Name != "ana" || !value(t, "self-review", e.PreventSelfReview) || value(t, "bypass", e.AdminsBypass) {
		t.Errorf("environment %+v", e)
	}
	if refs := value(t, "refs", e.Refs); len(refs) != 1 || refs[0].Type != "tag" || refs[0].Pattern != "v*" {
		t.Errorf("refs %+v", refs)
	}
	if s := value(t, "environment secrets", e.Secrets); len(s) != 1 || s[0].Name != "PYPI_TOKEN" {
		t.Errorf("secrets %+v", s)
	}
	if s := value(t, "secrets", world.GitHub.RepositorySecrets); len(s) != 1 {
		t.Errorf("secrets %+v", s)
	}
	value(t, "runs", world.GitHub.Runs)
	checkProjects(t, world, sha)
}

func checkProjects(t *testing.T, world *evidence.World, sha string) {
	t.Helper()
	crate := value(t, "crate", world.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "market-data"}])
	if len(crate.Versions) != 2 || crate.Versions[0].Number != "0.0.2" {
		t.Fatalf("crate %+v", crate)
	}
	if p := value(t, "trusted", crate.Versions[0].Trusted); p.Repository != "acme/market-data" || p.RunID != 77 || p.SHA != sha {
		t.Errorf("provenance %+v", p)
	}
	if !crate.Versions[1].Trusted.Absent() {
		t.Errorf("by hand: %v", crate.Versions[1].Trusted)
	}
	if owners := value(t, "owners", crate.Owners); len(owners) != 1 || owners[0] != "ana" {
		t.Errorf("owners %v", owners)
	}
	if value(t, "trusted publishing only", crate.TrustpubOnly) {
		t.Error("trusted publishing only is off")
	}
	if !crate.Publishers.Unknown() {
		t.Errorf("publishers without a token: %v", crate.Publishers)
	}
	project := value(t, "project", world.Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: "market-data"}])
	if len(project.Versions) != 0 {
		t.Errorf("project %+v", project)
	}
}

func TestSomebodyWhoIsNotSignedInThroughTheBox(t *testing.T) {
	w := open(t)
	w.push(t, ".github/workflows/publish.yml", publish)
	world := w.look(t, "", collect.Request{Dir: w.Checkout})
	g := world.GitHub
	if !g.User.Absent() || !g.Repository.Seen() || !world.Workflows.Seen() {
		t.Errorf("user %v, repository %v, workflows %v", g.User.State(), g.Repository.Reason(), world.Workflows.Reason())
	}
	for name, reason := range map[string]string{"secrets": g.RepositorySecrets.Reason(), "permission": g.DefaultTokenPermission.Reason(), "people": g.Collaborators.Reason()} {
		if !strings.Contains(reason, "not signed in") {
			t.Errorf("%s: %q", name, reason)
		}
	}
}

func TestWithoutACheckoutThroughTheBox(t *testing.T) {
	w := open(t)
	with := w.look(t, w.Token, collect.Request{Dir: w.Checkout})
	without := w.look(t, w.Token, collect.Request{Repo: "acme/market-data"})
	names := func(world *evidence.World) string {
		var all []string
		for _, p := range value(t, "packages", world.Tree.Packages) {
			all = append(all, p.Path+":"+p.Name.Or("?")+":"+p.Version.Or("?"))
		}
		return strings.Join(all, " ")
	}
	if a, b := names(with), names(without); a != b || a == "" {
		t.Errorf("with a checkout %s\nwithout one  %s", a, b)
	}
}

func TestARenameThroughTheBox(t *testing.T) {
	w := open(t)
	must(t, w.github.Move(w.Owner, w.Name, w.Owner, "market-info"))
	repo := value(t, "repository", w.look(t, w.Token, collect.Request{Dir: w.Checkout}).GitHub.Repository)
	if repo.Name.Name != "market-info" || repo.MovedFrom.Name != "market-data" {
		t.Errorf("%+v", repo)
	}
}

func TestNothingLeavesTheBox(t *testing.T) {
	w := open(t)
	env := map[string]string{}
	for _, v := range w.box.Env() {
		name, text, _ := strings.Cut(v, "=")
		env[name] = text
	}
	way, err := transport.New(transport.Options{Getenv: func(n string) string { return env[n] }})
	must(t, err)
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://example.com/", nil)
	must(t, err)
	if _, err := way.Do(req); !transport.Is(err, transport.KindProxy) {
		t.Errorf("got %v", err)
	}
}

func TestPublishersAreSeenWithATokenThroughTheBox(t *testing.T) {
	w := open(t)
	environment := "release"
	must(t, w.crates.AddCrate(cratesio.Seed{Owner: "ana", Name: "market-data", Version: "0.0.1"}))
	_, err := w.crates.AddPublisher(cratesio.Publisher{Crate: "market-data", RepositoryOwner: "acme", RepositoryOwnerID: 65,
		RepositoryName: "market-data", WorkflowFilename: "publish.yml", Environment: &environment})
	must(t, err)
	legacy, err := w.crates.AddToken("ana", cratesio.Token{Name: "cargo login"})
	must(t, err)
	narrow, err := w.crates.AddToken("ana", cratesio.Token{Name: "ci", Scopes: []cratesio.Scope{cratesio.PublishUpdate}})
	must(t, err)
	for name, row := range map[string]struct{ token, says string }{
		"unscoped": {legacy, ""}, "another scope": {narrow, "permission"}, "nonsense": {"cioNotAToken", "authentication failed"},
	} {
		world, err := w.collector(t, w.Token, row.token).Live(t.Context(), collect.Request{Dir: w.Checkout,
			Wanted: evidence.Wanted{Registries: []identity.Registry{identity.CratesIO}}})
		must(t, err)
		crate := value(t, name, world.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "market-data"}])
		if row.says != "" {
			if r := crate.Publishers.Reason(); !crate.Publishers.Unknown() || !strings.Contains(r, row.says) || strings.Contains(r, row.token) {
				t.Errorf("%s: %q", name, r)
			}
			continue
		}
		got := value(t, "publishers", crate.Publishers)
		if len(got) != 1 || got[0].Owner != "acme" || got[0].OwnerID != 65 || got[0].Workflow != "publish.yml" || got[0].Environment != "release" {
			t.Errorf("%+v", got)
		}
	}
}
