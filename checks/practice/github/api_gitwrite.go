package github

import (
	"encoding/base64"
	"net/http"
	"strings"
)

var gitWriteEndpoints = []endpoint{
	{pattern: "POST " + gitPath + "blobs", need: need{Write, "contents", "write"}, free: true, do: (*call).postBlob},
	{pattern: "POST " + gitPath + "trees", need: need{Write, "contents", "write"}, free: true, do: (*call).postTree},
	{pattern: "POST " + gitPath + "commits", need: need{Write, "contents", "write"}, free: true, do: (*call).postCommit},
	{pattern: "POST " + gitPath + "refs", need: need{Write, "contents", "write"}, free: true, do: (*call).postRef},
	{pattern: "PATCH " + gitPath + "refs/{ref...}", need: need{Write, "contents", "write"}, free: true, do: (*call).patchRef},
	{pattern: "DELETE " + gitPath + "refs/{ref...}", need: need{Write, "contents", "write"}, free: true, do: (*call).deleteRef},
}

func (c *call) postBlob() (answer, error) {
	var body struct {
		Content  string `json:"content"`
		Encoding string `json:"encoding"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	content := []byte(body.Content)
	if body.Encoding == "base64" {
		decoded, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body.Content, "\n", ""))
		if err != nil {
			return invalid("Blob", "content", "invalid", "content is not valid Base64")
		}
		content = decoded
	}
	sha, err := c.s.git(c.repo).writeBlob(c.r.Context(), content)
	if err != nil {
		return answer{}, err
	}
	return created(obj{"sha": sha, "url": c.repo.url() + "/git/blobs/" + sha})
}

// treeBody is one entry of POST trees. SHA null removes the path.
type treeBody struct {
	Path    string  `json:"path"`
	Mode    string  `json:"mode"`
	Type    string  `json:"type"`
	SHA     *string `json:"sha"`
	Content *string `json:"content"`
}

func (c *call) postTree() (answer, error) {
	var body struct {
		Base string     `json:"base_tree"`
		Tree []treeBody `json:"tree"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	g, changes := c.s.git(c.repo), []change{}
	for _, e := range body.Tree {
		if refused := c.workflowScope(e.Path); refused != nil {
			return answer{}, refused
		}
		ch := change{Path: e.Path, Mode: e.Mode}
		switch {
		case e.Path == "" || strings.HasPrefix(e.Path, "/"):
			return refuse(http.StatusUnprocessableEntity, "tree.path contains a malformed path component")
		case e.Content != nil:
			sha, err := g.writeBlob(c.r.Context(), []byte(*e.Content))
			if err != nil {
				return answer{}, err
			}
			ch.SHA = sha
		case e.SHA != nil:
			ch.SHA = *e.SHA
		}
		changes = append(changes, ch)
	}
	sha, err := g.writeTree(c.r.Context(), body.Base, changes)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "Invalid tree info")
	}
	entries, err := g.list(c.r.Context(), sha, "", false)
	if err != nil {
		return answer{}, err
	}
	return created(obj{
		"sha": sha, "url": c.repo.url() + "/git/trees/" + sha, "truncated": false,
		"tree": drawAll(entries, func(e treeEntry) obj {
			return obj{"path": e.Path, "mode": e.Mode, "type": e.Type, "sha": e.SHA, "url": c.repo.url() + "/git/" + e.Type + "s/" + e.SHA}
		}),
	})
}

// workflowScope refuses changes of workflow files by tokens that may not: an
// OAuth token without the scope sees 404, others 403.
func (c *call) workflowScope(path string) *Refusal {
	if !strings.HasPrefix(path, workflowsDir+"/") || c.token.mayWorkflows() {
		return nil
	}
	switch c.token.Kind {
	case Classic:
		return &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	case FineGrained:
		return &Refusal{Status: http.StatusForbidden, Message: "Resource not accessible by personal access token"}
	default:
		return &Refusal{Status: http.StatusForbidden, Message: "Resource not accessible by integration"}
	}
}

func (c *call) postCommit() (answer, error) {
	var body struct {
		Message string   `json:"message"`
		Tree    string   `json:"tree"`
		Parents []string `json:"parents"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	c.s.mu.Lock()
	by := c.s.author(c.login)
	c.s.mu.Unlock()
	g := c.s.git(c.repo)
	sha, err := g.writeCommit(c.r.Context(), body.Tree, body.Parents, body.Message, by)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "Tree SHA or a parent SHA does not exist")
	}
	commit, err := g.commit(c.r.Context(), sha)
	if err != nil {
		return answer{}, err
	}
	return created(c.drawGitCommit(commit))
}

func (c *call) postRef() (answer, error) {
	var body struct {
		Ref string `json:"ref"`
		SHA string `json:"sha"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	ctx, g := c.r.Context(), c.s.git(c.repo)
	if refs, err := g.refs(ctx, "refs/heads/"); err == nil && len(refs) == 0 {
		return refuse(http.StatusConflict, "Git Repository is empty.")
	}
	if strings.Count(body.Ref, "/") < 2 || !strings.HasPrefix(body.Ref, "refs/") {
		return refuse(http.StatusUnprocessableEntity, "Reference name must start with 'refs/' and contain two slashes.")
	}
	if _, err := g.ref(ctx, body.Ref); err == nil {
		return refuse(http.StatusUnprocessableEntity, "Reference already exists")
	}
	if !isCommitID(body.SHA) {
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	}
	if _, err := g.resolve(ctx, body.SHA); err != nil {
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	}
	if err := c.moveRef(refChange{Ref: body.Ref, Old: NoCommit, New: body.SHA}); err != nil {
		return answer{}, err
	}
	r, err := g.ref(ctx, body.Ref)
	if err != nil {
		return answer{}, err
	}
	return created(c.drawRef(r))
}

func (c *call) patchRef() (answer, error) {
	var body struct {
		SHA   string `json:"sha"`
		Force bool   `json:"force"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	ctx, g := c.r.Context(), c.s.git(c.repo)
	name := "refs/" + c.r.PathValue("ref")
	old, err := g.ref(ctx, name)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	if _, err := g.resolve(ctx, body.SHA); err != nil || !isCommitID(body.SHA) {
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	}
	if err := c.moveRef(refChange{Ref: name, Old: old.Object, New: body.SHA, Force: body.Force}); err != nil {
		return answer{}, err
	}
	r, err := g.ref(ctx, name)
	if err != nil {
		return answer{}, err
	}
	return ok(c.drawRef(r))
}

func (c *call) deleteRef() (answer, error) {
	name := "refs/" + c.r.PathValue("ref")
	old, err := c.s.git(c.repo).ref(c.r.Context(), name)
	if err != nil {
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	if err := c.moveRef(refChange{Ref: name, Old: old.Object, New: NoCommit, Force: true}); err != nil {
		return answer{}, err
	}
	return noContent()
}
