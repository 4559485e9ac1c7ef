package cratesio

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/checks/registry/trust"
)

// Registry is crates.io.
func Registry() trust.Registry {
	return trust.Registry{
		ID: identity.CratesIO, Title: identity.CratesIO.Title(), Match: Match, Validate: Validate, ValidName: ValidName,
		Pages: pages, Limits: limits, RefusedEvents: RefusedEvents, TokenLife: 30 * time.Minute,
	}
}

const site = "https://crates.io"

var pages = trust.Pages{
	Package:   func(name string) string { return site + "/crates/" + url.PathEscape(name) },
	Settings:  func(name string) string { return site + "/crates/" + url.PathEscape(name) + "/settings" },
	Publisher: newPublisher,
	NewToken:  site + "/settings/tokens/new",
	Tokens:    site + "/settings/tokens",
	Account:   site + "/settings/profile",
}

// newPublisher is the form for a publisher. The page fills owner and repository
// from the crate's repository address and takes nothing from its own.
func newPublisher(p identity.Publisher) trust.Form {
	return trust.Form{
		URL: site + "/crates/" + url.PathEscape(p.Package) + "/settings/new-trusted-publisher",
		Fields: []trust.FormField{
			{Label: "Repository owner", Value: p.Owner}, {Label: "Repository name", Value: p.Repository},
			{Label: "Workflow filename", Value: p.Workflow}, {Label: "Environment name (optional)", Value: p.Environment},
		},
	}
}

// Validate lists what crates.io would refuse of a publisher (crates.io commit
// 57fa000, crates_io_trustpub/src/github/validation.rs, 2026-08-21).
func Validate(p identity.Publisher) []trust.FieldError {
	return trust.Errors(map[identity.Field]string{
		identity.FieldOwner:       nameProblem("GitHub repository owner name", p.Owner, trust.ValidOwner),
		identity.FieldRepository:  nameProblem("GitHub repository name", p.Repository, trust.ValidRepository),
		identity.FieldWorkflow:    fileProblem(p.Workflow),
		identity.FieldEnvironment: trust.EnvironmentProblem(p.Environment),
	})
}

func nameProblem(what, value string, valid func(string) bool) string {
	switch {
	case value == "":
		return what + " may not be empty"
	case len(value) > trust.MaxField:
		return what + " is too long (maximum is 255 characters)"
	case !valid(value):
		return "Invalid " + what
	}
	return ""
}

func fileProblem(name string) string {
	switch {
	case name == "":
		return "Workflow filename may not be empty"
	case len(name) > trust.MaxField:
		return "Workflow filename is too long (maximum is 255 characters)"
	case !trust.IsWorkflowFile(name):
		return "Workflow filename must end with `.yml` or `.yaml`"
	case strings.Contains(name, "/"):
		return "Workflow filename must be a filename only, without directories"
	}
	return ""
}

var crateName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// MaxName is the most characters of a crate's name (crates.io commit 57fa000,
// crates_io_validation, 2026-08-21).
const MaxName = 64

// ValidName says why a crate cannot have a name. Reserved names and names that
// only differ by case or "-" and "_" from another crate's are not seen here.
func ValidName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("crate name cannot be empty")
	case len([]rune(name)) > MaxName:
		return fmt.Errorf("the crate name `%s` is too long (max %d characters)", name, MaxName)
	case !crateName.MatchString(name):
		return fmt.Errorf("the crate name `%s` must start with a letter, and hold ASCII letters, digits, `-` and `_` only", name)
	}
	return nil
}

// limits of crates.io (commit 57fa000, 2026-08-21; the request rate is its
// data access policy's). The publishing rates bind user tokens only.
var limits = []trust.Limit{
	{ID: "new-crates", What: "new crates by one user", Count: 1, Burst: 5, Per: 10 * time.Minute, Source: "crates.io commit 57fa000, src/rate_limiter.rs"},
	{ID: "new-versions", What: "new versions by one user", Count: 1, Burst: 30, Per: time.Minute, Source: "crates.io commit 57fa000, src/rate_limiter.rs"},
	{ID: "publishers", What: "publishers of one crate", Count: 5, Source: "crates.io commit 57fa000, controllers/trustpub/github_configs"},
	{ID: "requests", What: "API requests", Count: 1, Per: time.Second, Source: "https://crates.io/data-access, August 2026"},
}
