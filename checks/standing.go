package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// latest is the newest run that tried the exchange, and the newest of which
// the outcome is decided.
func (c *Case) latest(r identity.Registry) (newest, decided attempt, tried bool) {
	all := c.attempts[r]
	if len(all) == 0 {
		return attempt{}, attempt{}, false
	}
	i := slices.IndexFunc(all, func(a attempt) bool { return a.outcome != underWay && a.outcome != awaiting })
	if i < 0 {
		return all[0], attempt{}, true
	}
	return all[0], all[i], true
}

// proves says whether a minted token proves the wanted identity, and if not,
// why. A run of another commit proves what its own file said.
func (c *Case) proves(a attempt, wanted identity.Publisher) (bool, string) {
	switch {
	case !a.byFile:
		return false, "it ran at commit " + short(a.run.SHA) + ", and the workflow file of that commit was not read"
	case base(readFile(wanted.Registry, a.place)) != wanted.Workflow:
		return false, "it minted as " + base(readFile(wanted.Registry, a.place)) + ", not as " + wanted.Workflow
	}
	environment := ""
	if e := a.place.Job.Environment; e != nil {
		if e.Expression {
			return false, "its environment was an expression: " + e.Name
		}
		environment = e.Name
	}
	if !strings.EqualFold(environment, wanted.Environment) {
		return false, "it minted in " + environmentText(environment) + ", not in " + environmentText(wanted.Environment)
	}
	if why := c.silent(a, wanted); why != "" {
		return false, why
	}
	return true, ""
}

// silent says why the success of a hand-made exchange may not be a token: a
// script may have left the exchange out for a project that was not there.
func (c *Case) silent(a attempt, wanted identity.Publisher) string {
	if step := mintingStep(a.place); step.Uses != "" || wanted.Registry == identity.CratesIO {
		return ""
	}
	fact := c.project(wanted)
	project, ok := fact.Get()
	switch {
	case fact.Absent():
		return wanted.Registry.Title() + " has no project " + wanted.Package + ": the exchange would create it, and was left out"
	case fact.Unknown():
		return "whether the project stood then is not known: " + c.reason(fact)
	case ok && len(project.Versions) > 0 && oldest(project).CreatedAt.After(a.run.CreatedAt):
		return "the project " + wanted.Package + " is younger than that run"
	}
	return ""
}

func oldest(p evidence.Project) evidence.Version { return p.Versions[len(p.Versions)-1] }

func environmentText(name string) string {
	if name == "" {
		return "no environment"
	}
	return "environment " + name
}

// sole says whether the package is the only one that the exchange can have
// been for: a token says nothing of which packages it covers.
func (c *Case) sole(p identity.Publisher) bool {
	n := 0
	for _, q := range c.Publishers {
		if q.Registry == p.Registry {
			n++
		}
	}
	return n == 1
}

// record is the registry's own record of the newest trusted version.
func (c *Case) record(p identity.Publisher) (evidence.Version, bool) {
	for _, v := range c.project(p).Or(evidence.Project{}).Versions {
		if v.Trusted.Seen() {
			return v, true
		}
	}
	return evidence.Version{}, false
}

// recordSince is the newest trusted version, unless a run was refused after it.
func (c *Case) recordSince(p identity.Publisher, decided attempt) (evidence.Version, bool) {
	v, ok := c.record(p)
	bad := decided.outcome == refused || decided.outcome == failed || decided.outcome == unclear
	if bad && !decided.before(v) {
		return evidence.Version{}, false
	}
	return v, ok
}

// names says whether a registry's record is of the wanted identity. whole is
// whether the record tells workflow and environment too, as PyPI's does; there
// no environment is that of a publisher which takes any.
func names(v evidence.Version, p identity.Publisher) (same, whole bool) {
	rec := v.Trusted.Or(evidence.Provenance{})
	if p.Owner == "" || !strings.EqualFold(rec.Repository, p.Owner+"/"+p.Repository) {
		return false, false
	}
	if p.Registry == identity.CratesIO {
		return true, false
	}
	return rec.Workflow == p.Workflow && (rec.Environment == "" || strings.EqualFold(rec.Environment, p.Environment)), true
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
