package template

import (
	"path"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// worldWith is a repository whose default branch holds the rendered plan.
func worldWith(t *testing.T, p Plan) *evidence.World {
	t.Helper()
	src := evidence.Source{Name: "test", At: time.Unix(1, 0)}
	repo := evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}
	w := &evidence.World{At: src.At, Mode: evidence.Live, Repo: evidence.Seen(repo, src), Judged: evidence.Seen(evidence.Commit{Ref: "refs/heads/main", SHA: "1"}, src)}
	w.Workflows = evidence.Seen([]evidence.WorkflowFile{{Path: workflow.Dir + "publish.yml", Content: evidence.Seen([]byte(rendered(t, p)), src)}}, src)
	w.GitHub.Repository = evidence.Seen(evidence.Repository{ID: 1, OwnerID: 2, Name: repo, DefaultBranch: "main"}, src)
	w.GitHub.DefaultTokenPermission = evidence.Seen("read", src)
	var environments []evidence.Environment
	for _, name := range p.Environments() {
		environments = append(environments, evidence.Environment{Name: name, Policy: evidence.RefsCustom, Source: src,
			Refs: evidence.Seen([]evidence.RefRule{{Type: "branch", Pattern: "main"}, {Type: "tag", Pattern: p.TagPattern}}, src)})
	}
	w.GitHub.Environments = evidence.Seen(environments, src)
	var packages []evidence.Package
	add := func(e evidence.Ecosystem, name, path string) {
		packages = append(packages, evidence.Package{Ecosystem: e, Path: path, Name: evidence.Seen(name, src), Version: evidence.Seen("0.1.0", src), Publish: evidence.Seen(true, src)})
	}
	for _, c := range p.Crates {
		add(evidence.Cargo, c.Name, c.Manifest)
	}
	for _, pr := range p.Projects {
		add(evidence.Python, pr.Name, path.Join(pr.Dir, "pyproject.toml"))
	}
	w.Tree.Packages = evidence.Seen(packages, src)
	w.GitHub.WorkflowStates = evidence.Seen([]evidence.WorkflowState{}, src)
	return w
}

// TestOurOwnChecksFindNothing holds the template to what the program asks of
// everybody's workflow.
func TestOurOwnChecksFindNothing(t *testing.T) {
	for name, plan := range variants() {
		c := checks.NewCase(worldWith(t, plan))
		report := checks.Judge(c, checks.All(), nil)
		judged := 0
		for _, r := range report.Results {
			if r.Check.Step != checks.Workflow || r.Verdict == checks.NotApplicable {
				continue
			}
			judged++
			if r.Verdict != checks.OK {
				t.Errorf("%s: %s of %s is %s: %s", name, r.Check.ID, r.Subject, r.Verdict, r.Because)
			}
		}
		if judged < 5 {
			t.Errorf("%s: only %d results", name, judged)
		}
	}
}

// TestTheChecksSeeEveryExchange: what they do not see they cannot judge.
func TestTheChecksSeeEveryExchange(t *testing.T) {
	for name, plan := range variants() {
		found := map[identity.Registry]bool{}
		for _, p := range checks.NewCase(worldWith(t, plan)).Publishing {
			if p.Credential != workflow.CredentialExchange && !p.DryRun {
				t.Errorf("%s: line %d: %s with %s", name, p.Line, p.Means, p.Credential)
			}
			found[p.Registry] = true
		}
		want := map[identity.Registry]bool{identity.CratesIO: len(plan.Crates) > 0, identity.PyPI: len(plan.Projects) > 0, identity.TestPyPI: plan.TestPyPI && len(plan.Projects) > 0}
		for r, wanted := range want {
			if found[r] != wanted {
				t.Errorf("%s: %s seen: %v, wanted: %v", name, r, found[r], wanted)
			}
		}
	}
}
