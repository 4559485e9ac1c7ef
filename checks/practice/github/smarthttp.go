package github

import (
	"net/http"
	"net/http/cgi"
	"os/exec"
	"slices"
	"strings"
)

// gitService serves fetches and pushes of the real git program over HTTPS, by
// git's own http-backend. A push is reported as that of the token's owner, and
// held against the rules for its refs.
type gitService struct {
	s    *Store
	next http.Handler
}

// ServeHTTP answers git, and hands on what is not git's.
func (g gitService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	owner, name, tail, ok := gitRequest(r)
	if !ok {
		g.next.ServeHTTP(w, r)
		return
	}
	writes := tail == "git-receive-pack" || r.URL.Query().Get("service") == "git-receive-pack"
	repo, token, status := g.admit(r, owner, name, writes)
	switch status {
	case http.StatusOK:
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "Invalid username or token. Password authentication is not supported for Git operations.", status)
		return
	case http.StatusForbidden:
		http.Error(w, "Permission to "+owner+"/"+name+".git denied to "+token.Login+".", status)
		return
	default:
		http.Error(w, "Repository not found.", status)
		return
	}
	if tail == "git-receive-pack" {
		g.receive(w, r, repo, token)
		return
	}
	g.backend(w, r, repo, tail, "")
}

// gitRequest takes the address of git's smart protocol apart.
func gitRequest(r *http.Request) (owner, name, tail string, ok bool) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	if len(parts) != 3 || !slices.Contains([]string{"info/refs", "git-upload-pack", "git-receive-pack"}, parts[2]) {
		return "", "", "", false
	}
	return parts[0], strings.TrimSuffix(parts[1], ".git"), parts[2], true
}

// admit says with which status git is answered: a person's token is asked for
// as soon as something is not for everybody.
func (g gitService) admit(r *http.Request, owner, name string, writes bool) (Repository, *Token, int) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	c := &call{s: g.s, r: r}
	if c.identify() != nil {
		return Repository{}, nil, http.StatusUnauthorized
	}
	repo := g.s.repo(owner, name)
	if repo == nil {
		repo = g.s.repoByID(g.s.w.Moved[lowerName(owner, name)])
	}
	asks := need{Read, "contents", "read"}
	if writes {
		asks = need{Write, "contents", "write"}
	}
	hidden := repo == nil || c.roleIn(repo) < Read
	switch {
	case c.token == nil && (hidden || writes):
		return Repository{}, nil, http.StatusUnauthorized
	case hidden:
		return Repository{}, nil, http.StatusNotFound
	}
	c.repo, c.role = repo, c.roleIn(repo)
	if c.allow(asks) != nil {
		return Repository{}, c.token, http.StatusForbidden
	}
	return Repository{ID: repo.ID, Owner: repo.Owner, Name: repo.Name}, c.token, http.StatusOK
}

// backend runs git http-backend on one bare repository.
func (g gitService) backend(w http.ResponseWriter, r *http.Request, repo Repository, tail, user string) {
	git, err := exec.LookPath("git")
	if err != nil {
		http.Error(w, "The practice world cannot find git: "+err.Error(), http.StatusInternalServerError)
		return
	}
	env := []string{
		"GIT_PROJECT_ROOT=" + g.s.gitDir(repo.ID), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
		"GIT_PROTOCOL=" + r.Header.Get("Git-Protocol"),
	}
	if user != "" {
		env = append(env, "REMOTE_USER="+user)
	} else if r.URL.Query().Get("service") == "git-receive-pack" {
		env = append(env, "REMOTE_USER=git")
	}
	asked := r.Clone(r.Context())
	asked.URL.Path = "/" + tail
	asked.Header.Del("Authorization")
	(&cgi.Handler{Path: git, Root: "", Args: []string{"http-backend"}, Env: env, InheritEnv: []string{"PATH", "SystemRoot"}}).ServeHTTP(w, asked)
}
