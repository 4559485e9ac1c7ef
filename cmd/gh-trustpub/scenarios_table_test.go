package main

import (
	"os"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// exception is a problem that a scenario makes impossible to settle by a plan.
type exception struct{ check, subject, why string }

// goalLine is what is left of a scenario once the plan was applied.
type goalLine struct {
	scenario string
	// plan is GitHub's of the owner, where it is not the scenario's own.
	plan string
	// secrets is how many values the world has to conceal.
	secrets int
	// impossible are the problems of level works and safe that stay.
	impossible []exception
	// left are the steps and pages that a person has to see to; "-" is for none.
	left []string
	// lasting are the changes of which something stays, and undone is what undo
	// exits with: 8 where a person could do more about that.
	lasting []string
	undone  int
	// now is the version that the manifests name, next the one that proves the
	// way without tokens; without it that is not tried. publishes is the workflow
	// file.
	now, next, publishes string
	// locks are the changes that come after the proof, and locked is what apply
	// then exits with.
	locks  []string
	locked int
	// long marks what takes minutes.
	long bool
}

// long says whether tests may take minutes.
func long() bool { return os.Getenv("TRUSTPUB_LONG") == "1" }

// What only a person can do, and what comes after it.
const (
	theirForm  = "a form that only a person signed in there can send"
	theirToken = "a first version is published by a person, with a token"
	noReviews  = "a plan of GitHub without reviews in private repositories: a person may change the plan"
	untilProof = "a secret stays until a release without it was proven"
	noCrateYet = "crates.io takes a publisher for a crate that is there"
)

// comesAfter is left to a person wherever nothing is proven yet.
var comesAfter = []string{"rehearsal -", "proof -", "lock -"}

var goalLines = []goalLine{
	{scenario: "fresh", now: "0.1.0", next: "0.1.1", publishes: "publish.yml",
		impossible: []exception{
			{"first-release-done", "crates.io:market-data", theirToken},
			{"first-release-done", "pypi:market-data", theirForm},
			{"first-release-done", "testpypi:market-data", theirForm},
			{"publisher-registered", "crates.io:market-data", noCrateYet},
		},
		left: append([]string{
			"first-release https://crates.io/settings/tokens/new",
			"first-release https://pypi.org/manage/account/publishing/",
			"first-release https://test.pypi.org/manage/account/publishing/",
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "solo", now: "1.2.0", next: "1.2.1", publishes: "publish.yml",
		impossible: []exception{{"first-release-done", "testpypi:tide-tables", theirForm}},
		left: append([]string{
			"first-release https://test.pypi.org/manage/account/publishing/",
			"publishers https://pypi.org/manage/project/tide-tables/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "team", now: "0.1.0", next: "0.1.1", publishes: "publish.yml",
		impossible: []exception{{"first-release-done", "testpypi:market-data", theirForm}},
		left: append([]string{
			"first-release https://test.pypi.org/manage/account/publishing/",
			"workflow https://github.com/acme/market-data/pull/1",
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
			"publishers https://pypi.org/manage/project/market-data/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"pull-request:trustpub/publish-workflow"}},
	{scenario: "private",
		impossible: []exception{
			{"first-release-done", "testpypi:market-data", theirForm},
			{"environment-has-reviewers", "release", noReviews},
		},
		left: append([]string{
			"first-release https://test.pypi.org/manage/account/publishing/",
			"environment https://github.com/organizations/acme/billing/plans",
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
			"publishers https://pypi.org/manage/project/market-data/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "private", plan: github.PlanFree,
		impossible: []exception{{"first-release-done", "testpypi:market-data", theirForm}},
		left: append([]string{
			"first-release https://test.pypi.org/manage/account/publishing/",
			"environment https://github.com/organizations/acme/billing/plans",
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
			"publishers https://pypi.org/manage/project/market-data/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "workspace", long: true,
		left:    append([]string{"publishers https://crates.io/crates/grid-01/settings/new-trusted-publisher"}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "tokens", secrets: 3, now: "0.2.1", next: "0.2.2", publishes: "release.yml", locked: 8,
		locks: []string{"secret:/CARGO_REGISTRY_TOKEN", "secret:pypi/PYPI_API_TOKEN"},
		impossible: []exception{
			{"no-publishing-secrets", "repository/CARGO_REGISTRY_TOKEN", untilProof},
			{"no-publishing-secrets", "organization/PYPI_TOKEN", untilProof},
			{"no-publishing-secrets", "environment pypi/PYPI_API_TOKEN", untilProof},
		},
		left: append([]string{
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
			"publishers https://pypi.org/manage/project/market-data/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
	{scenario: "broken", secrets: 2, now: "0.2.0", next: "0.2.1", publishes: "publish.yml", locked: 8,
		locks: []string{"secret:/CARGO_REGISTRY_TOKEN", "secret:/PYPI_API_TOKEN", "secret:release/PYPI_API_TOKEN", "dependabot-secret:CARGO_REGISTRY_TOKEN"},
		impossible: []exception{
			{"no-publishing-secrets", "repository/CARGO_REGISTRY_TOKEN", untilProof},
			{"no-publishing-secrets", "repository/PYPI_API_TOKEN", untilProof},
			{"no-publishing-secrets", "organization/CRATES_IO_TOKEN", untilProof},
			{"no-publishing-secrets", "dependabot/CARGO_REGISTRY_TOKEN", untilProof},
			{"no-publishing-secrets", "environment release/PYPI_API_TOKEN", untilProof},
			{"publisher-matches", "crates.io:market-data", theirForm},
			{"rehearsal-passed", "crates.io", theirForm},
		},
		left: append([]string{
			"publishers https://crates.io/crates/market-data/settings/new-trusted-publisher",
			"publishers https://pypi.org/manage/project/market-data/settings/publishing/",
		}, comesAfter...),
		lasting: []string{"push:main"}, undone: 8},
}
