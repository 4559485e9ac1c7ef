package github

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// PipelinesHost is where jobs ask for identity tokens.
const PipelinesHost = "pipelines.actions.githubusercontent.com"

// jobRef names the job that a token was made for.
type jobRef struct {
	RunID, JobID int64
	// request tells a token for asking for identity tokens from a GITHUB_TOKEN.
	request bool
}

// JobCredentials are what a job gets to act with. They end with the job.
type JobCredentials struct {
	// GitHubToken is its GITHUB_TOKEN, with the job's permissions.
	GitHubToken string
	// RequestURL and RequestToken are ACTIONS_ID_TOKEN_REQUEST_URL and
	// ACTIONS_ID_TOKEN_REQUEST_TOKEN; "" for a job without id-token: write.
	RequestURL, RequestToken string
}

// Credentials makes the credentials of a job.
func (s *Store) Credentials(runID, jobID int64) (JobCredentials, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, job := s.job(runID, jobID)
	if job == nil {
		return JobCredentials{}, fmt.Errorf("job %d of run %d: %w", jobID, runID, ErrNotFound)
	}
	c := JobCredentials{GitHubToken: newToken(JobToken)}
	s.jobTokens[c.GitHubToken] = jobRef{RunID: runID, JobID: jobID}
	if job.Permissions["id-token"] != "write" {
		return c, nil
	}
	c.RequestToken = "practice" + strings.ReplaceAll(uuid.NewString(), "-", "")
	s.jobTokens[c.RequestToken] = jobRef{RunID: runID, JobID: jobID, request: true}
	c.RequestURL = fmt.Sprintf("https://%s/%s//_apis/distributedtask/hubs/Actions/plans/%d/jobs/%d/idtoken?api-version=2.0",
		PipelinesHost, uuid.NewString(), runID, jobID)
	return c, nil
}

// jobToken is the API token that a GITHUB_TOKEN stands for, or nil.
func (s *Store) jobToken(value string) *Token {
	ref, ok := s.jobTokens[value]
	if !ok || ref.request {
		return nil
	}
	run, job := s.job(ref.RunID, ref.JobID)
	if job == nil || job.Status == Completed {
		return nil
	}
	repo := s.repo(run.Owner, run.Name)
	if repo == nil {
		return nil
	}
	return &Token{
		Value: value, Login: actionsBot, Kind: JobToken,
		Permissions: maps.Clone(job.Permissions), Repositories: []int64{repo.ID},
	}
}

// actionsBot is who a GITHUB_TOKEN acts as.
const actionsBot = "github-actions[bot]"

// IssueIDToken signs an identity token for a job that is in progress and has
// id-token: write. An empty audience is the owner's address, as on GitHub. The
// error is a [*Refusal] for a job that may not have one.
func (s *Store) IssueIDToken(runID, jobID int64, audience string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	run, job := s.job(runID, jobID)
	if job == nil {
		return "", &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	if job.Status != InProgress || job.Permissions["id-token"] != "write" {
		return "", &Refusal{Status: http.StatusForbidden, Message: "The job may not request an identity token"}
	}
	repo := s.repo(run.Owner, run.Name)
	if repo == nil {
		return "", &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	claims := s.claims(repo, run, job)
	claims.Audience = jwt.ClaimStrings{cmp.Or(audience, "https://github.com/"+repo.Owner)}
	return s.opt.Issuer.Sign(claims, s.opt.Now())
}

func (s *Store) claims(repo *Repository, run *Run, job *Job) oidc.Claims {
	owner, actor := s.account(repo.Owner), s.account(run.Actor)
	file := repo.FullName() + "/" + run.WorkflowPath + "@" + run.Ref
	kind, _ := refParts(run.Ref)
	c := oidc.Claims{
		Repository: repo.FullName(), RepositoryID: decimal(repo.ID),
		RepositoryOwner: owner.Login, RepositoryOwnerID: decimal(owner.ID), RepositoryVisibility: repo.visibility(),
		Workflow: run.WorkflowName, WorkflowRef: file, WorkflowSHA: run.SHA,
		JobWorkflowRef: file, JobWorkflowSHA: run.SHA,
		Environment: job.Environment, EventName: run.Event,
		Ref: run.Ref, RefType: kind, RefProtected: strconv.FormatBool(s.refProtected(repo, run.Ref)),
		BaseRef: run.BaseRef, HeadRef: run.HeadRef, SHA: run.SHA, Actor: run.Actor,
		RunID: decimal(run.ID), RunNumber: strconv.Itoa(run.Number), RunAttempt: strconv.Itoa(run.Attempt),
		RunnerEnvironment: "github-hosted",
	}
	if actor != nil {
		c.ActorID = decimal(actor.ID)
	}
	if job.WorkflowPath != "" {
		c.JobWorkflowRef, c.JobWorkflowSHA = job.WorkflowPath+"@"+job.WorkflowRef, job.WorkflowSHA
	}
	c.Subject = subject(repo, c)
	return c
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (r *Repository) visibility() string {
	if r.Private {
		return "private"
	}
	return "public"
}

// subjectPrefix is how every default subject of a repository begins.
func (r *Repository) subjectPrefix(ownerID string) string {
	if r.Subject.Immutable {
		return fmt.Sprintf("repo:%s@%s/%s@%d", r.Owner, ownerID, r.Name, r.ID)
	}
	return "repo:" + r.FullName()
}

// subject makes the sub claim: by environment, else pull request, else ref;
// or of the claims that the repository has chosen.
func subject(repo *Repository, c oidc.Claims) string {
	context := "ref:" + c.Ref
	switch {
	case c.Environment != "":
		context = "environment:" + strings.ReplaceAll(c.Environment, ":", "%3A")
	case c.EventName == "pull_request":
		context = "pull_request"
	}
	prefix := repo.subjectPrefix(c.RepositoryOwnerID)
	if len(repo.Subject.Keys) == 0 {
		return prefix + ":" + context
	}
	values := map[string]string{
		"repository": c.Repository, "repository_id": c.RepositoryID, "repository_owner": c.RepositoryOwner,
		"repository_owner_id": c.RepositoryOwnerID, "repository_visibility": c.RepositoryVisibility,
		"workflow": c.Workflow, "workflow_ref": c.WorkflowRef, "job_workflow_ref": c.JobWorkflowRef,
		"environment": c.Environment, "event_name": c.EventName, "ref": c.Ref, "ref_type": c.RefType, "actor": c.Actor,
		"actor_id": c.ActorID, "runner_environment": c.RunnerEnvironment,
	}
	var parts []string
	for _, key := range repo.Subject.Keys {
		switch key {
		case "repo":
			parts = append(parts, prefix)
		case "context":
			parts = append(parts, context)
		default:
			parts = append(parts, key+":"+strings.ReplaceAll(values[key], ":", "%3A"))
		}
	}
	return strings.Join(parts, ":")
}

// refProtected tells whether a branch protection or an active ruleset of the
// kind covers a ref.
func (s *Store) refProtected(repo *Repository, ref string) bool {
	kind, short := refParts(ref)
	if kind == "branch" && repo.protectionOf(short) != nil {
		return true
	}
	return len(s.rulesFor(repo, ref)) > 0
}
