package cratesio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

const accountTitle = "Account Settings"

// scopeMeanings is what the form says about each scope.
var scopeMeanings = map[Scope]string{
	ChangeOwners:      "Invite new crate owners or remove existing ones",
	PublishNew:        "Publish new crates",
	PublishUpdate:     "Publish new versions of existing crates",
	TrustedPublishing: "Manage trusted publishing configurations and settings",
	Yank:              "Yank and unyank crate versions",
}

func (s *Service) tokensPage(r *http.Request) page.Page { return s.tokens(r, "", "") }

func (s *Service) tokens(r *http.Request, made, notice string) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		return signedOut(accountTitle)
	}
	p := page.Page{Title: accountTitle, Notice: notice}
	if made != "" {
		p.Sections = append(p.Sections,
			page.Section{Heading: "Your new token", Text: []string{"Make sure to copy your API token now. You won’t be able to see it again!"}},
			page.Section{ID: "token", Log: made})
	}
	list := page.Section{Heading: "API Tokens", Links: []page.Link{{Text: "New Token", URL: "/settings/tokens/new"}}}
	rows := [][]page.Link{}
	for _, t := range s.db.Tokens {
		if t.User != u.ID || t.Revoked {
			continue
		}
		rows = append(rows, page.Row(t.Token.Name, scopeList(t.Token), strings.Join(t.Token.Crates, ", "), t.Token.expiry()))
		list.Forms = append(list.Forms, page.Form{
			Name: "Revoke " + t.Token.Name, Action: "/settings/tokens",
			Fields:  []page.Field{{Name: "revoke", Kind: "hidden", Value: strconv.Itoa(t.ID)}},
			Buttons: []page.Button{{Text: "Revoke"}},
		})
	}
	list.Table = &page.Table{Caption: "Your tokens", Columns: []string{"Name", "Scopes", "Crates", "Expires"}, Rows: rows}
	p.Sections = append(p.Sections, list)
	return p
}

func scopeList(t Token) string {
	if t.Scopes == nil {
		return "legacy"
	}
	names := make([]string, len(t.Scopes))
	for i, scope := range t.Scopes {
		names[i] = string(scope)
	}
	return strings.Join(names, ", ")
}

func (t Token) expiry() string {
	if t.Expires.IsZero() {
		return "never"
	}
	return t.Expires.UTC().Format(dateTime)
}

func (s *Service) revokeToken(r *http.Request) page.Page {
	s.mu.Lock()
	u, id := s.person(r), r.PostFormValue("revoke")
	var err error
	for _, t := range s.db.Tokens {
		if u != nil && t.User == u.ID && strconv.Itoa(t.ID) == id {
			t.Revoked = true
			err = s.save()
		}
	}
	s.mu.Unlock()
	if err != nil {
		return refused(accountTitle, err)
	}
	return s.tokens(r, "", "Revoked")
}

func (s *Service) newTokenPage(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.person(r) == nil {
		return signedOut(accountTitle)
	}
	return newTokenForm(url.Values{"expiry": {"90"}}, nil)
}

// expiries are the choices of the form, in days; "none" never ends.
var expiries = []page.Option{
	{Value: "none", Text: "No expiration"}, {Value: "7", Text: "7 days"}, {Value: "30", Text: "30 days"},
	{Value: "60", Text: "60 days"}, {Value: "90", Text: "90 days"}, {Value: "365", Text: "365 days"},
}

func newTokenForm(typed url.Values, problems map[string]string) page.Page {
	options := slices.Clone(expiries)
	for i := range options {
		options[i].Selected = options[i].Value == typed.Get("expiry")
	}
	fields := []page.Field{
		{Name: "name", Label: "Name", Value: typed.Get("name"), Error: problems["name"], Required: true},
		{Name: "expiry", Label: "Expiration", Kind: "select", Options: options, Error: problems["expiry"]},
	}
	for _, scope := range Scopes {
		fields = append(fields, page.Field{
			Name: "scope-" + string(scope), Label: string(scope), Kind: "checkbox", Value: "yes",
			Checked: typed.Has("scope-" + string(scope)), Hint: scopeMeanings[scope],
		})
	}
	fields = append(fields, page.Field{
		Name: "crate_scopes", Label: "Crates", Kind: "textarea", Value: typed.Get("crate_scopes"), Error: problems["crate_scopes"],
		Hint: "One pattern a line: a crate name, or a prefix with * at its end. Empty: this token can be used for all of your crates.",
	})
	return page.Page{Title: "New API Token", Problem: problems[""], Sections: []page.Section{{Forms: []page.Form{{
		Name: "New API Token", Fields: fields, Buttons: []page.Button{{Text: "Generate Token"}},
	}}}}}
}

// createToken makes a token and shows it, this once.
func (s *Service) createToken(r *http.Request) page.Page {
	if err := r.ParseForm(); err != nil {
		return refused(accountTitle, badRequest("%s", err))
	}
	t, problems := s.readToken(r.PostForm)
	if len(problems) > 0 {
		return newTokenForm(r.PostForm, problems)
	}
	s.mu.Lock()
	u := s.person(r)
	if u == nil {
		s.mu.Unlock()
		return signedOut(accountTitle)
	}
	plain, err := s.addToken(u, t)
	s.mu.Unlock()
	if err != nil {
		return refused(accountTitle, err)
	}
	return s.tokens(r, plain, "")
}

func (s *Service) readToken(typed url.Values) (Token, map[string]string) {
	t, problems := Token{Name: typed.Get("name")}, map[string]string{}
	if t.Name == "" {
		problems["name"] = "Please enter a name for this token."
	}
	for _, scope := range Scopes {
		if typed.Has("scope-" + string(scope)) {
			t.Scopes = append(t.Scopes, scope)
		}
	}
	if t.Scopes == nil {
		problems[""] = "Please select at least one token scope."
	}
	for _, pattern := range strings.Fields(typed.Get("crate_scopes")) {
		if !validCrateScope(pattern) {
			problems["crate_scopes"] = "Invalid crate name pattern"
		}
		t.Crates = append(t.Crates, pattern)
	}
	if days, err := strconv.Atoi(typed.Get("expiry")); err == nil && days > 0 {
		t.Expires = s.now().AddDate(0, 0, days)
	} else if typed.Get("expiry") != "none" {
		problems["expiry"] = "Please choose when the token expires."
	}
	return t, problems
}

func (s *Service) profilePage(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.person(r)
	if u == nil {
		return signedOut(accountTitle)
	}
	return profile(u, "", "")
}

func profile(u *User, problem, notice string) page.Page {
	state := "verified"
	forms := []page.Form{{
		Name:    "Change your email address",
		Fields:  []page.Field{{Name: "email", Label: "Email", Kind: "email", Value: u.Email, Required: true}},
		Buttons: []page.Button{{Text: "Save"}},
	}}
	switch {
	case u.Email == "":
		state = "Please add your email address. We will only use it to contact you about your account."
	case !u.Verified:
		state = "Unverified email address. A verification mail was sent."
		forms = append(forms, page.Form{
			Name:    "Follow the link of the verification mail",
			Fields:  []page.Field{{Name: "confirm", Kind: "hidden", Value: "yes"}},
			Note:    "No mail leaves the practice world: this is the link that the mail would hold.",
			Buttons: []page.Button{{Text: "Verify " + u.Email}},
		})
	}
	return page.Page{Title: accountTitle, Problem: problem, Notice: notice, Sections: []page.Section{
		{Heading: "Profile Information", Facts: []page.Fact{{Name: "Name", Value: u.Name}, {Name: "GitHub Account", Value: u.Login}}},
		{Heading: "User Email", Facts: []page.Fact{{Name: "Email", Value: u.Email}, {Name: "State", Value: state}}, Forms: forms},
	}}
}

// changeProfile sets the e-mail address, or verifies the one that is set.
func (s *Service) changeProfile(r *http.Request) page.Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, email := s.person(r), strings.TrimSpace(r.PostFormValue("email"))
	switch {
	case u == nil:
		return signedOut(accountTitle)
	case r.PostFormValue("confirm") != "" && u.Email != "":
		u.Verified = true
	case !strings.Contains(email, "@"):
		return profile(u, "invalid email address", "")
	default:
		u.Verified = u.Verified && u.Email == email
		u.Email = email
	}
	if err := s.save(); err != nil {
		return refused(accountTitle, err)
	}
	return profile(u, "", "Saved")
}
