package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestEveryAnswerIsOneThatGitHubCouldGive calls every operation of the API and
// holds each request and answer against GitHub's own description of it.
func TestEveryAnswerIsOneThatGitHubCouldGive(t *testing.T) {
	p := newPractice(t)
	p.must2(p.s.AddTeam(Team{Organization: "acme", Slug: "core", Name: "Core", Members: []string{"bo"}, Roles: map[int64]Role{}}))
	p.must(p.s.EditAccount("acme", func(a *Account) error {
		a.Secrets = []OrganizationSecret{{Secret: Secret{Name: "PYPI_TOKEN", Value: "s"}, Visibility: "all"}}
		return nil
	}))
	p.edit(func(r *Repository) {
		r.Secrets = []Secret{{Name: "A", Value: "1"}}
		r.DependabotSecrets = []Secret{{Name: "D", Value: "1"}}
		r.Variables = []Variable{{Name: "V", Value: "1"}}
	})
	p.readOperations(t)
	p.organizationSecretOperations(t)
	p.environmentOperations()
	p.settingsOperations()
	p.ruleOperations()
	p.writeOperations()
	p.runOperations(t)
	p.reportCoverage(t)
}

// do calls as ana, who may do everything; SHA stands for the first commit.
func (p *practice) do(status int, method, path, body string) reply {
	p.t.Helper()
	fill := strings.NewReplacer("SHA", p.sha)
	return p.expect(status, "ana", method, fill.Replace(path), fill.Replace(body))
}

// id is a number of an answer, as it stands in an address.
func (r reply) id(path string) string { return fmt.Sprintf("%.0f", r.get(path)) }

func (p *practice) readOperations(t *testing.T) {
	for _, path := range []string{
		"/user", "/user/repos", "/users/ana", "/users/acme/repos", "/orgs/acme", "/orgs/acme/repos", "/orgs/acme/teams/core",
		"/orgs/acme/teams/core/members", "/orgs/acme/rulesets", "/orgs/acme/actions/oidc/customization/sub", "/rate_limit",
		"R", "R/collaborators", "R/collaborators/bo/permission", "R/teams", "R/environments", "R/actions/secrets", "R/actions/secrets/A",
		"R/actions/organization-secrets", "R/actions/variables", "R/dependabot/secrets", "R/actions/permissions",
		"R/actions/permissions/workflow", "R/actions/oidc/customization/sub", "R/actions/workflows", "R/actions/workflows/publish.yml",
		"R/actions/workflows/publish.yml/runs", "R/actions/runs", "R/deployments", "R/contents/README.md", "R/contents/.github/workflows",
		"R/contents/.github/workflows/publish.yml?ref=main", "R/git/ref/heads/main", "R/git/matching-refs/heads/ma", "R/git/commits/SHA", "R/git/trees/SHA?recursive=1",
		"R/commits/main", "R/branches", "R/branches/main", "R/tags", "R/rules/branches/main", "R/rulesets", "R/releases", "R/pulls", "R/issues",
	} {
		p.do(200, "GET", path, "")
	}

	if got := p.raw("ana", "GET", "R/contents", ""); got.status != 200 || got.get("1.name") != "README.md" {
		t.Errorf("the folder at the root: %d %s", got.status, got.body)
	}
	bare, err := p.s.GitDir("acme", "x")
	p.must(err)
	p.git(bare, "tag", "-a", "-m", "Zero", "v0", p.sha)
	tag := p.do(200, "GET", "R/git/ref/tags/v0", "")
	if tag.get("object.type") != "tag" || p.do(200, "GET", fmt.Sprint("R/git/tags/", tag.get("object.sha")), "").get("object.sha") != p.sha {
		t.Errorf("an annotated tag must lead to its commit: %s", tag.body)
	}
}

func (p *practice) environmentOperations() {
	bo := p.do(200, "GET", "/users/bo", "").id("id")
	e := "R/environments/a%2Fb"
	p.do(404, "GET", e, "")
	p.do(200, "PUT", e, `{"wait_timer":5,"prevent_self_review":true,"reviewers":[{"type":"User","id":`+bo+`}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}`)
	p.do(200, "GET", e, "")
	policy := e + "/deployment-branch-policies/" + p.do(200, "POST", e+"/deployment-branch-policies", `{"name":"v*","type":"tag"}`).id("id")
	p.do(303, "POST", e+"/deployment-branch-policies", `{"name":"v*","type":"tag"}`)
	p.do(200, "GET", e+"/deployment-branch-policies", "")
	p.do(200, "PUT", policy, `{"name":"w*"}`)
	p.do(200, "GET", policy, "")
	p.do(200, "GET", e+"/deployment_protection_rules", "")
	p.do(200, "GET", e+"/secrets", "")
	p.do(204, "DELETE", policy, "")
	p.do(204, "DELETE", e, "")
}

func (p *practice) settingsOperations() {
	p.do(204, "DELETE", "R/actions/secrets/A", "")
	p.do(204, "DELETE", "R/dependabot/secrets/D", "")
	p.do(409, "GET", "R/actions/permissions/selected-actions", "") // every action is allowed
	p.do(204, "PUT", "R/actions/permissions", `{"enabled":true,"allowed_actions":"selected","sha_pinning_required":true}`)
	p.do(204, "PUT", "R/actions/permissions/selected-actions", `{"github_owned_allowed":true,"patterns_allowed":["pypa/*"]}`)
	p.do(200, "GET", "R/actions/permissions/selected-actions", "")
	p.do(200, "GET", "R/actions/permissions", "")
	p.do(204, "PUT", "R/actions/permissions/workflow", `{"default_workflow_permissions":"write"}`)
	p.do(201, "PUT", "R/actions/oidc/customization/sub", `{"use_default":false,"include_claim_keys":["repo","context"]}`)
	p.do(404, "GET", "R/immutable-releases", "")
	p.do(204, "PUT", "R/immutable-releases", "")
	p.do(200, "GET", "R/immutable-releases", "")
	p.do(204, "DELETE", "R/immutable-releases", "")
	p.edit(func(r *Repository) { r.ReleasesByOwner, r.Actions.TokenByOwner = true, true })
	p.do(409, "PUT", "R/immutable-releases", "")
	p.do(409, "DELETE", "R/immutable-releases", "")
	p.do(409, "PUT", "R/actions/permissions/workflow", `{"default_workflow_permissions":"read"}`)
	if got := p.do(200, "GET", "R/immutable-releases", "").get("enforced_by_owner"); got != true {
		p.t.Errorf("enforced by the owner: %v", got)
	}
	p.edit(func(r *Repository) { r.ReleasesByOwner, r.Actions.TokenByOwner = false, false })
	p.do(204, "PUT", "R/actions/workflows/publish.yml/disable", "")
	p.do(204, "PUT", "R/actions/workflows/publish.yml/enable", "")
}

func (p *practice) ruleOperations() {
	ruleset := "R/rulesets/" + p.do(201, "POST", "R/rulesets", `{"name":"tags","target":"tag","enforcement":"active","conditions":{"ref_name":{"include":["refs/tags/v*"],"exclude":[]}},"rules":[{"type":"creation"}],"bypass_actors":[{"actor_id":5,"actor_type":"RepositoryRole","bypass_mode":"always"}]}`).id("id")
	p.do(200, "GET", ruleset, "")
	p.do(200, "PUT", ruleset, `{"name":"tags","target":"branch","enforcement":"active","conditions":{"ref_name":{"include":["~DEFAULT_BRANCH"],"exclude":[]}},"rules":[{"type":"update","parameters":{"update_allows_fetch_and_merge":false}},{"type":"deletion"}]}`)
	p.do(200, "GET", "R/rules/branches/main", "")
	p.do(204, "DELETE", ruleset, "")
	p.do(404, "GET", "R/branches/main/protection", "")
	p.do(200, "PUT", "R/branches/main/protection", `{"required_status_checks":{"strict":false,"contexts":["test"]},"enforce_admins":true,"required_pull_request_reviews":{"required_approving_review_count":1},"restrictions":null}`)
	p.do(200, "GET", "R/branches/main/protection", "")
	p.do(200, "GET", "R/branches/main", "")
	p.do(204, "DELETE", "R/branches/main/protection", "")
}

func (p *practice) writeOperations() {
	p.do(201, "POST", "R/git/refs", `{"ref":"refs/heads/topic","sha":"SHA"}`)
	written := p.do(201, "PUT", "R/contents/new.txt", `{"message":"New","content":"aGk=","branch":"topic"}`)
	p.do(200, "PUT", "R/contents/new.txt", fmt.Sprintf(`{"message":"Again","content":"aG8=","branch":"topic","sha":%q}`, written.get("content.sha")))
	blob := p.do(201, "POST", "R/git/blobs", `{"content":"x"}`).get("sha")
	tree := p.do(201, "POST", "R/git/trees", fmt.Sprintf(`{"base_tree":"SHA","tree":[{"path":"b","mode":"100644","type":"blob","sha":%q}]}`, blob)).get("sha")
	commit := p.do(201, "POST", "R/git/commits", fmt.Sprintf(`{"message":"c","tree":%q,"parents":["SHA"]}`, tree)).get("sha")
	p.do(422, "PATCH", "R/git/refs/heads/topic", fmt.Sprintf(`{"sha":%q}`, commit))
	p.do(200, "PATCH", "R/git/refs/heads/topic", fmt.Sprintf(`{"sha":%q,"force":true}`, commit))
	p.do(201, "POST", "R/pulls", `{"title":"T","head":"topic","base":"main","body":"b"}`)
	p.do(200, "GET", "R/pulls", "")
	p.do(200, "GET", "R/pulls/1", "")
	p.do(200, "PATCH", "R/pulls/1", `{"title":"U"}`)
	p.do(200, "PUT", "R/pulls/1/merge", `{"merge_method":"squash"}`)
	p.do(200, "GET", "R/pulls/1", "")
	p.do(204, "DELETE", "R/git/refs/heads/topic", "")
	p.do(201, "POST", "R/issues", `{"title":"Drift","labels":["trustpub"]}`)
	p.do(201, "POST", "R/issues/2/comments", `{"body":"more"}`)
	p.do(200, "PATCH", "R/issues/2", `{"state":"closed"}`)
	p.do(200, "GET", "R/issues?state=all&labels=trustpub", "")
	p.do(201, "POST", "R/releases", `{"tag_name":"v1"}`)
	p.do(200, "GET", "R/releases", "")
	p.do(200, "GET", "R/releases/latest", "")
	p.do(200, "GET", "R/releases/tags/v1", "")
	p.do(200, "GET", "R/tags", "")
}

// runOperations calls what is about a run that waits and goes on.
func (p *practice) runOperations(t *testing.T) {
	p.edit(func(r *Repository) {
		r.Environments = append(r.Environments, &Environment{Name: "release", Reviewers: []Reviewer{{"User", p.s.account("bo").ID}}, WaitMinutes: 1})
	})
	run, job := p.startRun("refs/heads/main", "ana", Job{Key: "publish", Environment: "release"})
	if _, err := p.s.queueDeployment(run.ID, job); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("R/actions/runs/%d", run.ID)
	p.s.SetHooks(Hooks{
		Cancel: func(_ context.Context, id int64) {
			p.must(p.s.UpdateRun(id, func(r *Run) { r.Status, r.Conclusion = Completed, Cancelled }))
		},
		Rerun:    func(context.Context, int64, bool, string) error { return nil },
		Dispatch: func(context.Context, Dispatch) (int64, error) { return run.ID, nil },
	})
	id := p.do(200, "GET", at+"/pending_deployments", "").id("0.environment.id")
	p.expect(200, "ana", "GET", at, "")
	p.expect(200, "ana", "GET", at+"/jobs?filter=latest", "")
	p.expect(200, "ana", "GET", at+"/attempts/1/jobs", "")
	p.expect(200, "bo", "POST", at+"/pending_deployments", `{"environment_ids":[`+id+`],"state":"approved","comment":"ok"}`)
	p.expect(200, "ana", "GET", at+"/approvals", "")
	p.must(p.s.UpdateJob(run.ID, job, func(j *Job) {
		j.Status, j.Steps = InProgress, []Step{{Number: 1, Name: "Run", Status: Completed, Conclusion: Success, StartedAt: p.clock.Now()}}
	}))
	p.expect(200, "ana", "GET", fmt.Sprintf("R/actions/jobs/%d", job), "")
	p.expect(302, "ana", "GET", fmt.Sprintf("R/actions/jobs/%d/logs", job), "")
	deployment := "R/deployments/" + p.do(200, "GET", "R/deployments?environment=release", "").id("0.id")
	p.expect(200, "ana", "GET", deployment, "")
	p.expect(200, "ana", "GET", deployment+"/statuses", "")
	p.expect(200, "ana", "GET", "R/actions/runs?event=push&status=waiting", "")
	p.expect(200, "ana", "POST", "R/actions/workflows/publish.yml/dispatches", `{"ref":"main","return_run_details":true}`)
	p.expect(204, "ana", "POST", "R/actions/workflows/publish.yml/dispatches", `{"ref":"main"}`)
	p.expect(202, "ana", "POST", at+"/cancel", "")
	p.expect(409, "ana", "POST", at+"/force-cancel", "")
	p.expect(201, "ana", "POST", at+"/rerun", "")
	p.expect(201, "ana", "POST", at+"/rerun-failed-jobs", "")
	p.edit(func(r *Repository) { r.Environments[0].Secrets = []Secret{{Name: "E", Value: "1"}} })
	p.expect(200, "ana", "GET", "R/environments/release/secrets/E", "")
	p.expect(204, "ana", "DELETE", "R/environments/release/secrets/E", "")
}

// reportCoverage makes sure that no endpoint is left out of the check above.
func (p *practice) reportCoverage(t *testing.T) {
	for _, list := range endpoints {
		for _, e := range list {
			if !p.seen[e.pattern] {
				t.Errorf("%s was not called", e.pattern)
			}
		}
	}
}

func TestErrorsAreGitHubsOwn(t *testing.T) {
	p := newPractice(t)
	p.tokens["wrong"] = "ghp_wrong"
	for _, c := range []struct {
		status               int
		as, method, path, in string
		want                 string
	}{
		{401, "wrong", "GET", "R", "", "Bad credentials"},
		{401, "", "GET", "/user", "", "Requires authentication"},
		{200, "", "GET", "R", "", ""},
		{404, "ana", "GET", "/repos/acme/none", "", "Not Found"},
		{404, "ana", "GET", "R/environments/none", "", "Not Found"},
		{403, "bo", "PUT", "R/environments/e", "{}", "Must have admin rights to Repository."},
		{403, "weak", "PUT", "R/environments/e", "{}", "Must have admin rights to Repository."},
		{403, "mallory", "GET", "R/actions/secrets", "", "Must have push access to repository"},
		{403, "fine", "PUT", "R/environments/e", "{}", "Resource not accessible by personal access token"},
		{200, "fine", "GET", "R/actions/secrets", "", ""},
		{400, "ana", "PUT", "R/environments/e", "{", "Problems parsing JSON"},
		{422, "ana", "PUT", "R/environments/e", `{"prevent_selfreview":true}`, `"prevent_selfreview" is not a permitted key.`},
		{422, "ana", "PUT", "R/environments/e", `{"wait_timer":"0"}`, "is not a int"},
		{422, "ana", "PUT", "R/environments/e", `{"wait_timer":43201}`, "between 0 and 43200"},
		{422, "ana", "PUT", "R/environments/e", `{"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":true}}`, "cannot have the same value"},
		{422, "ana", "PUT", "R/environments/e", `{"reviewers":[{"type":"User","id":1}]}`, "read access"},
		{422, "ana", "POST", "R/actions/workflows/publish.yml/dispatches", `{"ref":"none"}`, "No ref found for: none"},
		{404, "ana", "POST", "R/actions/workflows/none.yml/dispatches", `{"ref":"main"}`, "Not Found"},
		{422, "ana", "POST", "R/git/refs", `{"ref":"refs/heads/main","sha":"` + p.sha + `"}`, "Reference already exists"},
		{422, "ana", "PUT", "R/contents/README.md", `{"message":"m","content":"eA=="}`, `"sha" wasn't supplied.`},
		{409, "ana", "PUT", "R/contents/README.md", `{"message":"m","content":"eA==","sha":"0000000"}`, "does not match"},
		{404, "weak", "GET", "/orgs/acme/teams/core", "", "Not Found"},
	} {
		if got := p.expect(c.status, c.as, c.method, c.path, c.in); !strings.Contains(fmt.Sprint(got.get("message")), c.want) {
			t.Errorf("%s %s as %s: %v, want %q", c.method, c.path, c.as, got.get("message"), c.want)
		}
	}
}

func TestWhatTheAPIDoesNotHaveIsNotFound(t *testing.T) {
	p := newPractice(t)
	for _, path := range []string{"/nothing/here", "/graphql", "/repositories/x", "/repositories/1/environments"} {
		if got := p.raw("ana", "GET", path, ""); got.status != 404 || got.get("message") != "Not Found" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestAPrivateRepositoryIsNotFoundByWhoMayNotReadIt(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) { r.Private = true })
	for as, status := range map[string]int{"": 404, "mallory": 404, "weak": 404, "fine": 200, "bo": 200, "ana": 200} {
		p.expect(status, as, "GET", "R", "")
	}
}

func TestRenamedRepositoriesRedirect(t *testing.T) {
	p := newPractice(t)
	p.must(p.s.Move("acme", "x", "acme", "y"))
	got := p.expect(301, "ana", "GET", "R/environments?per_page=5", "")
	location := got.header.Get("Location")
	repo, err := p.s.Repository("acme", "y")
	p.must(err)
	if want := fmt.Sprintf("%s/repositories/%d/environments?per_page=5", apiURL, repo.ID); location != want {
		t.Fatalf("Location %q, want %q", location, want)
	}
	r, _ := http.NewRequest("GET", location, nil)
	answer, err := p.RoundTrip(r)
	p.must(err)
	if answer.StatusCode != 200 {
		t.Errorf("following it: %s", answer.Status)
	}
	if !repo.Subject.Immutable {
		t.Error("a renamed repository has immutable subjects")
	}
}

func TestListsComeInPages(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		for i := range 7 {
			r.Secrets = append(r.Secrets, Secret{Name: fmt.Sprintf("S%d", i)})
		}
	})
	seen, path := []string{}, "R/actions/secrets?per_page=3"
	for range 3 {
		got := p.expect(200, "ana", "GET", path, "")
		if got.get("total_count") != 7.0 {
			t.Errorf("total_count %v", got.get("total_count"))
		}
		for i := 0; got.get(fmt.Sprintf("secrets.%d.name", i)) != nil; i++ {
			seen = append(seen, fmt.Sprint(got.get(fmt.Sprintf("secrets.%d.name", i))))
		}
		path = nextLink(got.header.Get("Link"))
	}
	if strings.Join(seen, " ") != "S0 S1 S2 S3 S4 S5 S6" || path != "" {
		t.Errorf("seen %v, then %q", seen, path)
	}
	if got := p.expect(200, "ana", "GET", "R/actions/secrets?page=9", ""); got.get("secrets.0") != nil {
		t.Error("a page after the last is empty")
	}
}

func nextLink(header string) string {
	for link := range strings.SplitSeq(header, ", ") {
		if address, rest, _ := strings.Cut(link, ">; "); rest == `rel="next"` {
			return strings.TrimPrefix(address, "<"+apiURL)
		}
	}
	return ""
}

func TestHeadersTellScopesAndLimits(t *testing.T) {
	p := newPractice(t)
	h := p.expect(200, "ana", "GET", "R", "").header
	if h.Get("X-OAuth-Scopes") != "repo, workflow, read:org" || h.Get("X-RateLimit-Limit") != "5000" || h.Get("X-RateLimit-Remaining") != "4999" {
		t.Errorf("headers: %v", h)
	}
	if h := p.expect(200, "fine", "GET", "R", "").header; h.Get("X-OAuth-Scopes") != "" {
		t.Error("a fine-grained token has no scopes")
	}
	p.s.limits[""] = &window{began: p.clock.Now(), used: anonymousLimit}
	if got := p.expect(403, "", "GET", "R", ""); got.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("at the limit: %v", got.header)
	}
	p.expect(200, "", "GET", "/rate_limit", "")
}

func TestAdminBypassIsTakenAlthoughTheDescriptionLacksIt(t *testing.T) {
	p := newPractice(t)
	send := func(body string) {
		// The description of the API does not know the field.
		if got := p.raw("ana", "PUT", "R/environments/e", body); got.status != 200 {
			t.Fatalf("%s: %d %s", body, got.status, got.body)
		}
	}
	send(`{"can_admins_bypass":false}`)
	if got := p.expect(200, "ana", "GET", "R/environments/e", ""); got.get("can_admins_bypass") != false {
		t.Errorf("after turning it off: %s", got.body)
	}
	send(`{}`)
	if got := p.expect(200, "ana", "GET", "R/environments/e", ""); got.get("can_admins_bypass") != true {
		t.Errorf("left out, it is reset: %s", got.body)
	}
}
