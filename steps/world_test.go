package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/change"
	"github.com/trustpub/gh-trustpub/steps/change/journal"
)

var (
	at  = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	src = evidence.Source{Name: "api.github.com/repos/acme/market-data", At: at}
)

const (
	headSHA    = "1111111111111111111111111111111111111111"
	publishing = workflow.Dir + "publish.yml"
)

// stage is a repository at one point of the route: a world with what is
// remembered. Steps of the story are methods that move it on.
type stage struct {
	t      *testing.T
	world  *evidence.World
	memory journal.Memory
	// offered is whether a token to look with was given.
	offered bool
}

// fresh is a mixed repository of which nothing is set up: a crate and a Python
// package of one maturin project.
func fresh(t *testing.T) *stage {
	in := func(file string, line int) evidence.Source { return evidence.Source{Name: file, Line: line, At: at} }
	crate := evidence.Package{Ecosystem: evidence.Cargo, Path: "Cargo.toml", Name: evidence.Seen("market-data", in("Cargo.toml", 2)),
		Version: evidence.Seen("0.1.0", in("Cargo.toml", 3)), Publish: evidence.Seen(true, in("Cargo.toml", 1)),
		Description: evidence.Seen("Data", in("Cargo.toml", 4)), License: evidence.Seen("MIT", in("Cargo.toml", 5))}
	python := evidence.Package{Ecosystem: evidence.Python, Path: "pyproject.toml", Name: evidence.Seen("market-data", in("pyproject.toml", 5)),
		Version: evidence.Seen("0.1.0", in("Cargo.toml", 3)), Publish: evidence.Seen(true, in("pyproject.toml", 1)), Backend: evidence.Seen("maturin", in("pyproject.toml", 3)),
		Description: evidence.Seen("Data", in("pyproject.toml", 7)), License: evidence.Seen("MIT", in("pyproject.toml", 8))}
	repo := evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}
	w := &evidence.World{At: at, Mode: evidence.Live,
		Repo:      evidence.Seen(repo, evidence.Source{Name: "git remote origin", At: at}),
		Judged:    evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: headSHA}, src),
		Workflows: evidence.Absent[[]evidence.WorkflowFile](src),
		Projects:  map[evidence.ProjectKey]evidence.Fact[evidence.Project]{},
		Tree: evidence.Tree{Dir: t.TempDir(), Packages: evidence.Seen([]evidence.Package{crate, python}, evidence.Source{Name: ".", At: at}),
			Git: evidence.Seen(evidence.Git{Remotes: []evidence.Remote{{Name: "upstream", Repo: evidence.Seen(repo, src)}}, Branch: evidence.Seen("main", src), Head: evidence.Seen(headSHA, src)}, src)},
	}
	w.GitHub = evidence.GitHub{
		User: evidence.Seen(evidence.User{Login: "ana", ID: 5}, src),
		Repository: evidence.Seen(evidence.Repository{ID: 1, Name: repo, OwnerID: 42, OwnerType: "User",
			DefaultBranch: "main", Admin: true, Push: true}, src),
		Collaborators:          evidence.Seen([]evidence.Collaborator{{User: evidence.User{Login: "ana", ID: 5}, Role: "admin"}, {User: evidence.User{Login: "eve", ID: 9}, Role: "read"}}, src),
		Environments:           evidence.Absent[[]evidence.Environment](src),
		RepositorySecrets:      evidence.Seen([]evidence.Secret{}, src),
		OrganizationSecrets:    evidence.Absent[[]evidence.Secret](src),
		DefaultTokenPermission: evidence.Seen("read", src),
		Actions:                evidence.Seen(evidence.ActionsPolicy{Enabled: true, Allowed: "all"}, src),
		DependabotSecrets:      evidence.Seen([]evidence.Secret{}, src),
		DefaultBranch:          evidence.Seen(branchWith(), src),
		Rulesets:               evidence.Seen([]evidence.Ruleset{}, src),
		WorkflowStates:         evidence.Seen([]evidence.WorkflowState{}, src),
		Runs:                   evidence.Seen([]evidence.Run{}, src),
	}
	s := &stage{t: t, world: w}
	for _, r := range identity.Registries() {
		s.absent(r)
	}
	return s
}

func (s *stage) lay() *Route {
	s.t.Helper()
	return Lay(s.basis())
}

// basis is the stage, judged.
func (s *stage) basis() Basis {
	s.t.Helper()
	c := checks.NewCase(s.world)
	return Basis{World: s.world, Case: c, Report: checks.Judge(c, checks.All(), nil), Memory: s.memory, Offered: s.offered,
		Tools:    &change.Tools{Repo: s.world.Repo.Or(evidence.RepoName{}), Dir: s.world.Tree.Dir},
		Remember: func(journal.Choices) change.Change { return change.Change{ID: "choices", Own: true} },
		Offer:    func(string) change.Change { return change.Change{ID: "look", Own: true} }}
}

// scene is the scene of one step as the stage stands.
func (s *stage) scene(id checks.Step) Scene {
	s.t.Helper()
	for _, scene := range s.lay().Scenes {
		if scene.Step.ID == id {
			return scene
		}
	}
	s.t.Fatalf("no scene %s", id)
	return Scene{}
}

// states are the states of all steps in one line.
func (s *stage) states() string {
	s.t.Helper()
	var all []string
	for _, standing := range s.lay().Standings {
		all = append(all, strings.ReplaceAll(string(standing.State), " ", "-"))
	}
	return strings.Join(all, " ")
}

func (s *stage) record(r journal.Record) *stage { s.memory = s.memory.With(r); return s }

func (s *stage) choose(c journal.Choices) *stage {
	s.world.Wanted = merge(evidence.Wanted{}, &c)
	return s.record(journal.Record{Kind: journal.Choice, Choices: &c})
}

func (s *stage) absent(r identity.Registry) *stage {
	s.world.Projects[evidence.ProjectKey{Registry: r, Name: "market-data"}] = evidence.Absent[evidence.Project](evidence.Source{Name: r.Host(), At: at})
	return s
}

func (s *stage) released(r identity.Registry, versions ...evidence.Version) *stage {
	s.world.Projects[evidence.ProjectKey{Registry: r, Name: "market-data"}] = evidence.Seen(evidence.Project{Name: "market-data", Versions: versions}, evidence.Source{Name: r.Host(), At: at})
	return s
}

func byToken(number string) evidence.Version {
	return evidence.Version{Number: number, CreatedAt: at.Add(-48 * time.Hour), Trusted: evidence.Absent[evidence.Provenance](src)}
}

func byTrust(number string) evidence.Version {
	return evidence.Version{Number: number, CreatedAt: at,
		Trusted: evidence.Seen(evidence.Provenance{Repository: "acme/market-data", Workflow: "publish.yml", Environment: "release", RunID: 12, SHA: headSHA}, src)}
}

// say notes that the publishers of these registries were registered.
func (s *stage) say(registries ...identity.Registry) *stage {
	s.t.Helper()
	for _, p := range checks.NewCase(s.world).Publishers {
		for _, r := range registries {
			if p.Registry == r {
				said := evidence.Said{What: whatPublisher, Publisher: p, At: at.Add(-time.Hour)}
				s.world.Said = append(s.world.Said, said)
				s.record(journal.Record{At: said.At, Kind: journal.Said, Said: journal.StatementOf(said)})
			}
		}
	}
	return s
}

// commit puts a workflow file onto the default branch.
func (s *stage) commit(path, text string) *stage {
	files := append([]evidence.WorkflowFile{}, s.world.Workflows.Or(nil)...)
	files = append(files, evidence.WorkflowFile{Path: path, Content: evidence.Seen([]byte(text), evidence.Source{Name: path, At: at})})
	s.world.Workflows = evidence.Seen(files, src)
	return s
}

// write does what the workflow step's first way does, in the world's terms.
func (s *stage) write() *stage {
	s.t.Helper()
	c := checks.NewCase(s.world)
	text, err := newLayout(Basis{World: s.world, Case: c, Report: checks.Judge(c, checks.All(), nil), Memory: s.memory}).render()
	if err != nil {
		s.t.Fatal(err)
	}
	return s.commit(publishing, text)
}

// branchWith is the default branch with the rules of one ruleset.
func branchWith(kinds ...string) evidence.BranchProtection {
	rules := []evidence.Rule{}
	for _, k := range kinds {
		rules = append(rules, evidence.Rule{Type: k, RulesetID: 2})
	}
	return evidence.BranchProtection{Branch: "main", Protected: evidence.Seen(len(kinds) > 0, src), Classic: evidence.Absent[evidence.ClassicProtection](src), Rules: evidence.Seen(rules, src)}
}

// tagSet is a ruleset of release tags.
func tagSet(kinds ...string) evidence.Ruleset {
	set := evidence.Ruleset{ID: 3, Name: tagRuleset, Target: "tag", Enforcement: "active", Level: "Repository", Include: []string{"refs/tags/v*"}, Source: src,
		Bypass: evidence.Seen([]evidence.BypassActor{{Type: "RepositoryRole", ID: 5, Mode: "always"}}, src)}
	for _, k := range kinds {
		set.Rules = append(set.Rules, evidence.Rule{Type: k, RulesetID: 3})
	}
	return set
}

// guard sets the environment, and the rulesets that go with it.
func (s *stage) guard(e evidence.Environment) *stage {
	s.world.GitHub.DefaultBranch = evidence.Seen(branchWith("deletion", "non_fast_forward"), src)
	s.world.GitHub.Rulesets = evidence.Seen([]evidence.Ruleset{tagSet("creation", "update", "deletion")}, src)
	e.Name, e.ID, e.Source, e.Secrets = "release", 7, src, evidence.Seen([]evidence.Secret{}, src)
	s.world.GitHub.Environments = evidence.Seen([]evidence.Environment{e}, src)
	return s
}

// guarded is the environment as the profile solo asks for.
func guarded() evidence.Environment {
	return evidence.Environment{Reviewers: []evidence.Reviewer{{Type: "User", ID: 5, Name: "ana"}}, PreventSelfReview: evidence.Seen(false, src), Policy: evidence.RefsCustom,
		Refs: evidence.Seen([]evidence.RefRule{{ID: 1, Type: "branch", Pattern: "main"}, {ID: 2, Type: "tag", Pattern: "v*"}}, src), AdminsBypass: evidence.Seen(false, src)}
}

func (s *stage) runs(runs ...evidence.Run) *stage {
	s.world.GitHub.Runs = evidence.Seen(runs, src)
	return s
}

// run is a run of the template; steps give the conclusion of each minting step
// by job, "" for one that was skipped.
func run(event, ref, status, conclusion string, minted map[string]string) evidence.Run {
	r := evidence.Run{ID: 12, Number: 3, Attempt: 1, Workflow: publishing, Event: event, Ref: ref, SHA: headSHA, Status: status, Conclusion: conclusion,
		URL: "https://github.com/acme/market-data/actions/runs/12", CreatedAt: at.Add(-10 * time.Minute), Actor: "ana"}
	var jobs []evidence.RunJob
	for _, j := range []struct{ name, step string }{{"crates.io", "Mint a crates.io token"}, {"PyPI", "Mint a PyPI token"}, {"TestPyPI", "Mint a TestPyPI token"}} {
		outcome, ok := minted[j.name]
		if !ok {
			continue
		}
		job := evidence.RunJob{Name: j.name, Status: status, Conclusion: outcome}
		if status == "completed" {
			if outcome == "" {
				outcome, job.Conclusion = "skipped", "success"
			}
			job.Steps = []evidence.RunStep{{Number: 2, Name: j.step, Status: "completed", Conclusion: outcome}}
		}
		jobs = append(jobs, job)
	}
	r.Jobs = evidence.Seen(jobs, src)
	return r
}

func rehearsal() evidence.Run {
	return run("workflow_dispatch", "main", "completed", "success", map[string]string{"crates.io": "success", "PyPI": "", "TestPyPI": "success"})
}

func texts(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(string(l.Mark) + "|" + l.Text + "|" + l.Source.String() + "\n")
	}
	return b.String()
}

func labels(s Scene) string {
	var all []string
	for _, w := range s.Ways {
		all = append(all, string(w.Kind)+": "+w.Label)
	}
	return strings.Join(all, "\n")
}

func diff(lines []change.DiffLine) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(string(l.Op) + l.Text + "\n")
	}
	return b.String()
}

// way finds a way by a part of its label.
func way(t *testing.T, s Scene, part string) Way {
	t.Helper()
	for _, w := range s.Ways {
		if strings.HasPrefix(w.Label, part) || !strings.Contains(part, ": open") && strings.Contains(w.Label, part) {
			return w
		}
	}
	t.Fatalf("no way %q in\n%s", part, labels(s))
	return Way{}
}

func defaults(w Way) Answers {
	a := Answers{}
	for _, q := range w.Questions {
		a[q.ID] = q.Default
	}
	return a
}

// writeInto writes a file into the stage's working tree.
func writeInto(t *testing.T, s *stage, name, text string) {
	t.Helper()
	file := filepath.Join(s.world.Tree.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func rememberInto(c *journal.Choices) func(journal.Choices) change.Change {
	return func(given journal.Choices) change.Change { *c = given; return change.Change{ID: "choices", Own: true} }
}
