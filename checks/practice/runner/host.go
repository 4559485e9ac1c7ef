// Package runner runs workflows in the practice world: it decides which start,
// takes each job through its environment, and does its steps one by one, with
// real identity tokens and real requests to the practice world's registries.
// Nothing of a workflow is run by the machine itself: see package shell.
package runner

import (
	"context"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// Host is GitHub as the runner needs it; *github.Store is one.
type Host interface {
	// Repository is a repository's settings, GitDir its bare git repository.
	Repository(owner, name string) (*github.Repository, error)
	GitDir(owner, name string) (string, error)
	// AccountID is the id of a login, 0 where there is none.
	AccountID(login string) int64
	// RefProtected tells whether a rule protects a full ref.
	RefProtected(owner, name, ref string) bool
	// CreateRun records a run and gives it its ids.
	CreateRun(ctx context.Context, run github.Run) (*github.Run, error)
	Run(id int64) (*github.Run, error)
	// OpenRuns lists the runs that are not completed.
	OpenRuns() []*github.Run
	// UpdateRun and UpdateJob change what is recorded; the function must not
	// call the host.
	UpdateRun(id int64, change func(*github.Run)) error
	UpdateJob(runID, jobID int64, change func(*github.Job)) error
	// AppendLog adds to a job's log.
	AppendLog(runID, jobID int64, text string) error
	// EnterEnvironment returns when the job's environment lets it start; a
	// *github.Refused if it does not.
	EnterEnvironment(ctx context.Context, runID, jobID int64) error
	// Credentials are the job's tokens.
	Credentials(runID, jobID int64) (github.JobCredentials, error)
	// Secrets and Variables are what a job of an environment ("" for none) can
	// read.
	Secrets(owner, name, environment string) map[string]string
	Variables(owner, name, environment string) map[string]string
}

var _ Host = (*github.Store)(nil)
