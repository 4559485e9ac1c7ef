package github

import (
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func same[T any](t *testing.T, name string, got evidence.Fact[T], want T) {
	t.Helper()
	facts := cmp.FilterPath(func(p cmp.Path) bool { return strings.Contains(p.Last().Type().String(), "evidence.Fact[") }, cmp.Ignore())
	sources := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().Type().String() == "evidence.Source" }, cmp.Ignore())
	if diff := cmp.Diff(want, seen(t, name, got), facts, sources); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestEverythingIsReadForAnAdmin(t *testing.T) {
	d := acme(t)
	d.headers["repos/acme/market-data/actions/jobs/1022/logs"] = http.Header{"Location": {"https://logs.example.net/1022?sig=s3cret"}}
	d.answers["1022"] = "\x1b[31merror:\x1b[0m Token request failed\r\n"
	out := d.collect("t0ken", Request{})
	g := out.GitHub
	same(t, "user", g.User, evidence.User{Login: "ana", ID: 11})
	same(t, "repository", g.Repository, evidence.Repository{ID: 1, OwnerID: 2, OwnerType: "Organization", DefaultBranch: "main", Visibility: "public", Fork: true,
		Admin: true, Maintain: true, Push: true,
		Name: evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}})
	same(t, "judged", out.Judged, evidence.Commit{Ref: "refs/heads/main", SHA: "c0ffee"})
	files := seen(t, "files", out.Workflows)
	if len(files) != 2 || files[0].Path != ".github/workflows/ci.yaml" || string(seen(t, "file", files[1].Content)) != workflowText {
		t.Errorf("files %+v", files)
	}
	same(t, "collaborators", g.Collaborators, []evidence.Collaborator{{User: evidence.User{Login: "ana", ID: 11}, Role: "admin"}, {User: evidence.User{Login: "bo", ID: 12}, Role: "write"}})
	same(t, "secrets", g.RepositorySecrets, []evidence.Secret{{Name: "CARGO_REGISTRY_TOKEN", UpdatedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}})
	same(t, "organisation secrets", g.OrganizationSecrets, []evidence.Secret{})
	same(t, "default permission", g.DefaultTokenPermission, "read")
	same(t, "actions", g.Actions, evidence.ActionsPolicy{Enabled: true, Allowed: "selected", ShaPinning: true})
	same(t, "selected", g.Actions.Or(evidence.ActionsPolicy{}).Selected, evidence.SelectedActions{GitHubOwned: true, Patterns: []string{"pypa/*"}})
	same(t, "states", g.WorkflowStates, []evidence.WorkflowState{{ID: 9, Path: ".github/workflows/publish.yml", State: "active"}})
	proposals := seen(t, "proposals", g.Proposals)
	if len(proposals) != 1 || proposals[0].Branch != "trustpub/publish-workflow" || proposals[0].SHA != "feed" {
		t.Errorf("proposals: %+v", proposals)
	}
	same(t, "message", proposals[0].Message, "Publish\n\nMade")
	same(t, "proposed files", proposals[0].Files, map[string]string{"README.md": "b1", ".github/workflows/publish.yml": "b2"})
	same(t, "pull request", proposals[0].Pull, evidence.PullRequest{Number: 7, Title: "Publish", URL: "https://github.com/acme/market-data/pull/7", Open: true, Author: "ana"})
	rights(t, g)
	environments(t, g)
	protection(t, g)
	runs(t, g)
}

func rights(t *testing.T, g evidence.GitHub) {
	t.Helper()
	same(t, "role", g.Role, "admin")
	same(t, "Dependabot's secrets", g.DependabotSecrets, []evidence.Secret{{Name: "TWINE_PASSWORD", UpdatedAt: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}})
	same(t, "approving", g.ActionsApprovePulls, false)
	same(t, "subject", g.Subject, evidence.SubjectSettings{Keys: []string{"repo", "context"}, Immutable: true, Prefix: "repo:acme@2/market-data@1"})
	same(t, "organisation's subject", g.OrganizationSubject, evidence.SubjectSettings{Keys: []string{"repo"}})
	same(t, "immutable releases", g.ImmutableReleases, evidence.ImmutableReleases{Enabled: true, Enforced: true})
}

func TestWhatTheHeadersTellOfTheToken(t *testing.T) {
	end := time.Date(2027, 1, 31, 10, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		header http.Header
		want   evidence.Token
	}{
		"classic": {http.Header{"X-Oauth-Scopes": {"repo, workflow, read:org"}, "Github-Authentication-Token-Expiration": {"2027-01-31 10:00:00 UTC"}},
			evidence.Token{Classic: true, Scopes: []string{"repo", "workflow", "read:org"}, Expires: end}},
		"classic without any scope": {http.Header{"X-Oauth-Scopes": {""}}, evidence.Token{Classic: true, Scopes: []string{}}},
		"fine-grained":              {http.Header{"Github-Authentication-Token-Expiration": {"2027-01-31 12:00:00 +0200"}}, evidence.Token{Scopes: []string{}, Expires: end}},
	} {
		d := acme(t)
		d.headers["user"] = row.header
		if got := seen(t, name, d.collect("t", Request{}).GitHub.Token); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
	if f := acme(t).collect("", Request{}).GitHub.Token; !f.Absent() {
		t.Errorf("nobody's token: %v", f)
	}
}

func TestImmutableReleasesAreOffWhereAnAdminGets404(t *testing.T) {
	const path = "repos/acme/market-data/immutable-releases"
	d := acme(t)
	delete(d.answers, path)
	same(t, "for an admin", d.collect("t", Request{}).GitHub.ImmutableReleases, evidence.ImmutableReleases{})
	d.answers["repos/acme/market-data"] = strings.Replace(d.answers["repos/acme/market-data"], `"admin":true`, `"admin":false`, 1)
	d.answers["repos/acme/market-data/collaborators/ana/permission"] = `{"permission":"write","role_name":"write"}`
	if f := d.collect("t", Request{}).GitHub.ImmutableReleases; !f.Unknown() || !strings.Contains(f.Reason(), "needs admin rights") {
		t.Errorf("for a writer: %v %q", f.State(), f.Reason())
	}
}

func environments(t *testing.T, g evidence.GitHub) {
	t.Helper()
	list := seen(t, "environments", g.Environments)
	if len(list) != 2 {
		t.Fatalf("%d environments", len(list))
	}
	docs, release := list[0], list[1]
	if docs.Policy != evidence.RefsProtected || !seen(t, "docs bypass", docs.AdminsBypass) || len(seen(t, "docs secrets", docs.Secrets)) != 0 || !docs.PreventSelfReview.Unknown() {
		t.Errorf("docs: %+v", docs)
	}
	if release.Policy != evidence.RefsCustom || release.WaitMinutes != 5 || seen(t, "bypass", release.AdminsBypass) || !seen(t, "self-review", release.PreventSelfReview) {
		t.Errorf("release: %+v", release)
	}
	same(t, "refs", release.Refs, []evidence.RefRule{{ID: 1, Type: "branch", Pattern: "main"}, {ID: 2, Type: "tag", Pattern: "v*"}})
	if r := release.Reviewers; len(r) != 2 || r[0].Name != "ana" || r[1].Name != "core" || r[1].Type != "Team" {
		t.Errorf("reviewers %+v", r)
	}
	same(t, "apps", release.Custom, []evidence.CustomRule{{ID: 70, App: "gatekeeper", Enabled: true}})
	same(t, "apps of docs", docs.Custom, []evidence.CustomRule{})
	same(t, "members", release.Reviewers[1].Members, []string{"ana", "bo"})
	if s := seen(t, "environment secrets", release.Secrets); len(s) != 1 || s[0].Name != "PYPI_TOKEN" {
		t.Errorf("environment secrets %+v", s)
	}
}

func protection(t *testing.T, g evidence.GitHub) {
	t.Helper()
	b := seen(t, "default branch", g.DefaultBranch)
	if b.Branch != "main" || !seen(t, "protected", b.Protected) {
		t.Errorf("%+v", b)
	}
	same(t, "rules", b.Rules, []evidence.Rule{{Type: "pull_request", Approvals: 1, RulesetID: 7, Level: "Organization", Owner: "acme"}, {Type: "non_fast_forward", RulesetID: 7}})
	same(t, "classic", b.Classic, evidence.ClassicProtection{PullRequests: true, Approvals: 2, EnforceAdmins: true})
	list := seen(t, "rulesets", g.Rulesets)
	if len(list) != 1 || list[0].Target != "tag" || list[0].Include[0] != "refs/tags/v*" || len(list[0].Rules) != 2 || list[0].Level != "Repository" {
		t.Errorf("rulesets %+v", list)
	}
	if r := list[0]; !r.Limits("creation") || !r.Limits("update") || r.Limits("deletion") || r.YouBypass != "always" || r.Rules[0].Owner != "acme/market-data" {
		t.Errorf("ruleset %+v", r)
	}
	same(t, "bypass actors", list[0].Bypass, []evidence.BypassActor{{Type: "RepositoryRole", ID: 5, Mode: "always"}})
}

func runs(t *testing.T, g evidence.GitHub) {
	t.Helper()
	list := seen(t, "runs", g.Runs)
	if len(list) != 2 || list[0].ID != 103 || list[1].Ref != "v0.2.0" || list[1].Attempt != 2 || list[1].Actor != "bo" {
		t.Fatalf("runs %+v", list)
	}
	same(t, "pending", list[0].Pending, []evidence.PendingDeployment{{Environment: "release", CanApprove: true, Reviewers: []evidence.Reviewer{{Type: "User", ID: 11, Name: "ana"}}}})
	if !list[0].File.Unknown() || string(seen(t, "file of an old run", list[1].File)) != "on: release\n" {
		t.Errorf("files of runs: %v, %v", list[0].File, list[1].File)
	}
	jobs := seen(t, "jobs", list[1].Jobs)
	if len(jobs) != 2 || !jobs[0].Log.Unknown() || jobs[1].Steps[0].Conclusion != "failure" {
		t.Fatalf("jobs %+v", jobs)
	}
	if log := seen(t, "log", jobs[1].Log); log != "error: Token request failed\n" {
		t.Errorf("log %q", log)
	}
}

func TestTheTokenGoesToGitHubOnly(t *testing.T) {
	d := acme(t)
	d.headers["repos/acme/market-data/actions/jobs/1022/logs"] = http.Header{"Location": {"https://logs.example.net/1022"}}
	d.answers["1022"] = "log"
	out := d.collect("t0ken", Request{})
	seen(t, "log", seen(t, "jobs", seen(t, "runs", out.GitHub.Runs)[1].Jobs)[1].Log)
	if want := map[string]string{"api.github.com": "token t0ken", "logs.example.net": ""}; !maps.Equal(d.auth, want) {
		t.Errorf("tokens went to %q", d.auth)
	}
}

func TestRepositoryThatIsNotSeen(t *testing.T) {
	const r = "repos/acme/market-data"
	for _, row := range []struct {
		name, token string
		header      http.Header
		state       evidence.State
		says        string
	}{
		{"nobody signed in", "", nil, evidence.StateUnknown, "a private one is shown only to those signed in"},
		{"fine-grained token", "t", nil, evidence.StateUnknown, "or this token does not cover it"},
		{"classic token without repo", "t", http.Header{"X-Oauth-Scopes": {"gist"}, "X-Accepted-Oauth-Scopes": {"repo"}}, evidence.StateUnknown, "the scope repo"},
		{"classic token with repo", "t", http.Header{"X-Oauth-Scopes": {"repo"}, "X-Accepted-Oauth-Scopes": {"repo"}}, evidence.StateAbsent, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := acme(t)
			d.answers[r] = `404 {"message":"Not Found"}`
			d.headers[r] = row.header
			out := d.collect(row.token, Request{})
			if f := out.GitHub.Repository; f.State() != row.state || !strings.Contains(f.Reason(), row.says) {
				t.Errorf("state %v: %q", f.State(), f.Reason())
			}
			if !out.GitHub.Environments.Unknown() || !out.Workflows.Unknown() || !out.GitHub.Runs.Unknown() || d.askedFor("environments") {
				t.Error("what hangs on the repository must be unknown, and not be asked for")
			}
		})
	}
}

func TestRenameIsFollowedAndNoted(t *testing.T) {
	d := acme(t)
	d.answers["repos/acme/old-name"] = "301 "
	d.headers["repos/acme/old-name"] = http.Header{"Location": {"https://api.github.com/repositories/1"}}
	d.answers["repositories/1"] = d.answers["repos/acme/market-data"]
	asked := evidence.RepoName{Host: "github.com", Owner: "acme", Name: "old-name"}
	out := d.collect("t", Request{Repo: asked})
	repo := seen(t, "repository", out.GitHub.Repository)
	if repo.Name.Name != "market-data" || repo.MovedFrom != asked {
		t.Errorf("%+v", repo)
	}
	if d.askedFor("old-name/") || !d.askedFor("repos/acme/market-data/environments") {
		t.Error("what comes after must use the new name")
	}
}

func TestAbsences(t *testing.T) {
	const r = "repos/acme/market-data"
	d := acme(t)
	d.answers[r] = strings.Replace(d.answers[r], "Organization", "User", 1)
	delete(d.answers, r+"/contents/.github/workflows?ref=c0ffee")
	d.answers[r+"/environments"] = `{"total_count":0,"environments":[]}`
	d.answers[r+"/branches/main"] = `{"name":"main","commit":{"sha":"c0ffee"},"protected":false}`
	out := d.collect("t", Request{})
	g := out.GitHub
	if !out.Workflows.Absent() || !g.Environments.Absent() || !g.OrganizationSecrets.Absent() || !g.DefaultBranch.Or(evidence.BranchProtection{}).Classic.Absent() {
		t.Errorf("workflows %v, environments %v, organisation secrets %v", out.Workflows.State(), g.Environments.State(), g.OrganizationSecrets.State())
	}
	if d.askedFor("organization-secrets") || d.askedFor("main/protection") {
		t.Error("asked for what cannot be there")
	}
}

func TestEmptyRepository(t *testing.T) {
	d := acme(t)
	d.answers["repos/acme/market-data/branches/main"] = `404 {"message":"Branch not found"}`
	out := d.collect("t", Request{})
	if !out.Judged.Absent() || !out.Workflows.Absent() {
		t.Errorf("judged %v, workflows %v", out.Judged, out.Workflows)
	}
}

func TestAnotherRefIsJudged(t *testing.T) {
	d := acme(t)
	d.answers["repos/acme/market-data/commits/tags%2Fv0.2.0"] = `{"sha":"0ld"}`
	d.answers["repos/acme/market-data/contents/.github/workflows?ref=0ld"] = `[{"name":"publish.yml","path":".github/workflows/publish.yml","type":"file"}]`
	out := d.collect("t", Request{Ref: "refs/tags/v0.2.0"})
	same(t, "judged", out.Judged, evidence.Commit{Ref: "refs/tags/v0.2.0", SHA: "0ld"})
	if files := seen(t, "files", out.Workflows); string(files[0].Content.Or(nil)) != "on: release\n" {
		t.Errorf("%+v", files)
	}
	if out := d.collect("t", Request{Ref: "refs/tags/v9"}); !out.Judged.Absent() {
		t.Errorf("a ref that is not there: %v", out.Judged)
	}
}
