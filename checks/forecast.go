package checks

import (
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Fate is what would become of a run, of a job, or of a package at a registry.
type Fate string

// The fates.
const (
	// Passes: nothing that was seen stands in its way.
	Passes Fate = "passes"
	// Waits: a person must approve, or a timer must run out.
	Waits Fate = "waits"
	// Refused: GitHub or a registry refuses it, or it fails.
	Refused Fate = "refused"
	// Skipped: a condition leaves it out.
	Skipped Fate = "skipped"
	// Open: it depends on what could not be seen; spelled "unknown".
	Open Fate = "unknown"
)

// Forecast is what would happen if a ref were pushed now, as one look at the
// world tells.
type Forecast struct {
	// Ref is the full ref; Origin says why this one.
	Ref, Origin string
	// Event is the one event that was asked for; "" is all that the push of the
	// ref, and a release for a tag, bring.
	Event string
	// Exists is whether the ref exists already; unknown where nobody could look.
	Exists evidence.Fact[bool]
	// Judged is the commit whose workflow files are judged; Files says in a
	// sentence which those are.
	Judged evidence.Fact[evidence.Commit]
	Files  string
	// Differs lists workflow files that are not the same on the default branch.
	Differs []string
	// Remarks are about the ref itself: its version, or what already exists.
	Remarks []Remark
	Runs    []RunForecast
	// Idle are publishing workflow files that the push does not start.
	Idle []Idle
}

// Remark is a sentence about the ref with its weight: OK, Wrong or Unknown.
type Remark struct {
	Verdict Verdict
	Text    string
	Fix     string
}

// Idle is a workflow file that is not started, and why.
type Idle struct{ File, Because string }

// RunForecast is one run that would start, or be refused at once.
type RunForecast struct {
	// File is the workflow file that is triggered, Line its trigger.
	File string
	Line int
	// Event and Ref are the run's.
	Event, Ref string
	Fate       Fate
	Because    string
	// Jobs are those that publish or exchange a token.
	Jobs []JobForecast
}

// JobForecast is one job of a run that publishes or exchanges a token.
type JobForecast struct {
	// Subject is "path#job"; Line is the job's.
	Subject string
	Line    int
	Fate    Fate
	// Because says what decides; Text is what GitHub writes when it refuses.
	Because, Text string
	Fix           string
	// Environment is the job's environment; "" for none, or one that only the
	// run tells.
	Environment string
	// Approvers are the logins of which one must approve; Nobody says that there
	// is certainly none. Minutes is the wait timer.
	Approvers []string
	Nobody    bool
	Minutes   int
	// Apps are custom protection rules that must agree.
	Apps       []string
	Registries []RegistryForecast
}

// RegistryForecast is what a registry would answer to a job.
type RegistryForecast struct {
	Registry identity.Registry
	// Uploads is whether the job would upload there; without it it only
	// exchanges a token, as a rehearsal does.
	Uploads bool
	Fate    Fate
	Because string
	// Stage, Field, Presented and Registered tell which field a refusal is
	// about; Text is what the registry sends.
	Stage      string
	Field      identity.Field
	Presented  string
	Registered []string
	Text       string
	Packages   []PackageForecast
}

// PackageForecast is what would become of one package.
type PackageForecast struct {
	Name string
	// Version is what would be published; "" where the build computes it.
	Version       string
	Fate          Fate
	Because, Text string
}

// Outlook is the whole forecast in one word.
type Outlook string

// The outlooks.
const (
	// WouldPublish: everything passes.
	WouldPublish Outlook = "would-publish"
	// WouldFail: something is refused, or fails.
	WouldFail Outlook = "would-fail"
	// NothingPublishes: no run comes to a registry.
	NothingPublishes Outlook = "nothing"
	// Uncertain: somebody must approve, or not all could be seen.
	Uncertain Outlook = "uncertain"
)

// Outlook weighs the forecast: one refusal outweighs all else, and so does that
// nothing comes to a registry.
func (f Forecast) Outlook() Outlook {
	worst, reached := WouldPublish, false
	note := func(fate Fate) {
		switch {
		case fate == Refused:
			worst = WouldFail
		case (fate == Waits || fate == Open) && worst == WouldPublish:
			worst = Uncertain
		}
	}
	for _, r := range f.Remarks {
		switch r.Verdict {
		case Wrong:
			note(Refused)
		case Unknown:
			note(Open)
		}
	}
	for _, run := range f.Runs {
		note(run.Fate)
		for _, j := range run.Jobs {
			note(j.Fate)
			reached = reached || j.Fate != Skipped
			for _, r := range j.Registries {
				note(r.Fate)
				for _, p := range r.Packages {
					note(p.Fate)
				}
			}
		}
		reached = reached || run.Fate == Refused || run.Fate == Open
	}
	if !reached {
		return NothingPublishes
	}
	return worst
}
