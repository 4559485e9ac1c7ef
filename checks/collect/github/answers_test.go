package github

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/collect/transport/transporttest"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// outcome is a fact without its value.
type outcome struct {
	state  evidence.State
	reason string
	source evidence.Source
}

func of[T any](f evidence.Fact[T]) outcome { return outcome{f.State(), f.Reason(), f.Source()} }

// family is one kind of thing that is read: the address at which it is, and
// the fact that it leaves.
type family struct {
	path string
	fact func(Result) outcome
	// says holds what this family makes of an answer, where it is not what all
	// do: "absent", "seen", or words of the reason.
	says map[string]string
}

func environmentOf(o Result) evidence.Environment {
	return o.GitHub.Environments.Or(make([]evidence.Environment, 2))[1]
}

func proposalOf(o Result) evidence.Proposal {
	return o.GitHub.Proposals.Or(make([]evidence.Proposal, 1))[0]
}

func runOf(o Result, i int) evidence.Run { return o.GitHub.Runs.Or(make([]evidence.Run, 2))[i] }

const acmeRepo = "repos/acme/market-data"

// Sensitive things answer 403 and 404 to those who may not see them.
func hidden(says map[string]string) map[string]string {
	out := map[string]string{"403": "although you have admin rights", "404": "although you have admin rights"}
	for k, v := range says {
		out[k] = v
	}
	return out
}

var families = map[string]family{
	"user":             {"user", func(o Result) outcome { return of(o.GitHub.User) }, nil},
	"token":            {"user", func(o Result) outcome { return of(o.GitHub.Token) }, nil},
	"repository":       {acmeRepo, func(o Result) outcome { return of(o.GitHub.Repository) }, map[string]string{"404": "or this token does not cover it"}},
	"role":             {acmeRepo + "/collaborators/ana/permission", func(o Result) outcome { return of(o.GitHub.Role) }, nil},
	"judged":           {acmeRepo + "/branches/main", func(o Result) outcome { return of(o.Judged) }, map[string]string{"404": "absent"}},
	"protected":        {acmeRepo + "/branches/main", func(o Result) outcome { return of(o.GitHub.DefaultBranch.Or(evidence.BranchProtection{}).Protected) }, map[string]string{"404": "does not exist yet"}},
	"classic":          {acmeRepo + "/branches/main/protection", func(o Result) outcome { return of(o.GitHub.DefaultBranch.Or(evidence.BranchProtection{}).Classic) }, hidden(nil)},
	"branch rules":     {acmeRepo + "/rules/branches/main", func(o Result) outcome { return of(o.GitHub.DefaultBranch.Or(evidence.BranchProtection{}).Rules) }, nil},
	"rulesets":         {acmeRepo + "/rulesets", func(o Result) outcome { return of(o.GitHub.Rulesets) }, nil},
	"one ruleset":      {acmeRepo + "/rulesets/7", func(o Result) outcome { return of(o.GitHub.Rulesets) }, nil},
	"workflows folder": {acmeRepo + "/contents/.github/workflows", func(o Result) outcome { return of(o.Workflows) }, map[string]string{"404": "absent"}},
	"workflow file":    {acmeRepo + "/contents/.github/workflows/ci.yaml", func(o Result) outcome { return of(o.Workflows.Or(make([]evidence.WorkflowFile, 1))[0].Content) }, nil},
	"environments":     {acmeRepo + "/environments", func(o Result) outcome { return of(o.GitHub.Environments) }, nil},
	"policies":         {acmeRepo + "/environments/release/deployment-branch-policies", func(o Result) outcome { return of(environmentOf(o).Refs) }, nil},
	"apps":             {acmeRepo + "/environments/release/deployment_protection_rules", func(o Result) outcome { return of(environmentOf(o).Custom) }, nil},
	"its secrets":      {acmeRepo + "/environments/release/secrets", func(o Result) outcome { return of(environmentOf(o).Secrets) }, hidden(nil)},
	"team":             {"orgs/acme/teams/core/members", func(o Result) outcome { return of(environmentOf(o).Reviewers[1].Members) }, nil},
	"teams":            {acmeRepo + "/teams", func(o Result) outcome { return of(o.GitHub.Teams) }, hidden(nil)},
	"a team's members": {"orgs/acme/teams/night/members", func(o Result) outcome { return of(o.GitHub.Teams.Or(make([]evidence.Team, 2))[1].Members) }, nil},
	"collaborators":    {acmeRepo + "/collaborators", func(o Result) outcome { return of(o.GitHub.Collaborators) }, hidden(nil)},
	"secrets":          {acmeRepo + "/actions/secrets", func(o Result) outcome { return of(o.GitHub.RepositorySecrets) }, hidden(nil)},
	"shared secrets":   {acmeRepo + "/actions/organization-secrets", func(o Result) outcome { return of(o.GitHub.OrganizationSecrets) }, hidden(nil)},
	"Dependabot's":     {acmeRepo + "/dependabot/secrets", func(o Result) outcome { return of(o.GitHub.DependabotSecrets) }, hidden(nil)},
	"default token":    {acmeRepo + "/actions/permissions/workflow", func(o Result) outcome { return of(o.GitHub.DefaultTokenPermission) }, hidden(nil)},
	"approving":        {acmeRepo + "/actions/permissions/workflow", func(o Result) outcome { return of(o.GitHub.ActionsApprovePulls) }, hidden(nil)},
	"Actions":          {acmeRepo + "/actions/permissions", func(o Result) outcome { return of(o.GitHub.Actions) }, hidden(nil)},
	"selected actions": {acmeRepo + "/actions/permissions/selected-actions", func(o Result) outcome { return of(o.GitHub.Actions.Or(evidence.ActionsPolicy{}).Selected) }, hidden(nil)},
	"subject":          {acmeRepo + "/actions/oidc/customization/sub", func(o Result) outcome { return of(o.GitHub.Subject) }, hidden(nil)},
	"shared subject":   {"orgs/acme/actions/oidc/customization/sub", func(o Result) outcome { return of(o.GitHub.OrganizationSubject) }, map[string]string{"404": "no template of its own, or"}},
	"immutable":        {acmeRepo + "/immutable-releases", func(o Result) outcome { return of(o.GitHub.ImmutableReleases) }, hidden(map[string]string{"404": "seen"})},
	"proposals":        {acmeRepo + "/git/matching-refs/heads/trustpub/", func(o Result) outcome { return of(o.GitHub.Proposals) }, nil},
	"pull request":     {acmeRepo + "/pulls", func(o Result) outcome { return of(proposalOf(o).Pull) }, nil},
	"proposed commit":  {acmeRepo + "/git/commits/feed", func(o Result) outcome { return of(proposalOf(o).Message) }, nil},
	"proposed files":   {acmeRepo + "/git/trees/7ef", func(o Result) outcome { return of(proposalOf(o).Files) }, nil},
	"states":           {acmeRepo + "/actions/workflows", func(o Result) outcome { return of(o.GitHub.WorkflowStates) }, nil},
	"runs":             {acmeRepo + "/actions/workflows/publish.yml/runs", func(o Result) outcome { return of(o.GitHub.Runs) }, map[string]string{"404": "seen"}},
	"jobs":             {acmeRepo + "/actions/runs/102/jobs", func(o Result) outcome { return of(runOf(o, 1).Jobs) }, nil},
	"pending":          {acmeRepo + "/actions/runs/103/pending_deployments", func(o Result) outcome { return of(runOf(o, 0).Pending) }, nil},
	"old file":         {acmeRepo + "/contents/.github/workflows/publish.yml?ref=0ld", func(o Result) outcome { return of(runOf(o, 1).File) }, nil},
	"log": {acmeRepo + "/actions/jobs/1022/logs", func(o Result) outcome { return of(runOf(o, 1).Jobs.Or(make([]evidence.RunJob, 2))[1].Log) },
		map[string]string{"HTML": "a web page in the place of a log", "cut short": "seen", "empty": "seen", "another shape": "seen"}}, // a log is any text
}

// replies are those that every server may give, and those by which GitHub says
// why.
var replies = func() map[string]transporttest.Reply {
	no := func(status int, message string, header http.Header, says string) transporttest.Reply {
		return transporttest.Reply{Status: status, Body: `{"message":"` + message + `"}`, Header: header, Says: says}
	}
	scopes := http.Header{"X-Oauth-Scopes": {"gist"}, "X-Accepted-Oauth-Scopes": {"repo"}}
	all := transporttest.Replies()
	all["401"] = no(401, "Bad credentials", nil, `does not accept the token ("Bad credentials")`)
	all["403, a scope is missing"] = no(403, "No", scopes, "the token lacks the scope repo (it has gist)")
	all["404, a scope is missing"] = no(404, "Not Found", scopes, "the token lacks the scope repo (it has gist)")
	all["403, a permission is missing"] = no(403, "Resource not accessible by personal access token",
		http.Header{"X-Accepted-Github-Permissions": {"administration=read"}}, "the token lacks the permission administration=read")
	all["403, single sign-on"] = no(403, "Resource protected by organization SAML enforcement.",
		http.Header{"X-Github-Sso": {"required; url=https://github.com/orgs/acme/sso?authorization_request=x"}},
		"wants single sign-on for this token: authorise it at https://github.com/orgs/acme/sso")
	all["403, the hour is used up"] = no(403, "API rate limit exceeded",
		http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"1795352400"}}, "allows no more requests until 2026-11-22 13:00:00 UTC")
	all["403, too fast"] = no(403, "You have exceeded a secondary rate limit", http.Header{"Retry-After": {"60"}},
		"allows no more requests until 2026-11-22 12:01:00 UTC")
	return all
}()

// through collects in a bubble of its own time, since some answers are asked
// for again after a while.
func (d *double) through(path string, r transporttest.Reply) (out Result) {
	d.reset()
	path, query, _ := strings.Cut(path, "?")
	f := &transporttest.Faulty{Next: d, Reply: r, Hit: func(r *http.Request) bool {
		return strings.TrimPrefix(r.URL.EscapedPath(), "/") == path && strings.Contains(r.URL.RawQuery, query)
	}}
	synctest.Test(d.t, func(t *testing.T) {
		way, err := transport.New(transport.Options{Base: f, Now: func() time.Time { return noon }})
		if err != nil {
			t.Fatal(err)
		}
		out = Collect(t.Context(), rest.New(way, "github.com", "t").Reader(way.Pass(t.Context())), Request{
			Repo: evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"},
			Focus: func(Judged) Focus {
				return Focus{Workflows: []string{".github/workflows/publish.yml"}, Environments: []string{"release"}}
			},
		})
	})
	return out
}

func TestEveryAnswerBecomesTheRightEvidence(t *testing.T) {
	for name, f := range families {
		t.Run(name, func(t *testing.T) {
			if got := f.fact(acme(t).through("nothing", transporttest.Reply{})); got.state != evidence.StateSeen && name != "log" {
				t.Fatalf("with nothing wrong: state %v, %q", got.state, got.reason)
			}
			for answer, r := range replies {
				want, given := f.says[answer]
				if !given {
					want = r.Says
				}
				got := f.fact(acme(t).through(f.path, r))
				held := got.state == evidence.StateUnknown && strings.Contains(got.reason, want)
				switch want {
				case "absent":
					held = got.state == evidence.StateAbsent
				case "seen":
					held = got.state == evidence.StateSeen
				}
				if !held {
					t.Errorf("%s: state %v, %q; want %q", answer, got.state, got.reason, want)
				}
				if !strings.HasPrefix(got.source.Name, "api.github.com/") {
					t.Errorf("%s: source %q", answer, got.source.Name)
				}
			}
		})
	}
}
