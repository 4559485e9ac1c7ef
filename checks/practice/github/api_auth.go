package github

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// movedError redirects to where a repository is now.
type movedError struct{ to string }

func (m *movedError) Error() string { return "moved to " + m.to }

// window counts the calls of one token within the hour.
type window struct {
	began time.Time
	used  int
}

// The primary rate limits an hour (docs.github.com, "Rate limits for the REST
// API", read August 2026).
const (
	anonymousLimit = 60
	personLimit    = 5000
	jobLimit       = 1000
)

// admit finds out who calls, about which repository, and whether that may be.
func (a *apiService) admit(c *call, e endpoint) error {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if err := c.identify(); err != nil {
		return err
	}
	if err := c.count(); err != nil {
		return err
	}
	owner := c.r.PathValue("owner")
	if owner == "" || !strings.HasPrefix(e.pattern[strings.Index(e.pattern, "/"):], "/repos/") {
		return nil
	}
	if err := c.locate(owner, c.r.PathValue("repo")); err != nil {
		return err
	}
	return c.allow(e.need)
}

func (c *call) identify() error {
	value := bearer(c.r)
	if value == "" {
		if c.r.Header.Get("Authorization") != "" {
			return &Refusal{Status: http.StatusUnauthorized, Message: "Bad credentials"}
		}
		return nil
	}
	c.token = c.s.token(value)
	if c.token == nil {
		return &Refusal{Status: http.StatusUnauthorized, Message: "Bad credentials"}
	}
	c.login = c.token.Login
	return nil
}

// bearer reads the token of a request in any of the three ways that GitHub
// takes: token, Bearer, and as the password of basic authentication.
func bearer(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "token") || strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(value)
	}
	return ""
}

func (s *Store) token(value string) *Token {
	for _, t := range s.w.Tokens {
		if subtle.ConstantTimeCompare([]byte(t.Value), []byte(value)) == 1 {
			return t
		}
	}
	return s.jobToken(value)
}

// locate finds the repository, or where it has gone, and the caller's role.
func (c *call) locate(owner, name string) error {
	c.repo = c.s.repo(owner, name)
	if c.repo == nil {
		if c.action = c.s.action(owner, name); c.action != nil {
			c.repo, c.role = &Repository{Owner: c.action.Owner, Name: c.action.Name}, Read
			return nil
		}
		if to := c.s.repoByID(c.s.w.Moved[strings.ToLower(owner+"/"+name)]); to != nil {
			tail := strings.SplitN(c.r.URL.EscapedPath(), "/", 5) // "", repos, owner, name, rest
			location := fmt.Sprintf("%s/repositories/%d", apiURL, to.ID)
			if len(tail) > 4 {
				location += "/" + tail[4]
			}
			if c.r.URL.RawQuery != "" {
				location += "?" + c.r.URL.RawQuery
			}
			return &movedError{location}
		}
		return &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	c.role = c.roleIn(c.repo)
	if c.role < Read {
		return &Refusal{Status: http.StatusNotFound, Message: "Not Found"}
	}
	return nil
}

// roleIn is the caller's role in a repository, as far as the token's kind and
// scopes let it through.
func (c *call) roleIn(repo *Repository) Role {
	public := NoRole
	if !repo.Private {
		public = Read
	}
	if c.token == nil {
		return public
	}
	role := c.s.roleOf(c.login, repo)
	switch c.token.Kind {
	case JobToken:
		if slices.Contains(c.token.Repositories, repo.ID) {
			return Admin // what it may do is said by its permissions alone
		}
		return public
	case FineGrained:
		if len(c.token.Repositories) > 0 && !slices.Contains(c.token.Repositories, repo.ID) {
			return public
		}
		return role
	default:
		if slices.Contains(c.token.Scopes, "repo") || (!repo.Private && slices.Contains(c.token.Scopes, "public_repo")) {
			return role
		}
		return public
	}
}

// allow refuses a caller who may not do what the endpoint needs, with the
// message that GitHub gives to that kind of caller.
func (c *call) allow(n need) error {
	openRead := n.level != "write" && n.role <= Read && !c.repo.Private
	switch {
	case c.token == nil && n.role > Read:
		return &Refusal{Status: http.StatusUnauthorized, Message: "Requires authentication"}
	case c.token != nil && c.token.Kind != Classic && !openRead && !c.token.grants(n):
		by := map[TokenKind]string{JobToken: "integration", FineGrained: "personal access token"}[c.token.Kind]
		return &Refusal{Status: http.StatusForbidden, Message: "Resource not accessible by " + by}
	case c.role >= n.role:
		return nil
	case n.role == Admin:
		return &Refusal{Status: http.StatusForbidden, Message: "Must have admin rights to Repository."}
	default:
		return &Refusal{Status: http.StatusForbidden, Message: "Must have push access to repository"}
	}
}

func (t *Token) grants(n need) bool {
	if n.permission == "" || (n.permission == "metadata" && n.level == "read") {
		return true
	}
	has := t.Permissions[n.permission]
	return has == "write" || (has == "read" && n.level == "read")
}

func (c *call) limit() int {
	switch {
	case c.token == nil:
		return anonymousLimit
	case c.token.Kind == JobToken:
		return jobLimit
	default:
		return personLimit
	}
}

func (c *call) window() *window {
	key := ""
	if c.token != nil {
		key = c.token.Value
	}
	w := c.s.limits[key]
	if w == nil || c.s.opt.Now().Sub(w.began) >= time.Hour {
		w = &window{began: c.s.opt.Now()}
		c.s.limits[key] = w
	}
	return w
}

func (c *call) count() error {
	if c.r.URL.Path == "/rate_limit" {
		return nil
	}
	w := c.window()
	if w.used >= c.limit() {
		return &Refusal{Status: http.StatusForbidden, Message: "API rate limit exceeded for " + orNobody(c.login)}
	}
	w.used++
	return nil
}

func orNobody(login string) string {
	if login == "" {
		return "unauthenticated requests"
	}
	return "user " + login
}

func (c *call) rate() obj {
	w := c.window()
	return obj{
		"limit": c.limit(), "used": w.used, "remaining": c.limit() - w.used,
		"reset": w.began.Add(time.Hour).Unix(), "resource": "core",
	}
}

func (a *apiService) headers(w http.ResponseWriter, c *call, e endpoint) {
	a.s.mu.Lock()
	rate := c.rate()
	a.s.mu.Unlock()
	h := w.Header()
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	for _, name := range []string{"limit", "used", "remaining", "reset", "resource"} {
		h.Set("X-RateLimit-"+strings.ToUpper(name[:1])+name[1:], fmt.Sprint(rate[name]))
	}
	if c.token != nil && !c.token.Expires.IsZero() {
		h.Set("GitHub-Authentication-Token-Expiration", c.token.Expires.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	if c.token != nil && c.token.Kind == Classic {
		h.Set("X-OAuth-Scopes", strings.Join(c.token.Scopes, ", "))
		h.Set("X-Accepted-OAuth-Scopes", "repo")
	}
	if c.token != nil && c.token.Kind != Classic && e.need.permission != "" {
		h.Set("X-Accepted-GitHub-Permissions", e.need.permission+"="+e.need.level)
	}
}

// byID rewrites /repositories/ID/… to the repository's name, or gives nil.
func (a *apiService) byID(r *http.Request, rest string) *http.Request {
	text, tail, _ := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	repo := a.s.repoByID(id)
	if repo == nil {
		return nil
	}
	path := "/repos/" + repo.FullName()
	if tail != "" {
		path += "/" + tail
	}
	to := r.Clone(r.Context())
	u, err := to.URL.Parse(path)
	if err != nil {
		return nil
	}
	u.RawQuery = r.URL.RawQuery
	to.URL = u
	return to
}
