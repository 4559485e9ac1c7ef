package github

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const issuesPath = "/repos/{owner}/{repo}/issues"

var issueEndpoints = []endpoint{
	{pattern: "GET " + issuesPath, need: need{Read, "issues", "read"}, do: (*call).issues},
	{pattern: "POST " + issuesPath, need: need{Read, "issues", "write"}, do: (*call).postIssue},
	{pattern: "PATCH " + issuesPath + "/{number}", need: need{Triage, "issues", "write"}, do: (*call).patchIssue},
	{pattern: "POST " + issuesPath + "/{number}/comments", need: need{Read, "issues", "write"}, do: (*call).postComment},
}

func (c *call) drawIssue(i *Issue) obj {
	url := fmt.Sprintf("%s/issues/%d", c.repo.url(), i.Number)
	return obj{
		"id": i.ID, "node_id": nodeID("Issue", i.ID), "number": i.Number, "title": i.Title, "body": i.Body, "state": i.State,
		"locked": false, "user": c.s.user(i.Author), "author_association": "MEMBER", "assignee": nil, "assignees": []obj{},
		"milestone": nil, "comments": len(i.Comments), "closed_at": nil, "created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt),
		"labels": drawAll(i.Labels, func(name string) obj {
			return obj{"name": name, "color": "ededed", "default": false, "description": nil, "node_id": nodeID("Label", name), "id": len(name), "url": c.repo.url() + "/labels/" + escape(name)}
		}),
		"url": url, "html_url": fmt.Sprintf("%s/issues/%d", c.repo.page(), i.Number), "repository_url": c.repo.url(),
		"comments_url": url + "/comments", "events_url": url + "/events", "labels_url": url + "/labels{/name}",
	}
}

func (c *call) issues() (answer, error) {
	q := c.r.URL.Query()
	state := q.Get("state")
	if state == "" {
		state = "open"
	}
	var fits []*Issue
	for _, i := range slices.Backward(c.repo.Issues) {
		labelled := true
		for label := range strings.SplitSeq(q.Get("labels"), ",") {
			labelled = labelled && (label == "" || slices.Contains(i.Labels, label))
		}
		if labelled && (state == "all" || i.State == state) && (q.Get("creator") == "" || q.Get("creator") == i.Author) {
			fits = append(fits, i)
		}
	}
	return list(c, fits, c.drawIssue)
}

// issueBody is the request to open or change an issue.
type issueBody struct {
	Title       *string   `json:"title"`
	Body        *string   `json:"body"`
	State       string    `json:"state"`
	StateReason string    `json:"state_reason"`
	Labels      *[]string `json:"labels"`
	Assignees   []string  `json:"assignees"`
}

func (b issueBody) apply(i *Issue) {
	if b.Title != nil {
		i.Title = *b.Title
	}
	if b.Body != nil {
		i.Body = *b.Body
	}
	if b.Labels != nil {
		i.Labels = *b.Labels
	}
	if b.State == "open" || b.State == "closed" {
		i.State = b.State
	}
}

func (c *call) postIssue() (answer, error) {
	var body issueBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if c.token == nil {
		return unauthenticated()
	}
	if body.Title == nil || *body.Title == "" {
		return invalid("Issue", "title", "missing_field", "")
	}
	i := &Issue{ID: c.s.id(), Number: c.repo.nextNumber(), Author: c.login, State: "open", CreatedAt: c.s.now(), UpdatedAt: c.s.now()}
	body.apply(i)
	c.repo.Issues = append(c.repo.Issues, i)
	return c.saved(created(c.drawIssue(i)))
}

func (c *call) findIssue() *Issue {
	for _, i := range c.repo.Issues {
		if strconv.Itoa(i.Number) == c.r.PathValue("number") {
			return i
		}
	}
	return nil
}

func (c *call) patchIssue() (answer, error) {
	var body issueBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	i := c.findIssue()
	if i == nil {
		return notFound()
	}
	body.apply(i)
	i.UpdatedAt = c.s.now()
	return c.saved(ok(c.drawIssue(i)))
}

func (c *call) postComment() (answer, error) {
	var body struct {
		Body string `json:"body"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	i := c.findIssue()
	switch {
	case c.token == nil:
		return unauthenticated()
	case i == nil:
		return notFound()
	case body.Body == "":
		return invalid("IssueComment", "body", "missing_field", "")
	}
	i.UpdatedAt = c.s.now()
	i.Comments = append(i.Comments, Comment{ID: c.s.id(), Author: c.login, Body: body.Body, At: i.UpdatedAt})
	return c.saved(created(c.drawComment(i, i.Comments[len(i.Comments)-1])))
}

func (c *call) drawComment(i *Issue, m Comment) obj {
	return obj{
		"id": m.ID, "node_id": nodeID("IssueComment", m.ID), "body": m.Body, "user": c.s.user(m.Author),
		"author_association": "MEMBER", "created_at": stamp(m.At), "updated_at": stamp(m.At),
		"url":       fmt.Sprintf("%s/issues/comments/%d", c.repo.url(), m.ID),
		"html_url":  fmt.Sprintf("%s/issues/%d#issuecomment-%d", c.repo.page(), i.Number, m.ID),
		"issue_url": fmt.Sprintf("%s/issues/%d", c.repo.url(), i.Number),
	}
}
