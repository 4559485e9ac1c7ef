package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

type gateState int

const (
	gateShut gateState = iota
	gateOpen
	gateRefused
)

// gate tells whether a waiting job may start, and if not, how long the wait
// timer still runs (0: not known) and what to wait for.
func (s *Store) gate(runID, jobID int64, environment string) (gateState, time.Duration, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, job := s.job(runID, jobID)
	if job == nil {
		return gateRefused, 0, nil
	}
	pending := run.pending(environment)
	if pending == nil || !slices.Contains(pending.JobIDs, jobID) {
		return run.answered(environment, job), 0, nil
	}
	repo := s.repo(run.Owner, run.Name)
	if repo == nil {
		return gateRefused, 0, nil
	}
	e := repo.Environment(environment)
	if e == nil {
		return gateRefused, 0, nil
	}
	e = s.inForce(repo, e)
	left := time.Duration(e.WaitMinutes)*s.opt.Minute - s.opt.Now().Sub(pending.Since)
	if left > 0 || (len(e.Reviewers) > 0 && !pending.Approved) || !pending.agreed(e) {
		return gateShut, max(left, 0), s.changed
	}
	run.drop(environment)
	return gateOpen, 0, nil
}

func (r *Run) pending(environment string) *Pending {
	for i := range r.Pending {
		if strings.EqualFold(r.Pending[i].Environment, environment) {
			return &r.Pending[i]
		}
	}
	return nil
}

// answered is what a job gets that waits no more: a rejection, if that is the
// last answer since it was made, and else a start.
func (r *Run) answered(environment string, job *Job) gateState {
	if r.Status == Completed {
		return gateRefused
	}
	for _, review := range slices.Backward(r.Reviews) {
		if !strings.EqualFold(review.Environment, environment) || review.At.Before(job.CreatedAt) {
			continue
		}
		if review.State == "rejected" {
			return gateRefused
		}
		return gateOpen
	}
	return gateOpen
}

// drop ends the wait for an environment; the run goes on.
func (r *Run) drop(environment string) {
	r.Pending = slices.DeleteFunc(r.Pending, func(p Pending) bool { return strings.EqualFold(p.Environment, environment) })
	if len(r.Pending) == 0 && r.Status == Waiting {
		r.Status = InProgress
	}
}

// Answer is a person's answer to a waiting run.
type Answer struct {
	Login        string
	Environments []string
	// State is "approved" or "rejected".
	State, Comment string
	// Bypass passes the rules by, as an administrator.
	Bypass bool
}

// Review answers a run that waits, and returns the deployments concerned. The
// error is a [*Refusal] for a person who may not.
func (s *Store) Review(runID int64, a Answer) ([]Deployment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := s.run(runID)
	if run == nil {
		return nil, &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	repo := s.repo(run.Owner, run.Name)
	if err := s.checkAnswer(repo, run, a); err != nil {
		return nil, err
	}
	var deployments []Deployment
	for _, name := range a.Environments {
		for _, id := range run.pending(name).JobIDs {
			deployments = append(deployments, repo.deploymentOf(id)...)
		}
		s.answer(run, name, a)
	}
	return deployments, s.save()
}

func (s *Store) checkAnswer(repo *Repository, run *Run, a Answer) error {
	if repo == nil || len(a.Environments) == 0 || (a.State != "approved" && a.State != "rejected") {
		return &Refusal{Status: http.StatusUnprocessableEntity, Message: "Validation Failed"}
	}
	for _, name := range a.Environments {
		e := repo.Environment(name)
		if e == nil || run.pending(name) == nil {
			return &Refusal{
				Status:  http.StatusUnprocessableEntity,
				Message: fmt.Sprintf("No pending deployment requests to approve or reject for the environment %s", name),
			}
		}
		allowed := s.mayApprove(a.Login, e, run)
		if a.Bypass {
			allowed = s.mayBypass(a.Login, e, repo)
		}
		if !allowed {
			return &Refusal{
				Status:  http.StatusForbidden,
				Message: fmt.Sprintf("%s is not allowed to review the deployment to %s", a.Login, e.Name),
			}
		}
	}
	return nil
}

func (s *Store) answer(run *Run, environment string, a Answer) {
	run.Reviews = append(run.Reviews, Review{
		Environment: environment, Login: a.Login, State: a.State, Comment: a.Comment, At: s.now(), Bypass: a.Bypass,
	})
	pending := run.pending(environment)
	switch {
	case a.State == "rejected":
		for _, id := range pending.JobIDs {
			if job := run.Job(id); job != nil {
				job.Annotations = append(job.Annotations, unmet)
			}
		}
		run.drop(environment)
	case a.Bypass:
		run.drop(environment)
	default:
		pending.Approved = true
	}
}

func (r *Repository) deploymentOf(jobID int64) []Deployment {
	var found []Deployment
	for _, d := range r.Deployments {
		if d.JobID == jobID {
			found = append(found, *d)
		}
	}
	return found
}
