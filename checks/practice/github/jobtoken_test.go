package github

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// ask asks for an identity token as a job does.
func (p *practice) ask(c JobCredentials, audience string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequest("GET", c.RequestURL+"&audience="+audience, nil)
	p.must(err)
	r.Header.Set("Authorization", "Bearer "+c.RequestToken)
	answer, err := p.RoundTrip(r)
	p.must(err)
	var body struct{ Value string }
	p.must(json.NewDecoder(answer.Body).Decode(&body))
	return answer.StatusCode, body.Value
}

// running starts a job that is in progress.
func (p *practice) running(ref string, job Job) (*Run, int64, JobCredentials) {
	p.t.Helper()
	run, id := p.startRun(ref, "bo", job)
	p.must(p.s.UpdateJob(run.ID, id, func(j *Job) { j.Status = InProgress }))
	c, err := p.s.Credentials(run.ID, id)
	p.must(err)
	return run, id, c
}

var mints = map[string]string{"id-token": "write"}

func (p *practice) claims(c JobCredentials) *oidc.Claims {
	p.t.Helper()
	status, token := p.ask(c, "pypi")
	if status != 200 {
		p.t.Fatalf("asking for a token: %d", status)
	}
	issuer, err := oidc.NewIssuer(p.state)
	p.must(err)
	v := &oidc.Verifier{Client: &http.Client{Transport: served{issuer}}, Audience: "pypi", Now: p.clock.Now}
	claims, err := v.Verify(p.t.Context(), token)
	p.must(err)
	return claims
}

type served struct{ http.Handler }

func (s served) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestATokenSaysWhatTheJobIs(t *testing.T) {
	p := newPractice(t)
	run, _, c := p.running("refs/tags/v1", Job{Key: "publish", Environment: "Release", Permissions: mints})
	got := p.claims(c)
	repo, _ := p.s.Repository("acme", "x")
	for name, pair := range map[string][2]string{
		"repository":          {got.Repository, "acme/x"},
		"repository_id":       {got.RepositoryID, decimal(repo.ID)},
		"repository_owner":    {got.RepositoryOwner, "acme"},
		"repository_owner_id": {got.RepositoryOwnerID, decimal(p.s.account("acme").ID)},
		"workflow_ref":        {got.WorkflowRef, "acme/x/" + workflowFile + "@refs/tags/v1"},
		"job_workflow_ref":    {got.JobWorkflowRef, "acme/x/" + workflowFile + "@refs/tags/v1"},
		"workflow_sha":        {got.WorkflowSHA, p.sha},
		"environment":         {got.Environment, "Release"},
		"event_name":          {got.EventName, "push"},
		"ref":                 {got.Ref, "refs/tags/v1"},
		"ref_type":            {got.RefType, "tag"},
		"ref_protected":       {got.RefProtected, "false"},
		"sha":                 {got.SHA, p.sha},
		"run_id":              {got.RunID, decimal(run.ID)},
		"run_attempt":         {got.RunAttempt, "1"},
		"actor":               {got.Actor, "bo"},
		"actor_id":            {got.ActorID, decimal(p.s.account("bo").ID)},
		"sub":                 {got.Subject, "repo:acme/x:environment:Release"},
		"visibility":          {got.RepositoryVisibility, "public"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
}

func TestAReusableWorkflowIsWhereTheJobIsWritten(t *testing.T) {
	p := newPractice(t)
	_, _, c := p.running("refs/heads/main", Job{
		Key: "publish", Permissions: mints, WorkflowPath: "other/ci/.github/workflows/r.yml", WorkflowRef: "refs/tags/v9", WorkflowSHA: "abc",
	})
	got := p.claims(c)
	if got.JobWorkflowRef != "other/ci/.github/workflows/r.yml@refs/tags/v9" || got.JobWorkflowSHA != "abc" {
		t.Errorf("job_workflow_ref %q, job_workflow_sha %q", got.JobWorkflowRef, got.JobWorkflowSHA)
	}
	if got.WorkflowRef != "acme/x/"+workflowFile+"@refs/heads/main" {
		t.Errorf("workflow_ref %q", got.WorkflowRef)
	}
}

func TestSubjects(t *testing.T) {
	for name, c := range map[string]struct {
		subject SubjectSettings
		claims  oidc.Claims
		want    string
	}{
		"ref":         {claims: oidc.Claims{Ref: "refs/heads/main"}, want: "repo:acme/x:ref:refs/heads/main"},
		"pull":        {claims: oidc.Claims{EventName: "pull_request"}, want: "repo:acme/x:pull_request"},
		"environment": {claims: oidc.Claims{Environment: "a:b"}, want: "repo:acme/x:environment:a%3Ab"},
		"immutable": {
			SubjectSettings{Immutable: true}, oidc.Claims{Ref: "refs/heads/main", RepositoryOwnerID: "7"}, "repo:acme@7/x@9:ref:refs/heads/main",
		},
		"customised": {
			SubjectSettings{Keys: []string{"repo", "context", "job_workflow_ref"}}, oidc.Claims{Ref: "r", JobWorkflowRef: "w"},
			"repo:acme/x:ref:r:job_workflow_ref:w",
		},
	} {
		repo := &Repository{ID: 9, Owner: "acme", Name: "x", Subject: c.subject}
		if got := subject(repo, c.claims); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestOnlyARunningJobWithThePermissionGetsAToken(t *testing.T) {
	p := newPractice(t)
	run, job, c := p.running("refs/heads/main", Job{Key: "a", Permissions: mints})
	if status, _ := p.ask(c, "pypi"); status != 200 {
		t.Fatalf("a running job: %d", status)
	}
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) { j.Status = Completed }))
	if status, token := p.ask(c, "pypi"); status != 403 || token != "" {
		t.Errorf("a job that has ended: %d %s", status, token)
	}
	wrong := c
	wrong.RequestToken = c.GitHubToken
	if status, token := p.ask(wrong, "pypi"); status != 401 || token != "" {
		t.Errorf("with its GITHUB_TOKEN: %d %s", status, token)
	}
	_, _, none := p.running("refs/heads/main", Job{Key: "b", Permissions: map[string]string{"contents": "read"}})
	if none.RequestURL != "" || none.RequestToken != "" {
		t.Error("a job without id-token: write got a way to ask")
	}
	waiting, id := p.startRun("refs/heads/main", "bo", Job{Key: "c", Permissions: mints})
	if _, err := p.s.IssueIDToken(waiting.ID, id, "pypi"); !isRefusal(err, 403) {
		t.Errorf("a job that has not started: %v", err)
	}
}

func TestAGitHubTokenDoesWhatTheJobMay(t *testing.T) {
	p := newPractice(t)
	run, job, c := p.running("refs/heads/main", Job{Key: "a", Permissions: map[string]string{"contents": "write", "actions": "read"}})
	p.tokens["job"] = c.GitHubToken
	p.expect(201, "job", "POST", "R/git/refs", `{"ref":"refs/tags/v1","sha":"`+p.sha+`"}`)
	p.expect(200, "job", "GET", "R/actions/runs", "")
	p.expect(403, "job", "PUT", "R/environments/e", "{}")
	p.expect(403, "job", "GET", "R/actions/secrets", "")
	p.expect(403, "job", "GET", "/user", "")
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) { j.Status = Completed }))
	p.expect(401, "job", "GET", "R/actions/runs", "")
}

func TestSecretsAreReadFromTheNearest(t *testing.T) {
	p := newPractice(t)
	p.must(p.s.EditAccount("acme", func(a *Account) error {
		a.Secrets = []OrganizationSecret{
			{Secret: Secret{Name: "A", Value: "org"}, Visibility: "all"}, {Secret: Secret{Name: "B", Value: "org"}, Visibility: "all"},
			{Secret: Secret{Name: "HIDDEN", Value: "org"}, Visibility: "selected"}, {Secret: Secret{Name: "PRIVATE", Value: "org"}, Visibility: "private"},
		}
		return nil
	}))
	p.edit(func(r *Repository) {
		r.Secrets = []Secret{{Name: "B", Value: "repo"}, {Name: "C", Value: "repo"}}
		r.Environments = []*Environment{{Name: "release", Secrets: []Secret{{Name: "C", Value: "env"}}}}
	})
	for environment, c := range map[string]string{"": "repo", "RELEASE": "env", "other": "repo"} {
		got := p.s.Secrets("acme", "x", environment)
		if len(got) != 3 || got["A"] != "org" || got["B"] != "repo" || got["C"] != c {
			t.Errorf("environment %q: %v", environment, got)
		}
	}
	if got := p.expect(200, "ana", "GET", "R/actions/organization-secrets", ""); got.get("total_count") != 2.0 {
		t.Errorf("of the organisation: %s", got.body)
	}
}
