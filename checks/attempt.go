package checks

import (
	"fmt"
	"time"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// outcome is how a run's exchange of tokens ended.
type outcome int

// The outcomes, the ones that outrank others within one run last.
const (
	// notReached: the exchange was skipped, or the run ended before it.
	notReached outcome = iota
	minted
	// underWay: the job has not come to the exchange yet.
	underWay
	// awaiting: the run waits for an approval.
	awaiting
	// unclear: it may have been reached, and what came of it cannot be told.
	unclear
	// failed: the exchange failed, and not by a refusal that we know.
	failed
	refused
)

// attempt is one run's try at exchanging its identity for a registry's token.
type attempt struct {
	run     evidence.Run
	job     evidence.RunJob
	place   workflow.Publishing
	outcome outcome
	refusal Refusal
	// upload is the refusal of an upload with the token that was minted; its Text
	// is "" when none is seen.
	upload   Refusal
	reason   string // why it is unclear, or failed
	byFile   bool   // the run's own file is known, and with it the environment
	source   evidence.Source
	registry identity.Registry
}

// attemptsAt gives what the runs of the publishing workflows came to at one
// registry, newest first. Runs that did not reach the exchange are left out.
func (c *Case) attemptsAt(r identity.Registry) []attempt {
	var all []attempt
	for _, run := range c.World.GitHub.Runs.Or(nil) {
		if a := c.attemptOf(run, r); a.outcome != notReached {
			all = append(all, a)
		}
	}
	return all
}

// attemptOf gives the outcome of a run that outranks its others: a registry
// that refused one job has refused, whatever it gave another.
func (c *Case) attemptOf(run evidence.Run, r identity.Registry) attempt {
	worst := attempt{run: run, registry: r}
	places, known := c.placesAt(run, r)
	for _, p := range places {
		a := c.tryAt(run, p)
		a.byFile = known
		if a.outcome > worst.outcome {
			worst = a
		}
	}
	worst.run, worst.registry = run, r
	worst.source = evidence.Source{Name: runName(c, run), At: c.World.GitHub.Runs.Source().At}
	return worst
}

// placesAt gives the exchanging places of the run's own file, and whether that
// file is known: the file of another commit may have been another one.
func (c *Case) placesAt(run evidence.Run, r identity.Registry) ([]workflow.Publishing, bool) {
	publishing, known := c.Publishing, run.SHA != "" && run.SHA == c.World.Judged.Or(evidence.Commit{}).SHA
	if src, ok := run.File.Get(); ok && !known {
		publishing, known = workflow.Read(workflow.Sources{Files: c.filesWith(run.Workflow, src), Actions: c.Actions}).Publishing, true
	}
	var places []workflow.Publishing
	for _, p := range placesOf(publishing, r) {
		if mints(p) && triggeredFile(p) == run.Workflow {
			places = append(places, p)
		}
	}
	return places, known
}

// filesWith is the judged workflow files with one of them replaced.
func (c *Case) filesWith(path string, src []byte) []*workflow.File {
	files := []*workflow.File{workflow.Parse(path, src)}
	for _, f := range c.Files {
		if f.Path != path {
			files = append(files, f)
		}
	}
	return files
}

func runName(c *Case, run evidence.Run) string {
	name := c.World.Repo.Or(evidence.RepoName{})
	if repo, ok := c.World.GitHub.Repository.Get(); ok {
		name = repo.Name
	}
	return fmt.Sprintf("github.com/%s/actions/runs/%d", name, run.ID)
}

// at is when the outcome was there: when its job ended, which a wait for an
// approval can put long after the run began. GitHub tells whole seconds.
func (a attempt) at() time.Time {
	if !a.job.EndedAt.IsZero() {
		return a.job.EndedAt
	}
	return a.run.CreatedAt
}

// before says whether a version is surely newer than the outcome: registries
// tell fractions of a second, and within one second nothing is sure.
func (a attempt) before(v evidence.Version) bool {
	return v.CreatedAt.Truncate(time.Second).After(a.at())
}

// title names the run in a sentence.
func (a attempt) title() string {
	when := ""
	if !a.run.CreatedAt.IsZero() {
		when = " of " + a.run.CreatedAt.UTC().Format("2006-01-02 15:04")
	}
	return fmt.Sprintf("run %d%s (%s)", a.run.Number, when, a.run.Event)
}
