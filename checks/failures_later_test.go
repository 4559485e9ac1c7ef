package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// member adds a crate with its own list of publishers to the workspace.
func member(publishers ...identity.Publisher) change {
	return func(_ *testing.T, w *evidence.World) {
		second := crate("data-core")
		second.Path = "core/Cargo.toml"
		setPackages(w, crate("data"), second, project("data"))
		listed(w, registered(identity.CratesIO))
		w.Projects[evidence.ProjectKey{Registry: identity.CratesIO, Name: "data-core"}] = evidence.Seen(evidence.Project{Name: "data-core",
			Versions: []evidence.Version{tokenVersion("0.1.0", 900)}, Publishers: evidence.Seen(publishers, api), TrustpubOnly: evidence.Seen(false, api)}, api)
	}
}

// letsIn gives the environment these rules alone.
func letsIn(rules ...evidence.RefRule) change {
	return guarded(func(e *evidence.Environment) { e.Refs = evidence.Seen(rules, api) })
}

// onMain publishes whatever is pushed to the default branch.
func onMain(t *testing.T, w *evidence.World) {
	edit(t, w, "    tags: ['v*']\n", "    branches: [main]\n")
}

// askedFor names the packages that are to be published.
func askedFor(packages ...string) change {
	return func(_ *testing.T, w *evidence.World) { w.Wanted.Packages = packages }
}

// pendingSince is a world without projects on PyPI and TestPyPI, for which
// pending publishers were said to stand.
func pendingSince(hours int) change {
	return func(_ *testing.T, w *evidence.World) {
		untried(w)
		says(w, hours, registered(identity.PyPI))
		says(w, hours, registered(identity.TestPyPI))
	}
}

// tagging makes the tag by a release, with the token that follows it.
const tagging = "on: {push: {branches: [main]}}\npermissions: {contents: write}\njobs:\n  tag:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh release create v0.3.0\n        env:\n          GH_TOKEN: "

// reviewedBy gives the environment these reviewers, who may not approve what
// they started themselves.
func reviewedBy(logins ...string) change {
	return guarded(func(e *evidence.Environment) {
		e.Reviewers, e.PreventSelfReview = nil, evidence.Seen(true, api)
		for i, login := range logins {
			e.Reviewers = append(e.Reviewers, evidence.Reviewer{Type: "User", ID: int64(5 + i), Name: login})
		}
	})
}

// laterWays are the numbered ones that the upload, the owner and GitHub's rules
// decide.
func laterWays(t *testing.T) []knownWay {
	toTest := "with: {repository-url: 'https://test.pypi.org/legacy/'}"
	password := edited(pypiAction+"\n", pypiAction+"\n        with:\n          password: ${{ secrets.PYPI_API_TOKEN }}\n")
	unproven := func(_ *testing.T, w *evidence.World) { setProject(w, identity.PyPI, tokenVersion("0.2.0", 900)) }
	return []knownWay{
		{of: "18", check: "token-is-exchanged", subject: pypiJob + " pypi", because: "Attestations are only supported when using Trusted Publishing", broken: password, log: "400 Attestations are only supported when using Trusted Publishing"},
		{of: "18", check: "publish-job-not-reusable", subject: pypiJob + " pypi", because: "Invalid attestations supplied during upload", broken: then(calledLocally, unproven), repaired: unproven,
			log: "400 Invalid attestations supplied during upload: Verification failed: Certificate's Build Config URI"},
		{of: "19", check: "one-index-per-job", because: "already has a publish attestation", broken: file(publishYML, twoIndexes("{push: {tags: ['v*']}}", toTest, "")), log: "Attestation generation failure: dist/data-1.0.tar.gz already has a publish attestation: dist/data-1.0.tar.gz.publish.attestation"},
		{of: "20", check: "publisher-matches", subject: ofCrate, because: "does not match the repository owner ID (42) in the JWT", broken: listing(crateWith(func(p *identity.Publisher) { p.OwnerID = 7 })), repaired: listing(registered(identity.CratesIO)),
			log: ofConfig + "does not match the repository owner ID (42) in the JWT. Expected owner IDs: 7. Please recreate the Trusted Publishing config."},
		{of: "20", check: "repository-on-github", subject: "git remote", because: "acme/old is now acme/data", broken: changedRepository(func(r *evidence.Repository) {
			r.MovedFrom = evidence.RepoName{Host: "github.com", Owner: "acme", Name: "old"}
		})},
		{of: "20", check: "trigger-fires", subject: cratesJob, because: "every run skips it: if: github.repository == 'acme/old', and the repository is acme/data", broken: edited("github.repository == 'acme/data'", "github.repository == 'acme/old'")},
		{of: "21", check: "token-outlives-publish", subject: cratesJob + " crates.io", because: "`cargo build --release` at line 34 runs while the token of 30 minutes ages", broken: edited("      - name: Publish\n", "      - run: cargo build --release\n      - name: Publish\n"),
			log: "the remote server responded with an error (status 403 Forbidden): Invalid authentication token"},
		{of: "22", check: "trigger-fires", subject: publishYML + " push", because: "with GITHUB_TOKEN", broken: file(callingYML, tagging+"${{ github.token }}\n"), repaired: file(callingYML, tagging+"${{ secrets.RELEASE_APP }}\n")},
		{of: "23", check: "forks-cannot-publish", subject: cratesJob, because: "push in a fork starts it too", broken: edited("    if: github.repository == 'acme/data'\n", "")},
		{of: "24", check: "environment-has-reviewers", subject: "release", because: "nobody has to approve", broken: guarded(func(e *evidence.Environment) { e.Reviewers = nil })},
		{of: "25", check: "someone-can-approve", subject: "release", because: "nobody can approve a run that ana starts", broken: reviewedBy("ana"), repaired: reviewedBy("ana", "bo")},
	}
}

// rarerWays are those that turn up less often.
func rarerWays(t *testing.T) []knownWay {
	secret := func(name string) evidence.Fact[[]evidence.Secret] {
		return evidence.Seen([]evidence.Secret{{Name: name}}, api)
	}
	twice := edited("run: cargo publish --no-verify", "uses: release-plz/action@v0.5")
	return []knownWay{
		{of: "the caller gives no permission", check: "workflow-grants-id-token", because: "is requesting 'id-token: write', but is only allowed 'id-token: none'",
			broken: then(calledLocally, func(t *testing.T, w *evidence.World) {
				setFile(w, callingYML, "on: {push: {tags: ['v*']}}\njobs:\n  call:\n    permissions:\n      contents: read\n    uses: ./.github/workflows/publish.yml\n")
			}), repaired: calledLocally, log: "The nested job 'publish' is requesting 'id-token: write', but is only allowed 'id-token: none'."},
		{of: "a stray space in the stored file", check: "publisher-matches", subject: ofCrate, because: "workflow differs", broken: listing(crateWith(func(p *identity.Publisher) { p.Workflow = "publish.yml " })), repaired: listing(registered(identity.CratesIO))},
		{of: "look-alike letters", check: "publisher-matches", subject: ofCrate, because: "workflow differs: the job presents publish.yml, рublish.yml is registered", broken: listing(crateWith(func(p *identity.Publisher) { p.Workflow = "рublish.yml" })), repaired: listing(registered(identity.CratesIO))},
		{of: "capitals of the repository", check: "publisher-matches", subject: ofProject, because: "repository differs: the job presents data, Data you registered", broken: saying(pypiWith(func(p *identity.Publisher) { p.Repository = "Data" })), repaired: saying(registered(identity.PyPI))},
		{of: "capitals of the environment", check: "publisher-matches", subject: ofCrate, want: OK, broken: listing(crateWith(func(p *identity.Publisher) { p.Environment = "Release" }))},
		{of: "id-token without an exchange", check: "token-is-exchanged", subject: cratesJob + " crates.io", because: "cargo would say: no token found. `id-token: write` alone exchanges nothing",
			broken: edited("        env:\n          CARGO_REGISTRY_TOKEN: ${{ steps.auth.outputs.token }}\n", ""), log: "error: no token found, please run `cargo login`"},
		{of: "an identity in the place of a token", log: "status 401 Unauthorized): The given API token does not match the format used by crates.io. Tokens generated before 2020-07-14 were generated with an insecure random number generator"},
		{of: "release-plz beside the auth action", check: "token-is-exchanged", subject: cratesJob + " crates.io twice", because: "release-plz would exchange one itself", broken: twice},
		{of: "environment as an input of the auth action", check: "publish-job-names-environment", subject: cratesJob, because: "gives `environment: release` to " + authPin + ", which has no such input",
			broken: then(edited(grants, "    permissions:\n      contents: read\n      id-token: write\n"), amended("        uses: "+authPin+" # v1.0.5\n", "        uses: "+authPin+" # v1.0.5\n        with:\n          environment: release\n"))},
		{of: "a token used twice", log: "JWT has already been used"},
		{of: "a token used twice", log: "* `invalid-reuse-token`: invalid token: already used"},
		{of: "PyPI's action inside another", check: "token-is-exchanged", subject: pypiJob + " pypi", because: "nesting is not supported", broken: nested("pypa/gh-action-pypi-publish@release/v1"),
			log: "Unable to find image 'ghcr.io/acme/data:v1.0.0' locally"},
		{of: "PyPI's action without Linux", check: "token-is-exchanged", subject: pypiJob + " pypi", because: "Container action is only supported on Linux", broken: edited("  pypi:\n    needs: build\n    runs-on: ubuntu-latest", "  pypi:\n    needs: build\n    runs-on: macos-15"),
			log: "##[error]Container action is only supported on Linux"},
		{of: "too many first publishes", log: "status 429 Too Many Requests): You have published too many new crates in a short period of time. Please try again after Tue, 24 Nov 2026 11:10:00 GMT"},
		{of: "an unverified e-mail", log: "A verified email address is required to publish crates to crates.io. Visit https://crates.io/settings/profile to set and verify your email address."},
		{of: "a name that is taken or too similar", log: "400 The name 'dataa' is too similar to an existing project. See https://test.pypi.org/help/#project-name for more information."},
		{of: "a name that is taken or too similar", check: "name-available", subject: ofCrate, because: "its source is https://github.com/bo/data", broken: then(before(), askedFor("data"), alteredProject(identity.CratesIO, func(p *evidence.Project) {
			p.Owners, p.Repository, p.Versions = evidence.Seen([]string{"bo"}, api), evidence.Seen("https://github.com/bo/data", api), []evidence.Version{tokenVersion("9.0.0", 3)}
		})), repaired: nothing},
		{of: "a pending publisher reserves nothing", check: "first-release-done", subject: ofProject, want: Said, because: "until then reserves no name", broken: pendingSince(3)},
		{of: "a publisher without environment", check: "publisher-matches", subject: ofProject + " environment", because: "every job of publish.yml may publish, in release or outside of it", broken: saying(pypiWith(func(p *identity.Publisher) { p.Environment = "" })), repaired: saying(registered(identity.PyPI))},
		{of: "secrets of the repository", check: "no-publishing-secrets", subject: "repository/PYPI_API_TOKEN", because: "the repository's settings", broken: func(_ *testing.T, w *evidence.World) { w.GitHub.RepositorySecrets = secret("PYPI_API_TOKEN") }},
		{of: "secrets of an environment", check: "no-publishing-secrets", subject: "environment release/TWINE_PASSWORD", because: "the environment's settings", broken: guarded(func(e *evidence.Environment) { e.Secrets = secret("TWINE_PASSWORD") })},
		{of: "secrets of the organisation", check: "no-publishing-secrets", subject: "organization/CARGO_REGISTRY_TOKEN", because: "the organisation's settings", broken: func(_ *testing.T, w *evidence.World) { w.GitHub.OrganizationSecrets = secret("CARGO_REGISTRY_TOKEN") }},
		{of: "a secret deleted is no token revoked", check: "no-publishing-secrets", because: "revoke the token at its registry, then delete the secret", broken: func(_ *testing.T, w *evidence.World) { w.GitHub.RepositorySecrets = secret("PYPI_API_TOKEN") }},
		{of: "an immutable sub", check: "publisher-matches", subject: ofCrate, want: OK, broken: immutableSubject, repaired: immutableSubject},
		{of: "a dispatch brings its own file", check: "environment-limits-refs", subject: "release", because: "every branch and tag may use the environment", broken: guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsAll })},
	}
}

// immutableSubject is what repositories of after July 2026 have: the registries
// do not read it, so that no check may.
func immutableSubject(_ *testing.T, w *evidence.World) {
	w.GitHub.Subject = evidence.Seen(evidence.SubjectSettings{Immutable: true, Prefix: "repo:acme@42/data@1:"}, api)
}
