package github

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

const runPath = actionsPath + "runs/{run}"

var runEndpoints = []endpoint{
	{pattern: "GET " + runPath, need: need{Read, "actions", "read"}, do: (*call).oneRun},
	{pattern: "GET " + runPath + "/jobs", need: need{Read, "actions", "read"}, do: (*call).jobs},
	{pattern: "GET " + runPath + "/attempts/{attempt}/jobs", need: need{Read, "actions", "read"}, do: (*call).jobsOfAttempt},
	{pattern: "GET " + actionsPath + "jobs/{job}", need: need{Read, "actions", "read"}, do: (*call).oneJob},
	{pattern: "GET " + actionsPath + "jobs/{job}/logs", need: need{Read, "actions", "read"}, do: (*call).jobLogs},
	{pattern: "GET " + runPath + "/approvals", need: need{Read, "actions", "read"}, do: (*call).approvals},
	{pattern: "GET " + runPath + "/pending_deployments", need: need{Read, "actions", "read"}, do: (*call).pending},
	{pattern: "POST " + runPath + "/pending_deployments", need: need{Read, "deployments", "write"}, free: true, do: (*call).review},
	{pattern: "POST " + runPath + "/cancel", need: need{Write, "actions", "write"}, free: true, do: (*call).cancel},
	{pattern: "POST " + runPath + "/force-cancel", need: need{Write, "actions", "write"}, free: true, do: (*call).cancel},
	{pattern: "POST " + runPath + "/rerun", need: need{Write, "actions", "write"}, free: true, do: (*call).rerun},
	{pattern: "POST " + runPath + "/rerun-failed-jobs", need: need{Write, "actions", "write"}, free: true, do: (*call).rerun},
}

// pathRun is the run of the path, if it is the repository's.
func (c *call) pathRun() (*Run, error) {
	id, err := strconv.ParseInt(c.r.PathValue("run"), 10, 64)
	run := c.s.run(id)
	if err != nil || run == nil || run.Owner != c.repo.Owner || run.Name != c.repo.Name {
		return nil, &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	return run, nil
}

func (c *call) oneRun() (answer, error) {
	run, err := c.pathRun()
	if err != nil {
		return answer{}, err
	}
	return ok(c.drawRun(run))
}

func (c *call) drawRun(r *Run) obj {
	_, short := refParts(r.Ref)
	url := fmt.Sprintf("%s/actions/runs/%d", c.repo.url(), r.ID)
	repo := c.s.drawRepository(c.repo)
	return obj{
		"id": r.ID, "node_id": nodeID("WorkflowRun", r.ID), "name": r.WorkflowName, "display_title": r.Title,
		"run_number": r.Number, "run_attempt": r.Attempt, "event": r.Event, "status": r.Status,
		"conclusion": orNull(string(r.Conclusion)), "head_branch": short, "head_sha": r.SHA, "path": r.WorkflowPath,
		"workflow_id": r.WorkflowID, "check_suite_id": r.ID, "check_suite_node_id": nodeID("CheckSuite", r.ID),
		"url": url, "html_url": fmt.Sprintf("%s/actions/runs/%d", c.repo.page(), r.ID),
		"created_at": stamp(r.CreatedAt), "updated_at": stamp(r.UpdatedAt), "run_started_at": stamp(r.StartedAt),
		"actor": c.s.user(r.Actor), "triggering_actor": c.s.user(r.TriggeringActor), "pull_requests": []obj{},
		"jobs_url": url + "/jobs", "logs_url": url + "/logs", "cancel_url": url + "/cancel", "rerun_url": url + "/rerun",
		"artifacts_url": url + "/artifacts", "previous_attempt_url": nil,
		"check_suite_url": fmt.Sprintf("%s/check-suites/%d", c.repo.url(), r.ID),
		"workflow_url":    fmt.Sprintf("%s/actions/workflows/%d", c.repo.url(), r.WorkflowID),
		"head_commit":     c.drawHeadCommit(r.SHA), "head_repository": repo, "repository": repo,
		"referenced_workflows": drawAll(r.Referenced, func(w ReferencedWorkflow) obj {
			return obj{"path": w.Path, "sha": w.SHA, "ref": w.Ref}
		}),
	}
}

func (c *call) drawHeadCommit(sha string) any {
	commit, err := c.s.git(c.repo).commit(c.r.Context(), sha)
	if err != nil {
		return nil
	}
	person := func(p gitPerson) obj { return obj{"name": p.Name, "email": p.Email} }
	return obj{
		"id": commit.SHA, "tree_id": commit.Tree, "message": commit.Message, "timestamp": stamp(commit.Committer.At),
		"author": person(commit.Author), "committer": person(commit.Committer),
	}
}

func (c *call) jobs() (answer, error) {
	run, err := c.pathRun()
	if err != nil {
		return answer{}, err
	}
	return counted(c, "jobs", run.Jobs, func(j Job) obj { return c.drawJob(run, j) })
}

func (c *call) jobsOfAttempt() (answer, error) {
	run, err := c.pathRun()
	if err != nil {
		return answer{}, err
	}
	if c.r.PathValue("attempt") != strconv.Itoa(run.Attempt) {
		return notFound()
	}
	return counted(c, "jobs", run.Jobs, func(j Job) obj { return c.drawJob(run, j) })
}

func (c *call) drawJob(run *Run, j Job) obj {
	_, short := refParts(run.Ref)
	started := j.StartedAt
	if started.IsZero() {
		started = j.CreatedAt // the field is never null, not for a waiting job either
	}
	return obj{
		"id": j.ID, "node_id": nodeID("CheckRun", j.ID), "run_id": run.ID, "run_attempt": run.Attempt, "name": j.Name,
		"workflow_name": run.WorkflowName, "head_branch": short, "head_sha": run.SHA,
		"status": j.Status, "conclusion": orNull(string(j.Conclusion)),
		"created_at": stamp(j.CreatedAt), "started_at": stamp(started), "completed_at": stamp(j.CompletedAt),
		"url":           fmt.Sprintf("%s/actions/jobs/%d", c.repo.url(), j.ID),
		"run_url":       fmt.Sprintf("%s/actions/runs/%d", c.repo.url(), run.ID),
		"check_run_url": fmt.Sprintf("%s/check-runs/%d", c.repo.url(), j.ID),
		"html_url":      fmt.Sprintf("%s/actions/runs/%d/job/%d", c.repo.page(), run.ID, j.ID),
		"labels":        orEmpty(j.RunnerLabels), "runner_id": nil, "runner_name": nil, "runner_group_id": nil, "runner_group_name": nil,
		"steps": drawAll(j.Steps, drawStep),
	}
}

func drawStep(s Step) obj {
	return obj{
		"number": s.Number, "name": s.Name, "status": s.Status, "conclusion": orNull(string(s.Conclusion)),
		"started_at": stamp(s.StartedAt), "completed_at": stamp(s.CompletedAt),
	}
}

// pathJob is the job of the path, if it is the repository's.
func (c *call) pathJob() (*Run, *Job) {
	id, err := strconv.ParseInt(c.r.PathValue("job"), 10, 64)
	if err != nil {
		return nil, nil
	}
	for _, run := range c.s.w.Runs {
		if job := run.Job(id); job != nil && run.Owner == c.repo.Owner && run.Name == c.repo.Name {
			return run, job
		}
	}
	return nil, nil
}

func (c *call) oneJob() (answer, error) {
	run, job := c.pathJob()
	if job == nil {
		return notFound()
	}
	return ok(c.drawJob(run, *job))
}

// jobLogs redirects to a signed address on another host, as GitHub does: a
// client that would send its token along there is to be found out.
func (c *call) jobLogs() (answer, error) {
	if c.token == nil {
		return refuse(http.StatusForbidden, "Must have admin rights to Repository.")
	}
	run, job := c.pathJob()
	if job == nil || job.Status == Queued || job.Status == Waiting {
		return notFound()
	}
	key := strings.ReplaceAll(uuid.NewString(), "-", "")
	c.s.links[key] = logLink{RunID: run.ID, JobID: job.ID, Until: c.s.opt.Now().Add(logLinkLife)}
	return answer{status: http.StatusFound, header: http.Header{"Location": {"https://" + ResultsHost + "/job-logs/" + key + ".txt"}}}, nil
}

func (c *call) approvals() (answer, error) {
	run, err := c.pathRun()
	if err != nil {
		return answer{}, err
	}
	drawn := []obj{}
	for _, review := range run.Reviews {
		environments := []obj{}
		if e := c.repo.Environment(review.Environment); e != nil {
			head := c.s.drawEnvironmentHead(c.repo, e)
			head["created_at"], head["updated_at"] = stamp(e.CreatedAt), stamp(e.UpdatedAt)
			environments = append(environments, head)
		}
		drawn = append(drawn, obj{
			"environments": environments, "state": review.State, "user": c.s.user(review.Login), "comment": review.Comment,
		})
	}
	return ok(drawn)
}

func (c *call) pending() (answer, error) {
	run, err := c.pathRun()
	if err != nil {
		return answer{}, err
	}
	drawn := []obj{}
	for _, p := range run.Pending {
		e := c.repo.Environment(p.Environment)
		if e == nil {
			continue
		}
		var began any
		if e.WaitMinutes > 0 {
			began = stamp(p.Since)
		}
		drawn = append(drawn, obj{
			"environment": c.s.drawEnvironmentHead(c.repo, e), "wait_timer": e.WaitMinutes, "wait_timer_started_at": began,
			"current_user_can_approve": c.s.mayApprove(c.login, e, run), "reviewers": c.s.drawReviewers(e),
		})
	}
	return ok(drawn)
}

func (c *call) review() (answer, error) {
	var body struct {
		EnvironmentIDs []int64 `json:"environment_ids"`
		State          string  `json:"state"`
		Comment        string  `json:"comment"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	c.s.mu.Lock()
	run, err := c.pathRun()
	a := Answer{Login: c.login, State: body.State, Comment: body.Comment}
	for _, e := range c.repo.Environments {
		for _, id := range body.EnvironmentIDs {
			if e.ID == id {
				a.Environments = append(a.Environments, e.Name)
			}
		}
	}
	c.s.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	deployments, err := c.s.Review(run.ID, a)
	if err != nil {
		return answer{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return ok(drawAll(deployments, func(d Deployment) obj { return c.drawDeployment(&d) }))
}

func (c *call) cancel() (answer, error) {
	c.s.mu.Lock()
	run, err := c.pathRun()
	done := err == nil && run.Status == Completed
	hook := c.s.hooks.Cancel
	c.s.mu.Unlock()
	switch {
	case err != nil:
		return answer{}, err
	case done:
		return refuse(http.StatusConflict, "Cannot cancel a workflow run that is completed.")
	case hook == nil:
		return answer{}, fmt.Errorf("no runner is there to cancel run %d", run.ID)
	}
	hook(c.r.Context(), run.ID)
	return answer{status: http.StatusAccepted, body: obj{}}, nil
}

func (c *call) rerun() (answer, error) {
	c.s.mu.Lock()
	run, err := c.pathRun()
	open := err == nil && run.Status != Completed
	hook := c.s.hooks.Rerun
	c.s.mu.Unlock()
	switch {
	case err != nil:
		return answer{}, err
	case open:
		return refuse(http.StatusForbidden, "This workflow is already running")
	case hook == nil:
		return answer{}, fmt.Errorf("no runner is there to run %d again", run.ID)
	}
	if err := hook(c.r.Context(), run.ID, strings.HasSuffix(c.r.URL.Path, "/rerun-failed-jobs"), c.login); err != nil {
		return answer{}, err
	}
	return created(obj{})
}
