package repair

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

const publishYML = ".github/workflows/publish.yml"

var api = evidence.Source{Name: "api.github.com/repos/acme/data", At: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}

// worldOf is a repository, acme/data, that is set up in all but its workflow
// file.
func worldOf(src string) *evidence.World {
	name := evidence.RepoName{Host: "github.com", Owner: "acme", Name: "data"}
	pkg := func(e evidence.Ecosystem, path string) evidence.Package {
		return evidence.Package{Ecosystem: e, Path: path, Name: evidence.Seen("data", api), Version: evidence.Seen("0.3.0", api), Publish: evidence.Seen(true, api)}
	}
	w := &evidence.World{At: api.At, Mode: evidence.Live, Repo: evidence.Seen(name, api),
		Judged: evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: strings.Repeat("1", 40)}, api)}
	w.Tree.Packages = evidence.Seen([]evidence.Package{pkg(evidence.Cargo, "Cargo.toml"), pkg(evidence.Python, "pyproject.toml")}, api)
	w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: publishYML, Content: evidence.Seen([]byte(src), api)}}, api)
	w.GitHub.Repository = evidence.Seen(evidence.Repository{ID: 1, Name: name, OwnerID: 42, DefaultBranch: "main"}, api)
	w.GitHub.DefaultTokenPermission = evidence.Seen("read", api)
	w.GitHub.WorkflowStates = evidence.Seen([]evidence.WorkflowState{{ID: 1, Path: publishYML, State: "active"}}, api)
	w.GitHub.Environments = evidence.Seen([]evidence.Environment{{Name: "release", Policy: evidence.RefsCustom, Source: api,
		Refs: evidence.Seen([]evidence.RefRule{{Type: "branch", Pattern: "main"}, {Type: "tag", Pattern: "v*"}}, api)}}, api)
	w.Projects = map[evidence.ProjectKey]evidence.Fact[evidence.Project]{}
	for _, r := range identity.Registries() {
		w.Projects[evidence.ProjectKey{Registry: r, Name: "data"}] = evidence.Seen(evidence.Project{Name: "data"}, api)
	}
	w.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{}, api)
	return w
}

// private makes the repository a private one.
func private(w *evidence.World) {
	repo := w.GitHub.Repository.Or(evidence.Repository{})
	repo.Private = true
	w.GitHub.Repository = evidence.Seen(repo, api)
}

// pin knows the versions that the examples of docs/checks.md use.
func pin(action, ref string) (commit, version string, ok bool) {
	known := map[string][2]string{
		"actions/checkout":                {"3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"},
		"actions/upload-artifact":         {"043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"},
		"actions/download-artifact":       {"3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"},
		"pypa/gh-action-pypi-publish":     {"dc37677b2e1c63e2034f94d8a5b11f265b73ba33", "v1.14.2"},
		"rust-lang/crates-io-auth-action": {"c6f97d42243bad5fab37ca0427f495c86d5b1a18", "v1.0.5"},
	}
	p, ok := known[action]
	ref = strings.TrimPrefix(ref, "release/")
	return p[0], p[1], ok && (ref == "" || p[1] == ref || strings.HasPrefix(p[1], ref+"."))
}

func propose(w *evidence.World) Proposal { return Propose(Basis{World: w, Pin: pin}) }

// example is a workflow of docs/checks.md.
type example struct{ check, src string }

var fenced = regexp.MustCompile("(?s)```yaml failing\n(.*?)```")

// faulty are the failing workflows of docs/checks.md.
func faulty(t testing.TB) []example {
	t.Helper()
	src, err := os.ReadFile("../../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	for _, part := range strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n## ")[1:] {
		id, text, _ := strings.Cut(part, "\n")
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			all = append(all, example{id, m[1]})
		}
	}
	return all
}

// worldFor is the world that the example is meant for.
func (e example) world(src string) *evidence.World {
	w := worldOf(src)
	if e.check == "publish-job-can-check-out" {
		private(w)
	}
	return w
}

// verdicts are the results of one check for a file.
func verdicts(w *evidence.World, check string) (wrong int, results []checks.Result) {
	for _, r := range checks.Judge(checks.NewCase(w), checks.All(), []string{check}).Results {
		if results = append(results, r); r.Verdict == checks.Wrong {
			wrong++
		}
	}
	return wrong, results
}
