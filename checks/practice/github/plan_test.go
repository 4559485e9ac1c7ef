package github

import (
	"fmt"
	"strings"
	"testing"
)

// onPlan makes the repository of a practice private, on a plan of its owner.
func (p *practice) onPlan(name string) {
	p.edit(func(r *Repository) { r.Private = true })
	p.must(p.s.EditAccount("acme", func(a *Account) error { a.Plan = name; return nil }))
}

func TestPlansLimitPrivateRepositories(t *testing.T) {
	const (
		refs   = `{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true},"can_admins_bypass":false}`
		review = `{"reviewers":[{"type":"User","id":%d}]}`
	)
	for _, plan := range []struct {
		name                              string
		bare, refs, timer, own, reviewers int
	}{
		{"", 200, 200, 200, 200, 200},
		{PlanTeam, 200, 200, 422, 422, 422},
		{PlanPro, 200, 200, 422, 422, 422},
		{PlanFree, 404, 404, 404, 404, 404},
	} {
		p := newPractice(t)
		p.onPlan(plan.name)
		p.expect(plan.bare, "ana", "PUT", "R/environments/e", `{}`)
		p.expect(plan.refs, "ana", "PUT", "R/environments/e", refs)
		p.expect(plan.timer, "ana", "PUT", "R/environments/e", `{"wait_timer":0}`)
		p.expect(plan.own, "ana", "PUT", "R/environments/e", `{"prevent_self_review":true}`)
		got := p.expect(plan.reviewers, "ana", "PUT", "R/environments/e", fmt.Sprintf(review, p.s.account("bo").ID))
		if got.status == 422 && !strings.Contains(got.body, "Please ensure the billing plan supports the required reviewers protection rule.") {
			t.Errorf("%s: %s", plan.name, got.body)
		}
		p.expect(plan.bare, "ana", "GET", "R/environments/e", "")
		p.expect(map[bool]int{true: 404, false: 200}[plan.name == PlanFree], "ana", "GET", "R/environments", "")
	}
}

// TestAPersonHasNoEnterprise: so that their private repositories have no
// reviews.
func TestAPersonHasNoEnterprise(t *testing.T) {
	p := newPractice(t)
	p.must2(p.s.AddRepository(t.Context(), Repository{Owner: "ana", Name: "own", Private: true}))
	if got := p.expect(200, "ana", "GET", "/user", ""); got.get("plan.name") != PlanPro {
		t.Errorf("%s", got.body)
	}
	p.expect(422, "ana", "PUT", "/repos/ana/own/environments/e", `{"wait_timer":5}`)
	p.expect(200, "ana", "PUT", "/repos/ana/own/environments/e", `{}`)
}

// TestWhatThePlanDoesNotHaveIsIgnored: rules from before the repository became
// private hold nobody up.
func TestWhatThePlanDoesNotHaveIsIgnored(t *testing.T) {
	for plan, refused := range map[string]bool{PlanTeam: true, PlanFree: false} {
		p := newPractice(t)
		p.edit(func(r *Repository) {
			r.Environments = []*Environment{{Name: "release", WaitMinutes: 60, Reviewers: []Reviewer{{"User", p.s.account("bo").ID}},
				Policy: CustomRefs, Policies: []DeploymentPolicy{{Type: "tag", Name: "v*"}}}}
		})
		p.onPlan(plan)
		enter := func(ref string) error {
			run, job := p.startRun(ref, "ana", Job{Key: "publish", Environment: "release"})
			return p.s.EnterEnvironment(t.Context(), run.ID, job)
		}
		p.must(enter("refs/tags/v1"))
		if err := enter("refs/heads/other"); (err != nil) != refused {
			t.Errorf("%s: %v", plan, err)
		}
	}
}

// TestAPutKeepsWhatItCannotSay: apps and rules of kinds that are not described.
func TestAPutKeepsWhatItCannotSay(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		r.Environments = []*Environment{{Name: "e", Apps: []App{{Slug: "gatekeeper"}}, Others: []OtherRule{{Type: "quiet_hours"}}}}
	})
	p.expect(200, "ana", "PUT", "R/environments/e", `{"wait_timer":5}`)
	if got := p.expect(200, "ana", "GET", "R/environments/e", ""); got.get("protection_rules.1.type") != "quiet_hours" || got.get("protection_rules.0.wait_timer") != 5.0 {
		t.Errorf("%s", got.body)
	}
	if got := p.expect(200, "ana", "GET", "R/environments/e/deployment_protection_rules", ""); got.get("custom_deployment_protection_rules.0.app.slug") != "gatekeeper" {
		t.Errorf("%s", got.body)
	}
}

func TestAnEnvironmentTakesSixRules(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		e := &Environment{Name: "e", Apps: []App{{Slug: "off", Disabled: true}}}
		for i := range 5 {
			e.Apps = append(e.Apps, App{Slug: fmt.Sprint("app", i)})
		}
		r.Environments = []*Environment{e}
	})
	p.expect(200, "ana", "PUT", "R/environments/e", `{"wait_timer":5}`)
	p.expect(422, "ana", "PUT", "R/environments/e", `{"wait_timer":5,"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}}`)
	if got := p.expect(200, "ana", "GET", "R/environments/e", ""); got.get("deployment_branch_policy") != nil {
		t.Errorf("refused, and stored: %s", got.body)
	}
}
