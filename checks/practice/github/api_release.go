package github

import (
	"fmt"
	"net/http"
	"slices"
)

const releasesPath = "/repos/{owner}/{repo}/releases"

var releaseEndpoints = []endpoint{
	{pattern: "GET " + releasesPath, need: need{Read, "contents", "read"}, do: (*call).releases},
	{pattern: "POST " + releasesPath, need: need{Write, "contents", "write"}, free: true, do: (*call).postRelease},
	{pattern: "GET " + releasesPath + "/latest", need: need{Read, "contents", "read"}, do: (*call).latestRelease},
	{pattern: "GET " + releasesPath + "/tags/{tag...}", need: need{Read, "contents", "read"}, do: (*call).releaseByTag},
}

func (c *call) drawRelease(r *Release) obj {
	url := fmt.Sprintf("%s/releases/%d", c.repo.url(), r.ID)
	return obj{
		"id": r.ID, "node_id": nodeID("Release", r.ID), "tag_name": r.Tag, "name": r.Name, "body": r.Body, "draft": r.Draft,
		"prerelease": r.Prerelease, "immutable": r.Immutable, "target_commitish": r.Target, "author": c.s.user(r.Author),
		"created_at": stamp(r.CreatedAt), "published_at": stamp(r.PublishedAt), "updated_at": stamp(r.CreatedAt), "assets": []obj{},
		"url": url, "assets_url": url + "/assets",
		"upload_url": fmt.Sprintf("https://uploads.github.com/repos/%s/releases/%d/assets{?name,label}", c.repo.FullName(), r.ID),
		"html_url":   c.repo.page() + "/releases/tag/" + r.Tag, "tarball_url": c.repo.url() + "/tarball/" + r.Tag,
		"zipball_url": c.repo.url() + "/zipball/" + r.Tag,
	}
}

// shown lists the releases that the caller can see, newest first: drafts are
// for those who may push.
func (c *call) shown() []*Release {
	var seen []*Release
	for _, r := range slices.Backward(c.repo.Releases) {
		if !r.Draft || c.role >= Write {
			seen = append(seen, r)
		}
	}
	return seen
}

func (c *call) releases() (answer, error) { return list(c, c.shown(), c.drawRelease) }

func (c *call) latestRelease() (answer, error) {
	for _, r := range c.shown() {
		if !r.Draft && !r.Prerelease {
			return ok(c.drawRelease(r))
		}
	}
	return notFound()
}

func (c *call) releaseByTag() (answer, error) {
	for _, r := range c.shown() {
		if r.Tag == c.r.PathValue("tag") && !r.Draft {
			return ok(c.drawRelease(r))
		}
	}
	return notFound()
}

// releaseBody is the request to make a release.
type releaseBody struct {
	Tag           string `json:"tag_name"`
	Target        string `json:"target_commitish"`
	Name          string `json:"name"`
	Body          string `json:"body"`
	Draft         bool   `json:"draft"`
	Prerelease    bool   `json:"prerelease"`
	Notes         bool   `json:"generate_release_notes"`
	MakeLatest    any    `json:"make_latest"`
	DiscussionCat string `json:"discussion_category_name"`
}

func (c *call) postRelease() (answer, error) {
	var body releaseBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if body.Tag == "" {
		return invalid("Release", "tag_name", "missing_field", "")
	}
	if body.Target == "" {
		body.Target = c.repo.DefaultBranch
	}
	sha, err := c.tagged(body)
	if err != nil {
		return answer{}, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	for _, r := range c.repo.Releases {
		if r.Tag == body.Tag {
			return invalid("Release", "tag_name", "already_exists", "")
		}
	}
	r := &Release{
		ID: c.s.id(), Tag: body.Tag, Name: body.Name, Body: body.Body, Draft: body.Draft, Prerelease: body.Prerelease,
		Immutable: c.repo.ImmutableReleases && !body.Draft, Author: c.login, Target: body.Target, CreatedAt: c.s.now(),
	}
	if !r.Draft {
		r.PublishedAt = c.s.now()
	}
	c.repo.Releases = append(c.repo.Releases, r)
	if hook := c.s.hooks.Released; hook != nil && !r.Draft {
		told := Released{
			Owner: c.repo.Owner, Name: c.repo.Name, Tag: r.Tag, SHA: sha, Actor: c.login, Prerelease: r.Prerelease,
			ByJob: c.token.Kind == JobToken,
		}
		ctx := c.r.Context()
		c.s.mu.Unlock()
		hook(ctx, told)
		c.s.mu.Lock()
	}
	return c.saved(created(c.drawRelease(r)))
}

// tagged finds the commit of the release's tag, and makes the tag if it is not
// there and the release is not a draft.
func (c *call) tagged(body releaseBody) (string, error) {
	ctx, g := c.r.Context(), c.s.git(c.repo)
	if r, err := g.ref(ctx, "refs/tags/"+body.Tag); err == nil {
		return r.Commit, nil
	}
	sha, err := g.resolve(ctx, body.Target)
	if err != nil {
		return "", &Refusal{
			Status: http.StatusUnprocessableEntity, Message: "Validation Failed",
			Errors: []FieldError{{Resource: "Release", Field: "target_commitish", Code: "invalid"}},
		}
	}
	if body.Draft {
		return sha, nil
	}
	return sha, c.moveRef(refChange{Ref: "refs/tags/" + body.Tag, Old: NoCommit, New: sha})
}
