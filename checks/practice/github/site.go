package github

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

// site is github.com as a person's browser sees it.
type site struct {
	s   *Store
	mux *http.ServeMux
}

// visit is one look at a page, with the store's lock held.
type visit struct {
	s      *Store
	r      *http.Request
	person string
	repo   *Repository
	role   Role
}

func newSite(s *Store) box.Service {
	t := &site{s: s, mux: http.NewServeMux()}
	for pattern, draw := range map[string]func(*visit) (page.Page, error){
		"GET /{owner}/{repo}":                                 (*visit).code,
		"GET /{owner}/{repo}/actions":                         (*visit).actions,
		"GET /{owner}/{repo}/actions/runs/{run}":              (*visit).run,
		"GET /{owner}/{repo}/actions/runs/{run}/job/{id}":     (*visit).job,
		"GET /{owner}/{repo}/pulls":                           (*visit).pulls,
		"GET /{owner}/{repo}/pull/{number}":                   (*visit).pull,
		"GET /{owner}/{repo}/settings":                        (*visit).settings,
		"GET /{owner}/{repo}/settings/environments":           (*visit).environments,
		"GET /{owner}/{repo}/settings/environments/{id}/edit": (*visit).environment,
		"GET /{owner}/{repo}/settings/secrets/actions":        (*visit).secrets,
		"GET /{owner}/{repo}/settings/rules":                  (*visit).rules,
	} {
		t.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { t.look(w, r, draw) })
	}
	t.mux.HandleFunc("POST /{owner}/{repo}/actions/runs/{run}", t.review)
	t.mux.HandleFunc("POST /{owner}/{repo}/pull/{number}", t.decidePull)
	t.mux.HandleFunc("POST /{owner}/{repo}/settings/environments/{id}/edit", t.editEnvironment)
	t.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { page.Render(w, r, lost) })
	return t
}

// lost is the page for what is not there, and for what the person may not see.
var lost = page.Page{
	Status: http.StatusNotFound, Title: "Page not found",
	Problem: "This is not the web page you are looking for: it is not there, or the person who is signed in may not see it.",
}

// Hosts is github.com.
func (t *site) Hosts() []string { return []string{SiteHost} }

// ServeHTTP answers a browser, and git.
func (t *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	gitService{s: t.s, next: t.mux}.ServeHTTP(w, r)
}

func (t *site) look(w http.ResponseWriter, r *http.Request, draw func(*visit) (page.Page, error)) {
	t.s.mu.Lock()
	p, err := lost, error(nil)
	v, moved := t.visit(r)
	if v != nil {
		p, err = draw(v)
	}
	t.s.mu.Unlock()
	switch {
	case moved != "":
		http.Redirect(w, r, moved, http.StatusMovedPermanently)
	case err != nil:
		page.Render(w, r, page.Page{Status: http.StatusInternalServerError, Title: "Practice world failed", Problem: err.Error()})
	default:
		page.Render(w, r, p)
	}
}

// visit finds the repository of a page as the signed-in person sees it, or
// where it has moved to.
func (t *site) visit(r *http.Request) (v *visit, moved string) {
	owner, name := r.PathValue("owner"), r.PathValue("repo")
	v = &visit{s: t.s, r: r, person: box.Person(r.Context()), repo: t.s.repo(owner, name)}
	if v.repo == nil {
		if to := t.s.repoByID(t.s.w.Moved[lowerName(owner, name)]); to != nil && t.s.roleOf(v.person, to) >= Read {
			return nil, "/" + to.FullName()
		}
		return nil, ""
	}
	v.role = t.s.roleOf(v.person, v.repo)
	if v.role < Read {
		return nil, ""
	}
	return v, ""
}

// path is the address of something below the repository.
func (v *visit) path(format string, args ...any) string {
	return "/" + v.repo.FullName() + fmt.Sprintf(format, args...)
}

func (v *visit) runOf() *Run {
	id, err := strconv.ParseInt(v.r.PathValue("run"), 10, 64)
	run := v.s.run(id)
	if err != nil || run == nil || run.Owner != v.repo.Owner || run.Name != v.repo.Name {
		return nil
	}
	return run
}

func (v *visit) code() (page.Page, error) {
	ctx, g := v.r.Context(), v.s.git(v.repo)
	facts := []page.Fact{
		{Name: "Owner", Value: v.repo.Owner}, {Name: "Visibility", Value: v.repo.visibility()},
		{Name: "Default branch", Value: v.repo.DefaultBranch}, {Name: "Repository id", Value: decimal(v.repo.ID)},
		{Name: "You may", Value: v.role.String()},
	}
	sections := []page.Section{{Text: texts(v.repo.Description), Facts: facts, Links: v.menu()}}
	commit, err := g.resolve(ctx, "refs/heads/"+v.repo.DefaultBranch)
	if errors.Is(err, errNoObject) {
		return page.Page{Title: v.repo.FullName(), Sections: append(sections, page.Section{Text: []string{"Nothing has been pushed yet."}})}, nil
	}
	if err != nil {
		return page.Page{}, err
	}
	entries, err := g.list(ctx, commit, "", false)
	if err != nil {
		return page.Page{}, err
	}
	table := &page.Table{Caption: "Files at " + commit[:7], Columns: []string{"Name", "Kind"}}
	for _, e := range entries {
		table.Rows = append(table.Rows, page.Row(e.Path, e.Type))
	}
	return page.Page{Title: v.repo.FullName(), Sections: append(sections, page.Section{Heading: "Code", Table: table})}, nil
}

func (v *visit) menu() []page.Link {
	links := []page.Link{{Text: "Pull requests", URL: v.path("/pulls")}, {Text: "Actions", URL: v.path("/actions")}}
	if v.role == Admin {
		links = append(links, page.Link{Text: "Settings", URL: v.path("/settings")})
	}
	return links
}

func texts(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// back sends the browser to a page after a POST, so that a reload does not
// send it again.
func back(w http.ResponseWriter, r *http.Request, notice string) {
	to := url.URL{Path: r.URL.Path}
	if notice != "" {
		to.RawQuery = url.Values{"done": {notice}}.Encode()
	}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}
