package checks

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
)

// is lets a name of GitHub lead to a repository.
func is(name string, repo evidence.Fact[evidence.Repository]) func(*testing.T, *evidence.World) {
	owner, short, _ := strings.Cut(name, "/")
	return func(_ *testing.T, w *evidence.World) {
		if w.Elsewhere == nil {
			w.Elsewhere = map[evidence.RepoName]evidence.Fact[evidence.Repository]{}
		}
		w.Elsewhere[evidence.RepoName{Host: "github.com", Owner: owner, Name: short}] = repo
	}
}

func TestBeside(t *testing.T) {
	ours := registered(identity.CratesIO)
	like := func(change func(*identity.Publisher)) identity.Publisher { return with(ours, change) }
	present := evidence.Repository{ID: 1, Name: evidence.RepoName{Host: "github.com", Owner: "acme", Name: "data"}}
	other := evidence.Repository{ID: 9, Name: evidence.RepoName{Host: "github.com", Owner: "eve", Name: "data"}}
	const second = "on: push\njobs:\n  a:\n    runs-on: x\n    environment: release\n    steps:\n      - run: 'true'\n"
	for _, row := range []struct {
		name   string
		q      identity.Publisher
		change func(*testing.T, *evidence.World)
		stale  bool
		why    string
	}{
		{"a file that is gone", like(otherFile), nothing, true, "there is no .github/workflows/release.yml on main"},
		{"a file in another case", like(func(p *identity.Publisher) { p.Workflow = "Publish.yml" }), nothing, true, "there is no .github/workflows/Publish.yml"},
		{"a second workflow", like(otherFile), file(".github/workflows/release.yml", second), false, "may publish by it"},
		{"a second workflow without that environment", like(both2(otherFile, otherEnvironment)), file(".github/workflows/release.yml", second), true, "no job of release.yml runs in the environment"},
		{"an environment by an expression", like(otherEnvironment), file(publishYML, strings.Replace(second, "environment: release", "environment: ${{ github.ref_name }}", 1)), false, "may publish"},
		{"an environment of a called workflow", like(otherEnvironment), file(publishYML, "on: push\njobs:\n  a:\n    uses: ./.github/workflows/x.yml\n"), false, "may publish"},
		{"a file that GitHub refuses", like(otherEnvironment), file(publishYML, "on: push\njobs: [\n"), false, "may publish"},
		{"an environment that no job names", like(otherEnvironment), nothing, true, "no job of publish.yml runs in the environment"},
		{"the environment in another case", like(func(p *identity.Publisher) { p.Environment, p.OwnerID = "RELEASE", 41 }), nothing, true, "owner id 41"},
		{"without environment", like(func(p *identity.Publisher) { p.Environment = "" }), nothing, false, "may publish"},
		{"an earlier account", like(func(p *identity.Publisher) { p.OwnerID = 41 }), nothing, true, "acme is 42"},
		{"another repository", like(func(p *identity.Publisher) { p.Owner, p.OwnerID = "eve", 66 }), is("eve/data", evidence.Seen(other, api)), false, "another repository"},
		{"one that cannot be seen", like(func(p *identity.Publisher) { p.Owner = "eve" }), is("eve/data", evidence.Absent[evidence.Repository](api)), false, "cannot be seen"},
		{"one that was not looked at", like(func(p *identity.Publisher) { p.Owner = "eve" }), nothing, false, "cannot be seen"},
		{"the old name", like(func(p *identity.Publisher) { p.Repository = "prices" }), is("acme/prices", evidence.Seen(present, api)), true, "acme/prices is acme/data now"},
		{"an old name that another repository has", like(func(p *identity.Publisher) { p.Repository = "prices" }), is("acme/prices", evidence.Seen(other, api)), false, "another repository"},
		{"a release of it in flight", like(otherFile), func(_ *testing.T, w *evidence.World) {
			r := rehearsal(9, 1, "")
			r.Workflow, r.Status = ".github/workflows/release.yml", "waiting"
			setRuns(w, r)
		}, false, "under way"},
		{"files out of sight", like(otherFile), func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Unknown[[]evidence.WorkflowFile](api, "no")
		}, false, "not seen"},
		{"another branch was judged", like(otherFile), func(_ *testing.T, w *evidence.World) {
			w.Judged = evidence.Seen(evidence.Commit{Ref: "refs/heads/next", SHA: judgedSHA}, api)
		}, false, "not seen"},
		{"no workflow at all", like(otherFile), func(_ *testing.T, w *evidence.World) {
			w.Workflows = evidence.Absent[[]evidence.WorkflowFile](api)
		}, true, "there is no"},
		{"no repository", like(otherFile), func(_ *testing.T, w *evidence.World) {
			w.GitHub.Repository = evidence.Unknown[evidence.Repository](api, "no")
		}, false, "not seen"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := ready(t)
			listed(w, ours, row.q)
			row.change(t, w)
			c := NewCase(w)
			beside := c.Beside(ours)
			if len(beside) == 0 {
				if row.stale || row.why == "" {
					t.Error("it is not among those beside")
				}
				return
			}
			if b := beside[0]; b.Stale != row.stale || !strings.Contains(b.Why, row.why) {
				t.Errorf("stale %v: %s", b.Stale, b.Why)
			}
		})
	}
}

func both2(a, b func(*identity.Publisher)) func(*identity.Publisher) {
	return func(p *identity.Publisher) { a(p); b(p) }
}

// TestNothingIsStaleThatAWorkflowPresents: whatever stands registered, what
// crates.io would take from a place that publishes is never called stale.
func TestNothingIsStaleThatAWorkflowPresents(t *testing.T) {
	w := ready(t)
	second := strings.ReplaceAll(read(t, "testdata/publish.yml"), "environment: release", "environment: ship")
	setFile(w, ".github/workflows/release.yml", second)
	is("acme/prices", evidence.Seen(evidence.Repository{ID: 1}, api))(t, w)
	ours := registered(identity.CratesIO)
	stale, kept := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		q := ours
		q.Owner = rapid.SampledFrom([]string{"acme", "ACME", "eve"}).Draw(r, "owner")
		q.OwnerID = rapid.SampledFrom([]int64{42, 42, 41, 0}).Draw(r, "owner id")
		q.Repository = rapid.SampledFrom([]string{"data", "Data", "prices"}).Draw(r, "repository")
		q.Workflow = rapid.SampledFrom([]string{"publish.yml", "release.yml", "Publish.yml", "gone.yaml"}).Draw(r, "workflow")
		q.Environment = rapid.SampledFrom([]string{"", "release", "Release", "ship", "other"}).Draw(r, "environment")
		listed(w, q)
		c := NewCase(w)
		matches := false
		for _, place := range placesOf(c.Publishing, identity.CratesIO) {
			if o := c.compare(place, []identity.Publisher{q}); o.Verdict == trust.Matched {
				matches = true
			}
		}
		for _, b := range c.Beside(ours) {
			if b.Stale && matches {
				r.Errorf("%+v is presented, and called stale: %s", q.Identity, b.Why)
			}
			if b.Stale {
				stale++
			} else {
				kept++
			}
		}
	})
	if stale == 0 || kept == 0 {
		t.Errorf("%d stale, %d kept", stale, kept)
	}
}
