package scenario

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/pypi"
)

// several are an organisation's people: an owner, two of its team of
// maintainers, and one of the team that only triages.
var several = []string{"ana", "bo", "cy", "dan"}

// team is the project of fresh in an organisation with teams, whose rules let
// nobody push to main past a pull request.
func team(ctx context.Context, place Place, s Setting) (Setting, error) {
	p := marketData
	p.members = several[1:]
	s, err := p.lay(ctx, place, s)
	if err != nil {
		return s, err
	}
	repo, err := place.GitHub.Repository(s.Owner, s.Name)
	if err != nil {
		return s, err
	}
	for _, t := range []github.Team{
		{Slug: "maintainers", Name: "Maintainers", Members: []string{"ana", "bo", "cy"}, Roles: map[int64]github.Role{repo.ID: github.Maintain}},
		{Slug: "triage", Name: "Triage", Members: []string{"dan"}, Roles: map[int64]github.Role{repo.ID: github.Triage}},
	} {
		t.Organization = s.Owner
		if _, err := place.GitHub.AddTeam(t); err != nil {
			return s, err
		}
	}
	return s, place.GitHub.Edit(s.Owner, s.Name, func(r *github.Repository) error {
		r.Rulesets = []*github.Ruleset{{Name: "everywhere", Target: "branch", Enforcement: "active", Organization: s.Owner, Include: []string{"~DEFAULT_BRANCH"},
			Rules: []github.Rule{{Type: "deletion"}, {Type: "non_fast_forward"}, {Type: "pull_request", Parameters: onePull}}}}
		return nil
	})
}

// onePull asks for a pull request, and for nobody's approval.
var onePull = json.RawMessage(`{"required_approving_review_count":0,"dismiss_stale_reviews_on_push":false,"require_code_owner_review":false,` +
	`"require_last_push_approval":false,"required_review_thread_resolution":false}`)

// teamReleases publishes, and lets the others in: crates.io knows a team as
// owner, PyPI persons.
func teamReleases(ctx context.Context, s Stage) error {
	return errors.Join(overTheWire(s.Setting), byHand(ctx, s, "v0.1.0"),
		s.Crates.AddOwner(s.Name, "bo"), s.Crates.AddTeam(s.Name, "github:acme:maintainers", "ana", "bo", "cy"),
		s.PyPI.SetRole(s.Name, "bo", pypi.Owner), s.PyPI.SetRole(s.Name, "cy", pypi.Maintainer))
}
