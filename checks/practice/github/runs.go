package github

import (
	"context"
	"fmt"
	"strings"
)

// CreateRun makes a run, queued unless its status says otherwise, and returns
// it with all ids. Jobs may be given or added later.
func (s *Store) CreateRun(ctx context.Context, run Run) (*Run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repo(run.Owner, run.Name)
	if repo == nil {
		return nil, fmt.Errorf("repository %s/%s: %w", run.Owner, run.Name, ErrNotFound)
	}
	workflow := s.workflow(repo, run.WorkflowPath)
	workflow.Runs++
	now := s.now()
	run.ID, run.Number, run.WorkflowID = s.id(), workflow.Runs, workflow.ID
	run.Owner, run.Name, run.Attempt = repo.Owner, repo.Name, max(run.Attempt, 1)
	run.CreatedAt, run.StartedAt, run.UpdatedAt = now, now, now
	if run.WorkflowName != "" {
		workflow.Name = run.WorkflowName
	}
	if run.Status == "" {
		run.Status = Queued
	}
	if run.TriggeringActor == "" {
		run.TriggeringActor = run.Actor
	}
	if run.Title == "" {
		if c, err := s.git(repo).commit(ctx, run.SHA); err == nil {
			run.Title = c.Subject()
		}
	}
	made := run.clone()
	for i := range made.Jobs {
		s.beginJob(&made.Jobs[i])
	}
	s.w.Runs = append(s.w.Runs, made)
	return made.clone(), s.save()
}

func (s *Store) beginJob(j *Job) {
	if j.ID == 0 {
		j.ID = s.id()
	}
	if j.CreatedAt.IsZero() {
		j.CreatedAt = s.now()
	}
	if j.Status == "" {
		j.Status = Queued
	}
	if j.Name == "" {
		j.Name = j.Key
	}
}

// workflow finds the record of a workflow file, or makes it.
func (s *Store) workflow(repo *Repository, path string) *Workflow {
	for _, w := range repo.Workflows {
		if w.Path == path {
			return w
		}
	}
	now := s.now()
	w := &Workflow{ID: s.id(), Path: path, Name: path, State: "active", CreatedAt: now, UpdatedAt: now}
	repo.Workflows = append(repo.Workflows, w)
	return w
}

func (s *Store) run(id int64) *Run {
	for _, r := range s.w.Runs {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Run returns a copy of a run.
func (s *Store) Run(id int64) (*Run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := s.run(id)
	if run == nil {
		return nil, fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	return run.clone(), nil
}

// Runs lists the runs of a repository, newest first.
func (s *Store) Runs(owner, name string) []*Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	var runs []*Run
	for i := len(s.w.Runs) - 1; i >= 0; i-- {
		if r := s.w.Runs[i]; strings.EqualFold(r.Owner, owner) && strings.EqualFold(r.Name, name) {
			runs = append(runs, r.clone())
		}
	}
	return runs
}

// OpenRuns lists the runs of all repositories that are not completed, oldest
// first: what a runner finds when a world is taken up again.
func (s *Store) OpenRuns() []*Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	var runs []*Run
	for _, r := range s.w.Runs {
		if r.Status != Completed {
			runs = append(runs, r.clone())
		}
	}
	return runs
}

// UpdateRun changes a run under the store's lock; the function must not call
// the store. Completing it ends what it waits for.
func (s *Store) UpdateRun(id int64, change func(*Run)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := s.run(id)
	if run == nil {
		return fmt.Errorf("run %d: %w", id, ErrNotFound)
	}
	change(run)
	for i := range run.Jobs {
		s.beginJob(&run.Jobs[i])
	}
	run.UpdatedAt = s.now()
	if run.Status == Completed {
		run.Pending = nil
	}
	return s.save()
}

// UpdateJob changes a job under the store's lock, and fills in its times and
// its deployment's state; the function must not call the store.
func (s *Store) UpdateJob(runID, jobID int64, change func(*Job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, job := s.job(runID, jobID)
	if job == nil {
		return fmt.Errorf("job %d of run %d: %w", jobID, runID, ErrNotFound)
	}
	change(job)
	s.settleJob(run, job)
	return s.save()
}

// AppendLog adds text to a job's log. It is kept with the next change of the
// job, so that a step that says much does not write the state for each line.
func (s *Store) AppendLog(runID, jobID int64, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, job := s.job(runID, jobID)
	if job == nil {
		return fmt.Errorf("job %d of run %d: %w", jobID, runID, ErrNotFound)
	}
	job.Log += text
	return nil
}

func (s *Store) job(runID, jobID int64) (*Run, *Job) {
	run := s.run(runID)
	if run == nil {
		return nil, nil
	}
	return run, run.Job(jobID)
}

// settleJob dates a job after its status, and tells its deployment.
func (s *Store) settleJob(run *Run, job *Job) {
	now := s.now()
	run.UpdatedAt = now
	if job.Status != Queued && job.Status != Waiting && job.StartedAt.IsZero() {
		job.StartedAt = now
	}
	if job.Status == Completed && job.CompletedAt.IsZero() {
		job.CompletedAt = now
	}
	repo := s.repo(run.Owner, run.Name)
	if job.DeploymentID == 0 || repo == nil {
		return
	}
	state := map[Conclusion]string{Success: "success", Cancelled: "inactive", Skipped: "inactive"}[job.Conclusion]
	switch {
	case job.Status == InProgress:
		state = "in_progress"
	case job.Status != Completed:
		return
	case state == "":
		state = "failure"
	}
	s.deploymentState(repo, job.DeploymentID, state, "")
}

// FileAt reads a file of a repository at a branch, tag, full ref or commit,
// and says which commit that is.
func (s *Store) FileAt(ctx context.Context, owner, name, rev, path string) (data []byte, commit string, err error) {
	dir, err := s.GitDir(owner, name)
	if err != nil {
		return nil, "", err
	}
	g := gitRepo{dir}
	if commit, err = g.resolve(ctx, rev); err != nil {
		return nil, "", err
	}
	data, err = g.file(ctx, commit, path)
	return data, commit, err
}
