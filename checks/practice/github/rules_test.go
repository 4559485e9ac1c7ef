package github

import (
	"fmt"
	"strings"
	"testing"
)

func TestRulesHoldThroughTheAPI(t *testing.T) {
	for name, c := range map[string]struct {
		set  Ruleset
		as   string
		want string
	}{
		"created by who may not":      {Ruleset{Rules: []Rule{{Type: "creation"}}}, "bo", "Cannot create ref due to creations being restricted."},
		"another pattern":             {Ruleset{Include: []string{"refs/tags/w*"}, Rules: []Rule{{Type: "creation"}}}, "bo", ""},
		"excluded":                    {Ruleset{Exclude: []string{"refs/tags/v1"}, Rules: []Rule{{Type: "creation"}}}, "bo", ""},
		"not in force":                {Ruleset{Enforcement: "evaluate", Rules: []Rule{{Type: "creation"}}}, "bo", ""},
		"another kind of ref":         {Ruleset{Target: "branch", Rules: []Rule{{Type: "creation"}}}, "bo", ""},
		"administrators are let by":   {Ruleset{Rules: []Rule{{Type: "creation"}}, Bypass: []BypassActor{{ActorType: "OrganizationAdmin"}}}, "ana", ""},
		"the writers' role is let by": {Ruleset{Rules: []Rule{{Type: "creation"}}, Bypass: []BypassActor{{ActorType: "RepositoryRole", ActorID: new(int64(writeRoleID))}}}, "bo", ""},
		"a higher role is not had":    {Ruleset{Rules: []Rule{{Type: "creation"}}, Bypass: []BypassActor{{ActorType: "RepositoryRole", ActorID: new(int64(adminRoleID))}}}, "bo", "Cannot create ref"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPractice(t)
			set := c.set
			if set.Target == "" {
				set.Target = "tag"
			}
			if set.Enforcement == "" {
				set.Enforcement = "active"
			}
			if set.Include == nil {
				set.Include = []string{"refs/tags/v*"}
			}
			p.edit(func(r *Repository) { r.Rulesets = []*Ruleset{&set} })
			status := 201
			if c.want != "" {
				status = 422
			}
			got := p.expect(status, c.as, "POST", "R/git/refs", `{"ref":"refs/tags/v1","sha":"`+p.sha+`"}`)
			if !strings.Contains(fmt.Sprint(got.get("message")), c.want) {
				t.Errorf("%s, want %q", got.body, c.want)
			}
		})
	}
}

func TestAPlanWithoutRules(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		r.Rulesets = []*Ruleset{{Target: "tag", Enforcement: "active", Include: []string{"~ALL"}, Rules: []Rule{{Type: "creation"}}}}
	})
	tag := `{"ref":"refs/tags/v1","sha":"` + p.sha + `"}`
	p.expect(422, "bo", "POST", "R/git/refs", tag)
	p.edit(func(r *Repository) { r.Private = true })
	p.must(p.s.EditAccount("acme", func(a *Account) error { a.Plan = PlanFree; return nil }))
	for _, path := range []string{"R/rulesets", "R/rulesets/1", "R/rules/branches/main", "R/branches/main/protection"} {
		if got := p.expect(403, "ana", "GET", path, ""); got.get("message") != "Upgrade to GitHub Pro or make this repository public to enable this feature." {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	p.expect(403, "ana", "POST", "R/rulesets", `{"name":"x","enforcement":"active"}`)
	p.expect(201, "bo", "POST", "R/git/refs", tag)
}

func TestAPullRequestPassesTheRuleThatAsksForIt(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) {
		r.Rulesets = []*Ruleset{{Target: "branch", Enforcement: "active", Include: []string{"~DEFAULT_BRANCH"}, Rules: []Rule{{Type: "pull_request"}, {Type: "deletion"}}}}
	})
	put := `{"message":"m","content":"eA==","branch":"%s"}`
	p.expect(422, "bo", "PUT", "R/contents/f", fmt.Sprintf(put, "main"))
	p.expect(422, "bo", "DELETE", "R/git/refs/heads/main", "")
	p.expect(201, "bo", "POST", "R/git/refs", `{"ref":"refs/heads/topic","sha":"`+p.sha+`"}`)
	p.expect(201, "bo", "PUT", "R/contents/f", fmt.Sprintf(put, "topic"))
	p.expect(422, "bo", "POST", "R/pulls", `{"title":"T","head":"none","base":"main"}`)
	p.expect(201, "bo", "POST", "R/pulls", `{"title":"T","head":"topic","base":"main"}`)
	p.expect(422, "bo", "POST", "R/pulls", `{"title":"T","head":"topic","base":"main"}`)
	p.expect(200, "bo", "PUT", "R/pulls/1/merge", "")
	p.expect(405, "bo", "PUT", "R/pulls/1/merge", "")
	if got := p.expect(200, "bo", "GET", "R/contents/f", ""); got.get("content") != "eA==\n" {
		t.Errorf("after the merge: %s", got.body)
	}
}

func TestBranchProtectionHoldsAndLetsAdministratorsBy(t *testing.T) {
	p := newPractice(t)
	one := 1
	p.edit(func(r *Repository) { r.Protection = map[string]*Protection{"main": {Reviews: &one}} })
	const body = `{"message":"m","content":"eA=="}`
	p.expect(409, "bo", "PUT", "R/contents/f", body)
	p.expect(201, "ana", "PUT", "R/contents/g", body)
	p.edit(func(r *Repository) { r.Protection["main"].EnforceAdmins = true })
	p.expect(409, "ana", "PUT", "R/contents/h", body)
	p.expect(422, "ana", "DELETE", "R/git/refs/heads/main", "")
	if got := p.expect(200, "ana", "GET", "R/branches/main", ""); got.get("protected") != true {
		t.Error("the branch is not shown as protected")
	}
}

func TestWorkflowFilesNeedTheirOwnScope(t *testing.T) {
	p := newPractice(t)
	p.token("repo-only", Token{Login: "ana", Scopes: []string{"repo"}})
	body := `{"message":"m","content":"eA==","branch":"main"}`
	p.expect(404, "repo-only", "PUT", "R/contents/.github/workflows/new.yml", body)
	p.expect(201, "repo-only", "PUT", "R/contents/other/new.yml", body)
	p.expect(201, "ana", "PUT", "R/contents/.github/workflows/new.yml", body)
	if got := p.expect(200, "ana", "GET", "R/actions/workflows", ""); got.get("total_count") != 2.0 {
		t.Errorf("the new workflow is not listed: %s", got.body)
	}
}

func TestAWorldTakenUpAgainIsTheSame(t *testing.T) {
	p := newPractice(t)
	p.edit(func(r *Repository) { r.Environments = []*Environment{{Name: "release"}} })
	run, _ := p.startRun("refs/heads/main", "ana", Job{Key: "a"})
	p.s = p.open()
	if got := p.expect(200, "ana", "GET", "R/environments/release", ""); got.get("name") != "release" {
		t.Error(got.body)
	}
	if open := p.s.OpenRuns(); len(open) != 1 || open[0].ID != run.ID {
		t.Errorf("open runs: %+v", open)
	}
	again, _ := p.startRun("refs/heads/main", "ana", Job{Key: "a"})
	if again.ID <= run.ID || again.Number != run.Number+1 {
		t.Errorf("run %d #%d after %d #%d", again.ID, again.Number, run.ID, run.Number)
	}
}

func TestCopiesDoNotLeadIntoTheStore(t *testing.T) {
	p := newPractice(t)
	run, job := p.startRun("refs/heads/main", "ana", Job{Key: "a", Permissions: map[string]string{"id-token": "read"}, Steps: []Step{{Number: 1}}})
	run.Jobs[0].Permissions["id-token"] = "write"
	run.Jobs[0].Steps[0].Name = "changed"
	repo, _ := p.s.Repository("acme", "x")
	repo.Collaborators["mallory"] = Admin
	now, _ := p.s.Run(run.ID)
	if now.Job(job).Permissions["id-token"] != "read" || now.Job(job).Steps[0].Name != "" {
		t.Error("a run that was given out can be changed from outside")
	}
	p.expect(403, "mallory", "GET", "R/actions/secrets", "")
}
