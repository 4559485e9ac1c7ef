package practice_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trustpub/gh-trustpub/checks/collect"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// sightRows set up in the world what few repositories have, and want to see it
// in the program's evidence, through the wire.
func sightRows(t *testing.T, w *settled) {
	see := func(t *testing.T) *evidence.World {
		return w.look(t, collect.Request{Before: w.shut, Parts: []collect.Part{collect.GitHub, collect.PyPI}})
	}
	t.Run("settings of the repository", func(t *testing.T) {
		defer w.alter(t, func(e *github.Environment) {
			e.Apps = []github.App{{Slug: "gatekeeper"}, {Slug: "idle", Disabled: true}}
		})()
		before, err := w.GitHub.Repository(owner, name)
		must(t, err)
		defer w.edit(t, func(r *github.Repository) {
			r.DependabotSecrets, r.Rulesets, r.ImmutableReleases = before.DependabotSecrets, before.Rulesets, before.ImmutableReleases
			r.Subject, r.Actions = before.Subject, before.Actions
		})
		five := int64(5)
		w.edit(t, func(r *github.Repository) {
			r.DependabotSecrets = []github.Secret{{Name: "TWINE_PASSWORD", Value: "x"}}
			r.ImmutableReleases, r.Subject = true, github.SubjectSettings{Keys: []string{"repo", "context"}, Immutable: true}
			r.Actions = github.ActionsSettings{Allowed: "selected", SHAPinning: true, GitHubOwned: true, Patterns: []string{"pypa/*"}, MayApprovePulls: true}
			r.Rulesets = append(r.Rulesets, &github.Ruleset{Name: "release tags", Target: "tag", Enforcement: "active", Include: []string{"refs/tags/v*"},
				Rules: []github.Rule{{Type: "creation"}, {Type: "deletion"}}, Bypass: []github.BypassActor{{ActorID: &five, ActorType: "RepositoryRole", Mode: "always"}}})
		})
		g := see(t).GitHub
		same(t, "Dependabot's secrets", secretNames(g.DependabotSecrets.Or(nil)), []string{"TWINE_PASSWORD"})
		same(t, "immutable releases", g.ImmutableReleases.Or(evidence.ImmutableReleases{}), evidence.ImmutableReleases{Enabled: true})
		subject := g.Subject.Or(evidence.SubjectSettings{})
		same(t, "subject", subject.Keys, []string{"repo", "context"})
		if subject.Default || !subject.Immutable || subject.Prefix == "" {
			t.Errorf("subject %+v", subject)
		}
		policy := g.Actions.Or(evidence.ActionsPolicy{})
		same(t, "allowed actions", policy.Selected.Or(evidence.SelectedActions{}), evidence.SelectedActions{GitHubOwned: true, Patterns: []string{"pypa/*"}})
		if !policy.ShaPinning || !g.ActionsApprovePulls.Or(false) {
			t.Errorf("Actions %+v, approving %v", policy, g.ActionsApprovePulls)
		}
		apps := g.Environments.Or(make([]evidence.Environment, 1))[0].Custom.Or(nil)
		if len(apps) != 2 || apps[0].App != "gatekeeper" || !apps[0].Enabled || apps[1].Enabled {
			t.Errorf("apps %+v", apps)
		}
		sets := g.Rulesets.Or(nil)
		tags := sets[len(sets)-1]
		if tags.Target != "tag" || !tags.Limits("creation") || tags.Limits("update") || tags.Include[0] != "refs/tags/v*" || tags.Bypass.Or(nil)[0].ID != 5 {
			t.Errorf("%+v", tags)
		}
	})
	t.Run("a private repository on a free plan", func(t *testing.T) {
		plan := func(name string) {
			must(t, w.GitHub.EditAccount(owner, func(a *github.Account) error { a.Plan = name; return nil }))
		}
		plan(github.PlanFree)
		w.edit(t, func(r *github.Repository) { r.Private = true })
		f := see(t).GitHub.Environments
		w.edit(t, func(r *github.Repository) { r.Private = false })
		plan("")
		same(t, "environments", f.Reason(), "acme is on the plan free, which has no environments for private repositories")
	})
	t.Run("a token that says less than its owner may", func(t *testing.T) {
		w.edit(t, func(r *github.Repository) { r.Private = true })
		defer w.edit(t, func(r *github.Repository) { r.Private = false })
		narrow, err := w.GitHub.AddToken(github.Token{Login: "ana", Kind: github.FineGrained, Permissions: map[string]string{"contents": "read", "actions": "read"}})
		must(t, err)
		g := w.seenBy(t, narrow.Value).GitHub
		same(t, "secrets", g.RepositorySecrets.Reason(), `the token lacks the permission secrets=read ("Resource not accessible by personal access token")`)
		same(t, "Dependabot's secrets", g.DependabotSecrets.Reason(), `the token lacks the permission dependabot_secrets=read ("Resource not accessible by personal access token")`)
		if token := g.Token.Or(evidence.Token{Classic: true}); token.Classic {
			t.Errorf("token %+v", token)
		}
	})
	t.Run("who holds the project", func(t *testing.T) {
		must(t, w.PyPI.SetRole(name, "bo", pypi.Maintainer))
		must(t, w.PyPI.SetOrganization(name, "acme-inc"))
		p := see(t).Projects[evidence.ProjectKey{Registry: identity.PyPI, Name: name}].Or(evidence.Project{})
		same(t, "roles", p.Roles.Or(nil), []evidence.ProjectRole{{Role: "Owner", User: "ana"}, {Role: "Maintainer", User: "bo"}})
		same(t, "owners", p.Owners.Or(nil), []string{"ana"})
		same(t, "organisation", p.Organization.Or(""), "acme-inc")
	})
}

func secretNames(secrets []evidence.Secret) (names []string) {
	for _, s := range secrets {
		names = append(names, s.Name)
	}
	return names
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// seenBy is the world as somebody with another token sees it.
func (w *settled) seenBy(t *testing.T, token string) *evidence.World {
	t.Helper()
	collector := collect.New(collect.Options{Transport: w.way(t), Getenv: w.getenv, Hosts: []string{"github.com"}, Token: func(string) string { return token }})
	world, err := collector.Live(t.Context(), collect.Request{Dir: w.Setting().Checkout, Before: w.shut, Parts: []collect.Part{collect.GitHub}})
	must(t, err)
	return world
}
