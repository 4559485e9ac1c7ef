package pypi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

const publishingTitle = "Trusted Publisher Management"

// notRegistered is said above a form that has a fault.
const notRegistered = "The trusted publisher could not be registered"

// publishingPage draws a project's publishers and the form for one more, with
// the values that its address gives (warehouse/manage/views/oidc_publishers.py).
func (s *Service) publishingPage(r *http.Request) page.Page {
	form := publisherForm{typed: url.Values{}}
	if query := r.URL.Query(); strings.EqualFold(query.Get("provider"), "github") {
		form.typed = query
	}
	return s.publishing(r, form, "", "")
}

func (s *Service) publishing(r *http.Request, form publisherForm, problem, notice string) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refused := s.managed(r)
	if p == nil {
		return refused
	}
	section := page.Section{Heading: "Manage current providers"}
	rows := [][]page.Link{}
	for _, publisher := range s.publishersOf(p) {
		rows = append(rows, identityRow(publisher.Identity))
		section.Forms = append(section.Forms, removal(publisher.ID, publisher.Identity))
	}
	if len(rows) == 0 {
		section.Text = []string{"No publishers are currently configured. Publishers for existing projects can be added in the publishing configuration for each individual project."}
	}
	section.Table = &page.Table{Caption: "OpenID Connect publishers associated with " + p.Name, Columns: publisherColumns, Rows: rows}
	add := page.Section{Heading: "Add a new publisher", ID: "github", Forms: []page.Form{{
		Name: "Add a GitHub publisher", Fields: form.fields(), Action: "/manage/project/" + normalized(p.Name) + "/settings/publishing/",
		Buttons: []page.Button{{Text: "Add"}},
	}}}
	if r.Method == http.MethodGet && len(form.typed) > 0 {
		add.Text = []string{"Proceed with caution! Some form fields have been autofilled, please double-check their values before submitting the form."}
	}
	return page.Page{Title: publishingTitle + ": " + p.Name, Problem: problem, Notice: notice, Sections: []page.Section{section, add}}
}

var publisherColumns = []string{"Publisher", "Repository", "Workflow", "Environment name"}

func removal(id string, i Identity) page.Form {
	return page.Form{
		Name:    "Remove " + i.repository() + " " + i.Workflow + " " + i.Environment,
		Fields:  []page.Field{{Name: "publisher_id", Kind: "hidden", Value: id}},
		Buttons: []page.Button{{Text: "Remove"}},
	}
}

// managed is the project of a page if the person may change it; otherwise the
// page that says why not.
func (s *Service) managed(r *http.Request) (*project, page.Page) {
	u := s.person(r)
	if u == nil {
		return nil, signedOut(publishingTitle)
	}
	p := s.project(r.PathValue("name"))
	if p == nil {
		return nil, missing(publishingTitle)
	}
	if p.roleOf(u.Username) != Owner {
		return nil, page.Page{Status: http.StatusForbidden, Title: publishingTitle, Problem: "You do not have permission to access this page."}
	}
	return p, page.Page{}
}

func (s *Service) changePublishing(r *http.Request) page.Page {
	if err := r.ParseForm(); err != nil {
		return broken(publishingTitle, err)
	}
	if id := r.PostForm.Get("publisher_id"); id != "" {
		return s.removeFromProject(r, id)
	}
	return s.addToProject(r)
}

func (s *Service) removeFromProject(r *http.Request, id string) page.Page {
	s.mu.Lock()
	p, refused := s.managed(r)
	problem, notice := "Invalid publisher for project", ""
	if p != nil && slices.Contains(p.Publishers, id) {
		if err := s.detach(p, id); err != nil {
			refused, p = broken(publishingTitle, err), nil
		} else {
			problem, notice = "", "Removed trusted publisher for project "+repr(p.Name)
		}
	}
	s.mu.Unlock()
	if p == nil {
		return refused
	}
	return s.publishing(r, publisherForm{}, problem, notice)
}

func (s *Service) addToProject(r *http.Request) page.Page {
	s.mu.Lock()
	p, refused := s.managed(r)
	counted := p != nil && s.registered(s.person(r))
	s.mu.Unlock()
	if p == nil {
		return refused
	}
	if !counted {
		return tooMany(publishingTitle)
	}
	form := s.readPublisherForm(r.Context(), r.PostForm)
	if len(form.problems) > 0 {
		return s.publishing(r, form, notRegistered, "")
	}
	problem, notice, err := s.attach(r, form.found)
	if err != nil {
		return broken(publishingTitle, err)
	}
	if problem != "" {
		return s.publishing(r, form, problem, "")
	}
	return s.publishing(r, publisherForm{}, "", notice)
}

// attach gives the project the publisher, an existing one if there is one like
// it: then with the owner's id that it already has.
func (s *Service) attach(r *http.Request, i Identity) (problem, notice string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := s.managed(r)
	if p == nil {
		return "Invalid publisher for project", "", nil
	}
	publisher := s.publisherFor(i)
	if slices.Contains(p.Publishers, publisher.ID) {
		return publisher.Workflow + " is already registered with " + p.Name, "", nil
	}
	p.Publishers = append(p.Publishers, publisher.ID)
	return "", "Added " + publisher.Workflow + " in https://github.com/" + publisher.repository() + " to " + p.Name, s.save()
}
