package pypi

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// Registry is PyPI.
func Registry() trust.Registry { return at(identity.PyPI, Match) }

// TestRegistry is TestPyPI.
func TestRegistry() trust.Registry { return at(identity.TestPyPI, MatchTest) }

func at(id identity.Registry, match func(workflow.ClaimSet, []identity.Publisher) trust.Outcome) trust.Registry {
	return trust.Registry{
		ID: id, Title: id.Title(), Match: match, Validate: Validate, ValidName: ValidName,
		Pages: pages("https://" + id.Host()), Limits: limits, RefusedEvents: RefusedEvents, TokenLife: 15 * time.Minute,
	}
}

func pages(site string) trust.Pages {
	project := func(name string) string {
		return site + "/manage/project/" + url.PathEscape(identity.NormalizeProject(name))
	}
	return trust.Pages{
		Package: func(name string) string {
			return site + "/project/" + url.PathEscape(identity.NormalizeProject(name)) + "/"
		},
		Settings: func(name string) string { return project(name) + "/settings/" },
		Publisher: func(p identity.Publisher) trust.Form {
			return trust.Form{URL: project(p.Package) + "/settings/publishing/?" + prefill(p), Fields: fields(p), Filled: true}
		},
		Pending: func(p identity.Publisher) trust.Form {
			named := append([]trust.FormField{{Label: "PyPI Project Name", Value: p.Package}}, fields(p)...)
			return trust.Form{URL: site + "/manage/account/publishing/", Fields: named}
		},
		NewToken: site + "/manage/account/token/",
		Tokens:   site + "/manage/account/#api-tokens",
		Account:  site + "/manage/account/",
	}
}

// prefill is the query by which the project's page fills its form in
// (warehouse commit 6b62157, manage/views/oidc_publishers.py, 2026-08-21). Only
// that page reads it; the account's page for pending publishers does not.
func prefill(p identity.Publisher) string {
	q := url.Values{"provider": {"github"}, "owner": {p.Owner}, "repository": {p.Repository}, "workflow_filename": {p.Workflow}}
	if p.Environment != "" {
		q.Set("environment", p.Environment)
	}
	return q.Encode()
}

func fields(p identity.Publisher) []trust.FormField {
	return []trust.FormField{
		{Label: "Owner", Value: p.Owner}, {Label: "Repository name", Value: p.Repository},
		{Label: "Workflow name", Value: p.Workflow}, {Label: "Environment name", Value: p.Environment},
	}
}

// Validate lists what PyPI's form would refuse of a publisher (warehouse commit
// 6b62157, warehouse/oidc/forms/github.py, 2026-08-21). Whether GitHub knows the
// owner, the form looks up; whether the repository is spelled right, nobody
// does.
func Validate(p identity.Publisher) []trust.FieldError {
	return trust.Errors(map[identity.Field]string{
		identity.FieldOwner:       required(p.Owner, trust.ValidOwner, "Specify GitHub repository owner (username or organization)", "Invalid GitHub user or organization name."),
		identity.FieldRepository:  required(p.Repository, trust.ValidRepository, "Specify repository name", "Invalid repository name"),
		identity.FieldWorkflow:    fileProblem(strings.TrimSpace(p.Workflow)),
		identity.FieldEnvironment: trust.EnvironmentProblem(p.Environment),
	})
}

func required(value string, valid func(string) bool, missing, invalid string) string {
	switch {
	case value == "":
		return missing
	case !valid(value):
		return invalid
	}
	return ""
}

func fileProblem(name string) string {
	switch {
	case name == "":
		return "Specify workflow filename"
	case !trust.IsWorkflowFile(name):
		return "Workflow name must end with .yml or .yaml"
	case strings.Contains(name, "/"):
		return "Workflow filename must be a filename only, without directories"
	}
	return ""
}

// projectName is warehouse's own rule (commit 6b62157, utils/project.py).
var projectName = regexp.MustCompile(`^(?i:[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\z`)

// ValidName says why a project cannot have a name. Names that are taken,
// prohibited or too similar to another are only seen by PyPI itself, some only
// at upload.
func ValidName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("specify project name")
	case !projectName.MatchString(name):
		return fmt.Errorf("invalid project name %q: letters, digits, '.', '_' and '-', and a letter or digit at both ends", name)
	}
	return nil
}

// PendingLife is how long a pending publisher stands (warehouse commit 6b62157,
// 2026-08-21).
const PendingLife = 30 * 24 * time.Hour

var limits = []trust.Limit{
	{ID: "pending-publishers", What: "pending publishers of one user at once", Count: 3, Source: "warehouse commit 6b62157, accounts/views.py"},
	{ID: "registrations", What: "publisher registrations of one user or address", Count: 100, Per: 24 * time.Hour, Source: "warehouse commit 6b62157, warehouse/config.py"},
}
