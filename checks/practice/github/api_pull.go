package github

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const pullsPath = "/repos/{owner}/{repo}/pulls"

var pullEndpoints = []endpoint{
	{pattern: "GET " + pullsPath, need: need{Read, "pull_requests", "read"}, do: (*call).pulls},
	{pattern: "POST " + pullsPath, need: need{Read, "pull_requests", "write"}, do: (*call).postPull},
	{pattern: "GET " + pullsPath + "/{number}", need: need{Read, "pull_requests", "read"}, do: (*call).pull},
	{pattern: "PATCH " + pullsPath + "/{number}", need: need{Write, "pull_requests", "write"}, do: (*call).patchPull},
	{pattern: "PUT " + pullsPath + "/{number}/merge", need: need{Write, "contents", "write"}, free: true, do: (*call).mergePull},
}

// nextNumber makes the next number of an issue or pull request, which share one row.
func (r *Repository) nextNumber() int { return len(r.Pulls) + len(r.Issues) + 1 }

func (c *call) findPull() *PullRequest {
	for _, p := range c.repo.Pulls {
		if strconv.Itoa(p.Number) == c.r.PathValue("number") {
			return p
		}
	}
	return nil
}

func (c *call) drawPull(p *PullRequest) obj {
	url := fmt.Sprintf("%s/pulls/%d", c.repo.url(), p.Number)
	issue := fmt.Sprintf("%s/issues/%d", c.repo.url(), p.Number)
	page := fmt.Sprintf("%s/pull/%d", c.repo.page(), p.Number)
	link := func(href string) obj { return obj{"href": href} }
	return obj{
		"id": p.ID, "node_id": nodeID("PullRequest", p.ID), "number": p.Number, "title": p.Title, "body": orNull(p.Body),
		"state": p.State, "locked": false, "draft": p.Draft, "user": c.s.user(p.Author), "author_association": "MEMBER",
		"assignee": nil, "assignees": []obj{}, "labels": []obj{}, "milestone": nil, "auto_merge": nil, "requested_reviewers": []obj{},
		"requested_teams": []obj{}, "created_at": stamp(p.CreatedAt), "updated_at": stamp(p.UpdatedAt),
		"closed_at": stamp(p.ClosedAt), "merged_at": c.mergedAt(p), "merge_commit_sha": orNull(p.MergedSHA),
		"head": c.drawSide(p.Head, p.HeadSHA), "base": c.drawSide(p.Base, p.BaseSHA),
		"url": url, "html_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch", "issue_url": issue,
		"commits_url": url + "/commits", "review_comments_url": url + "/comments", "comments_url": issue + "/comments",
		"review_comment_url": c.repo.url() + "/pulls/comments{/number}", "statuses_url": c.repo.url() + "/statuses/" + p.HeadSHA,
		"_links": obj{
			"self": link(url), "html": link(page), "issue": link(issue), "comments": link(issue + "/comments"),
			"review_comments": link(url + "/comments"), "review_comment": link(c.repo.url() + "/pulls/comments{/number}"),
			"commits": link(url + "/commits"), "statuses": link(c.repo.url() + "/statuses/" + p.HeadSHA),
		},
	}
}

func (c *call) mergedAt(p *PullRequest) any {
	if p.MergedSHA == "" {
		return nil
	}
	return stamp(p.ClosedAt)
}

// drawSide draws the head or the base of a pull request.
func (c *call) drawSide(branch, sha string) obj {
	if r, err := c.s.git(c.repo).ref(c.r.Context(), "refs/heads/"+branch); err == nil && sha == "" {
		sha = r.Commit
	}
	return obj{
		"label": c.repo.Owner + ":" + branch, "ref": branch, "sha": sha, "user": c.s.user(c.repo.Owner),
		"repo": c.s.drawFull(c.repo, c.role),
	}
}

func (c *call) drawFullPull(p *PullRequest) obj {
	o := c.drawPull(p)
	maps.Copy(o, obj{
		"additions": 0, "deletions": 0, "changed_files": 0, "comments": 0, "commits": 1, "review_comments": 0,
		"mergeable": p.State == "open", "mergeable_state": "clean", "merged": p.MergedSHA != "", "rebaseable": p.State == "open",
		"maintainer_can_modify": false, "merged_by": nil,
	})
	if p.MergedBy != "" {
		o["merged_by"] = c.s.user(p.MergedBy)
	}
	return o
}

func (c *call) pulls() (answer, error) {
	q := c.r.URL.Query()
	state := q.Get("state")
	if state == "" {
		state = "open"
	}
	var fits []*PullRequest
	for _, p := range slices.Backward(c.repo.Pulls) {
		_, head, _ := strings.Cut(q.Get("head"), ":")
		if (state == "all" || p.State == state) && (head == "" || head == p.Head) && (q.Get("base") == "" || q.Get("base") == p.Base) {
			fits = append(fits, p)
		}
	}
	return list(c, fits, c.drawPull)
}

// pullBody is the request to open a pull request within the repository.
type pullBody struct {
	Title     string `json:"title"`
	Body      string `json:"body"`
	Head      string `json:"head"`
	Base      string `json:"base"`
	HeadRepo  string `json:"head_repo"`
	Draft     bool   `json:"draft"`
	CanModify bool   `json:"maintainer_can_modify"`
}

func (c *call) postPull() (answer, error) {
	var body pullBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if _, branch, found := strings.Cut(body.Head, ":"); found {
		body.Head = branch
	}
	ctx, g := c.r.Context(), c.s.git(c.repo)
	head, err := g.ref(ctx, "refs/heads/"+body.Head)
	if err != nil {
		return invalid("PullRequest", "head", "invalid", "")
	}
	base, err := g.ref(ctx, "refs/heads/"+body.Base)
	if err != nil {
		return invalid("PullRequest", "base", "invalid", "")
	}
	if g.isAncestor(ctx, head.Commit, base.Commit) {
		return invalid("PullRequest", "head", "custom", fmt.Sprintf("No commits between %s and %s", body.Base, body.Head))
	}
	for _, p := range c.repo.Pulls {
		if p.State == "open" && p.Head == body.Head && p.Base == body.Base {
			return invalid("PullRequest", "head", "custom", fmt.Sprintf("A pull request already exists for %s:%s.", c.repo.Owner, body.Head))
		}
	}
	now := c.s.now()
	p := &PullRequest{
		ID: c.s.id(), Number: c.repo.nextNumber(), Title: body.Title, Body: body.Body, Head: body.Head, Base: body.Base,
		Author: c.login, State: "open", Draft: body.Draft, CreatedAt: now, UpdatedAt: now,
	}
	c.repo.Pulls = append(c.repo.Pulls, p)
	return c.saved(created(c.drawFullPull(p)))
}

func (c *call) pull() (answer, error) {
	p := c.findPull()
	if p == nil {
		return notFound()
	}
	return ok(c.drawFullPull(p))
}

func (c *call) patchPull() (answer, error) {
	var body struct {
		Title *string `json:"title"`
		Body  *string `json:"body"`
		State string  `json:"state"`
		Base  string  `json:"base"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	p := c.findPull()
	if p == nil {
		return notFound()
	}
	if body.Title != nil {
		p.Title = *body.Title
	}
	if body.Body != nil {
		p.Body = *body.Body
	}
	switch {
	case body.State == "closed" && p.State == "open":
		c.s.closePull(p, c.headOf(p))
	case body.State == "open" && p.State == "closed":
		head := c.headOf(p)
		if p.MergedSHA != "" || head == "" {
			return invalid("PullRequest", "state", "custom", "state cannot be changed. The branch "+p.Head+" has been merged or deleted.")
		}
		p.State, p.ClosedAt, p.HeadSHA = "open", time.Time{}, ""
	}
	p.UpdatedAt = c.s.now()
	return c.saved(ok(c.drawFullPull(p)))
}

// headOf is where the branch of a pull request stands; "" when it is gone.
func (c *call) headOf(p *PullRequest) string {
	r, err := c.s.git(c.repo).ref(c.r.Context(), "refs/heads/"+p.Head)
	if err != nil {
		return ""
	}
	return r.Commit
}

// closePull closes a pull request, with its branch at head.
func (s *Store) closePull(p *PullRequest, head string) {
	p.State, p.ClosedAt, p.UpdatedAt, p.HeadSHA = "closed", s.now(), s.now(), head
}

// orphan closes the pull requests of a branch that was deleted, as GitHub does.
func (s *Store) orphan(repo *Repository, push Push) {
	kind, branch := refParts(push.Ref)
	if !push.Deleted() || kind != "branch" {
		return
	}
	for _, p := range repo.Pulls {
		if p.State == "open" && p.Head == branch {
			s.closePull(p, push.Before)
			_ = s.save() // a disk that is full fails the next change
		}
	}
}

func (c *call) mergePull() (answer, error) {
	var body struct {
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		SHA     string `json:"sha"`
		Method  string `json:"merge_method"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	sha, err := c.mergeNow(body.Method)
	if err != nil {
		return answer{}, err
	}
	return ok(obj{"merged": true, "message": "Pull Request successfully merged", "sha": sha})
}

// mergeNow merges the pull request of the address. No lock is held.
func (c *call) mergeNow(method string) (sha string, err error) {
	c.s.mu.Lock()
	p := c.findPull()
	by := c.s.author(c.login)
	open := p != nil && p.State == "open"
	c.s.mu.Unlock()
	switch {
	case p == nil:
		return "", &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	case !open:
		return "", &Refusal{Status: http.StatusMethodNotAllowed, Message: "Pull Request is not mergeable"}
	}
	head, base, sha, err := c.merge(p, by, method)
	if err != nil {
		return "", err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	now := c.s.now()
	p.State, p.MergedSHA, p.MergedBy, p.ClosedAt, p.UpdatedAt = "closed", sha, c.login, now, now
	p.HeadSHA, p.BaseSHA = head, base
	return sha, c.s.save()
}

// merge makes the merge commit and moves the base branch to it.
func (c *call) merge(p *PullRequest, by gitPerson, method string) (head, base, sha string, err error) {
	ctx, g := c.r.Context(), c.s.git(c.repo)
	from, err := g.ref(ctx, "refs/heads/"+p.Head)
	if err != nil {
		return "", "", "", &Refusal{Status: http.StatusMethodNotAllowed, Message: "Head branch was deleted"}
	}
	to, err := g.ref(ctx, "refs/heads/"+p.Base)
	if err != nil {
		return "", "", "", &Refusal{Status: http.StatusMethodNotAllowed, Message: "Base branch was deleted"}
	}
	tree := from.Commit + "^{tree}"
	if !g.isAncestor(ctx, to.Commit, from.Commit) {
		out, err := g.run(ctx, "merge-tree", "--write-tree", to.Commit, from.Commit)
		if err != nil {
			return "", "", "", &Refusal{Status: http.StatusMethodNotAllowed, Message: "Pull Request is not mergeable"}
		}
		tree = strings.TrimSpace(out)
	}
	parents := []string{to.Commit, from.Commit}
	message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", p.Number, c.repo.Owner, p.Head, p.Title)
	if method == "squash" || method == "rebase" {
		parents, message = parents[:1], fmt.Sprintf("%s (#%d)", p.Title, p.Number)
	}
	if sha, err = g.writeCommit(ctx, tree, parents, message, by); err != nil {
		return "", "", "", err
	}
	return from.Commit, to.Commit, sha, c.moveRef(refChange{Ref: to.Name, Old: to.Object, New: sha, merge: true})
}
