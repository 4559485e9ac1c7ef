package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

const (
	noIDToken = "missing or insufficient OIDC token permissions, the ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset"
	lookup    = "invalid-publisher: valid token, but no corresponding publisher (Publisher with matching claims was not found)"
	ofConfig  = "The Trusted Publishing config for repository `acme/data` "
)

// rankedWays are the numbered ones that the exchange, the file and the registry
// decide.
func rankedWays(t *testing.T) []knownWay {
	good := saying(registered(identity.PyPI))
	said := func(what string, change func(*identity.Publisher)) knownWay {
		return knownWay{of: "1", check: "publisher-matches", subject: ofProject, because: what, broken: saying(pypiWith(change)), repaired: good}
	}
	foreign := shared(source("on: workflow_call\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: {contents: read, id-token: write}\n    steps:\n      - uses: " + pypiAction + "\n"))
	listedRight := listing(registered(identity.CratesIO))
	return []knownWay{
		said("owner differs: the job presents acme, acmee you registered", func(p *identity.Publisher) { p.Owner = "acmee" }),
		said("repository differs: the job presents data, date you registered", func(p *identity.Publisher) { p.Repository = "date" }),
		said("workflow differs: the job presents publish.yml, release.yml you registered", otherFile),
		said("environment differs: the job presents release, production you registered", otherEnvironment),
		said("owner_id differs: the job presents 42, 7 you registered", func(p *identity.Publisher) { p.OwnerID = 7 }),
		{of: "1", log: "* `" + lookup[:17] + "`" + lookup[17:]},
		{of: "2", check: "workflow-grants-id-token", subject: cratesJob, because: "id-token is none: job permissions, which do not name it", broken: edited(grants, "    environment: release\n    permissions:\n      contents: read\n"), log: noIDToken},
		{of: "2", log: "Error: Please ensure the 'id-token' permission is set to 'write' in your workflow. For more information, see"},
		{of: "2", log: "error: Failed to obtain token for trusted publishing\n  Caused by: is the `id-token: write` permission missing?"},
		{of: "3", check: "publish-job-names-environment", subject: pypiJob, because: "the job names no environment; the job crates-io names release, which counts for that job alone",
			broken: edited("    environment: release\n    permissions:\n      id-token: write\n", "    permissions:\n      id-token: write\n")},
		{of: "3", check: "publisher-matches", subject: ofProject, because: "environment (none, not release)", broken: before(refusedRehearsal(9, 1, notFound+noClaimEnv)), repaired: before(rehearsal(9, 1, "success"))},
		{of: "4", check: "publish-job-not-reusable", because: "The job_workflow_ref claim does not match, expecting one of ['acme/data/.github/workflows/publish.yml@", broken: foreign},
		{of: "5", check: "first-release-done", subject: ofCrate, because: "Trusted Publishing tokens do not support creating new crates", broken: func(_ *testing.T, w *evidence.World) { absentProject(w, identity.CratesIO) },
			log: "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first"},
		{of: "6", check: "publisher-matches", subject: ofCrate, because: "No Trusted Publishing config found for repository `acme/data`.", broken: listing(), repaired: listedRight, log: "No Trusted Publishing config found for repository `acme/data`."},
		{of: "6", log: "No matching Trusted Publishing config found"},
		{of: "7", check: "publisher-matches", subject: ofCrate, because: "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`", broken: listing(crateWith(otherFile)), repaired: listedRight,
			log: ofConfig + "does not match the workflow filename `publish.yml` in the JWT. Expected workflow filenames: `release.yml`"},
		{of: "7", check: "publish-job-not-reusable", subject: cratesJob + " crates.io", because: "the publisher must name release.yml, and publish.yml is registered", broken: then(calledLocally, listedRight), repaired: then(calledLocally, listing(crateWith(otherFile)))},
		{of: "8", check: "publisher-registered", subject: "crates.io:data-core", because: "crates.io lists no publisher", broken: member(), repaired: member(with(registered(identity.CratesIO), func(p *identity.Publisher) { p.Package = "data-core" })),
			log: "The provided access token is not valid for crate `data-core`"},
		{of: "9", check: "environment-admits-trigger", because: `Tag "v0.3.0" is not allowed to deploy to release due to environment protection rules.`, broken: letsIn(evidence.RefRule{Type: "branch", Pattern: "main"}),
			log: `Tag "v1" is not allowed to deploy to release due to environment protection rules.`},
		{of: "10", check: "environment-admits-trigger", because: `Branch "main" is not allowed to deploy to release due to environment protection rules.`,
			broken: then(onMain, letsIn(evidence.RefRule{Type: "tag", Pattern: "v*"})), repaired: onMain, log: `Branch "main" is not allowed to deploy to release due to environment protection rules.`},
		{of: "11", check: "event-accepted", subject: cratesJob + " crates.io", because: "Trusted Publishing does not support the `workflow_run` event trigger", broken: edited("on:\n  push:\n    tags: ['v*']\n", "on:\n  workflow_run:\n    workflows: [CI]\n")},
		{of: "11", log: "Trusted Publishing does not support the `workflow_run` event trigger due to security concerns"},
		{of: "11", log: "* `invalid-publisher`: valid token, but no corresponding publisher (Publishing from a workflow invoked via 'pull_request_target' is not supported.)"},
		{of: "12", check: "publisher-matches", subject: ofCrate, because: "does not match the environment `release` in the JWT. Expected environments: `production`", broken: listing(crateWith(otherEnvironment)), repaired: listedRight,
			log: ofConfig + "does not match the environment `release` in the JWT. Expected environments: `production`"},
		{of: "12", check: "publisher-matches", subject: ofCrate, because: "requires an environment, but the JWT does not specify one", repaired: listedRight,
			broken: then(edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), listedRight), log: ofConfig + "requires an environment, but the JWT does not specify one. Expected environments: `release`"},
		{of: "13", check: "trusted-publishing-only", subject: ofCrate, because: "still publishes with a token (CRATES_TOKEN_2)", broken: edited("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN_2 }}"),
			log: "New versions of this crate can only be published using Trusted Publishing (see https://crates.io/docs/trusted-publishing)."},
		{of: "13", check: "token-is-exchanged", subject: cratesJob + " crates.io", because: "uses a long-lived token (CRATES_TOKEN_2)", broken: edited("${{ steps.auth.outputs.token }}", "${{ secrets.CRATES_TOKEN_2 }}")},
		{of: "14", check: "pending-publisher-alive", subject: ofProject, because: "publisher of its own", broken: before(refusedRehearsal(9, 1, stalePending)), repaired: before(rehearsal(9, 1, "success")), log: "* `invalid-pending-publisher`: valid token, but project already exists"},
		{of: "15", check: "pending-publisher-alive", subject: ofProject, because: "it lapsed by", broken: pendingSince(31 * 24), repaired: pendingSince(24)},
		{of: "15", check: "first-release-done", subject: ofTest, because: "https://test.pypi.org/manage/account/publishing/", broken: func(_ *testing.T, w *evidence.World) { untried(w); says(w, 3, registered(identity.PyPI)) },
			repaired: pendingSince(3)},
		{of: "16", check: "publisher-matches", subject: ofProject, because: "OIDC scoped token is not valid for project 'data'", broken: before(refusedRehearsal(9, 1, "403 OIDC scoped token is not valid for project 'data'.")), repaired: before(rehearsal(9, 1, "success")),
			log: "403 Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly"},
		{of: "17", check: "publish-job-can-check-out", subject: cratesJob, because: "the repository is private, and contents is none", broken: then(changedRepository(func(r *evidence.Repository) { r.Private = true }), edited(grants, "    environment: release\n    permissions:\n      id-token: write\n")),
			repaired: changedRepository(func(r *evidence.Repository) { r.Private = true }), log: "remote: Repository not found."},
	}
}
