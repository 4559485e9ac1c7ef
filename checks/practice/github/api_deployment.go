package github

import (
	"fmt"
	"slices"
	"strings"
)

const deploymentPath = "/repos/{owner}/{repo}/deployments/{deployment}"

var deploymentEndpoints = []endpoint{
	{pattern: "GET /repos/{owner}/{repo}/deployments", need: need{Read, "deployments", "read"}, do: (*call).deployments},
	{pattern: "GET " + deploymentPath, need: need{Read, "deployments", "read"}, do: (*call).deployment},
	{pattern: "GET " + deploymentPath + "/statuses", need: need{Read, "deployments", "read"}, do: (*call).deploymentStatuses},
}

func (c *call) deployments() (answer, error) {
	q := c.r.URL.Query()
	fits := func(d *Deployment) bool {
		return (q.Get("environment") == "" || strings.EqualFold(q.Get("environment"), d.Environment)) &&
			(q.Get("sha") == "" || q.Get("sha") == d.SHA) && (q.Get("ref") == "" || q.Get("ref") == d.Ref) &&
			(q.Get("task") == "" || q.Get("task") == "deploy")
	}
	var found []*Deployment
	for _, d := range slices.Backward(c.repo.Deployments) {
		if fits(d) {
			found = append(found, d)
		}
	}
	return list(c, found, c.drawDeployment)
}

func (c *call) drawDeployment(d *Deployment) obj {
	url := fmt.Sprintf("%s/deployments/%d", c.repo.url(), d.ID)
	return obj{
		"id": d.ID, "node_id": nodeID("Deployment", d.ID), "sha": d.SHA, "ref": d.Ref, "task": "deploy", "payload": obj{},
		"environment": d.Environment, "original_environment": d.Environment, "description": nil,
		"creator": c.s.user(d.Creator), "created_at": stamp(d.CreatedAt), "updated_at": stamp(d.UpdatedAt),
		"url": url, "statuses_url": url + "/statuses", "repository_url": c.repo.url(),
		"transient_environment": false, "production_environment": false,
	}
}

func (c *call) pathDeployment() *Deployment {
	for _, d := range c.repo.Deployments {
		if decimal(d.ID) == c.r.PathValue("deployment") {
			return d
		}
	}
	return nil
}

func (c *call) deployment() (answer, error) {
	d := c.pathDeployment()
	if d == nil {
		return notFound()
	}
	return ok(c.drawDeployment(d))
}

func (c *call) deploymentStatuses() (answer, error) {
	d := c.pathDeployment()
	if d == nil {
		return notFound()
	}
	newest := slices.Clone(d.Statuses)
	slices.Reverse(newest)
	url := fmt.Sprintf("%s/deployments/%d", c.repo.url(), d.ID)
	job := fmt.Sprintf("%s/actions/runs/%d/job/%d", c.repo.page(), d.RunID, d.JobID)
	return list(c, newest, func(s DeploymentStatus) obj {
		return obj{
			"id": s.ID, "node_id": nodeID("DeploymentStatus", s.ID), "state": s.State, "creator": c.s.user(d.Creator),
			"description": s.Description, "environment": d.Environment, "target_url": job, "log_url": job,
			"created_at": stamp(s.At), "updated_at": stamp(s.At), "url": fmt.Sprintf("%s/statuses/%d", url, s.ID),
			"deployment_url": url, "repository_url": c.repo.url(),
		}
	})
}
