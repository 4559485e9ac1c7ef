package pypi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

const tokenTitle = "Create API token"

func (s *Service) tokenPage(r *http.Request) page.Page { return s.tokens(r, nil, nil, "") }

// tokens draws the form, the tokens that are there, and the new one once.
func (s *Service) tokens(r *http.Request, typed url.Values, problems map[string]string, made string) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		return signedOut(tokenTitle)
	}
	p := page.Page{Title: tokenTitle}
	if made != "" {
		p.Sections = append(p.Sections,
			page.Section{Heading: "Token", Text: []string{"For security reasons this token will only appear once. Copy it now."}},
			page.Section{ID: "token", Log: made})
	}
	scopes := []page.Option{{Value: "scope:unspecified", Text: "Select scope..."}, {Value: "scope:user", Text: "Entire account (all projects)"}}
	for _, one := range s.db.Projects {
		if one.roleOf(u.Username) != "" {
			scopes = append(scopes, page.Option{Value: "scope:project:" + normalized(one.Name), Text: "Project: " + one.Name})
		}
	}
	for i := range scopes {
		scopes[i].Selected = scopes[i].Value == typed.Get("token_scope")
	}
	p.Sections = append(p.Sections, page.Section{Forms: []page.Form{{
		Name: tokenTitle,
		Fields: []page.Field{
			{Name: "description", Label: "Token name", Value: typed.Get("description"), Error: problems["description"], Required: true,
				Hint: "What is this token for?"},
			{Name: "token_scope", Label: "Scope", Kind: "select", Options: scopes, Error: problems["token_scope"]},
		},
		Buttons: []page.Button{{Text: "Create token"}},
	}}}, s.tokenList(u))
	return p
}

func (s *Service) tokenList(u *User) page.Section {
	section, rows := page.Section{Heading: "API tokens"}, [][]page.Link{}
	for _, t := range s.db.Tokens {
		if !strings.EqualFold(t.User, u.Username) {
			continue
		}
		scope := "All projects"
		if t.Project != "" {
			scope = t.Project
		}
		rows = append(rows, page.Row(t.Description, scope, t.Created.UTC().Format("2006-01-02 15:04:05 UTC")))
		section.Forms = append(section.Forms, page.Form{
			Name: "Remove token " + t.Description, Fields: []page.Field{{Name: "remove", Kind: "hidden", Value: t.Description}},
			Buttons: []page.Button{{Text: "Remove token"}},
		})
	}
	section.Table = &page.Table{Caption: "Your tokens", Columns: []string{"Name", "Scope", "Created"}, Rows: rows}
	return section
}

// changeTokens makes a token, or removes one (warehouse/manage/forms.py).
func (s *Service) changeTokens(r *http.Request) page.Page {
	if err := r.ParseForm(); err != nil {
		return broken(tokenTitle, err)
	}
	s.mu.Lock()
	u := s.person(r)
	s.mu.Unlock()
	if u == nil {
		return signedOut(tokenTitle)
	}
	if name := r.PostForm.Get("remove"); name != "" {
		if err := s.RevokeToken(u.Username, name); err != nil {
			return broken(tokenTitle, err)
		}
		return s.tokens(r, nil, nil, "")
	}
	project, problems := s.readTokenForm(u, r.PostForm)
	if len(problems) > 0 {
		return s.tokens(r, r.PostForm, problems, "")
	}
	made, err := s.AddToken(u.Username, r.PostForm.Get("description"), project)
	if err != nil {
		return broken(tokenTitle, err)
	}
	return s.tokens(r, nil, nil, made)
}

const maxTokenName = 100

func (s *Service) readTokenForm(u *User, typed url.Values) (project string, problems map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	problems = map[string]string{}
	name := typed.Get("description")
	switch {
	case name == "":
		problems["description"] = "Specify a token name"
	case len(name) > maxTokenName:
		problems["description"] = "Description must be 100 characters or less"
	case s.tokenNamed(u, name):
		problems["description"] = "API token name already in use"
	}
	scope := typed.Get("token_scope")
	project, isProject := strings.CutPrefix(scope, "scope:project:")
	switch {
	case scope == "" || scope == "scope:unspecified":
		problems["token_scope"] = "Specify the token scope"
	case scope == "scope:user":
		return "", problems
	case !isProject:
		problems["token_scope"] = "Unknown token scope: " + scope
	case s.project(project) == nil || s.project(project).roleOf(u.Username) == "":
		problems["token_scope"] = "Unknown or invalid project name: " + project
	}
	return project, problems
}

func (s *Service) tokenNamed(u *User, name string) bool {
	for _, t := range s.db.Tokens {
		if strings.EqualFold(t.User, u.Username) && t.Description == name {
			return true
		}
	}
	return false
}
