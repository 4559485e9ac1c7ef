package cratesio

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

const settingsTitle = "Manage Crate Settings"

// settingsPage shows the owners and publishers of a crate to its owners.
func (s *Service) settingsPage(r *http.Request) page.Page { return s.settings(r, "", "") }

func (s *Service) settings(r *http.Request, problem, notice string) page.Page {
	c, done, err := s.find(r)
	if err != nil {
		return refused(settingsTitle, err)
	}
	defer done()
	u := s.person(r)
	if u == nil {
		return signedOut(settingsTitle)
	}
	if !c.ownedBy(u) {
		return page.Page{Status: http.StatusForbidden, Title: settingsTitle, Problem: "This page is only accessible by crate owners"}
	}
	list := s.publishers(func(p *Publisher) bool { return p.Crate == c.Name })
	if c.TrustpubOnly && len(list) == 0 && problem == "" {
		problem = "Trusted publishing is required but no publishers are configured. Publishing to this crate is currently blocked."
	}
	return page.Page{Title: settingsTitle, Problem: problem, Notice: notice, Sections: []page.Section{
		s.ownersSection(c), publishersSection(c, list), onlySection(c),
	}}
}

func (s *Service) ownersSection(c *crate) page.Section {
	rows := [][]page.Link{}
	for _, o := range append(c.teamOwners(), s.userOwners(c)...) {
		rows = append(rows, page.Row(o.Login, o.Kind))
	}
	return page.Section{Heading: "Owners", Table: &page.Table{Caption: "Owners of " + c.Name, Columns: []string{"Owner", "Kind"}, Rows: rows}}
}

func publishersSection(c *crate, list []Publisher) page.Section {
	section := page.Section{Heading: "Trusted Publishing", ID: "trusted-publishing", Links: []page.Link{
		{Text: "Add", URL: "/crates/" + c.Name + "/settings/new-trusted-publisher"},
	}}
	rows := [][]page.Link{}
	for _, p := range list {
		environment := ""
		if p.Environment != nil {
			environment = *p.Environment
		}
		repository := p.RepositoryOwner + "/" + p.RepositoryName
		rows = append(rows, page.Row("GitHub", repository, strconv.Itoa(p.RepositoryOwnerID), p.WorkflowFilename, environment))
		section.Forms = append(section.Forms, page.Form{
			Name:    "Remove " + repository + " " + p.WorkflowFilename + " " + environment,
			Fields:  []page.Field{{Name: "remove", Kind: "hidden", Value: strconv.Itoa(p.ID)}},
			Buttons: []page.Button{{Text: "Remove"}},
		})
	}
	section.Table = &page.Table{
		Caption: "Trusted publishers of " + c.Name, Rows: rows,
		Columns: []string{"Publisher", "Repository", "Owner ID", "Workflow", "Environment"},
	}
	if len(list) == 0 {
		section.Text = []string{"No trusted publishers configured for this crate."}
	}
	return section
}

func onlySection(c *crate) page.Section {
	return page.Section{Forms: []page.Form{{
		Name: "Trusted publishing only",
		Fields: []page.Field{
			{Name: "trustpub_only_shown", Kind: "hidden", Value: "yes"},
			{Name: "trustpub_only", Kind: "checkbox", Value: "true", Checked: c.TrustpubOnly,
				Label: "Require trusted publishing for all new versions",
				Hint:  "When enabled, new versions can only be published through configured trusted publishers. Publishing with API tokens will be rejected."},
		},
		Buttons: []page.Button{{Text: "Save"}},
	}}}
}

// changeSettings removes a publisher or sets trusted publishing only, through
// the same code as the API.
func (s *Service) changeSettings(r *http.Request) page.Page {
	if id := r.PostFormValue("remove"); id != "" {
		asked := r.Clone(r.Context())
		asked.SetPathValue("id", id)
		if _, err := s.deleteConfig(asked); err != nil {
			return s.settings(r, "Failed to remove Trusted Publishing configuration: "+err.Error(), "")
		}
		return s.settings(r, "", "Trusted Publishing configuration removed successfully")
	}
	only := r.PostFormValue("trustpub_only") == "true"
	if err := s.patchOnly(r.Context(), r.PathValue("name"), only); err != nil {
		return s.settings(r, err.Error(), "")
	}
	return s.settings(r, "", "Saved")
}

// patchOnly sends what the page's script sends: a PATCH of the crate.
func (s *Service) patchOnly(ctx context.Context, name string, only bool) error {
	body := strings.NewReader(`{"crate":{"trustpub_only":` + strconv.FormatBool(only) + `}}`)
	asked, err := http.NewRequestWithContext(ctx, http.MethodPatch, "/api/v1/crates/"+url.PathEscape(name), body)
	if err != nil {
		return err
	}
	asked.Header.Set("Content-Type", "application/json")
	asked.SetPathValue("name", name)
	_, err = s.patchCrate(asked)
	return err
}

const newPublisherTitle = "Add a new Trusted Publisher"

// newPublisherPage draws the form, with owner and repository taken from the
// crate's repository field. Its address takes no parameters.
func (s *Service) newPublisherPage(r *http.Request) page.Page {
	c, done, err := s.find(r)
	if err != nil {
		return refused(newPublisherTitle, err)
	}
	defer done()
	if s.person(r) == nil {
		return signedOut(newPublisherTitle)
	}
	owner, repository := gitHubRepository(c.Repository)
	return newPublisherForm(url.Values{"repository_owner": {owner}, "repository_name": {repository}}, nil)
}

// gitHubRepository takes owner and name out of an address of github.com.
func gitHubRepository(address string) (owner, name string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host != "github.com" {
		return "", ""
	}
	parts := strings.Split(strings.TrimPrefix(u.Path, "/"), "/")
	if len(parts) < 2 {
		return "", ""
	}
	return parts[0], strings.TrimSuffix(parts[1], ".git")
}

func newPublisherForm(typed url.Values, problems map[string]string) page.Page {
	field := func(name, label, hint string, required bool) page.Field {
		return page.Field{Name: name, Label: label, Value: typed.Get(name), Hint: hint, Error: problems[name], Required: required}
	}
	return page.Page{Title: newPublisherTitle, Problem: problems[""], Sections: []page.Section{{Forms: []page.Form{{
		Name: newPublisherTitle,
		Fields: []page.Field{
			{Name: "publisher", Label: "Publisher", Kind: "select", Options: []page.Option{{Value: "GitHub", Selected: true}},
				Hint: "Select the CI/CD platform where your publishing workflow is configured."},
			field("repository_owner", "Repository owner", "The GitHub organization name or GitHub username that owns the repository.", true),
			field("repository_name", "Repository name", "The name of the GitHub repository that contains the publishing workflow.", true),
			field("workflow_filename", "Workflow filename", "The filename of the publishing workflow. This file should be present in the "+
				".github/workflows/ directory of the repository. For example: release.yml or publish.yml.", true),
			field("environment", "Environment name (optional)", "The name of the GitHub Actions environment that the above workflow uses for publishing. "+
				"A dedicated publishing environment is not required, but is strongly recommended.", false),
		},
		Buttons: []page.Button{{Text: "Add"}},
	}}}}}
}

// createPublisher registers what was typed.
func (s *Service) createPublisher(r *http.Request) page.Page {
	if err := r.ParseForm(); err != nil {
		return refused(newPublisherTitle, badRequest("%s", err))
	}
	problems := map[string]string{}
	for name, message := range map[string]string{
		"repository_owner":  "Please enter a repository owner.",
		"repository_name":   "Please enter a repository name.",
		"workflow_filename": "Please enter a workflow filename.",
	} {
		if r.PostForm.Get(name) == "" {
			problems[name] = message
		}
	}
	if len(problems) > 0 {
		return newPublisherForm(r.PostForm, problems)
	}
	typed := Publisher{
		Crate: r.PathValue("name"), RepositoryOwner: r.PostForm.Get("repository_owner"),
		RepositoryName: r.PostForm.Get("repository_name"), WorkflowFilename: r.PostForm.Get("workflow_filename"),
		Environment: emptyAsNull(r.PostForm.Get("environment")),
	}
	if _, err := s.register(r, typed); err != nil {
		problems[""] = "An error has occurred while adding the Trusted Publishing configuration: " + err.Error()
		return newPublisherForm(r.PostForm, problems)
	}
	return s.settings(r, "", "Trusted Publishing configuration added successfully")
}
