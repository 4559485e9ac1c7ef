package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

const apiHost = "api.github.com"

// writer takes ana's rights as an owner away: she may push, and no more.
func (w *reach) writer() {
	w.t.Helper()
	if err := w.GitHub.EditAccount("acme", func(a *github.Account) error { a.Members["ana"] = "member"; return nil }); err != nil {
		w.t.Fatal(err)
	}
	w.edit(func(r *github.Repository) { r.Collaborators["ana"] = github.Write })
}

// TestWithoutAdminRights: what needs them is not promised, and left with the
// names of those who have them; the rest is done.
func TestWithoutAdminRights(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.writer()
	w.says(1, "plan", "(push:main)", "!(environment:", "!(ruleset:", "Environment: Create the environment release; Add the ruleset Default branch ana may not administer acme/market-data: ask bo",
		"https://github.com/acme/market-data/settings/environments")
	w.says(8, "apply --yes", "Pushing to main", "ask bo", "!Writing the environment")
	if repo := w.repository(); len(repo.Environments)+len(repo.Rulesets) > 0 {
		t.Errorf("%+v %+v", repo.Environments, repo.Rulesets)
	}
	same := w.unchanged()
	w.says(8, "apply --yes", "0 changes", "ask bo")
	same("a second apply")
}

// TestWhoMayOnlyRead: nothing is promised and nothing done; the page on which
// GitHub makes a fork is named.
func TestWhoMayOnlyRead(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.writer()
	w.edit(func(r *github.Repository) { r.Collaborators["ana"] = github.Read })
	same, tree := w.unchanged(), w.tree()
	w.says(8, "plan", "0 changes", "ana may not push to acme/market-data: ask an owner of acme", "https://github.com/acme/market-data/new/main/.github/workflows?filename=publish.yml")
	w.says(8, "apply --yes", "0 changes")
	same("apply")
	if w.tree() != tree {
		t.Errorf("the tree was touched: %s", w.tree())
	}
}

// TestWithoutTheScopeForWorkflows: a classic token tells its scopes, so that
// nothing is tried; gh auth refresh is what helps.
func TestWithoutTheScopeForWorkflows(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.as(github.Token{Login: "ana", Scopes: []string{"repo"}})
	tree := w.tree()
	w.says(1, "plan", "the token lacks the scope workflow", "gh auth refresh -h github.com -s workflow", "!(push:", "!(pull-request:", "!(file:", "(environment:release)")
	w.says(8, "apply --yes", "gh auth refresh -h github.com -s workflow")
	if w.tree() != tree || strings.Contains(w.remote("for-each-ref"), "trustpub/") {
		t.Errorf("half done: %s\n%s", w.tree(), w.remote("for-each-ref"))
	}
	w.as(github.Token{Login: "ana", Scopes: []string{"repo", "workflow"}})
	w.says(8, "apply --yes", "Pushing to main")
}

// overHTTPS lets git push as a person's does: to github.com, with gh's token.
func (w *reach) overHTTPS(token github.Token) {
	w.t.Helper()
	w.as(token)
	value, _ := strings.CutPrefix(w.env[len(w.env)-1], "GH_TOKEN=")
	config := filepath.Join(w.t.TempDir(), "gitconfig")
	text := "[user]\n\tname = ana\n\temail = ana@acme.example\n[url \"https://x-access-token:" + value + "@github.com/\"]\n\tinsteadOf = https://github.com/\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.set("GIT_CONFIG_GLOBAL=" + config)
	w.set("GIT_SSL_CAINFO=" + filepath.Join(w.Dir(), "ca.pem"))
}

// TestATokenThatMayNotPushWorkflows: of a fine-grained token nobody sees that
// beforehand. git is refused, the reason and the way on are said, the commit
// stands in the checkout, and with another token it goes on from there.
func TestATokenThatMayNotPushWorkflows(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	permissions := map[string]string{"contents": "write", "actions": "read", "administration": "write", "pull_requests": "write"}
	w.overHTTPS(github.Token{Login: "ana", Kind: github.FineGrained, Permissions: permissions})
	same := w.unchanged()
	w.says(1, "plan", "(push:main)")
	out := w.says(1, "apply --yes", "Commit and push to main: push to main: git push", "refusing to allow a Personal Access Token to create or update workflow `.github/workflows/publish.yml` without `workflow` scope",
		"The commit stands in your checkout.", "gh auth refresh -h github.com -s workflow", "“Workflows: write”", "Done before: Write .github/workflows/publish.yml", "Not done: Create the environment release; Add the ruleset Default branch")
	if strings.Contains(out, "x-access-token:github_pat") {
		t.Errorf("the token is shown:\n%s", out)
	}
	same("a refused push")
	permissions["workflows"] = "write"
	w.overHTTPS(github.Token{Login: "ana", Kind: github.FineGrained, Permissions: permissions})
	w.says(8, "apply --yes", "Pushing to main", "!(pull-request:")
	if got := w.remote("log", "--format=%s", "-2", "main"); got != "Publish by trusted publishing\nSummarise price series" {
		t.Error(got)
	}
}

// TestAFineGrainedTokenWithoutAdministration: that it may not even read settings
// shows what it lacks.
func TestAFineGrainedTokenWithoutAdministration(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.as(github.Token{Login: "ana", Kind: github.FineGrained, Permissions: map[string]string{"contents": "write", "workflows": "write", "actions": "read", "pull_requests": "write"}})
	w.says(1, "plan", "!(environment:", "!(ruleset:", "the token lacks the permission “Administration: write”: add it on https://github.com/settings/personal-access-tokens")
	w.says(8, "apply --yes", "Pushing to main", "“Administration: write”")
	if repo := w.repository(); len(repo.Environments)+len(repo.Rulesets) > 0 {
		t.Errorf("%+v %+v", repo.Environments, repo.Rulesets)
	}
}

// refuses lets GitHub refuse a kind of request, as an organisation's policy does.
func (w *reach) refuses(method, path string, status int, message string) {
	w.Break(apiHost, box.Fault{Status: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: `{"message":"` + message + `","documentation_url":"https://docs.github.com/rest"}`,
		Where: func(r *http.Request) bool {
			match, _ := filepath.Match(path, r.URL.Path)
			return match && r.Method == method
		}})
}

// TestAnOrganisationThatForbids: each write of a run is refused in turn. What was
// tried, on what, and in whose words is said; what was done is named; once it is
// allowed the run goes on, and undo brings all back.
func TestAnOrganisationThatForbids(t *testing.T) {
	const environment, policy, rulesets = "/repos/acme/market-data/environments/release", "/repos/acme/market-data/environments/release/deployment-branch-policies", "/repos/acme/market-data/rulesets"
	for name, row := range map[string]struct {
		method, path string
		status       int
		says         []string
		// done is what GitHub holds then of environments and rulesets.
		environments, rulesets int
	}{
		"environments":              {"PUT", environment, 403, []string{"Create the environment release: write the environment release: PUT https://api.github.com" + environment, "Not done: Add the ruleset Default branch", "ask its owners"}, 0, 0},
		"the conflict of a setting": {"PUT", environment, 409, []string{"answered 409", "The organisation has set this."}, 0, 0},
		"rules for refs":            {"POST", policy, 403, []string{"Create the environment release: let branch main deploy to release: POST https://api.github.com" + policy}, 1, 0},
		"rulesets":                  {"POST", rulesets, 422, []string{"Add the ruleset Default branch: write the ruleset Default branch: POST https://api.github.com" + rulesets, "Done before: ", "Create the environment release"}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := within(t, "fresh")
			w.elsewhere()
			w.says(1, "plan -R acme/market-data")
			before := w.snapshot()
			w.refuses(row.method, row.path, row.status, "The organisation has set this.")
			args := []string{"apply", "-R", "acme/market-data", "--yes", "--only", "environment:release,ruleset:Default branch"}
			out, code := w.run(args...)
			flat := strings.Join(strings.Fields(out), " ")
			if code != 1 {
				t.Errorf("exit status %d\n%s", code, out)
			}
			for _, says := range append(row.says, "The organisation has set this.") {
				if !strings.Contains(flat, says) {
					t.Errorf("no %q in\n%s", says, out)
				}
			}
			if repo := w.repository(); len(repo.Environments) != row.environments || len(repo.Rulesets) != row.rulesets {
				t.Errorf("%d environments, %d rulesets", len(repo.Environments), len(repo.Rulesets))
			}
			w.Repair(apiHost)
			if out, code := w.run(args...); code != 1 || strings.Contains(out, "Not done") { // the workflow is left out
				t.Errorf("exit status %d\n%s", code, out)
			}
			repo := w.repository()
			if len(repo.Rulesets) != 1 || len(repo.Environments) != 1 || len(repo.Environments[0].Policies) != 2 || len(repo.Environments[0].Reviewers) != 2 {
				t.Errorf("%+v %+v", repo.Environments[0], repo.Rulesets)
			}
			w.says(0, "undo -R acme/market-data --yes", "Taken back.")
			for _, d := range w.since(before) {
				t.Errorf("%s: %s, then %s", d.Path, d.Before, d.After)
			}
		})
	}
}
