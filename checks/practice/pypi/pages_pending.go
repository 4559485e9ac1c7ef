package pypi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

const pendingTitle = "Publishing"

// pendingPage draws a person's pending publishers and the form for one more.
// Its address takes no values.
func (s *Service) pendingPage(r *http.Request) page.Page {
	return s.pending(r, publisherForm{}, "", "")
}

func (s *Service) pending(r *http.Request, form publisherForm, problem, notice string) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		return signedOut(pendingTitle)
	}
	section := page.Section{Heading: "Pending publishers"}
	rows := [][]page.Link{}
	for _, p := range s.pendingOf(u) {
		rows = append(rows, append(page.Row(p.Project), identityRow(p.Identity)...))
		section.Forms = append(section.Forms, removal(p.ID, p.Identity))
	}
	section.Table = &page.Table{Caption: "Pending publishers", Columns: append([]string{"Pending project name"}, publisherColumns...), Rows: rows}
	if len(rows) == 0 {
		section.Text = []string{"No pending publishers are currently configured. Publishers for projects that don't exist yet can be added below."}
	}
	// TestPyPI serves the same text: the label names PyPI there too
	// (warehouse/templates/manage/account/publishing.html, commit 0126f0f).
	name := page.Field{Name: "project_name", Label: "PyPI Project Name", Required: true, Value: form.typed.Get("project_name"),
		Error: form.problems["project_name"], Hint: "The project that will be created on " + s.Site + " when this publisher is used"}
	add := page.Section{Heading: "Add a new pending publisher", ID: "github", Forms: []page.Form{{
		Name: "Add a pending GitHub publisher", Fields: append([]page.Field{name}, form.fields()...), Buttons: []page.Button{{Text: "Add"}},
	}}}
	return page.Page{Title: pendingTitle, Problem: problem, Notice: notice, Sections: []page.Section{s.ownProjects(u), section, add}}
}

// ownProjects lists the projects of a person, whose publishers have pages of
// their own.
func (s *Service) ownProjects(u *User) page.Section {
	section := page.Section{Heading: "Projects"}
	for _, p := range s.db.Projects {
		if p.roleOf(u.Username) == Owner {
			section.Links = append(section.Links, page.Link{Text: p.Name, URL: "/manage/project/" + normalized(p.Name) + "/settings/publishing/"})
		}
	}
	return section
}

func (s *Service) changePending(r *http.Request) page.Page {
	if err := r.ParseForm(); err != nil {
		return broken(pendingTitle, err)
	}
	if id := r.PostForm.Get("publisher_id"); id != "" {
		return s.removeOwnPending(r, id)
	}
	problem, refused := s.mayRegisterPending(r)
	if refused != nil {
		return *refused
	}
	if problem != "" {
		return s.pending(r, publisherForm{typed: r.PostForm}, problem, "")
	}
	form := s.readPublisherForm(r.Context(), r.PostForm)
	form.note("project_name", s.pendingNameProblem(r))
	if len(form.problems) > 0 {
		return s.pending(r, form, notRegistered, "")
	}
	problem, err := s.registerPending(r, form)
	if err != nil {
		return broken(pendingTitle, err)
	}
	if problem != "" {
		return s.pending(r, form, problem, "")
	}
	return s.pending(r, publisherForm{}, "", "Registered a new pending publisher to create the project '"+r.PostForm.Get("project_name")+"'.")
}

func (s *Service) removeOwnPending(r *http.Request, id string) page.Page {
	s.mu.Lock()
	u, notice := s.person(r), ""
	if u != nil {
		for _, p := range s.pendingOf(u) {
			if p.ID == id {
				notice = "Removed trusted publisher for project " + repr(p.Project)
			}
		}
	}
	var err error
	if notice != "" {
		err = s.removePending(id)
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return broken(pendingTitle, err)
	case notice == "":
		return s.pending(r, publisherForm{}, "Invalid publisher ID", "")
	}
	return s.pending(r, publisherForm{}, "", notice)
}

// mayRegisterPending checks what is asked before the form is looked at
// (warehouse/accounts/views.py).
func (s *Service) mayRegisterPending(r *http.Request) (problem string, refused *page.Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		p := signedOut(pendingTitle)
		return "", &p
	}
	switch {
	case u.Email == "" || !u.Verified:
		return "You must have a verified email in order to register a pending trusted publisher. " +
			"See https://pypi.org/help#openid-connect for details.", nil
	case len(s.pendingOf(u)) >= maxPending:
		return "You can't register more than 3 pending trusted publishers at once.", nil
	case !s.registered(u):
		p := tooMany(pendingTitle)
		return "", &p
	}
	return "", nil
}

// pendingNameProblem says why a name cannot be pending
// (warehouse/oidc/forms/_core.py).
func (s *Service) pendingNameProblem(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := r.PostForm.Get("project_name")
	if name == "" {
		return "Specify project name"
	}
	switch s.availability(name) {
	case invalidName:
		return "Invalid project name"
	case existingName:
		if p, u := s.project(name), s.person(r); u != nil && p.roleOf(u.Username) == Owner {
			return "This project already exists: use the project's publishing settings here to create a Trusted Publisher for it: " +
				"https://" + s.Host + "/manage/project/" + normalized(name) + "/settings/publishing/"
		}
		return "This project already exists."
	case similarName:
		return "This project name is too similar to an existing project"
	case stdlibName:
		return "This project name isn't allowed (conflict with the Python standard library module name)"
	}
	return ""
}

// registerPending keeps the pending publisher, unless its identity is pending
// already: it can be for one project only.
func (s *Service) registerPending(r *http.Request, form publisherForm) (problem string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, u := form.typed.Get("project_name"), s.person(r)
	if slices.ContainsFunc(s.alive(), func(p *Pending) bool { return p.same(form.found) && p.Project == name }) {
		return "This trusted publisher has already been registered. Please contact PyPI's admins if this wasn't intentional.", nil
	}
	if slices.ContainsFunc(s.alive(), func(p *Pending) bool { return p.same(form.found) }) {
		return "A pending trusted publisher matching this configuration has already been registered for a different project name. " +
			"Please contact PyPI's admins if this wasn't intentional.", nil
	}
	_, err = s.addPending(Pending{Project: name, AddedBy: u.Username, Identity: form.found})
	return "", err
}

const accountTitle = "Account settings"

func (s *Service) accountPage(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		return signedOut(accountTitle)
	}
	return account(u, "")
}

func account(u *User, problem string) page.Page {
	state := "Unverified: a mail with a link was sent"
	forms := []page.Form{{
		Name:    "Primary email",
		Fields:  []page.Field{{Name: "email", Label: "Email address", Kind: "email", Value: u.Email, Required: true}},
		Buttons: []page.Button{{Text: "Save"}},
	}}
	switch {
	case u.Email == "":
		state = "No email address"
	case u.Verified:
		state = "Verified"
	default:
		forms = append(forms, page.Form{
			Name:    "Follow the link of the verification mail",
			Note:    "No mail leaves the practice world: this is the link that the mail would hold.",
			Fields:  []page.Field{{Name: "confirm", Kind: "hidden", Value: "yes"}},
			Buttons: []page.Button{{Text: "Verify " + u.Email}},
		})
	}
	return page.Page{Title: accountTitle, Problem: problem, Sections: []page.Section{{
		Facts: []page.Fact{{Name: "Username", Value: u.Username}, {Name: "Email", Value: u.Email}, {Name: "State", Value: state}}, Forms: forms,
	}}}
}

// changeAccount sets the e-mail address, or verifies the one that is set.
func (s *Service) changeAccount(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, email := s.person(r), strings.TrimSpace(r.PostFormValue("email"))
	switch {
	case u == nil:
		return signedOut(accountTitle)
	case r.PostFormValue("confirm") != "" && u.Email != "":
		u.Verified = true
	case !strings.Contains(email, "@"):
		return account(u, "The email address isn't valid. Try again.")
	default:
		u.Verified = u.Verified && u.Email == email
		u.Email = email
	}
	if err := s.save(); err != nil {
		return broken(accountTitle, err)
	}
	return account(u, "")
}
