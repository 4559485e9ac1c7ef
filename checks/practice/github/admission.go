package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Refused is a job that its environment does not let start; the texts are
// the annotations that the run shows.
type Refused struct{ Annotations []string }

func (r *Refused) Error() string { return strings.Join(r.Annotations, " ") }

// unmet is the second annotation of every refused deployment.
const unmet = "The deployment was rejected or didn't satisfy other protection rules."

// admits tells whether an environment's policy lets a ref deploy. Nothing is
// said about reviewers and timers.
func (s *Store) admits(repo *Repository, e *Environment, ref string) bool {
	kind, short := refParts(ref)
	switch e.Policy {
	case ProtectedBranches:
		// Without any rule in the repository, every branch may deploy
		// (docs.github.com, "Deployments and environments", read August 2026).
		return kind == "branch" && (len(repo.Protection) == 0 || repo.protectionOf(short) != nil)
	case CustomRefs:
		return slices.ContainsFunc(e.Policies, func(p DeploymentPolicy) bool {
			return p.Type == kind && matches(p.Name, short)
		})
	default:
		return true
	}
}

// protectionOf is the classic protection of a branch: by name, else by pattern.
func (r *Repository) protectionOf(branch string) *Protection {
	if p := r.Protection[branch]; p != nil {
		return p
	}
	for pattern, p := range r.Protection {
		if matches(pattern, branch) {
			return p
		}
	}
	return nil
}

// refusal is what GitHub writes when a ref may not deploy.
func refusal(ref, environment string) *Refused {
	kind, short := refParts(ref)
	return &Refused{[]string{
		fmt.Sprintf("%s %q is not allowed to deploy to %s due to environment protection rules.",
			strings.ToUpper(kind[:1])+kind[1:], short, environment),
		unmet,
	}}
}

// EnterEnvironment is called for each job that names an environment, before
// its first step. It makes the environment if there is none, and the
// deployment; it refuses what the policy does not admit; it waits for a review
// and the timer. nil means that the job may start; the error is a [*Refused],
// or the context's.
func (s *Store) EnterEnvironment(ctx context.Context, runID, jobID int64) error {
	name, err := s.queueDeployment(runID, jobID)
	if err != nil || name == "" {
		return err
	}
	for {
		verdict, left, changed := s.gate(runID, jobID, name)
		switch {
		case verdict == gateOpen:
			return s.UpdateJob(runID, jobID, func(j *Job) { j.Status = Queued })
		case verdict == gateRefused:
			return &Refused{[]string{unmet}}
		}
		if err := wait(ctx, left, changed); err != nil {
			return fmt.Errorf("waiting for the environment %s: %w", name, err)
		}
	}
}

func wait(ctx context.Context, left time.Duration, changed <-chan struct{}) error {
	var timer <-chan time.Time
	if left > 0 {
		t := time.NewTimer(left)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-timer:
	}
	return nil
}

// queueDeployment judges the policy and, if it admits, lets the job wait. The
// name is "" for a job without environment.
func (s *Store) queueDeployment(runID, jobID int64) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, job := s.job(runID, jobID)
	if job == nil {
		return "", fmt.Errorf("job %d of run %d: %w", jobID, runID, ErrNotFound)
	}
	repo := s.repo(run.Owner, run.Name)
	if job.Environment == "" || repo == nil {
		return "", nil
	}
	e := s.inForce(repo, s.environment(repo, job.Environment))
	if !s.admits(repo, e, run.Ref) {
		refused := refusal(run.Ref, e.Name)
		job.Annotations = append(job.Annotations, refused.Annotations...)
		return e.Name, firstError(refused, s.save())
	}
	s.deploy(repo, run, job, e)
	if len(e.Reviewers) > 0 || e.WaitMinutes > 0 || len(e.guards()) > 0 {
		s.pend(run, job, e.Name)
	}
	return e.Name, s.save()
}

// firstError prefers the refusal, but never hides that the state was not kept.
func firstError(refused *Refused, kept error) error {
	if kept != nil {
		return fmt.Errorf("%w (and the state was not kept: %w)", refused, kept)
	}
	return refused
}

func (s *Store) pend(run *Run, job *Job, environment string) {
	job.Status, run.Status = Waiting, Waiting
	for i := range run.Pending {
		if p := &run.Pending[i]; strings.EqualFold(p.Environment, environment) {
			p.JobIDs = append(p.JobIDs, job.ID)
			return
		}
	}
	run.Pending = append(run.Pending, Pending{Environment: environment, Since: s.opt.Now(), JobIDs: []int64{job.ID}})
}

func (s *Store) deploy(repo *Repository, run *Run, job *Job, e *Environment) {
	_, short := refParts(run.Ref)
	now := s.now()
	d := &Deployment{
		ID: s.id(), RunID: run.ID, JobID: job.ID, Environment: e.Name, Ref: short, SHA: run.SHA,
		Creator: run.TriggeringActor, CreatedAt: now, UpdatedAt: now,
	}
	repo.Deployments = append(repo.Deployments, d)
	job.DeploymentID = d.ID
	s.deploymentState(repo, d.ID, "queued", "")
}

func (s *Store) deploymentState(repo *Repository, id int64, state, description string) {
	for _, d := range repo.Deployments {
		if d.ID != id {
			continue
		}
		if n := len(d.Statuses); n > 0 && d.Statuses[n-1].State == state {
			return
		}
		d.UpdatedAt = s.now()
		d.Statuses = append(d.Statuses, DeploymentStatus{ID: s.id(), State: state, Description: description, At: d.UpdatedAt})
	}
}
