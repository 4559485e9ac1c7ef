package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Beside is a publisher that a registry lists beside the wanted one.
type Beside struct {
	Publisher identity.Publisher
	// Stale is whether it was seen that no run can present it any more. Why says
	// what shows that, or else why it is left.
	Stale bool
	Why   string
}

// Beside are the publishers of a wanted one's package that have another
// identity, in the registry's order. Nothing is stale that another workflow or
// repository could publish by.
func (c *Case) Beside(p identity.Publisher) []Beside {
	var others []Beside
	for _, q := range c.project(p).Or(evidence.Project{}).Publishers.Or(nil) {
		if len(differing(q.Identity, p.Identity)) > 0 {
			why, stale := c.stale(q)
			others = append(others, Beside{q, stale, why})
		}
	}
	return others
}

// stale says whether no run can present what a publisher expects, and why, or
// why not. crates.io compares repository, owner id, file and environment with the
// claims of a run, and each of them has to fit (commit 57fa000, 2026-08-21,
// controllers/trustpub/tokens/exchange).
func (c *Case) stale(q identity.Publisher) (why string, stale bool) {
	repo, ok := c.World.GitHub.Repository.Get()
	if !ok {
		return "which repository this is, is not seen", false
	}
	if !strings.EqualFold(q.Owner+"/"+q.Repository, repo.Name.String()) {
		return c.elsewhere(q, repo)
	}
	if q.OwnerID != 0 && repo.OwnerID != 0 && q.OwnerID != repo.OwnerID {
		return fmt.Sprintf("it names the owner id %d, and %s is %d: it was registered for an earlier account of that name", q.OwnerID, repo.Name.Owner, repo.OwnerID), true
	}
	if c.underWay(q) {
		return "a run of " + q.Workflow + " is under way", false
	}
	return c.unpresented(q, repo)
}

// elsewhere is for a publisher that names another repository than this one has
// for a name.
func (c *Case) elsewhere(q identity.Publisher, repo evidence.Repository) (why string, stale bool) {
	name := evidence.RepoName{Host: repo.Name.Host, Owner: q.Owner, Name: q.Repository}
	fact := c.World.Elsewhere[name]
	if there, ok := fact.Get(); ok && there.ID == repo.ID {
		return fmt.Sprintf("%s is %s now, and a run presents the present name", name, repo.Name), true
	} else if ok {
		return name.String() + " is another repository, which may publish by it", false
	}
	return "what " + name.String() + " is, cannot be seen from here", false
}

// underWay says whether a run of a publisher's file has not ended: a release in
// flight presents what its own commit says.
func (c *Case) underWay(q identity.Publisher) bool {
	return slices.ContainsFunc(c.World.GitHub.Runs.Or(nil), func(r evidence.Run) bool {
		return r.Workflow == workflow.Dir+q.Workflow && r.Status != "completed"
	})
}

// unpresented is for a publisher of this repository whose file or environment
// the default branch does not have.
func (c *Case) unpresented(q identity.Publisher, repo evidence.Repository) (why string, stale bool) {
	path := workflow.Dir + q.Workflow
	if c.World.Judged.Or(evidence.Commit{}).Ref != "refs/heads/"+repo.DefaultBranch || c.World.Workflows.Unknown() {
		return "the workflow files of the default branch are not seen", false
	}
	if !slices.ContainsFunc(c.World.Workflows.Or(nil), func(f evidence.WorkflowFile) bool { return f.Path == path }) {
		return "there is no " + path + " on " + repo.DefaultBranch, true
	}
	if q.Environment != "" && !c.canRunIn(path, q.Environment) {
		return fmt.Sprintf("no job of %s runs in the environment %s", q.Workflow, q.Environment), true
	}
	return q.Workflow + " is there, and may publish by it", false
}

// canRunIn says whether a job of a file can run in an environment, for all that
// the file shows. What it calls may name any.
func (c *Case) canRunIn(path, environment string) bool {
	i := slices.IndexFunc(c.Files, func(f *workflow.File) bool { return f.Path == path && f.Remote == "" })
	if i < 0 || slices.ContainsFunc(c.Files[i].Problems, func(p workflow.Problem) bool { return p.Refused }) {
		return true
	}
	return slices.ContainsFunc(c.Files[i].Jobs, func(j *workflow.Job) bool {
		e := j.Environment
		return j.Uses != "" || e != nil && (e.Expression || strings.EqualFold(e.Name, environment))
	})
}
