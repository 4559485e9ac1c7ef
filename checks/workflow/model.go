// Package workflow reads GitHub Actions workflow files: a model with positions,
// the jobs that publish, and the claims that those jobs would present.
//
// It never fetches: it is given files and returns its answer and what it
// lacked. Positions are 1-based lines of the file.
package workflow

import "github.com/trustpub/gh-trustpub/checks/identity"

// Dir is where GitHub looks for workflow files.
const Dir = ".github/workflows/"

// File is one workflow file. A file that does not parse has Problems and may
// have neither triggers nor jobs.
type File struct {
	// Path is relative to the repository, slash-separated.
	Path     string
	Name     string
	Problems []Problem
	Triggers []Trigger
	// Permissions is the workflow-level block; nil when there is none.
	Permissions *Permissions
	Jobs        []*Job
	// Lines is the file split into lines, for excerpts.
	Lines []string
}

// Base is the file's name without the folder: what a registry calls the
// workflow filename.
func (f *File) Base() string { return base(f.Path) }

// Problem is something that GitHub would refuse, or a linter dislikes.
type Problem struct {
	Line, Column int
	Message      string
	// Kind is the linter's rule name; "syntax-check" for what GitHub refuses.
	Kind string
	// Refused is whether GitHub would refuse the file because of it.
	Refused bool
}

// Trigger is one event of the on: block.
type Trigger struct {
	Event string
	// Types, Branches, BranchesIgnore, Tags, TagsIgnore are the filters as
	// written.
	Types, Branches, BranchesIgnore, Tags, TagsIgnore []string
	// Inputs are the names of workflow_dispatch's (or workflow_call's) inputs.
	Inputs []string
	Line   int
}

// Permissions is a permissions: block.
type Permissions struct {
	// All is "read-all", "write-all", "" (a map), or "{}" for the empty map.
	All string
	// Scopes maps a scope to read, write or none.
	Scopes map[string]string
	Line   int
}

// Job is one job of a workflow.
type Job struct {
	ID   string
	Name string
	Line int
	// Needs lists the ids of the jobs that must end first.
	Needs []string
	// If is the condition without ${{ }}, or "".
	If string
	// Uses is the reusable workflow that the job calls, or "".
	Uses string
	// UsesLine is the line of Uses.
	UsesLine    int
	Environment *Environment
	Permissions *Permissions
	Steps       []*Step
	// Matrix is whether the job has a strategy matrix.
	Matrix bool
}

// Environment is a job's environment: key.
type Environment struct {
	// Name as written; an expression stays text.
	Name string
	// Expression is whether the name holds ${{ }}.
	Expression bool
	Line       int
}

// Step is one step of a job.
type Step struct {
	// Index counts from 0 within the job.
	Index int
	ID    string
	Name  string
	If    string
	Line  int
	// Uses is "owner/repo@ref", "./path" or "docker://…"; "" for a run step.
	Uses string
	// With holds the inputs of an action, by lower-case name.
	With map[string]string
	// Run is the script of a run step.
	Run string
	// Env holds the step's own variables.
	Env map[string]string
}

// Means is the program or action by which a job publishes.
type Means string

// The means that are known.
const (
	MeansCargo        Means = "cargo publish"
	MeansPyPIAction   Means = "pypa/gh-action-pypi-publish"
	MeansTwine        Means = "twine upload"
	MeansUV           Means = "uv publish"
	MeansMaturin      Means = "maturin publish"
	MeansReleasePlz   Means = "release-plz"
	MeansCargoRelease Means = "cargo release"
	// MeansExchange is an exchange of tokens without an upload: the auth action
	// or a hand-made request, in a job that publishes nothing by itself.
	MeansExchange Means = "token exchange"
)

// Credential is what a publishing step authenticates with.
type Credential string

// The kinds of credential.
const (
	// CredentialExchange is a token minted for the run from its OIDC identity.
	CredentialExchange Credential = "trusted publishing"
	// CredentialSecret is a long-lived token from a secret.
	CredentialSecret Credential = "secret"
	// CredentialNone means that no credential could be found in the file.
	CredentialNone Credential = "none found"
)

// Publishing is one place in a job that publishes, or exchanges a token for
// that purpose.
type Publishing struct {
	File *File
	Job  *Job
	// Step is the publishing step; Exchange is the step that mints the token,
	// which may be the same one; nil where there is none.
	Step, Exchange *Step
	Registry       identity.Registry
	Means          Means
	Credential     Credential
	// Secrets names the secrets that the step reads as a credential.
	Secrets []string
	// DryRun is whether this step publishes nothing (cargo publish --dry-run).
	DryRun bool
	Line   int
}
