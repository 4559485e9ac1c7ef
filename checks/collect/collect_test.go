package collect

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

var registryOf = map[string]identity.Registry{"crates.io": identity.CratesIO, "pypi": identity.PyPI, "testpypi": identity.TestPyPI}

func live(t *testing.T, c *Collector, r Request) *evidence.World {
	t.Helper()
	w, err := c.Live(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestALiveWorldFromACheckout(t *testing.T) {
	n := acme()
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject, "core/Cargo.toml": crate, "core/src/lib.rs": ""})
	var told []int
	w := live(t, n.collector(t, "gho_x", map[string]string{"CARGO_REGISTRY_TOKEN": "cio_x"}),
		Request{Dir: dir, Progress: func(p Part, done, _ int) { told = append(told, done) }, Said: []evidence.Said{{What: "publisher"}}})
	if w.Mode != evidence.Live || !w.At.Equal(noon) || len(w.Said) != 1 || w.Repo.Or(evidence.RepoName{}).String() != "acme/market-data" {
		t.Errorf("%v %v %v", w.Mode, w.At, w.Repo)
	}
	if got := w.Judged.Or(evidence.Commit{}); got.SHA != "c0ffee" || got.Ref != "refs/heads/main" {
		t.Errorf("judged %+v", got)
	}
	if files := w.Workflows.Or(nil); len(files) != 3 {
		t.Errorf("%d workflow files: %v", len(files), w.Workflows.Reason())
	}
	if got := len(w.Tree.Packages.Or(nil)); got != 2 {
		t.Errorf("%d packages", got)
	}
	if len(w.Projects) != 3 {
		t.Fatalf("projects %v", w.Projects)
	}
	if !w.Projects[key("pypi", "market-data")].Seen() || !w.Projects[key("testpypi", "market-data")].Absent() {
		t.Errorf("%v", w.Projects)
	}
	core := w.Projects[key("crates.io", "market-core")].Or(evidence.Project{})
	if owners := core.Owners.Or(nil); len(owners) != 1 || !core.Publishers.Seen() {
		t.Errorf("owners %v, publishers %q", owners, core.Publishers.Reason())
	}
	if len(told) != 3 {
		t.Errorf("progress %v", told)
	}
	for address, times := range n.asked {
		if times > 1 {
			t.Errorf("asked %d times: %s", times, address)
		}
		if !strings.HasPrefix(address, "GET ") {
			t.Errorf("not a read: %s", address)
		}
	}
	for address, token := range n.tokens {
		github := strings.HasPrefix(address, "api.github.com/") && token == "token gho_x"
		configs := address == "crates.io/api/v1/trusted_publishing/github_configs" && token == "cio_x"
		if !github && !configs {
			t.Errorf("%s got the token %q", address, token)
		}
	}
}

func TestCalledWorkflowsAreFollowedAndTheirCallersRunsRead(t *testing.T) {
	n := acme()
	w := live(t, n.collector(t, "t", nil), Request{Dir: checkout(t, origin, map[string]string{"README.md": "x"})})
	for ref, want := range map[string]string{
		"other/shared/.github/workflows/publish.yml@v1": sharedYML, "other/shared/.github/workflows/inner.yml@v1": innerYML,
	} {
		if got := string(w.Called[ref].Or(nil)); got != want {
			t.Errorf("%s: %q", ref, got)
		}
	}
	if len(w.Called) != 2 {
		t.Errorf("called %v", w.Called)
	}
	for file, want := range map[string]bool{"publish.yml": true, "crates.yml": true, "ci.yml": false, "inner.yml": false} {
		if got := n.askedFor("/actions/workflows/" + file + "/runs"); got != want {
			t.Errorf("runs of %s were read: %v", file, got)
		}
	}
	if runs, ok := w.GitHub.Runs.Get(); !ok || len(runs) != 1 {
		t.Errorf("runs %v", w.GitHub.Runs.Reason())
	}
}

func TestADeadServerCostsItsOwnFactsOnly(t *testing.T) {
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject, "core/Cargo.toml": crate})
	for _, host := range []string{"api.github.com", "crates.io", "index.crates.io", "pypi.org", "test.pypi.org"} {
		t.Run(host, func(t *testing.T) {
			n := acme()
			n.down[host] = true
			begin := time.Now()
			w := live(t, n.collector(t, "t", nil), Request{Dir: dir})
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			facts := map[string]string{}
			if !w.GitHub.Repository.Seen() {
				facts["api.github.com"] = w.GitHub.Repository.Reason()
			}
			core := w.Projects[key("crates.io", "market-core")]
			if !core.Seen() || !core.Or(evidence.Project{}).TrustpubOnly.Seen() {
				facts["crates.io"] = core.Reason() + core.Or(evidence.Project{}).TrustpubOnly.Reason()
			}
			if f := w.Projects[key("pypi", "market-data")]; !f.Seen() {
				facts["pypi.org"] = f.Reason()
			}
			if f := w.Projects[key("testpypi", "market-data")]; !f.Absent() {
				facts["test.pypi.org"] = f.Reason()
			}
			if host == "index.crates.io" { // the API tells the same
				if len(facts) != 0 {
					t.Errorf("%v", facts)
				}
				return
			}
			if len(facts) != 1 || !strings.Contains(facts[host], "did not answer in time") {
				t.Errorf("%v", facts)
			}
		})
	}
}

func TestOfflineAsksNobody(t *testing.T) {
	n := acme()
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject, ".github/workflows/publish.yml": publishYML})
	w, err := n.collector(t, "t", nil).Offline(t.Context(), Request{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if len(n.asked) != 0 {
		t.Errorf("asked for %v", n.asked)
	}
	if files := w.Workflows.Or(nil); w.Mode != evidence.Offline || len(files) != 1 || string(files[0].Content.Or(nil)) != publishYML {
		t.Errorf("%v %v", w.Mode, files)
	}
	if got := w.Judged.Or(evidence.Commit{}); got.Ref != "refs/heads/main" || len(got.SHA) != 40 {
		t.Errorf("%+v", got)
	}
	for what, reason := range map[string]string{
		"user": w.GitHub.User.Reason(), "repository": w.GitHub.Repository.Reason(), "environments": w.GitHub.Environments.Reason(),
		"rulesets": w.GitHub.Rulesets.Reason(), "runs": w.GitHub.Runs.Reason(), "actions": w.GitHub.Actions.Reason(),
		"pypi": w.Projects[key("pypi", "market-data")].Reason(), "testpypi": w.Projects[key("testpypi", "market-data")].Reason(),
	} {
		if !strings.HasPrefix(reason, "offline: ") {
			t.Errorf("%s: %q", what, reason)
		}
	}
}

func TestWithoutACheckoutTheTreeIsReadThroughTheAPI(t *testing.T) {
	elsewhere := checkout(t, "https://github.com/ana/other.git", map[string]string{"pyproject.toml": "[project]\nname = \"other\"\nversion = \"1\"\n"})
	for name, row := range map[string]struct {
		request Request
		env     map[string]string
		source  string
	}{
		"nothing here":            {Request{Repo: "acme/market-data"}, nil, "--repo"},
		"another repository here": {Request{Repo: "acme/market-data", Dir: elsewhere}, nil, "--repo"},
		"no repository here":      {Request{Repo: "acme/market-data", Dir: t.TempDir()}, nil, "--repo"},
		"by GH_REPO":              {Request{Dir: elsewhere}, map[string]string{"GH_REPO": "acme/market-data"}, "GH_REPO"},
	} {
		t.Run(name, func(t *testing.T) {
			n := acme()
			w := live(t, n.collector(t, "t", row.env), row.request)
			packages := w.Tree.Packages.Or(nil)
			if w.Tree.Dir != "" || len(packages) != 1 || packages[0].Name.Or("") != "from-the-api" || !w.Tree.Git.Unknown() {
				t.Errorf("packages %v: %s", packages, w.Tree.Packages.Reason())
			}
			if !w.Projects[key("pypi", "from-the-api")].Seen() || w.Repo.Source().Name != row.source {
				t.Errorf("%v, named by %v", w.Projects, w.Repo.Source())
			}
		})
	}
}

func TestTheCheckoutCountsWhenItIsTheOneNamed(t *testing.T) {
	n := acme()
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject})
	c, request := n.collector(t, "t", nil), Request{Repo: "Acme/Market-Data", Dir: dir}
	if repo := c.Repository(t.Context(), request); repo.Or(evidence.RepoName{}).String() != "Acme/Market-Data" || len(n.asked) != 0 {
		t.Errorf("%v after %v", repo, n.asked)
	}
	w := live(t, c, request)
	if w.Tree.Dir == "" || n.askedFor("git/trees") {
		t.Errorf("dir %q", w.Tree.Dir)
	}
}

func TestNoRepositoryOnGitHub(t *testing.T) {
	for name, row := range map[string]struct{ remote, flag, says string }{
		"no remote":      {"", "", "no remote names one"},
		"another forge":  {"https://gitlab.com/acme/market-data.git", "", "no remote names one"},
		"not understood": {origin, "what is this", "where [HOST/]OWNER/REPO"},
	} {
		t.Run(name, func(t *testing.T) {
			n := acme()
			dir := checkout(t, row.remote, map[string]string{"pyproject.toml": pyproject, ".github/workflows/publish.yml": publishYML})
			w := live(t, n.collector(t, "t", nil), Request{Dir: dir, Repo: row.flag})
			if r := w.GitHub.Environments.Reason(); !strings.Contains(r, row.says) || n.askedFor("api.github.com") {
				t.Errorf("%q", r)
			}
			if row.flag == "" && (len(w.Workflows.Or(nil)) != 1 || !w.Projects[key("pypi", "market-data")].Seen()) {
				t.Errorf("workflows %v, projects %v", w.Workflows.Reason(), w.Projects)
			}
		})
	}
}

func TestARepositoryThatIsNotFound(t *testing.T) {
	n := acme()
	n.answers[api] = `404 {"message":"Not Found"}`
	w := live(t, n.collector(t, "t", nil), Request{Repo: "acme/market-data"})
	if r := w.Tree.Packages.Reason(); !strings.Contains(r, "was not found") || len(w.Projects) != 0 {
		t.Errorf("%q, %v", r, w.Projects)
	}
}

func TestWantedNarrowsTheRegistries(t *testing.T) {
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject, "core/Cargo.toml": crate,
		"private/Cargo.toml": "[package]\nname = \"private\"\nversion = \"0.1.0\"\npublish = false\n"})
	for name, row := range map[string]struct {
		wanted evidence.Wanted
		want   []evidence.ProjectKey
	}{
		"everything":   {evidence.Wanted{}, []evidence.ProjectKey{key("crates.io", "market-core"), key("pypi", "market-data"), key("testpypi", "market-data")}},
		"one registry": {evidence.Wanted{Registries: []identity.Registry{identity.TestPyPI}}, []evidence.ProjectKey{key("testpypi", "market-data")}},
		"one package":  {evidence.Wanted{Packages: []string{"Market.Data"}}, []evidence.ProjectKey{key("pypi", "market-data"), key("testpypi", "market-data")}},
		"nothing":      {evidence.Wanted{Packages: []string{"x"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := acme().collector(t, "t", nil).Offline(t.Context(), Request{Dir: dir, Wanted: row.wanted})
			if err != nil {
				t.Fatal(err)
			}
			var got []evidence.ProjectKey
			for k := range w.Projects {
				got = append(got, k)
			}
			slices.SortFunc(got, func(a, b evidence.ProjectKey) int { return strings.Compare(string(a.Registry), string(b.Registry)) })
			if !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestANarrowerLookKeepsTheRest(t *testing.T) {
	n := acme()
	c := n.collector(t, "t", nil)
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject})
	first := live(t, c, Request{Dir: dir})
	for _, row := range []struct {
		parts  []Part
		github bool
		pypi   bool
	}{{[]Part{GitHub}, true, false}, {[]Part{PyPI}, false, true}, {nil, true, true}} {
		n.reset()
		w := live(t, c, Request{Dir: dir, Before: first, Parts: row.parts})
		if n.askedFor("api.github.com") != row.github || n.askedFor("//pypi.org") != row.pypi {
			t.Errorf("%v: asked for %v", row.parts, n.asked)
		}
		if !w.GitHub.Repository.Seen() || !w.Workflows.Seen() || !w.Projects[key("pypi", "market-data")].Seen() {
			t.Errorf("%v: the rest was lost", row.parts)
		}
	}
}

func TestEachLookAsksAgain(t *testing.T) {
	n := acme()
	c := n.collector(t, "t", nil)
	dir := checkout(t, origin, map[string]string{"pyproject.toml": pyproject})
	live(t, c, Request{Dir: dir})
	n.answers[api+"/environments"] = `{"environments":[]}`
	if w := live(t, c, Request{Dir: dir}); !w.GitHub.Environments.Absent() {
		t.Errorf("%v", w.GitHub.Environments)
	}
}

func TestACancelledLookSaysSo(t *testing.T) {
	n := acme()
	n.down["api.github.com"] = true
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err := n.collector(t, "t", nil).Live(ctx, Request{Dir: checkout(t, origin, map[string]string{"a": ""})})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
