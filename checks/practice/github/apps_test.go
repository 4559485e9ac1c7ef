package github

import (
	"strings"
	"testing"
	"time"
)

func TestARunWaitsForTheAppsOfItsEnvironment(t *testing.T) {
	p, run, entered := waiting(t, func(e *Environment) {
		e.Reviewers = nil
		e.Apps = []App{{Slug: "gatekeeper"}, {Slug: "idle", Disabled: true}}
	})
	got := p.expect(200, "ana", "GET", "R/environments/release/deployment_protection_rules", "")
	if got.get("custom_deployment_protection_rules.0.app.slug") != "gatekeeper" || got.get("custom_deployment_protection_rules.1.enabled") != false {
		t.Errorf("%s", got.body)
	}
	p.must(p.s.Agree(run.ID, "release", "idle"))
	stillWaits(t, entered)
	p.must(p.s.Agree(run.ID, "release", "gatekeeper"))
	p.must(<-entered)
	if err := p.s.Agree(run.ID, "release", "gatekeeper"); err == nil {
		t.Error("nothing waits any more")
	}
}

func TestWhatOnlySomeAreTold(t *testing.T) {
	p := newPractice(t)
	p.must(p.s.EditAccount("acme", func(a *Account) error {
		a.Plan, a.Subject = PlanFree, SubjectSettings{Keys: []string{"repo"}, Immutable: true}
		return nil
	}))
	if got := p.expect(200, "ana", "GET", "/orgs/acme", ""); got.get("plan.name") != "free" {
		t.Errorf("an owner: %s", got.body)
	}
	if got := p.expect(200, "mallory", "GET", "/orgs/acme", ""); got.get("plan") != nil {
		t.Errorf("somebody else: %s", got.body)
	}
	if got := p.expect(200, "ana", "GET", "/orgs/acme/actions/oidc/customization/sub", ""); got.get("include_claim_keys.0") != "repo" || got.get("use_immutable_subject") != true {
		t.Errorf("%s", got.body)
	}
	_, err := p.s.AddToken(Token{Login: "ana", Value: "ghp_ends", Scopes: []string{"repo"}, Expires: time.Date(2027, 1, 31, 10, 0, 0, 0, time.UTC)})
	p.must(err)
	p.tokens["ends"] = "ghp_ends"
	if end := p.expect(200, "ends", "GET", "/user", "").header.Get("GitHub-Authentication-Token-Expiration"); !strings.HasPrefix(end, "2027-01-31 10:00:00 UTC") {
		t.Errorf("the token's end: %q", end)
	}
}
