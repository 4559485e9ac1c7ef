package github

import "context"

// Hooks are what the workflow runner does when something happens on GitHub.
// The store calls them without holding its lock, one after the other, so they
// may call the store; they should start long work and return. A nil field is
// not called.
type Hooks struct {
	// Pushed is called for each ref that a push created, moved or deleted.
	Pushed func(context.Context, Push)
	// Dispatch starts a run for POST …/dispatches and returns its id. An error
	// that is a [*Refusal] is answered as it says; any other with 500.
	Dispatch func(context.Context, Dispatch) (int64, error)
	// Released is called when a release is published.
	Released func(context.Context, Released)
	// Cancel stops a run that the store still shows as not completed; the
	// runner completes its jobs and the run as cancelled.
	Cancel func(context.Context, int64)
	// Rerun starts a further attempt of a completed run; onlyFailed leaves out
	// the jobs that succeeded.
	Rerun func(ctx context.Context, runID int64, onlyFailed bool, actor string) error
}

// Push is a change of one ref of a repository.
type Push struct {
	Owner, Name string
	// Ref is the full ref name.
	Ref string
	// Before and After are commits; [NoCommit] for a ref that did not exist,
	// or does not any more. For an annotated tag After is the tagged commit.
	Before, After string
	// Pusher is the login of the person taken to have pushed.
	Pusher string
	// ByJob tells that a job's own GITHUB_TOKEN pushed: that starts no run.
	ByJob bool
}

// NoCommit stands for "there is none" in a push.
const NoCommit = "0000000000000000000000000000000000000000"

// Created tells whether the push made the ref.
func (p Push) Created() bool { return p.Before == NoCommit }

// Deleted tells whether the push removed the ref.
func (p Push) Deleted() bool { return p.After == NoCommit }

// Dispatch is a request to start a workflow by hand.
type Dispatch struct {
	Owner, Name string
	// WorkflowPath is the file, known to exist on the default branch.
	WorkflowPath string
	// Ref is the full ref, known to exist; SHA is where it stands.
	Ref, SHA string
	// Inputs are as they were sent.
	Inputs map[string]string
	Actor  string
}

// Released is a release that has just been published.
type Released struct {
	Owner, Name string
	// Tag is the short tag name, SHA its commit.
	Tag, SHA string
	Actor    string
	// Prerelease as it was said.
	Prerelease bool
	// ByJob tells that a job's own GITHUB_TOKEN published it: that starts no run.
	ByJob bool
}

// Refusal is an answer that is not a success, as GitHub words it.
type Refusal struct {
	// Status is the HTTP status code.
	Status int
	// Message is the text of the answer.
	Message string
	// Errors are the details of a 422.
	Errors []FieldError
}

// FieldError is one detail of a 422 answer.
type FieldError struct {
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message,omitempty"`
}

func (r *Refusal) Error() string { return r.Message }
