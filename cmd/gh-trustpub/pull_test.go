package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

const (
	pullPage   = "https://github.com/acme/market-data/pull/1"
	pullBranch = "trustpub/publish-workflow"
	publishYML = ".github/workflows/publish.yml"
)

// pullsOnly is a ruleset by which nobody pushes to the default branch.
func pullsOnly(r *github.Repository) {
	r.Rulesets = append(r.Rulesets, &github.Ruleset{Name: "Main", Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"},
		Rules: []github.Rule{{Type: "pull_request"}, {Type: "deletion"}, {Type: "non_fast_forward"}}})
}

// TestAPullRequestToItsMerge: where rules ask for one the plan opens it, waits
// for it, and goes on once somebody has merged it.
func TestAPullRequestToItsMerge(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.edit(pullsOnly)
	untouched := w.tree()
	w.says(1, "plan", "(pull-request:"+pullBranch+")", "+ name: Publish", "Cannot be taken back: a pull request stays", "!(push:main)", "!(file:")
	w.says(8, "apply --yes", "Opening the pull request", "Workflow: Merge the pull request #1", pullPage)
	if w.tree() != untouched {
		t.Errorf("the checkout was touched: %s", w.tree())
	}
	pulls := w.repository().Pulls
	if len(pulls) != 1 || !strings.Contains(pulls[0].Body, "- Adds `"+publishYML+"`: publishes market-data to crates.io") || !strings.Contains(pulls[0].Body, "Then run `gh trustpub` again") {
		t.Errorf("%+v", pulls)
	}
	same := w.unchanged()
	w.says(8, "apply --yes", "0 changes", pullPage, "!Opening")
	same("a second apply")
	w.says(8, "verify --format text --only workflow-on-default-branch", "waiting", "the pull request #1 brings the workflow", pullPage)

	w.decide(pullPage, "Merge pull request")
	w.says(0, "verify --format text --only workflow-on-default-branch", "main has it")
	w.says(1, "plan", "!pull-request:", "!Merge the pull request")
	w.says(8, "undo --list", "the pull request #1 is merged", "use Revert on its page, "+pullPage)
	w.says(8, "undo --yes", "use Revert on its page")
	if got := w.remote("show", "main:"+publishYML); !strings.Contains(got, "name: Publish") {
		t.Errorf("main has %q", got)
	}
}

// TestAPullRequestClosedAndOpenedAgain: closed without a merge it is offered
// anew; undo closes it and takes the branch away.
func TestAPullRequestClosedAndOpenedAgain(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.edit(pullsOnly)
	before := w.snapshot()
	w.says(8, "apply --yes", pullPage)
	w.decide(pullPage, "Close pull request")
	w.says(1, "plan", "Open a pull request to main", "!Merge the pull request")
	w.says(8, "apply --yes", "https://github.com/acme/market-data/pull/2")
	w.says(0, "undo --list", "Close the pull request #2 and delete the branch "+pullBranch, "the closed pull request #2 stays")
	w.says(0, "undo --yes", "Taken back.")
	for _, d := range w.since(before) {
		if !strings.Contains(d.Path, "Pulls") && !strings.Contains(d.Path, "Reviews") {
			t.Errorf("%s: %s, then %s", d.Path, d.Before, d.After)
		}
	}
	if slices.ContainsFunc(w.repository().Pulls, func(p *github.PullRequest) bool { return p.State != "closed" }) || strings.Contains(w.remote("for-each-ref"), pullBranch) {
		t.Errorf("%+v\n%s", w.repository().Pulls, w.remote("for-each-ref"))
	}
	w.says(0, "undo --list", "The journal holds nothing")
}

// TestAPullRequestIsBroughtUpToDate: what is wanted has changed while it was
// open.
func TestAPullRequestIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.edit(pullsOnly)
	w.says(8, "apply --yes", pullPage)
	w.says(1, "plan --environment shipping", "Bring the pull request #1 up to date (pull-request:"+pullBranch+")", "environment: shipping")
	w.says(1, "apply --yes --environment shipping --only pull-request:"+pullBranch, "Committing", "!Opening", pullPage)
	if got := w.remote("show", pullBranch+":"+publishYML); !strings.Contains(got, "environment: shipping") || len(w.repository().Pulls) != 1 {
		t.Errorf("%d pull requests, %s", len(w.repository().Pulls), got)
	}
	if got := w.remote("rev-list", "--count", "main.."+pullBranch); got != "2" {
		t.Errorf("%s commits", got)
	}
	w.says(1, "apply --yes --environment shipping --only pull-request:"+pullBranch, pullPage, "!Committing")
}

// TestWithoutACheckoutAPullRequestIsOpened: -R needs no clone, and writes
// nothing where it is called.
func TestWithoutACheckoutAPullRequestIsOpened(t *testing.T) {
	t.Parallel()
	w := within(t, "fresh")
	w.elsewhere()
	same := w.unchanged()
	w.says(1, "plan -R acme/market-data", "(pull-request:"+pullBranch+")", "+ name: Publish", "!(file:")
	same("plan")
	w.says(8, "apply -R acme/market-data --yes", "Opening the pull request", pullPage)
	w.says(8, "apply -R acme/market-data --yes", "0 changes", pullPage)
	if left := written(t, w.dir); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
	w.says(0, "undo -R acme/market-data --yes", "Close the pull request #1", "Taken back.")
	if left := written(t, w.dir); len(left) > 0 || strings.Contains(w.remote("for-each-ref"), pullBranch) {
		t.Errorf("written: %v; %s", left, w.remote("for-each-ref"))
	}
}
