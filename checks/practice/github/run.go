package github

import (
	"maps"
	"slices"
	"time"
)

// Status is where a run, a job or a step stands, in the API's words.
type Status string

// The statuses that the practice world uses.
const (
	Queued     Status = "queued"
	Waiting    Status = "waiting" // for an environment's protection rules
	InProgress Status = "in_progress"
	Completed  Status = "completed"
)

// Conclusion is how a completed run, job or step ended; "" until then.
type Conclusion string

// The conclusions that the practice world uses.
const (
	Success        Conclusion = "success"
	Failure        Conclusion = "failure"
	Cancelled      Conclusion = "cancelled"
	Skipped        Conclusion = "skipped"
	ActionRequired Conclusion = "action_required"
	StartupFailure Conclusion = "startup_failure"
)

// Run is one run of a workflow.
type Run struct {
	// ID is unique in the world; Number counts up per workflow from 1.
	ID     int64
	Number int
	// Attempt is 1, and one more for each re-run.
	Attempt int
	// Owner and Name are the repository, as it is spelt.
	Owner, Name string
	// WorkflowID is given by CreateRun from WorkflowPath (".github/workflows/x.yml").
	WorkflowID   int64
	WorkflowPath string
	WorkflowName string
	// Event is the name of the event: push, workflow_dispatch, release …
	Event string
	// Ref is the full ref ("refs/tags/v1"), SHA the commit that it stood at.
	Ref, SHA string
	// BaseRef and HeadRef are set for pull requests only.
	BaseRef, HeadRef string
	// Actor is the login of who caused the run; TriggeringActor of who started
	// this attempt. CreateRun fills an empty TriggeringActor from Actor.
	Actor, TriggeringActor string
	// Title is shown for the run; the commit's subject when empty.
	Title string
	// Inputs are those of a dispatch.
	Inputs map[string]string
	// Referenced lists the reusable workflows that the run calls.
	Referenced []ReferencedWorkflow
	// Problem is why a run failed before any job was made, such as a workflow
	// file that is not valid; shown as an annotation on the run's page.
	Problem string

	Status                          Status
	Conclusion                      Conclusion
	CreatedAt, StartedAt, UpdatedAt time.Time
	Jobs                            []Job
	// Pending are the environments that the run waits for, Reviews what
	// people have answered. The store keeps both.
	Pending []Pending
	Reviews []Review
}

// ReferencedWorkflow is a reusable workflow that a run calls, as the API
// lists it.
type ReferencedWorkflow struct{ Path, SHA, Ref string }

// Job is one job of a run.
type Job struct {
	// ID is unique in the world and given by CreateRun or AddJob when 0.
	ID int64
	// Key is the job's key in its file; Name is what is shown.
	Key, Name string
	// Needs are the names of jobs that come before, for the run's page.
	Needs []string
	// Environment is the name after expressions are evaluated; "" for none.
	Environment string
	// Permissions are those of the job's token, such as "id-token": "write".
	Permissions map[string]string
	// WorkflowPath, WorkflowRef, WorkflowSHA say which file the job is written
	// in when that is a called (reusable) one: "o/r/.github/workflows/x.yml",
	// the full ref and the commit. Empty: the run's own file.
	WorkflowPath, WorkflowRef, WorkflowSHA string
	// RunnerLabels are the runs-on labels.
	RunnerLabels []string

	Status                            Status
	Conclusion                        Conclusion
	CreatedAt, StartedAt, CompletedAt time.Time
	Steps                             []Step
	// Annotations are the errors and notices of the job, the refusals of its
	// environment too.
	Annotations []string
	// Log is the plain text of the job's log.
	Log string
	// DeploymentID is the deployment that the job's environment made, or 0.
	DeploymentID int64
}

// Step is one step of a job. Number counts from 1.
type Step struct {
	Number                 int
	Name                   string
	Status                 Status
	Conclusion             Conclusion
	StartedAt, CompletedAt time.Time
}

// Pending is an environment that jobs of a run wait for.
type Pending struct {
	Environment string
	// Since is when the wait, and the environment's wait timer, began.
	Since time.Time
	// JobIDs are the waiting jobs.
	JobIDs []int64
	// Approved is set when a review has approved it and only the wait timer
	// is left.
	Approved bool
	// Agreed are the apps of the environment that have agreed.
	Agreed []string
}

// Review is a person's answer to a run that waited for an environment.
type Review struct {
	Environment string
	Login       string
	// State is "approved" or "rejected".
	State   string
	Comment string
	At      time.Time
	// Bypass tells that an administrator passed the rules by.
	Bypass bool
}

// Job returns a pointer into the run's jobs, or nil.
func (r *Run) Job(id int64) *Job {
	for i := range r.Jobs {
		if r.Jobs[i].ID == id {
			return &r.Jobs[i]
		}
	}
	return nil
}

func (r *Run) clone() *Run {
	c := *r
	c.Inputs = maps.Clone(r.Inputs)
	c.Referenced = slices.Clone(r.Referenced)
	c.Reviews = slices.Clone(r.Reviews)
	c.Pending = slices.Clone(r.Pending)
	for i := range c.Pending {
		c.Pending[i].JobIDs = slices.Clone(c.Pending[i].JobIDs)
	}
	c.Jobs = slices.Clone(r.Jobs)
	for i := range c.Jobs {
		c.Jobs[i] = c.Jobs[i].clone()
	}
	return &c
}

func (j Job) clone() Job {
	j.Needs = slices.Clone(j.Needs)
	j.Permissions = maps.Clone(j.Permissions)
	j.RunnerLabels = slices.Clone(j.RunnerLabels)
	j.Steps = slices.Clone(j.Steps)
	j.Annotations = slices.Clone(j.Annotations)
	return j
}
