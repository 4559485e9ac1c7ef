package checks

import (
	"testing"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func guarded(change func(*evidence.Environment)) func(*testing.T, *evidence.World) {
	return func(_ *testing.T, w *evidence.World) { setEnvironment(w, change) }
}

func noEnvironment(_ *testing.T, w *evidence.World) {
	w.GitHub.Environments = evidence.Absent[[]evidence.Environment](api)
}

func hiddenEnvironments(_ *testing.T, w *evidence.World) {
	w.GitHub.Environments = evidence.Unknown[[]evidence.Environment](api, "a private repository on a free plan has no environments that GitHub shows")
}

func TestEnvironment(t *testing.T) {
	const exists, reviewers, refs = "environment-exists", "environment-has-reviewers", "environment-limits-refs"
	rules := func(list ...evidence.RefRule) func(*testing.T, *evidence.World) {
		return guarded(func(e *evidence.Environment) { e.Refs = evidence.Seen(list, api) })
	}
	unprotected := func(fact evidence.Fact[evidence.BranchProtection]) func(*testing.T, *evidence.World) {
		return func(t *testing.T, w *evidence.World) {
			guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsProtected })(t, w)
			w.GitHub.DefaultBranch = fact
		}
	}
	runRows(t, []row{
		{"there", exists, nothing, "release", OK, "the environment release exists"},
		{"in other letters", exists, guarded(func(e *evidence.Environment) { e.Name = "Release" }), "Release", OK, ""},
		{"not there", exists, noEnvironment, "release", Wrong, "a run creates it without any rule"},
		{"another is there", exists, guarded(func(e *evidence.Environment) { e.Name = "pages" }), "release", Wrong, "there is no environment release"},
		{"out of sight", exists, hiddenEnvironments, "release", Unknown, "free plan"},
		{"two are named", exists, func(_ *testing.T, w *evidence.World) { w.Wanted.Environment = "prod" }, "prod", Wrong, "there is no environment prod"},

		{"asks", reviewers, nothing, "release", OK, "one of ana, the team core must approve"},
		{"failure 24: bare", reviewers, guarded(func(e *evidence.Environment) { e.Reviewers = nil }), "release", Wrong, "nobody has to approve"},
		{"not there", reviewers, noEnvironment, "release", Wrong, "there is no environment release"},
		{"out of sight", reviewers, hiddenEnvironments, "release", Unknown, "free plan"},

		{"chosen refs", refs, nothing, "release", OK, "only branch main, tag v*"},
		{"all refs", refs, guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsAll }), "release", Wrong, "every branch and tag"},
		{"any branch", refs, rules(evidence.RefRule{Type: "branch", Pattern: "*"}), "release", Wrong, "lets any branch in"},
		{"no rule", refs, rules(), "release", Wrong, "nothing can publish"},
		{"rules out of sight", refs, guarded(func(e *evidence.Environment) {
			e.Refs = evidence.Unknown[[]evidence.RefRule](api, "403")
		}), "release", Unknown, "403"},
		{"policy not told", refs, guarded(func(e *evidence.Environment) { e.Policy = "" }), "release", Unknown, "does not tell"},
		{"protected branches", refs, guarded(func(e *evidence.Environment) { e.Policy = evidence.RefsProtected }), "release", OK, "main is one"},
		{"protected branches, and none is", refs, unprotected(evidence.Seen(evidence.BranchProtection{Branch: "main", Protected: evidence.Seen(false, api)}, api)), "release", Unknown, "every branch"},
		{"protected branches, out of sight", refs, unprotected(evidence.Unknown[evidence.BranchProtection](api, "404")), "release", Unknown, "404"},
	})
}

func TestNoPublishingSecrets(t *testing.T) {
	const id = "no-publishing-secrets"
	repository := func(names ...string) func(*testing.T, *evidence.World) {
		return func(_ *testing.T, w *evidence.World) {
			var list []evidence.Secret
			for _, n := range names {
				list = append(list, evidence.Secret{Name: n})
			}
			w.GitHub.RepositorySecrets = evidence.Seen(list, api)
		}
	}
	runRows(t, []row{
		{"none", id, nothing, "repository", OK, "none of its 1 secrets"},
		{"cargo's", id, repository("CARGO_REGISTRY_TOKEN"), "repository/CARGO_REGISTRY_TOKEN", Wrong, "revoke the token at its registry, then delete"},
		{"poetry's, by its index", id, repository("POETRY_PYPI_TOKEN_TESTPYPI"), "repository/POETRY_PYPI_TOKEN_TESTPYPI", Wrong, "the name of a publishing token"},
		{"in small letters", id, repository("pypi_api_token"), "repository/pypi_api_token", Wrong, "the name of a publishing token"},
		{"any name that a job publishes with", id, func(t *testing.T, w *evidence.World) {
			setFile(w, publishYML, secretWorkflow)
			repository("CRATES_TOKEN_2")(t, w)
		}, "repository/CRATES_TOKEN_2", Wrong, "is what " + cratesJob + " publishes with"},
		{"in the environment", id, guarded(func(e *evidence.Environment) {
			e.Secrets = evidence.Seen([]evidence.Secret{{Name: "TWINE_PASSWORD"}}, api)
		}), "environment release/TWINE_PASSWORD", Wrong, "the environment's settings"},
		{"in the organisation", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.OrganizationSecrets = evidence.Seen([]evidence.Secret{{Name: "PYPI_TOKEN"}}, api)
		}, "organization/PYPI_TOKEN", Wrong, "the organisation's settings"},
		{"for Dependabot", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.DependabotSecrets = evidence.Seen([]evidence.Secret{{Name: "CARGO_REGISTRY_TOKEN"}}, api)
		}, "dependabot/CARGO_REGISTRY_TOKEN", Wrong, "Secrets and variables, Dependabot"},
		{"Dependabot's out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.DependabotSecrets = evidence.Unknown[[]evidence.Secret](api, "needs write access")
		}, "dependabot", Unknown, "needs write access"},
		{"organisation out of sight", id, func(_ *testing.T, w *evidence.World) {
			w.GitHub.OrganizationSecrets = evidence.Unknown[[]evidence.Secret](api, "needs admin rights")
		}, "organization", Unknown, "needs admin rights"},
		{"environments out of sight", id, hiddenEnvironments, "environments", Unknown, "free plan"},
	})
	t.Run("a personal repository has no organisation", func(t *testing.T) {
		w := ready(t)
		w.GitHub.OrganizationSecrets = evidence.Absent[[]evidence.Secret](api)
		for _, res := range Judge(NewCase(w), All(), []string{id}).Results {
			if res.Subject == "organization" {
				t.Errorf("%s: %s", res.Verdict, res.Because)
			}
		}
	})
}
