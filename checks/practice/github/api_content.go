package github

import (
	"encoding/base64"
	"errors"
	"net/http"
	"path"
	"strings"
)

const contentsPath = "/repos/{owner}/{repo}/contents/{path...}"

var contentEndpoints = []endpoint{
	{pattern: "GET " + contentsPath, need: need{Read, "contents", "read"}, do: (*call).contents},
	{pattern: "GET /repos/{owner}/{repo}/contents", need: need{Read, "contents", "read"}, do: (*call).contents},
	{pattern: "PUT " + contentsPath, need: need{Write, "contents", "write"}, free: true, do: (*call).putContents},
}

func (c *call) contents() (answer, error) {
	ctx, g := c.r.Context(), c.s.git(c.repo)
	ref := c.r.URL.Query().Get("ref")
	if ref == "" {
		ref = "refs/heads/" + c.repo.DefaultBranch
	}
	commit, err := g.resolve(ctx, ref)
	if errors.Is(err, errNoObject) {
		return refuse(http.StatusNotFound, "No commit found for the ref %s", c.r.URL.Query().Get("ref"))
	}
	if err != nil {
		return answer{}, err
	}
	name := strings.Trim(c.r.PathValue("path"), "/")
	if name == "" {
		return c.folder(g, commit, "")
	}
	entries, err := g.list(ctx, commit, name, false)
	switch {
	case err != nil:
		return answer{}, err
	case len(entries) != 1:
		return notFound()
	case entries[0].Type == "tree":
		return c.folder(g, commit, name+"/")
	}
	file := c.drawEntry(entries[0], commit)
	content, err := g.blob(ctx, entries[0].SHA)
	if err != nil {
		return answer{}, err
	}
	file["content"], file["encoding"] = wrapped(content), "base64"
	return ok(file)
}

// wrapped is base64 in lines of 60, as the API sends it.
func wrapped(content []byte) string {
	const width = 60
	text := base64.StdEncoding.EncodeToString(content)
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	if text != "" {
		b.WriteString(text + "\n")
	}
	return b.String()
}

func (c *call) folder(g gitRepo, commit, name string) (answer, error) {
	entries, err := g.list(c.r.Context(), commit, name, false)
	if err != nil {
		return answer{}, err
	}
	return ok(drawAll(entries, func(e treeEntry) obj { return c.drawEntry(e, commit) }))
}

func (c *call) drawEntry(e treeEntry, commit string) obj {
	self := c.repo.url() + "/contents/" + e.Path + "?ref=" + commit
	page := c.repo.page() + "/blob/" + commit + "/" + e.Path
	gitURL := c.repo.url() + "/git/" + e.Type + "s/" + e.SHA
	o := obj{
		"name": path.Base(e.Path), "path": e.Path, "sha": e.SHA, "size": e.Size, "type": "file", "url": self,
		"html_url": page, "git_url": gitURL, "download_url": "https://raw.githubusercontent.com/" + c.repo.FullName() + "/" + commit + "/" + e.Path,
		"_links": obj{"self": self, "git": gitURL, "html": page},
	}
	if e.Type == "tree" {
		o["type"], o["download_url"] = "dir", nil
	}
	return o
}

// putBody is the request to write a file.
type putBody struct {
	Message string `json:"message"`
	Content string `json:"content"`
	SHA     string `json:"sha"`
	Branch  string `json:"branch"`
	// Committer and Author are taken and not used: the caller is both.
	Committer any `json:"committer"`
	Author    any `json:"author"`
}

func (c *call) putContents() (answer, error) {
	var body putBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	name := c.r.PathValue("path")
	if refused := c.workflowScope(name); refused != nil {
		return answer{}, refused
	}
	content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body.Content, "\n", ""))
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "content is not valid Base64")
	}
	if body.Branch == "" {
		body.Branch = c.repo.DefaultBranch
	}
	return c.writeFile(body, name, content)
}

func (c *call) writeFile(body putBody, name string, content []byte) (answer, error) {
	ctx, g := c.r.Context(), c.s.git(c.repo)
	ref := "refs/heads/" + body.Branch
	head := gitRef{Object: NoCommit}
	var parents []string
	base := ""
	if found, err := g.ref(ctx, ref); err == nil {
		head, parents, base = found, []string{found.Commit}, found.Commit
	} else if refs, err := g.refs(ctx, "refs/heads/"); err != nil || len(refs) > 0 {
		return refuse(http.StatusNotFound, "Branch %s not found", body.Branch)
	}
	status, err := c.compareOld(g, base, name, body.SHA)
	if err != nil {
		return answer{}, err
	}
	blob, err := g.writeBlob(ctx, content)
	if err != nil {
		return answer{}, err
	}
	tree, err := g.writeTree(ctx, base, []change{{Path: name, Mode: "100644", SHA: blob}})
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "path contains a malformed path component")
	}
	c.s.mu.Lock()
	by := c.s.author(c.login)
	c.s.mu.Unlock()
	sha, err := g.writeCommit(ctx, tree, parents, body.Message, by)
	if err != nil {
		return answer{}, err
	}
	if err := c.moveRef(refChange{Ref: ref, Old: head.Object, New: sha}); err != nil {
		return answer{}, err
	}
	commit, err := g.commit(ctx, sha)
	if err != nil {
		return answer{}, err
	}
	written := c.drawEntry(treeEntry{Type: "blob", SHA: blob, Path: name, Size: len(content)}, sha)
	return answer{status: status, body: obj{"content": written, "commit": c.drawGitCommit(commit)}}, nil
}

// compareOld holds the sha that was sent against the file that is there, and
// says whether the answer is 200 or 201.
func (c *call) compareOld(g gitRepo, base, name, sent string) (int, error) {
	var old []treeEntry
	if base != "" {
		var err error
		if old, err = g.list(c.r.Context(), base, name, false); err != nil {
			return 0, err
		}
	}
	switch {
	case len(old) == 0:
		return http.StatusCreated, nil
	case sent == "":
		return 0, &Refusal{Status: http.StatusUnprocessableEntity, Message: "Invalid request.\n\n\"sha\" wasn't supplied."}
	case sent != old[0].SHA:
		return 0, &Refusal{Status: http.StatusConflict, Message: name + " does not match " + sent}
	default:
		return http.StatusOK, nil
	}
}
