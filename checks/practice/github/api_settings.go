package github

import (
	"cmp"
	"net/http"
	"slices"
)

const actionsPath = "/repos/{owner}/{repo}/actions/"

var settingsEndpoints = []endpoint{
	{pattern: "GET " + actionsPath + "permissions", need: need{Admin, "administration", "read"}, do: (*call).actions},
	{pattern: "PUT " + actionsPath + "permissions", need: need{Admin, "administration", "write"}, do: (*call).setActions},
	{pattern: "GET " + actionsPath + "permissions/selected-actions", need: need{Admin, "administration", "read"}, do: (*call).selected},
	{pattern: "PUT " + actionsPath + "permissions/selected-actions", need: need{Admin, "administration", "write"}, do: (*call).setSelected},
	{pattern: "GET " + actionsPath + "permissions/workflow", need: need{Admin, "administration", "read"}, do: (*call).defaultToken},
	{pattern: "PUT " + actionsPath + "permissions/workflow", need: need{Admin, "administration", "write"}, do: (*call).setDefaultToken},
	{pattern: "GET " + actionsPath + "oidc/customization/sub", need: need{Write, "actions", "read"}, do: (*call).subject},
	{pattern: "PUT " + actionsPath + "oidc/customization/sub", need: need{Write, "actions", "write"}, do: (*call).setSubject},
}

func (c *call) actions() (answer, error) {
	a := c.repo.Actions
	body := obj{"enabled": !a.Disabled}
	if !a.Disabled {
		body["allowed_actions"] = cmp.Or(a.Allowed, "all")
		body["sha_pinning_required"] = a.SHAPinning
	}
	if a.Allowed == "selected" {
		body["selected_actions_url"] = c.repo.url() + "/actions/permissions/selected-actions"
	}
	return ok(body)
}

func (c *call) setActions() (answer, error) {
	var body struct {
		Enabled    *bool  `json:"enabled"`
		Allowed    string `json:"allowed_actions"`
		SHAPinning *bool  `json:"sha_pinning_required"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if body.Enabled == nil || !slices.Contains([]string{"", "all", "local_only", "selected"}, body.Allowed) {
		return invalid("ActionsPermissions", "enabled", "invalid", "enabled is required; allowed_actions must be all, local_only or selected")
	}
	a := &c.repo.Actions
	a.Disabled, a.Allowed = !*body.Enabled, cmp.Or(body.Allowed, a.Allowed)
	if body.SHAPinning != nil {
		a.SHAPinning = *body.SHAPinning
	}
	return c.saved(noContent())
}

func (c *call) selected() (answer, error) {
	a := c.repo.Actions
	if a.Allowed != "selected" {
		return refuse(http.StatusConflict, "Conflict: allowed_actions is not set to selected")
	}
	return ok(obj{
		"github_owned_allowed": a.GitHubOwned, "verified_allowed": a.Verified, "patterns_allowed": orEmpty(a.Patterns),
	})
}

func (c *call) setSelected() (answer, error) {
	var body struct {
		GitHubOwned *bool    `json:"github_owned_allowed"`
		Verified    *bool    `json:"verified_allowed"`
		Patterns    []string `json:"patterns_allowed"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	a := &c.repo.Actions
	if a.Allowed != "selected" {
		return refuse(http.StatusConflict, "Conflict: allowed_actions is not set to selected")
	}
	if body.GitHubOwned != nil {
		a.GitHubOwned = *body.GitHubOwned
	}
	if body.Verified != nil {
		a.Verified = *body.Verified
	}
	if body.Patterns != nil {
		a.Patterns = body.Patterns
	}
	return c.saved(noContent())
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (c *call) defaultToken() (answer, error) {
	level := "read"
	if c.repo.Actions.WritableToken {
		level = "write"
	}
	return ok(obj{
		"default_workflow_permissions": level, "can_approve_pull_request_reviews": c.repo.Actions.MayApprovePulls,
	})
}

func (c *call) setDefaultToken() (answer, error) {
	var body struct {
		Default    string `json:"default_workflow_permissions"`
		MayApprove *bool  `json:"can_approve_pull_request_reviews"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if c.repo.Actions.TokenByOwner {
		return refuse(http.StatusConflict, "Conflict: the organization decides the default workflow permissions")
	}
	switch body.Default {
	case "read", "write":
		c.repo.Actions.WritableToken = body.Default == "write"
	case "":
	default:
		return invalid("ActionsPermissions", "default_workflow_permissions", "invalid", "must be read or write")
	}
	if body.MayApprove != nil {
		c.repo.Actions.MayApprovePulls = *body.MayApprove
	}
	return c.saved(noContent())
}

func (c *call) subject() (answer, error) {
	owner := c.s.account(c.repo.Owner)
	body := obj{
		"use_default": len(c.repo.Subject.Keys) == 0, "use_immutable_subject": c.repo.Subject.Immutable,
		"sub_claim_prefix": c.repo.subjectPrefix(decimal(owner.ID)),
	}
	if len(c.repo.Subject.Keys) > 0 {
		body["include_claim_keys"] = c.repo.Subject.Keys
	}
	return ok(body)
}

func (c *call) setSubject() (answer, error) {
	var body struct {
		UseDefault *bool    `json:"use_default"`
		Keys       []string `json:"include_claim_keys"`
		Immutable  *bool    `json:"use_immutable_subject"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if body.UseDefault == nil {
		return invalid("OIDCSubject", "use_default", "missing_field", "")
	}
	c.repo.Subject.Keys = body.Keys
	if *body.UseDefault {
		c.repo.Subject.Keys = nil
	}
	if body.Immutable != nil {
		c.repo.Subject.Immutable = *body.Immutable
	}
	return c.saved(created(obj{}))
}
