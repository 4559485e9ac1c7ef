package pypi

import (
	"net/http"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

func (s *Service) pages(m *http.ServeMux) {
	for pattern, draw := range map[string]func(*http.Request) page.Page{
		"GET /{$}":                                            s.homePage,
		"GET /project/{name}/{$}":                             s.projectPage,
		"GET /manage/account/{$}":                             s.accountPage,
		"POST /manage/account/{$}":                            s.changeAccount,
		"GET /manage/account/publishing/{$}":                  s.pendingPage,
		"POST /manage/account/publishing/{$}":                 s.changePending,
		"GET /manage/account/token/{$}":                       s.tokenPage,
		"POST /manage/account/token/{$}":                      s.changeTokens,
		"GET /manage/project/{name}/settings/publishing/{$}":  s.publishingPage,
		"POST /manage/project/{name}/settings/publishing/{$}": s.changePublishing,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" "+s.Host+path, func(w http.ResponseWriter, r *http.Request) { page.Render(w, r, draw(r)) })
	}
}

func signedOut(title string) page.Page {
	return page.Page{Status: http.StatusForbidden, Title: title, Problem: "Log in to see this page."}
}

func missing(title string) page.Page {
	return page.Page{Status: http.StatusNotFound, Title: title, Problem: "We looked everywhere but couldn't find this page"}
}

func broken(title string, err error) page.Page {
	return page.Page{Status: http.StatusInternalServerError, Title: title, Problem: err.Error()}
}

func (s *Service) homePage(_ *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	links := []page.Link{}
	for _, p := range s.db.Projects {
		links = append(links, page.Link{Text: p.Name, URL: "/project/" + normalized(p.Name) + "/"})
	}
	return page.Page{Title: s.Site, Sections: []page.Section{
		{Heading: "Projects", Links: links},
		{Heading: "Your account", Links: []page.Link{
			{Text: "Account settings", URL: "/manage/account/"}, {Text: "Publishing", URL: "/manage/account/publishing/"},
			{Text: "API tokens", URL: "/manage/account/token/"},
		}},
	}}
}

func (s *Service) projectPage(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.project(r.PathValue("name"))
	if p == nil {
		return missing(r.PathValue("name"))
	}
	rows := [][]page.Link{}
	for _, rel := range p.oldestFirst() {
		for _, f := range rel.Files {
			how := "Uploaded by " + f.Submitter
			if f.ViaPublisher != "" {
				how = "Uploaded using Trusted Publishing by " + f.ViaPublisher
			}
			attested := "no"
			if f.Provenance != nil {
				attested = "yes"
			}
			rows = append(rows, []page.Link{{Text: f.Filename, URL: s.fileURL(f)}, {Text: rel.Version}, {Text: how}, {Text: attested}})
		}
	}
	return page.Page{Title: p.Name, Sections: []page.Section{
		{Facts: []page.Fact{{Name: "Status", Value: p.status()}}},
		{Heading: "Files", Table: &page.Table{
			Caption: "Files of " + p.Name, Columns: []string{"File", "Version", "Upload", "Attested"}, Rows: rows,
		}},
		{Links: []page.Link{{Text: "Publishing", URL: "/manage/project/" + normalized(p.Name) + "/settings/publishing/"}}},
	}}
}
