package github

import (
	"net/http"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func TestRefusalsSayWhatIsMissing(t *testing.T) {
	const r = "repos/acme/market-data"
	const notFound = `404 {"message":"Not Found"}`
	asWriter := func(d *double) {
		d.answers[r+"/collaborators/ana/permission"] = `{"permission":"write","role_name":"write"}`
		d.answers[r] = strings.Replace(d.answers[r], `"admin":true`, `"admin":false`, 1)
	}
	asReader := func(d *double) {
		asWriter(d)
		d.answers[r+"/collaborators/ana/permission"] = `{"permission":"admin","role_name":"admin"}`
		d.answers[r] = strings.Replace(d.answers[r], `"push":true`, `"push":false`, 1)
	}
	for _, row := range []struct {
		name  string
		token string
		setup func(*double)
		fact  func(Result) string
		want  string
	}{
		{"environment secrets for a reader", "t", func(d *double) {
			asReader(d)
			d.answers[r+"/collaborators/ana/permission"] = `{"permission":"read","role_name":"read"}`
			d.answers[r+"/environments/release/secrets"] = notFound
		},
			func(o Result) string { return o.GitHub.Environments.Or(nil)[1].Secrets.Reason() }, "needs write access to acme/market-data, which ana does not have"},
		{"environment secrets for a writer", "t", func(d *double) { asWriter(d); d.answers[r+"/environments/release/secrets"] = notFound },
			func(o Result) string { return o.GitHub.Environments.Or(nil)[1].Secrets.Reason() }, "may need admin rights to acme/market-data"},
		{"environment secrets for an admin", "t", func(d *double) { d.answers[r+"/environments/release/secrets"] = notFound },
			func(o Result) string { return o.GitHub.Environments.Or(nil)[1].Secrets.Reason() }, "although you have admin rights; the token may lack"},
		{"secrets for a person whose token says less", "t", func(d *double) { asReader(d); d.answers[r+"/actions/secrets"] = notFound },
			func(o Result) string { return o.GitHub.RepositorySecrets.Reason() }, "needs write access to acme/market-data, which ana has (admin), and this token does not pass on"},
		{"secrets for a fine-grained token", "t", func(d *double) {
			d.answers[r+"/actions/secrets"] = `403 {"message":"Resource not accessible by personal access token"}`
			d.headers[r+"/actions/secrets"] = http.Header{"X-Accepted-Github-Permissions": {"secrets=read"}}
		}, func(o Result) string { return o.GitHub.RepositorySecrets.Reason() }, "the token lacks the permission secrets=read"},
		{"default permission for a writer", "t", func(d *double) {
			asWriter(d)
			d.answers[r+"/actions/permissions/workflow"] = `403 {"message":"Must have admin rights to Repository."}`
		}, func(o Result) string { return o.GitHub.DefaultTokenPermission.Reason() }, "needs admin rights to acme/market-data, which ana does not have"},
		{"classic protection for a writer", "t", func(d *double) { asWriter(d); d.answers[r+"/branches/main/protection"] = notFound },
			func(o Result) string { return o.GitHub.DefaultBranch.Or(evidence.BranchProtection{}).Classic.Reason() }, "needs admin rights"},
		{"classic protection on a plan without it", "t", func(d *double) {
			d.answers[r+"/branches/main/protection"] = `403 {"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}`
		}, func(o Result) string { return o.GitHub.DefaultBranch.Or(evidence.BranchProtection{}).Classic.Reason() }, "the plan of acme does not have it for a private repository: api.github.com refused with 403 (\"Upgrade to GitHub Pro"},
		{"rulesets on a plan without them", "t", func(d *double) {
			d.answers[r+"/rulesets?includes_parents=true"] = `403 {"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}`
			d.answers[r+"/rulesets"] = d.answers[r+"/rulesets?includes_parents=true"]
		}, func(o Result) string { return o.GitHub.Rulesets.Reason() }, "Upgrade to GitHub Pro"},
		{"teams without read:org", "t", func(d *double) {
			d.answers["orgs/acme/teams/core/members"] = notFound
			d.headers["orgs/acme/teams/core/members"] = http.Header{"X-Oauth-Scopes": {"repo"}, "X-Accepted-Oauth-Scopes": {"admin:org, read:org, write:org"}}
		}, func(o Result) string { return o.GitHub.Environments.Or(nil)[1].Reviewers[1].Members.Reason() }, "the scope admin:org or read:org or write:org (it has repo)"},
		{"secrets without a token", "", func(*double) {},
			func(o Result) string { return o.GitHub.RepositorySecrets.Reason() }, "not signed in"},
		{"log without a token", "", func(*double) {},
			func(o Result) string { return o.GitHub.Runs.Or(nil)[1].Jobs.Or(nil)[1].Log.Reason() }, "not signed in"},
		{"log that is gone", "t", func(d *double) { d.answers[r+"/actions/jobs/1022/logs"] = `410 {"message":"Server Error"}` },
			func(o Result) string { return o.GitHub.Runs.Or(nil)[1].Jobs.Or(nil)[1].Log.Reason() }, "no longer keeps"},
		{"environments of a private repository", "t", func(d *double) {
			d.answers[r] = strings.Replace(d.answers[r], `"private":false`, `"private":true`, 1)
			d.answers[r+"/environments"] = notFound
		}, func(o Result) string { return o.GitHub.Environments.Reason() }, "only on some plans"},
		{"one ruleset that cannot be read", "t", func(d *double) { d.answers[r+"/rulesets/7"] = `501 {}` },
			func(o Result) string { return o.GitHub.Rulesets.Reason() }, "failed with 501"},
		{"runs of one file that cannot be read", "t", func(d *double) { d.answers[r+"/actions/workflows/publish.yml/runs"] = `<html>` },
			func(o Result) string { return o.GitHub.Runs.Reason() }, "not JSON"},
		{"a list that is no list", "t", func(d *double) { d.answers[r+"/environments"] = `{"total_count":1}` },
			func(o Result) string { return o.GitHub.Environments.Reason() }, `no "environments" in it`},
		{"a file that GitHub sends without content", "t", func(d *double) {
			d.answers[r+"/contents/.github/workflows/ci.yaml"] = `{"type":"file","encoding":"none","size":2000000,"content":""}`
		}, func(o Result) string { return o.Workflows.Or(nil)[0].Content.Reason() }, "2000000 bytes"},
		{"rate limit", "", func(d *double) {
			d.answers[r] = `403 {"message":"API rate limit exceeded"}`
			d.headers[r] = http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"1795352400"}}
		}, func(o Result) string { return o.GitHub.Environments.Reason() }, "allows no more requests until 2026-11-22 "},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := acme(t)
			row.setup(d)
			if got := row.fact(d.collect(row.token, Request{})); !strings.Contains(got, row.want) {
				t.Errorf("got %q\nwant …%s…", got, row.want)
			}
		})
	}
}
