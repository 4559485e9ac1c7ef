package github

import (
	"net/http"
	"slices"
	"strconv"
)

const policiesPath = "/repos/{owner}/{repo}/environments/{environment}/deployment-branch-policies"

var policyEndpoints = []endpoint{
	{pattern: "GET " + policiesPath, need: need{Read, "actions", "read"}, do: (*call).policies},
	{pattern: "POST " + policiesPath, need: need{Admin, "administration", "write"}, do: (*call).addPolicy},
	{pattern: "GET " + policiesPath + "/{id}", need: need{Read, "actions", "read"}, do: (*call).policy},
	{pattern: "PUT " + policiesPath + "/{id}", need: need{Admin, "administration", "write"}, do: (*call).renamePolicy},
	{pattern: "DELETE " + policiesPath + "/{id}", need: need{Admin, "administration", "write"}, do: (*call).deletePolicy},
}

func drawPolicy(p DeploymentPolicy) obj {
	return obj{"id": p.ID, "node_id": nodeID("DeploymentBranchPolicy", p.ID), "name": p.Name, "type": p.Type}
}

func (c *call) policies() (answer, error) {
	e := c.findEnvironment()
	if e == nil {
		return notFound()
	}
	return counted(c, "branch_policies", e.Policies, drawPolicy)
}

func (c *call) addPolicy() (answer, error) {
	body := struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}{Type: "branch"}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	e := c.findEnvironment()
	if e == nil || e.Policy != CustomRefs {
		return notFound()
	}
	if body.Name == "" || (body.Type != "branch" && body.Type != "tag") {
		return invalid("DeploymentBranchPolicy", "name", "invalid", "name and type must be valid")
	}
	if slices.ContainsFunc(e.Policies, func(p DeploymentPolicy) bool { return p.Name == body.Name && p.Type == body.Type }) {
		// "303 Response if the same branch name pattern already exists"
		// (GitHub's description of the API).
		return answer{status: http.StatusSeeOther}, nil
	}
	p := DeploymentPolicy{ID: c.s.id(), Type: body.Type, Name: body.Name}
	e.Policies = append(e.Policies, p)
	e.UpdatedAt = c.s.now()
	return c.saved(ok(drawPolicy(p)))
}

// findPolicy is the policy of the path, or nil.
func (c *call) findPolicy() (*Environment, *DeploymentPolicy) {
	e := c.findEnvironment()
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if e == nil || err != nil {
		return nil, nil
	}
	for i := range e.Policies {
		if e.Policies[i].ID == id {
			return e, &e.Policies[i]
		}
	}
	return e, nil
}

func (c *call) policy() (answer, error) {
	_, p := c.findPolicy()
	if p == nil {
		return notFound()
	}
	return ok(drawPolicy(*p))
}

func (c *call) renamePolicy() (answer, error) {
	var body struct {
		Name string `json:"name"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	_, p := c.findPolicy()
	if p == nil {
		return notFound()
	}
	if body.Name == "" {
		return invalid("DeploymentBranchPolicy", "name", "missing_field", "")
	}
	p.Name = body.Name
	return c.saved(ok(drawPolicy(*p)))
}

func (c *call) deletePolicy() (answer, error) {
	e, p := c.findPolicy()
	if p == nil {
		return notFound()
	}
	id := p.ID
	e.Policies = slices.DeleteFunc(e.Policies, func(o DeploymentPolicy) bool { return o.ID == id })
	return c.saved(noContent())
}
