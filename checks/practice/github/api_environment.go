package github

import (
	"net/http"
	"slices"
)

var environmentEndpoints = []endpoint{
	{pattern: "GET /repos/{owner}/{repo}/environments", need: need{Read, "actions", "read"}, do: (*call).environments},
	{pattern: "GET /repos/{owner}/{repo}/environments/{environment}", need: need{Read, "actions", "read"}, do: (*call).environment},
	{pattern: "PUT /repos/{owner}/{repo}/environments/{environment}", need: need{Admin, "administration", "write"}, do: (*call).putEnvironment},
	{pattern: "DELETE /repos/{owner}/{repo}/environments/{environment}", need: need{Admin, "administration", "write"}, do: (*call).deleteEnvironment},
	{pattern: "GET /repos/{owner}/{repo}/environments/{environment}/deployment_protection_rules", need: need{Read, "actions", "read"}, do: (*call).protectionRules},
}

func (c *call) findEnvironment() *Environment {
	if !c.s.hasEnvironments(c.repo) {
		return nil
	}
	return c.repo.Environment(c.r.PathValue("environment"))
}

func (c *call) environments() (answer, error) {
	if !c.s.hasEnvironments(c.repo) {
		return notFound()
	}
	return counted(c, "environments", c.repo.Environments, c.drawEnvironment)
}

func (c *call) environment() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	return ok(c.drawEnvironment(e))
}

func (s *Store) drawEnvironmentHead(repo *Repository, e *Environment) obj {
	return obj{
		"id": e.ID, "node_id": nodeID("Environment", e.ID), "name": e.Name,
		"url":      repo.url() + "/environments/" + escape(e.Name),
		"html_url": repo.page() + "/deployments/activity_log?environments_filter=" + escape(e.Name),
	}
}

func (c *call) drawEnvironment(e *Environment) obj {
	o := c.s.drawEnvironmentHead(c.repo, e)
	o["created_at"], o["updated_at"] = stamp(e.CreatedAt), stamp(e.UpdatedAt)
	// The field is not in GitHub's description of the API, yet it is answered
	// (go-github v92 reads it).
	o["can_admins_bypass"] = !e.AdminsCannotBypass
	o["protection_rules"] = c.drawRules(e)
	o["deployment_branch_policy"] = nil
	if e.Policy != AllRefs {
		o["deployment_branch_policy"] = obj{
			"protected_branches": e.Policy == ProtectedBranches, "custom_branch_policies": e.Policy == CustomRefs,
		}
	}
	return o
}

func (c *call) drawRules(e *Environment) []obj {
	rules := []obj{}
	if e.WaitMinutes > 0 {
		rules = append(rules, obj{
			"id": e.TimerRuleID, "node_id": nodeID("GA", e.TimerRuleID), "type": "wait_timer", "wait_timer": e.WaitMinutes,
		})
	}
	if len(e.Reviewers) > 0 {
		rules = append(rules, obj{
			"id": e.ReviewRuleID, "node_id": nodeID("GA", e.ReviewRuleID), "type": "required_reviewers",
			"prevent_self_review": e.PreventSelfReview, "reviewers": c.s.drawReviewers(e),
		})
	}
	if e.Policy != AllRefs {
		rules = append(rules, obj{"id": e.PolicyRuleID, "node_id": nodeID("GA", e.PolicyRuleID), "type": "branch_policy"})
	}
	for _, o := range e.Others {
		rules = append(rules, obj{"id": o.ID, "node_id": nodeID("GA", o.ID), "type": o.Type})
	}
	return rules
}

func (s *Store) drawReviewers(e *Environment) []obj {
	drawn := []obj{}
	for _, r := range e.Reviewers {
		if r.Type == "Team" {
			if t := s.teamByID(r.ID); t != nil {
				drawn = append(drawn, obj{"type": r.Type, "reviewer": drawTeam(s, t)})
			}
		} else if a := s.accountByID(r.ID); a != nil {
			drawn = append(drawn, obj{"type": r.Type, "reviewer": drawUser(a)})
		}
	}
	return drawn
}

// environmentBody is the request of PUT; what is left out is reset.
type environmentBody struct {
	WaitTimer         *int `json:"wait_timer"`
	PreventSelfReview bool `json:"prevent_self_review"`
	Reviewers         []struct {
		Type string `json:"type"`
		ID   int64  `json:"id"`
	} `json:"reviewers"`
	Policy *struct {
		Protected *bool `json:"protected_branches"`
		Custom    *bool `json:"custom_branch_policies"`
	} `json:"deployment_branch_policy"`
	// CanAdminsBypass is not in GitHub's description of the API, yet it is
	// taken (go-github v92 sends it).
	CanAdminsBypass *bool `json:"can_admins_bypass"`
}

const (
	maxReviewers   = 6     // GitHub's description of the API
	maxWaitMinutes = 43200 // 30 days; the same
	// maxRules counts those of apps too (docs.github.com, "Deployments and
	// environments", read August 2026).
	maxRules = 6
)

func (c *call) putEnvironment() (answer, error) {
	var body *environmentBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if !c.s.hasEnvironments(c.repo) {
		return notFound()
	}
	if body == nil {
		body = &environmentBody{}
	}
	if refused := c.checkEnvironment(body); refused != nil {
		return answer{}, refused
	}
	wanted := Environment{}
	if e := c.repo.Environment(c.r.PathValue("environment")); e != nil {
		wanted = *e
	}
	body.apply(&wanted)
	if wanted.rules() > maxRules {
		return invalid("Environment", "protection_rules", "invalid", "at most 6 protection rules can be enabled")
	}
	e := c.s.environment(c.repo, c.r.PathValue("environment"))
	body.apply(e)
	e.UpdatedAt = c.s.now()
	return c.saved(ok(c.drawEnvironment(e)))
}

// apply leaves alone what the request cannot say: apps, and rules of other
// kinds.
func (b *environmentBody) apply(e *Environment) {
	e.WaitMinutes, e.PreventSelfReview, e.Reviewers = 0, b.PreventSelfReview, nil
	if b.WaitTimer != nil {
		e.WaitMinutes = *b.WaitTimer
	}
	for _, r := range b.Reviewers {
		e.Reviewers = append(e.Reviewers, Reviewer{Type: r.Type, ID: r.ID})
	}
	e.AdminsCannotBypass = b.CanAdminsBypass != nil && !*b.CanAdminsBypass
	switch {
	case b.Policy == nil:
		e.Policy = AllRefs
	case *b.Policy.Protected:
		e.Policy = ProtectedBranches
	default:
		e.Policy = CustomRefs
	}
	if e.Policy != CustomRefs {
		e.Policies = nil
	}
}

func (c *call) checkEnvironment(b *environmentBody) *Refusal {
	refused := func(message string) *Refusal {
		return &Refusal{Status: http.StatusUnprocessableEntity, Message: message}
	}
	switch {
	case (len(b.Reviewers) > 0 || b.WaitTimer != nil || b.PreventSelfReview) && !c.s.hasReviews(c.repo):
		return refused("Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.")
	case len(b.Reviewers) > maxReviewers:
		return refused("Validation Failed: at most 6 reviewers are allowed")
	case b.WaitTimer != nil && (*b.WaitTimer < 0 || *b.WaitTimer > maxWaitMinutes):
		return refused("Validation Failed: wait_timer must be between 0 and 43200")
	case b.Policy != nil && (b.Policy.Protected == nil || b.Policy.Custom == nil || *b.Policy.Protected == *b.Policy.Custom):
		return refused("Validation Failed: protected_branches and custom_branch_policies cannot have the same value")
	}
	for _, r := range b.Reviewers {
		if !c.canReview(Reviewer{r.Type, r.ID}) {
			return refused("Validation Failed: every reviewer must be a user or team with read access")
		}
	}
	return nil
}

func (c *call) canReview(r Reviewer) bool {
	switch r.Type {
	case "User":
		a := c.s.accountByID(r.ID)
		return a != nil && !a.Organization && c.s.roleOf(a.Login, c.repo) >= Read
	case "Team":
		t := c.s.teamByID(r.ID)
		return t != nil && (t.Roles[c.repo.ID] >= Read || !c.repo.Private)
	default:
		return false
	}
}

func (c *call) deleteEnvironment() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	c.repo.Environments = slices.DeleteFunc(c.repo.Environments, func(o *Environment) bool { return o == e })
	return c.saved(noContent())
}

func (c *call) protectionRules() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	rules := []obj{}
	for _, a := range e.Apps {
		rules = append(rules, obj{"id": a.ID, "node_id": nodeID("GA", a.ID), "enabled": !a.Disabled, "app": obj{
			"id": a.AppID, "node_id": nodeID("A", a.AppID), "slug": a.Slug, "integration_url": apiURL + "/apps/" + a.Slug,
		}})
	}
	return ok(obj{"total_count": len(rules), "custom_deployment_protection_rules": rules})
}
