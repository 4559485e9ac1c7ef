package steps

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// lock takes away what a token could still do, once trusted publishing was
// proven.
func (l *layout) lock(s *Scene, before map[checks.Step]State) string {
	state, reason := stand(s.Results)
	s.State = state
	left := l.leftovers()
	s.Wanted = []Line{wanted("no secret", "that publishes, in the repository, its environments or the organisation, or for Dependabot", "")}
	if len(left) == 0 {
		return l.afterProof(s, before, reason)
	}
	for _, secret := range left {
		s.Now = append(s.Now, l.about(secret))
	}
	proven := before[checks.Proof] == Done
	var deletable []leftover
	for _, secret := range left {
		if secret.deletable() {
			deletable = append(deletable, secret)
		}
	}
	if proven && len(deletable) > 0 {
		for _, secret := range deletable {
			s.Preview = append(s.Preview, l.deletion(secret).Preview...)
		}
		s.Ways = append(s.Ways, l.deleteSecrets(deletable))
	}
	for _, secret := range left {
		if proven && !secret.deletable() {
			s.Ways = append(s.Ways, l.deleteShared(secret))
		}
	}
	if !proven {
		s.Now = append(s.Now, Line{Text: "Secrets are deleted here once a trusted release was proven: until then they may be the only way to publish."})
	}
	s.Ways = append(s.Ways, l.secretPages(left)...)
	s.Ways = append(s.Ways, Way{Kind: Commands, Label: "Show me the commands", Lines: l.deletionCommands(deletable)})
	return reason
}

// afterProof keeps the lock open until the way without tokens was proven, or
// that was passed by: before, nothing to lock is no lock.
func (l *layout) afterProof(s *Scene, before map[checks.Step]State, reason string) string {
	if proof := before[checks.Proof]; s.State == Done && proof != Done && proof != Skipped {
		s.State, reason = Waiting, afterProof
	}
	return reason
}

const afterProof = "comes after the proof"

func (l *layout) deleteSecrets(secrets []leftover) Way {
	var names []string
	for _, s := range secrets {
		names = append(names, s.String())
	}
	q := several("secrets", "Secrets to delete", names, names)
	q.Help = "Their values are lost. Revoke the tokens at their registries first: a deleted secret's token still works."
	return Way{Kind: Do, Settles: "secrets", Label: "Delete them for me", Help: q.Help, Questions: []Question{q}, Prepare: func(a Answers) ([]change.Change, error) {
		var changes []change.Change
		for _, name := range list(a["secrets"]) {
			for _, s := range secrets {
				if s.String() == name {
					changes = append(changes, l.deletion(s))
				}
			}
		}
		return changes, nil
	}}
}

func (l *layout) secretPages(left []leftover) []Way {
	page := func(settles, label, url, note string) Way {
		return Way{Kind: Page, Settles: settles, Label: label, Help: note, Open: &PageLink{Title: label, URL: url, Note: note}}
	}
	var ways []Way
	if slices.ContainsFunc(left, func(s leftover) bool { return s.deletable() && s.level != "dependabot" }) {
		ways = append(ways, page("secrets", "Open the repository's secrets", l.github("settings/secrets/actions"), ""))
	}
	if slices.ContainsFunc(left, func(s leftover) bool { return s.level == "dependabot" }) {
		ways = append(ways, page("secrets", "Open the secrets for Dependabot", l.github("settings/secrets/dependabot"), ""))
	}
	for _, s := range left {
		if s.level == "organization" {
			ways = append(ways, page("organization-secrets", "Open the organisation's secrets", "https://"+l.repo.Host+"/organizations/"+l.repo.Owner+"/settings/secrets/actions", "Other repositories may use "+s.name+": ask before it goes."))
			break
		}
	}
	if len(l.of(identity.CratesIO)) > 0 {
		ways = append(ways, page("tokens:crates.io", "Open your tokens on crates.io", registry(identity.CratesIO).Pages.Tokens, "Revoke those that published this crate."))
	}
	if len(l.of(identity.PyPI)) > 0 {
		ways = append(ways, page("tokens:pypi", "Open your tokens on PyPI", registry(identity.PyPI).Pages.Tokens, "Remove those that published this project."))
	}
	if slices.ContainsFunc(left, func(s leftover) bool { return l.opens(s) == identity.TestPyPI }) {
		ways = append(ways, page("tokens:testpypi", "Open your tokens on TestPyPI", registry(identity.TestPyPI).Pages.Tokens, "Remove those that published this project."))
	}
	return ways
}

// deleteShared deletes a secret of the organisation, which may be others' too:
// it is offered, and no part of a plan.
func (l *layout) deleteShared(s leftover) Way {
	return Way{Kind: Do, Offer: true, Settles: "organization-secrets", Label: "Delete " + s.name + " of the organisation",
		Help:    "Shows first which other repositories see it. It takes an owner of " + l.repo.Owner + " whose login has the scope admin:org.",
		Prepare: func(Answers) ([]change.Change, error) { return []change.Change{l.deletion(s)}, nil }}
}

func (l *layout) deletionCommands(secrets []leftover) []string {
	var lines []string
	for _, s := range secrets {
		line := "gh secret delete " + s.name + " --repo " + l.repo.String()
		if e := s.environment(); e != "" {
			line += " --env '" + e + "'"
		}
		if s.level == "dependabot" {
			line += " --app dependabot"
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = []string{"# organisation secrets are deleted by its owners: gh secret delete NAME --org " + l.repo.Owner}
	}
	return lines
}
