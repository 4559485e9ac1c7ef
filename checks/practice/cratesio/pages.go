package cratesio

import (
	"errors"
	"net/http"

	"github.com/trustpub/gh-trustpub/checks/practice/box"
	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

func (s *Service) pages(m *http.ServeMux) {
	for pattern, draw := range map[string]func(*http.Request) page.Page{
		"GET /{$}":                                           s.homePage,
		"GET /crates/{name}":                                 s.cratePage,
		"GET /crates/{name}/settings":                        s.settingsPage,
		"POST /crates/{name}/settings":                       s.changeSettings,
		"GET /crates/{name}/settings/new-trusted-publisher":  s.newPublisherPage,
		"POST /crates/{name}/settings/new-trusted-publisher": s.createPublisher,
		"GET /settings/tokens":                               s.tokensPage,
		"POST /settings/tokens":                              s.revokeToken,
		"GET /settings/tokens/new":                           s.newTokenPage,
		"POST /settings/tokens/new":                          s.createToken,
		"GET /settings/profile":                              s.profilePage,
		"POST /settings/profile":                             s.changeProfile,
	} {
		method, path := splitPattern(pattern)
		m.HandleFunc(method+Host+path, func(w http.ResponseWriter, r *http.Request) { page.Render(w, r, draw(r)) })
	}
}

// refused draws what the API said no to, as a page.
func refused(title string, err error) page.Page {
	p := page.Page{Status: http.StatusInternalServerError, Title: title, Problem: err.Error()}
	if no := (*refusal)(nil); errors.As(err, &no) {
		p.Status = no.status
	}
	return p
}

func signedOut(title string) page.Page {
	return page.Page{Status: http.StatusForbidden, Title: title, Problem: "This page requires authentication. Please sign in."}
}

// person is the account of the person in front of the browser, or nil.
func (s *Service) person(r *http.Request) *User {
	u, err := s.browserUser(box.Person(r.Context()))
	if err != nil {
		return nil
	}
	return u
}

func (s *Service) homePage(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	links := []page.Link{}
	for _, c := range s.db.Crates {
		links = append(links, page.Link{Text: c.Name, URL: "/crates/" + c.Name})
	}
	return page.Page{Title: "crates.io", Sections: []page.Section{
		{Heading: "Crates", Links: links},
		{Heading: "Your account", Links: []page.Link{{Text: "Profile", URL: "/settings/profile"}, {Text: "API Tokens", URL: "/settings/tokens"}}},
	}}
}

func (s *Service) cratePage(r *http.Request) page.Page {
	c, done, err := s.find(r)
	if err != nil {
		return refused(r.PathValue("name"), err)
	}
	defer done()
	rows := [][]page.Link{}
	for _, v := range c.highestFirst() {
		by := page.Link{Text: "a token of nobody"}
		if u := s.userByID(v.PublishedBy); u != nil {
			by = page.Link{Text: u.Login}
		}
		if t := v.Trusted; t != nil {
			by = page.Link{Text: "Trusted Publishing: " + t.Repository + " run " + t.RunID,
				URL: "https://github.com/" + t.Repository + "/actions/runs/" + t.RunID}
		}
		rows = append(rows, []page.Link{{Text: v.Num}, by, {Text: v.Created.UTC().Format(dateTime)}})
	}
	return page.Page{Title: c.Name, Sections: []page.Section{
		{Text: []string{c.Description}, Facts: []page.Fact{{Name: "Repository", Value: c.Repository, URL: c.Repository}}},
		{Heading: "Versions", Table: &page.Table{Caption: "Versions of " + c.Name, Columns: []string{"Version", "Published by", "At"}, Rows: rows}},
		{Links: []page.Link{{Text: "Settings", URL: "/crates/" + c.Name + "/settings"}}},
	}}
}

// dateTime is how pages write a time, in UTC.
const dateTime = "2006-01-02 15:04:05 UTC"
