package checks

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
)

func noPublishingSecrets() Check {
	return Check{
		ID: "no-publishing-secrets", Step: Lock, Level: Safe,
		Claim: "No secret that looks like a registry's token is left at repository, environment or organisation level, or for Dependabot.",
		Why:   "A token that nobody needs any more can still be stolen, and publishes from anywhere.",
		Judge: judgeSecrets,
	}
}

// tokenNames are the variables by which the clients take their tokens, and the
// names that workflows commonly give the secrets.
var tokenNames = []string{
	"CARGO_REGISTRY_TOKEN", "CARGO_TOKEN", "CARGO_API_TOKEN", "CARGO_API_KEY", "CRATES_IO_TOKEN", "CRATES_TOKEN", "CRATES_IO_API_TOKEN",
	"CRATESIO_TOKEN", "PYPI_API_TOKEN", "PYPI_TOKEN", "PYPI_PASSWORD", "PYPI_KEY", "PYPI_API_KEY", "PYPI_PROD_TOKEN", "PYPI_PUBLISH_TOKEN", "PYPI_USERNAME_PASSWORD",
	"TEST_PYPI_API_TOKEN", "TEST_PYPI_TOKEN", "TESTPYPI_API_TOKEN", "TESTPYPI_TOKEN", "TEST_PYPI_PASSWORD",
	"TWINE_PASSWORD", "TWINE_TOKEN", "TWINE_API_KEY", "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "MATURIN_PYPI_TOKEN", "MATURIN_PASSWORD",
	"HATCH_INDEX_AUTH", "FLIT_PASSWORD", "PDM_PUBLISH_PASSWORD",
}

// tokenPrefixes are those of variables that carry a registry's name at the end
// (cargo: CARGO_REGISTRIES_<NAME>_TOKEN; poetry: POETRY_PYPI_TOKEN_<NAME>).
var tokenPrefixes = []string{"CARGO_REGISTRIES_", "POETRY_PYPI_TOKEN_", "POETRY_HTTP_BASIC_"}

// looksLikeToken says whether a secret's name says that it publishes.
func looksLikeToken(name string) bool {
	name = strings.ToUpper(name)
	return slices.Contains(tokenNames, name) ||
		slices.ContainsFunc(tokenPrefixes, func(p string) bool { return strings.HasPrefix(name, p) && !strings.HasSuffix(name, "_USERNAME") })
}

// secretLevel is one level at which GitHub keeps secrets.
type secretLevel struct {
	name    string // "repository", "organization", "dependabot", "environment release"
	page    string // where it is deleted
	secrets evidence.Fact[[]evidence.Secret]
}

func judgeSecrets(c *Case) []Finding {
	var findings []Finding
	for _, level := range c.secretLevels() {
		findings = append(findings, c.judgeLevel(level)...)
	}
	if environments := c.World.GitHub.Environments; environments.Unknown() {
		findings = append(findings, c.blind("environments", "which environments there are, with which secrets", environments))
	}
	return findings
}

func (c *Case) secretLevels() []secretLevel {
	g := c.World.GitHub
	levels := []secretLevel{
		{"repository", "the repository's settings, under Secrets and variables", g.RepositorySecrets},
		{"organization", "the organisation's settings, under Secrets and variables", g.OrganizationSecrets},
		{"dependabot", "the repository's settings, under Secrets and variables, Dependabot", g.DependabotSecrets},
	}
	for _, e := range g.Environments.Or(nil) {
		levels = append(levels, secretLevel{"environment " + e.Name, "the environment's settings", e.Secrets})
	}
	return levels
}

func (c *Case) judgeLevel(l secretLevel) []Finding {
	if l.secrets.Unknown() {
		return []Finding{c.blind(l.name, "the names of its secrets", l.secrets)}
	}
	var findings []Finding
	for _, s := range l.secrets.Or(nil) {
		if why := c.publishingSecret(s.Name); why != "" {
			findings = append(findings, finding(Wrong, l.name+"/"+s.Name, "the secret %s %s", s.Name, why).seen(l.secrets.Source()).
				advise("revoke the token at its registry, then delete the secret in %s: deleting alone leaves the token working", l.page))
		}
	}
	if len(findings) == 0 && l.secrets.Seen() {
		findings = append(findings, finding(OK, l.name, "none of its %d secrets looks like a publishing token", len(l.secrets.Or(nil))).seen(l.secrets.Source()))
	}
	return findings
}

// publishingSecret says in what way a secret is a publishing one; "" if it is
// none.
func (c *Case) publishingSecret(name string) string {
	for _, p := range c.Publishing {
		if slices.ContainsFunc(p.Secrets, func(s string) bool { return strings.EqualFold(s, name) }) {
			return "is what " + subjectOf(p) + " publishes with"
		}
	}
	if looksLikeToken(name) {
		return "has the name of a publishing token"
	}
	return ""
}
