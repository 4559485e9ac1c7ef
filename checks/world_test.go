package checks

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

const (
	judgedSHA  = "1111111111111111111111111111111111111111"
	olderSHA   = "2222222222222222222222222222222222222222"
	publishYML = ".github/workflows/publish.yml"
	ciYML      = ".github/workflows/ci.yml"
	watchYML   = ".github/workflows/watch.yml"
)

var (
	now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	api = evidence.Source{Name: "api.github.com/repos/acme/data", At: now}
)

func hoursAgo(n int) time.Time { return now.Add(-time.Duration(n) * time.Hour) }

// ready is a world in which everything was done and seen: acme/data, a crate
// and a Python package, published by one workflow whose rehearsal passed. Tests
// change it.
func ready(t *testing.T) *evidence.World {
	t.Helper()
	w := &evidence.World{
		At: now, Mode: evidence.Live,
		Repo:   evidence.Seen(evidence.RepoName{Host: "github.com", Owner: "Acme", Name: "data"}, evidence.Source{Name: "git remote origin", At: now}),
		Judged: evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: judgedSHA}, api),
		Tree: evidence.Tree{Dir: "/src", Packages: evidence.Seen([]evidence.Package{crate("data"), project("data")}, evidence.Source{Name: ".", At: now}),
			Documents: evidence.Seen([]string{"README.md", "docs/RELEASING.md"}, evidence.Source{Name: ".", At: now})},
	}
	setFile(w, ciYML, read(t, "testdata/ci.yml"))
	setFile(w, publishYML, read(t, "testdata/publish.yml"))
	setFile(w, watchYML, read(t, "testdata/watch.yml"))
	w.GitHub = evidence.GitHub{
		User: evidence.Seen(evidence.User{Login: "ana", ID: 5}, api),
		Repository: evidence.Seen(evidence.Repository{ID: 1, Name: evidence.RepoName{Host: "github.com", Owner: "acme", Name: "data"},
			OwnerID: 42, OwnerType: "Organization", DefaultBranch: "main", Admin: true, Push: true}, api),
		Environments:           evidence.Seen([]evidence.Environment{releaseEnvironment()}, api),
		RepositorySecrets:      evidence.Seen([]evidence.Secret{{Name: "CODECOV_TOKEN"}}, api),
		OrganizationSecrets:    evidence.Seen([]evidence.Secret{}, api),
		DependabotSecrets:      evidence.Seen([]evidence.Secret{}, api),
		WorkflowStates:         evidence.Seen([]evidence.WorkflowState{{ID: 1, Path: publishYML, State: "active"}, {ID: 2, Path: ciYML, State: "active"}}, api),
		Collaborators:          evidence.Seen([]evidence.Collaborator{{User: evidence.User{Login: "ana", ID: 5}, Role: "admin"}, {User: evidence.User{Login: "bo", ID: 6}, Role: "write"}}, api),
		DefaultTokenPermission: evidence.Seen("read", api),
		DefaultBranch:          evidence.Seen(guardedBranch(), api),
		Rulesets:               evidence.Seen([]evidence.Ruleset{tagRuleset()}, api),
		Actions:                evidence.Seen(evidence.ActionsPolicy{Enabled: true, Allowed: "all"}, api),
		Runs:                   evidence.Seen([]evidence.Run{rehearsal(7, 2, "success")}, api),
	}
	w.Projects = map[evidence.ProjectKey]evidence.Fact[evidence.Project]{}
	w.GitHub.WorkflowStates = evidence.Seen([]evidence.WorkflowState{{ID: 1, Path: publishYML, State: "active"}, {ID: 2, Path: watchYML, State: "active"}}, api)
	setProject(w, identity.CratesIO, trustedCrate("0.3.0", 1), tokenVersion("0.2.0", 900))
	setProject(w, identity.PyPI, trustedProject("0.3.0", 1, "release"), trustedProject("0.2.0", 900, "release"))
	setProject(w, identity.TestPyPI)
	return w
}

func read(t *testing.T, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func line(file string, n int) evidence.Source {
	return evidence.Source{Name: file, Line: n, At: now}
}

func crate(name string) evidence.Package {
	return evidence.Package{
		Ecosystem: evidence.Cargo, Path: "Cargo.toml", Name: evidence.Seen(name, line("Cargo.toml", 2)),
		Version: evidence.Seen("0.3.0", line("Cargo.toml", 3)), Description: evidence.Seen("Data", line("Cargo.toml", 4)),
		License: evidence.Seen("MIT", line("Cargo.toml", 5)), Repository: evidence.Seen("https://github.com/acme/data", line("Cargo.toml", 6)), Publish: evidence.Seen(true, line("Cargo.toml", 1)),
	}
}

func project(name string) evidence.Package {
	return evidence.Package{
		Ecosystem: evidence.Python, Path: "pyproject.toml", Name: evidence.Seen(name, line("pyproject.toml", 5)),
		Version: evidence.Seen("0.3.0", line("pyproject.toml", 6)), Publish: evidence.Seen(true, line("pyproject.toml", 1)),
		Backend: evidence.Seen("maturin", line("pyproject.toml", 3)), Repository: evidence.Seen("https://github.com/acme/data", line("pyproject.toml", 9)),
	}
}

// setFile adds or replaces a workflow file.
func setFile(w *evidence.World, path, src string) {
	file := evidence.WorkflowFile{Path: path, Content: evidence.Seen([]byte(src), evidence.Source{Name: path, At: now})}
	files := w.Workflows.Or(nil)
	for i := range files {
		if files[i].Path == path {
			files[i] = file
			return
		}
	}
	w.Workflows = evidence.Seen(append(files, file), evidence.Source{Name: ".github/workflows", At: now})
}

// edit replaces text in the publishing workflow, which must hold it.
func edit(t *testing.T, w *evidence.World, old, to string) {
	t.Helper()
	src := read(t, "testdata/publish.yml")
	if !strings.Contains(src, old) {
		t.Fatalf("publish.yml does not hold %q", old)
	}
	setFile(w, publishYML, strings.ReplaceAll(src, old, to))
}

func releaseEnvironment() evidence.Environment {
	return evidence.Environment{
		Name: "release", ID: 9, Reviewers: []evidence.Reviewer{{Type: "User", ID: 5, Name: "ana"}, {Type: "Team", ID: 6, Name: "core", Members: evidence.Seen([]string{"ana", "bo"}, api)}},
		Policy: evidence.RefsCustom, AdminsBypass: evidence.Seen(false, api),
		Refs:    evidence.Seen([]evidence.RefRule{{ID: 1, Type: "branch", Pattern: "main"}, {ID: 2, Type: "tag", Pattern: "v*"}}, api),
		Secrets: evidence.Seen([]evidence.Secret{}, api), Source: api,
	}
}

// guardedBranch is the default branch with a ruleset that keeps its history.
func guardedBranch() evidence.BranchProtection {
	return evidence.BranchProtection{Branch: "main", Protected: evidence.Seen(true, api), Classic: evidence.Absent[evidence.ClassicProtection](api),
		Rules: evidence.Seen([]evidence.Rule{{Type: "deletion", RulesetID: 3}, {Type: "non_fast_forward", RulesetID: 3}}, api)}
}

// tagRuleset lets administrators alone create, move and delete release tags.
func tagRuleset() evidence.Ruleset {
	return evidence.Ruleset{ID: 4, Name: "Release tags", Target: "tag", Enforcement: "active", Level: "Repository", Include: []string{"refs/tags/v*"}, Source: api,
		Rules:  []evidence.Rule{{Type: "creation", RulesetID: 4}, {Type: "update", RulesetID: 4}, {Type: "deletion", RulesetID: 4}},
		Bypass: evidence.Seen([]evidence.BypassActor{{Type: "RepositoryRole", ID: 5, Mode: "always"}}, api)}
}

// setEnvironment changes the one environment.
func setEnvironment(w *evidence.World, change func(*evidence.Environment)) {
	e := releaseEnvironment()
	change(&e)
	w.GitHub.Environments = evidence.Seen([]evidence.Environment{e}, api)
}

// rehearsal is a run by hand whose three exchanges ended as told.
func rehearsal(id int64, ago int, conclusion string) evidence.Run {
	job := func(name, step string) evidence.RunJob {
		return evidence.RunJob{Name: name, Status: "completed", Conclusion: conclusion,
			Steps: []evidence.RunStep{{Number: 1, Name: "Set up job", Status: "completed", Conclusion: "success"}, {Number: 2, Name: step, Status: "completed", Conclusion: conclusion}}}
	}
	return evidence.Run{
		ID: id, Number: int(id), Workflow: publishYML, Event: "workflow_dispatch", Ref: "main", SHA: judgedSHA, Status: "completed", Conclusion: conclusion,
		URL: "https://github.com/acme/data/actions/runs/7", CreatedAt: hoursAgo(ago), Attempt: 1, Actor: "ana",
		Jobs: evidence.Seen([]evidence.RunJob{job("crates.io", "Mint a crates.io token"), job("pypi", "Mint a PyPI token"), job("testpypi", "Mint a TestPyPI token")}, api),
	}
}

// refusedRehearsal is one whose jobs left a log.
func refusedRehearsal(id int64, ago int, log string) evidence.Run {
	r := rehearsal(id, ago, "failure")
	jobs := r.Jobs.Or(nil)
	for i := range jobs {
		jobs[i].Log = evidence.Seen(log, api)
	}
	return r
}

func setRuns(w *evidence.World, runs ...evidence.Run) { w.GitHub.Runs = evidence.Seen(runs, api) }

func setProject(w *evidence.World, r identity.Registry, versions ...evidence.Version) {
	key := evidence.ProjectKey{Registry: r, Name: "data"}
	src := evidence.Source{Name: r.Host() + "/data", At: now}
	w.Projects[key] = evidence.Seen(evidence.Project{Name: "data", Versions: versions, TrustpubOnly: evidence.Seen(r == identity.CratesIO, src)}, src)
}

func absentProject(w *evidence.World, r identity.Registry) {
	w.Projects[evidence.ProjectKey{Registry: r, Name: "data"}] = evidence.Absent[evidence.Project](evidence.Source{Name: r.Host() + "/data", At: now})
}

// listed gives the crate a list of publishers, as crates.io shows it to a token.
func listed(w *evidence.World, publishers ...identity.Publisher) {
	key := evidence.ProjectKey{Registry: identity.CratesIO, Name: "data"}
	p := w.Projects[key].Or(evidence.Project{})
	p.Publishers = evidence.Seen(publishers, evidence.Source{Name: "crates.io/api/v1/trusted_publishing/github_configs", At: now})
	w.Projects[key] = evidence.Seen(p, w.Projects[key].Source())
}

func trustedCrate(number string, ago int) evidence.Version {
	return evidence.Version{Number: number, CreatedAt: hoursAgo(ago),
		Trusted: evidence.Seen(evidence.Provenance{Repository: "acme/data", RunID: 8, SHA: judgedSHA}, evidence.Source{Name: "crates.io/api/v1/crates/data", At: now})}
}

func tokenVersion(number string, ago int) evidence.Version {
	return evidence.Version{Number: number, CreatedAt: hoursAgo(ago),
		Trusted: evidence.Absent[evidence.Provenance](evidence.Source{Name: "crates.io/api/v1/crates/data", At: now})}
}

func trustedProject(number string, ago int, environment string) evidence.Version {
	return evidence.Version{Number: number, CreatedAt: hoursAgo(ago),
		Trusted: evidence.Seen(evidence.Provenance{Repository: "acme/data", Workflow: "publish.yml", Environment: environment}, evidence.Source{Name: "pypi.org/integrity/data", At: now})}
}

// registered is a publisher of the registry as it should be.
func registered(r identity.Registry) identity.Publisher {
	return identity.Publisher{Registry: r, Package: "data", Identity: identity.Identity{
		Owner: "acme", OwnerID: 42, Repository: "data", Workflow: "publish.yml", Environment: "release"}}
}

func says(w *evidence.World, ago int, p identity.Publisher) {
	w.Said = append(w.Said, evidence.Said{What: "publisher", Publisher: p, At: hoursAgo(ago)})
}

// offline is what is left of a world without the network.
func offline(w *evidence.World) {
	w.Mode = evidence.Offline
	w.GitHub = evidence.GitHub{}
	w.Projects = nil
	w.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: judgedSHA}, evidence.Source{Name: "git", At: now})
	w.Tree.Git = evidence.Seen(evidence.Git{Branch: evidence.Seen("main", evidence.Source{Name: "git", At: now})}, evidence.Source{Name: "git", At: now})
}

func replaced(t *testing.T, src, old, to string) string {
	t.Helper()
	if !strings.Contains(src, old) {
		t.Fatalf("%q is not there", old)
	}
	return strings.ReplaceAll(src, old, to)
}
