// Package workflow reads GitHub Actions workflow files: a model with positions,
// the jobs that publish, and the claims that those jobs would present.
//
// It never fetches: it is given files and returns its answer and what it
// lacked. Positions are 1-based lines of the file.
package workflow

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Dir is where GitHub looks for workflow files.
const Dir = ".github/workflows/"

// File is one workflow file. A file that does not parse has Problems and may
// have neither triggers nor jobs.
type File struct {
	// Path is relative to the repository, slash-separated.
	Path string
	// Remote is the reference by which a file of another repository was called,
	// as written ("owner/repo/.github/workflows/x.yml@v1"); "" for our own.
	Remote   string
	Name     string
	Problems []Problem
	Triggers []Trigger
	// Permissions is the workflow-level block; nil when there is none.
	Permissions *Permissions
	// Env holds the workflow-level variables.
	Env  map[string]string
	Jobs []*Job
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
	// Doubt says why GitHub may accept what the linter does not know, in one
	// sentence; "" when there is no such doubt.
	Doubt string
}

// Trigger is one event of the on: block.
type Trigger struct {
	Event string
	// Types, Branches, BranchesIgnore, Tags, TagsIgnore are the filters as
	// written.
	Types, Branches, BranchesIgnore, Tags, TagsIgnore []string
	// Paths and PathsIgnore are the path filters of push and pull requests.
	Paths, PathsIgnore []string
	// Workflows are the names that workflow_run waits for.
	Workflows []string
	// Inputs are the names of workflow_dispatch's (or workflow_call's) inputs,
	// in lower case, sorted; InputValues holds what each can be, as far as the
	// file tells: its options, or true and false. An input with a default and no
	// options is in Defaults alone.
	Inputs      []string
	InputValues map[string][]string
	// InputTypes holds each input's type: string, boolean, choice, number or
	// environment.
	InputTypes map[string]string
	Defaults   map[string]string
	Line       int
}

// Permissions is a permissions: block.
type Permissions struct {
	// All is "read-all", "write-all", "" (a map), or "{}" for the empty map.
	All string
	// Scopes maps a scope to read, write or none.
	Scopes map[string]string
	// Lines maps a scope to its line.
	Lines map[string]int
	Line  int
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
	// matrix is the matrix as written: maps, lists and scalars.
	matrix any
	// Env holds the job-level variables.
	Env map[string]string
	// With holds the inputs that a call of a reusable workflow passes, by
	// lower-case name; Secrets those secrets that it passes.
	With, Secrets map[string]string
	// InheritSecrets is "secrets: inherit".
	InheritSecrets bool
	// Shell is the default shell of the job's run steps, or ""; Dir their default
	// folder as written.
	Shell, Dir string
	// RunsOn are the labels of the runner as written; an expression stays text.
	RunsOn []string
	// Container is the image that the job's steps run in, or "".
	Container string
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
	// Shell is the step's shell as written, or ""; Dir its working-directory.
	Shell, Dir string
	// UsesLine is the line of Uses; RunLine is that of the script's first line.
	UsesLine, RunLine int
	// job is the job's own step that a step of a composite action belongs to, via
	// the actions through which the job comes to it, outermost first, and outer
	// the conditions of the steps that use them. They are empty for a job's own.
	job   *Step
	via   []*Action
	outer []string
}

// Own is the step as the job has it: for a step of a composite action the one that
// uses the action.
func (s *Step) Own() *Step {
	if s != nil && s.job != nil {
		return s.job
	}
	return s
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
	// MeansCargoWorkspaces is the cargo-workspaces program.
	MeansCargoWorkspaces Means = "cargo workspaces publish"
	MeansPoetry          Means = "poetry publish"
	MeansHatch           Means = "hatch publish"
	MeansFlit            Means = "flit publish"
	MeansPDM             Means = "pdm publish"
	MeansRye             Means = "rye publish"
	// MeansAction is an action that publishes and is none of the above.
	MeansAction Means = "publishing action"
	// MeansProgram is a program that cannot be read here, started with a
	// publishing token in its environment.
	MeansProgram Means = "another program"
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
	// File is the file that the job is written in.
	File *File
	Job  *Job
	// Triggered is the file that an event starts: File itself, or the one that
	// calls it through Callers. It is nil for a reusable workflow that nothing
	// in the repository calls.
	Triggered *File
	// Callers are the calling jobs, outermost first; empty when the job's own
	// file is triggered.
	Callers []Caller
	// Step is the publishing step; Exchange is the step that mints the token,
	// which may be the same one; nil where there is none. Both are the job's own
	// steps, as a run shows them.
	Step, Exchange *Step
	// Inner is the publishing step inside a composite action that Step uses; nil
	// when Step itself publishes. Via are the actions on the way to it, outermost
	// first.
	Inner      *Step
	Via        []*Action
	Registry   identity.Registry
	Means      Means
	Credential Credential
	// Secrets names the secrets that the step reads as a credential.
	Secrets []string
	// DryRun is whether this step publishes nothing (cargo publish --dry-run).
	DryRun bool
	// Settings are what the step is told beside its credential.
	Settings Settings
	// Doubt says in one sentence what could not be read from the file; "" when
	// everything could.
	Doubt string
	Line  int
	// steps are all steps of the job with composite actions taken apart; step and
	// exchange are those of them that Step and Exchange stand for.
	steps          []*Step
	step, exchange *Step
	// files are all files that were looked at with this one.
	files []*File
	cache *waysOf
}

// Settings are the inputs and options of an upload, as far as the file tells
// them.
type Settings struct {
	// Index is the address or the name of the index as given; "" is the default.
	Index Claim
	// User is the name that it signs in with; "__token__" unless another is
	// given, "" where the program takes none.
	User Claim
	// Attestations is "true" or "false": whether it uploads attestations made in
	// the run; SkipExisting whether it passes over files that are there.
	Attestations, SkipExisting Claim
}

// Caller is a job that calls a reusable workflow.
type Caller struct {
	File *File
	Job  *Job
}

// Trigger returns the file's trigger for an event, or nil.
func (f *File) Trigger(event string) *Trigger {
	for i := range f.Triggers {
		if f.Triggers[i].Event == event {
			return &f.Triggers[i]
		}
	}
	return nil
}

// OnlyCalled reports whether nothing but a call by another workflow starts the
// file.
func (f *File) OnlyCalled() bool {
	return len(f.Triggers) == 1 && f.Triggers[0].Event == "workflow_call"
}

// Job returns the job with an id, or nil.
func (f *File) Job(id string) *Job {
	for _, j := range f.Jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

// jobFolded is Job without case, as expressions name jobs.
func (f *File) jobFolded(id string) *Job {
	for _, j := range f.Jobs {
		if strings.EqualFold(j.ID, id) {
			return j
		}
	}
	return nil
}

// Subject names the job in reports: "path#job".
func (p Publishing) Subject() string { return p.File.Path + "#" + p.Job.ID }
