package github

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

const gitPath = "/repos/{owner}/{repo}/git/"

var gitEndpoints = []endpoint{
	{pattern: "GET " + gitPath + "ref/{ref...}", need: need{Read, "contents", "read"}, do: (*call).gitRef},
	{pattern: "GET " + gitPath + "matching-refs/{ref...}", need: need{Read, "contents", "read"}, do: (*call).matchingRefs},
	{pattern: "GET " + gitPath + "commits/{sha}", need: need{Read, "contents", "read"}, do: (*call).gitCommit},
	{pattern: "GET " + gitPath + "trees/{sha...}", need: need{Read, "contents", "read"}, do: (*call).gitTree},
	{pattern: "GET " + gitPath + "tags/{sha}", need: need{Read, "contents", "read"}, do: (*call).gitTag},
	{pattern: "GET /repos/{owner}/{repo}/commits/{ref...}", need: need{Read, "contents", "read"}, do: (*call).commit},
}

// missing is the answer for what is not in the git repository: another one if
// nothing has been pushed yet.
func (c *call) missing(err error, otherwise string) (answer, error) {
	if !errors.Is(err, errNoObject) {
		return answer{}, err
	}
	if refs, err := c.s.git(c.repo).refs(c.r.Context(), "refs/"); err == nil && len(refs) == 0 {
		return refuse(http.StatusConflict, "Git Repository is empty.")
	}
	return refuse(http.StatusNotFound, "%s", otherwise)
}

func (c *call) drawRef(r gitRef) obj {
	return obj{
		"ref": r.Name, "node_id": nodeID("Ref", r.Name), "url": c.repo.url() + "/git/" + r.Name,
		"object": obj{"type": r.Type, "sha": r.Object, "url": c.repo.url() + "/git/" + r.Type + "s/" + r.Object},
	}
}

func (c *call) gitRef() (answer, error) {
	r, err := c.s.git(c.repo).ref(c.r.Context(), "refs/"+c.r.PathValue("ref"))
	if err != nil {
		return c.missing(err, "Not Found")
	}
	return ok(c.drawRef(r))
}

// matchingRefs lists the refs whose names begin as asked.
func (c *call) matchingRefs() (answer, error) {
	all, err := c.s.git(c.repo).refs(c.r.Context(), "refs/")
	if err != nil {
		return answer{}, err
	}
	if len(all) == 0 {
		return refuse(http.StatusConflict, "Git Repository is empty.")
	}
	under := "refs/" + c.r.PathValue("ref")
	found := slices.DeleteFunc(all, func(r gitRef) bool { return !strings.HasPrefix(r.Name, under) })
	return ok(drawAll(found, c.drawRef))
}

var unverified = obj{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}

func drawPerson(p gitPerson) obj {
	return obj{"name": p.Name, "email": p.Email, "date": stamp(p.At)}
}

func (c *call) drawGitCommit(g gitCommit) obj {
	url := c.repo.url() + "/git/"
	parents := drawAll(g.Parents, func(sha string) obj {
		return obj{"sha": sha, "url": url + "commits/" + sha, "html_url": c.repo.page() + "/commit/" + sha}
	})
	return obj{
		"sha": g.SHA, "node_id": nodeID("Commit", g.SHA), "url": url + "commits/" + g.SHA,
		"html_url": c.repo.page() + "/commit/" + g.SHA, "author": drawPerson(g.Author), "committer": drawPerson(g.Committer),
		"tree": obj{"sha": g.Tree, "url": url + "trees/" + g.Tree}, "message": g.Message, "parents": parents,
		"verification": unverified,
	}
}

func (c *call) gitCommit() (answer, error) {
	sha := c.r.PathValue("sha")
	if !isCommitID(sha) {
		return notFound()
	}
	g, err := c.s.git(c.repo).commit(c.r.Context(), sha)
	if err != nil {
		return c.missing(errNoObject, "Not Found")
	}
	return ok(c.drawGitCommit(g))
}

// drawCommit is the longer form, of the commits' own addresses.
func (c *call) drawCommit(g gitCommit) obj {
	url := c.repo.url() + "/commits/" + g.SHA
	short := c.drawGitCommit(g)
	return obj{
		"sha": g.SHA, "node_id": short["node_id"], "url": url, "html_url": short["html_url"], "comments_url": url + "/comments",
		"commit": obj{
			"url": short["url"], "author": short["author"], "committer": short["committer"], "message": g.Message,
			"comment_count": 0, "tree": short["tree"], "verification": unverified,
		},
		"author": c.committer(g.Author), "committer": c.committer(g.Committer), "parents": short["parents"],
	}
}

// committer is the account behind an address of the site, or an empty object.
func (c *call) committer(p gitPerson) obj {
	local, _ := strings.CutSuffix(p.Email, "@users.noreply.github.com")
	_, login, found := strings.Cut(local, "+")
	if !found {
		login = local
	}
	if a := c.s.account(login); a != nil {
		return drawUser(a)
	}
	return obj{}
}

func (c *call) commit() (answer, error) {
	ref := c.r.PathValue("ref")
	g := c.s.git(c.repo)
	sha, err := g.resolve(c.r.Context(), ref)
	if errors.Is(err, errNoObject) {
		if _, empty := c.missing(err, ""); isStatus(empty, http.StatusConflict) {
			return answer{}, empty
		}
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: %s", ref)
	}
	if err != nil {
		return answer{}, err
	}
	commit, err := g.commit(c.r.Context(), sha)
	if err != nil {
		return answer{}, err
	}
	return ok(c.drawCommit(commit))
}

func isStatus(err error, status int) bool {
	var refused *Refusal
	return errors.As(err, &refused) && refused.Status == status
}

func (c *call) gitTree() (answer, error) {
	ctx, g := c.r.Context(), c.s.git(c.repo)
	name := c.r.PathValue("sha")
	sha, err := g.resolve(ctx, name)
	if err != nil && isCommitID(name) {
		sha, err = name, nil // a tree's own id
	}
	if err != nil {
		return c.missing(err, "Not Found")
	}
	tree, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", sha+"^{tree}")
	if err != nil {
		return notFound()
	}
	tree = strings.TrimSpace(tree)
	entries, err := g.list(ctx, tree, "", c.r.URL.Query().Has("recursive"))
	if err != nil {
		return answer{}, err
	}
	url := c.repo.url() + "/git/"
	return ok(obj{
		"sha": tree, "url": url + "trees/" + tree, "truncated": false,
		"tree": drawAll(entries, func(e treeEntry) obj {
			o := obj{"path": e.Path, "mode": e.Mode, "type": e.Type, "sha": e.SHA, "url": url + e.Type + "s/" + e.SHA}
			if e.Type == "blob" {
				o["size"] = e.Size
			}
			return o
		}),
	})
}

func (c *call) gitTag() (answer, error) {
	sha := c.r.PathValue("sha")
	refs, err := c.s.git(c.repo).refs(c.r.Context(), "refs/tags/")
	if err != nil {
		return answer{}, err
	}
	for _, r := range refs {
		if r.Object != sha || r.Type != "tag" {
			continue
		}
		return c.drawTag(r)
	}
	return notFound()
}

func (c *call) drawTag(r gitRef) (answer, error) {
	g := c.s.git(c.repo)
	message, err := g.run(c.r.Context(), "for-each-ref", "--format=%(contents)", r.Name)
	if err != nil {
		return answer{}, err
	}
	commit, err := g.commit(c.r.Context(), r.Commit)
	if err != nil {
		return answer{}, err
	}
	url := c.repo.url() + "/git/"
	return ok(obj{
		"sha": r.Object, "node_id": nodeID("Tag", r.Object), "url": url + "tags/" + r.Object, "tag": strings.TrimPrefix(r.Name, "refs/tags/"),
		"message": strings.TrimSpace(message), "tagger": drawPerson(commit.Committer), "verification": unverified,
		"object": obj{"sha": r.Commit, "type": "commit", "url": url + "commits/" + r.Commit},
	})
}
