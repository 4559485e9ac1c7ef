package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// placesOf gives the places of one registry, those that decide first: what
// uploads before what only exchanges or tries, and an exchange before a secret.
func placesOf(publishing []workflow.Publishing, r identity.Registry) []workflow.Publishing {
	var places []workflow.Publishing
	for _, p := range publishing {
		if p.Registry == r {
			places = append(places, p)
		}
	}
	slices.SortStableFunc(places, func(a, b workflow.Publishing) int { return weight(b) - weight(a) })
	return places
}

func weight(p workflow.Publishing) int {
	w := 0
	if p.Credential == workflow.CredentialExchange {
		w += 4
	}
	if !p.DryRun {
		w += 2
	}
	if p.Means != workflow.MeansExchange {
		w++
	}
	return w
}

// mints says whether the place exchanges the run's identity for a token.
func mints(p workflow.Publishing) bool { return p.Credential == workflow.CredentialExchange }

// publishes says whether the place uploads for good.
func publishes(p workflow.Publishing) bool {
	return !p.DryRun && p.Means != workflow.MeansExchange
}

// jobsThat gives one place for each job of which a place fulfils the condition,
// in the order of the files; a called job once for each file that starts it.
func (c *Case) jobsThat(is func(workflow.Publishing) bool) []workflow.Publishing {
	return oneForEachJob(placesThat(c.Publishing, is))
}

func oneForEachJob(places []workflow.Publishing) []workflow.Publishing {
	var jobs []workflow.Publishing
	for _, p := range places {
		known := slices.ContainsFunc(jobs, func(q workflow.Publishing) bool {
			return q.Job == p.Job && q.File == p.File && q.Triggered == p.Triggered
		})
		if !known {
			jobs = append(jobs, p)
		}
	}
	return jobs
}

// placesThat gives the places that fulfil a condition.
func placesThat(places []workflow.Publishing, is func(workflow.Publishing) bool) []workflow.Publishing {
	return slices.DeleteFunc(slices.Clone(places), func(p workflow.Publishing) bool { return !is(p) })
}

// acts says whether a place publishes or mints: what makes its job one of the
// publishing jobs.
func acts(p workflow.Publishing) bool { return publishes(p) || mints(p) }

// pathOf names a file: our own by its path, another repository's by the
// reference by which it is called.
func pathOf(f *workflow.File) string {
	if f.Remote != "" {
		return f.Remote
	}
	return f.Path
}

// subjectOf is how findings name a place: the file and the job.
func subjectOf(p workflow.Publishing) string { return pathOf(p.File) + "#" + p.Job.ID }

// fileSource is where the content of a workflow file was read.
func (c *Case) fileSource(path string) evidence.Source {
	if called, ok := c.World.Called[path]; ok && called.Source().Name != "" {
		return called.Source()
	}
	for _, f := range c.World.Workflows.Or(nil) {
		if f.Path == path && f.Content.Source().Name != "" {
			return f.Content.Source()
		}
	}
	return evidence.Source{Name: path, At: c.World.At}
}

// publisherSubject is how findings name a publisher.
func publisherSubject(p identity.Publisher) string { return p.Subject() }

// triggeredFile is the path of the file whose trigger starts the place; "" for
// a reusable workflow that nothing calls.
func triggeredFile(p workflow.Publishing) string {
	if p.Triggered == nil {
		return ""
	}
	return p.Triggered.Path
}

// readFile is the path of the file by which the registry knows the place:
// crates.io reads the file that was triggered, PyPI the file in which the job
// is written (crates.io commit 57fa000, warehouse commit 6b62157, 2026-08-21).
func readFile(r identity.Registry, p workflow.Publishing) string {
	if r == identity.CratesIO && p.Triggered != nil {
		return p.Triggered.Path
	}
	return p.File.Path
}
