package pypi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/page"
)

var (
	validOwner      = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*$`)
	validRepository = regexp.MustCompile(`^[a-zA-Z0-9-_.]+$`)
)

const (
	maxEnvironment         = 255
	forbiddenInEnvironment = "'\"`,;\\"
)

// publisherForm is the form of a GitHub publisher as it was sent
// (warehouse/oidc/forms/github.py).
type publisherForm struct {
	typed    url.Values
	problems map[string]string
	// found is the identity that a valid form registers.
	found Identity
}

// readPublisherForm checks every field, and asks GitHub for the owner's
// spelling and id. The repository is kept as typed: it may be private.
func (s *Service) readPublisherForm(ctx context.Context, typed url.Values) publisherForm {
	f := publisherForm{typed: typed, problems: map[string]string{}}
	f.found.Repository = typed.Get("repository")
	f.found.Workflow = strings.TrimSpace(typed.Get("workflow_filename"))
	f.found.Environment = strings.ToLower(typed.Get("environment"))
	f.note("owner", s.lookupOwner(ctx, typed.Get("owner"), &f.found))
	f.note("repository", repositoryProblem(f.found.Repository))
	f.note("workflow_filename", workflowProblem(f.found.Workflow))
	f.note("environment", environmentProblem(typed.Get("environment")))
	return f
}

func (f publisherForm) note(field, problem string) {
	if problem != "" {
		f.problems[field] = problem
	}
}

func repositoryProblem(name string) string {
	switch {
	case name == "":
		return "Specify repository name"
	case !validRepository.MatchString(name):
		return "Invalid repository name"
	}
	return ""
}

func workflowProblem(file string) string {
	switch {
	case file == "":
		return "Specify workflow filename"
	case !strings.HasSuffix(file, ".yml") && !strings.HasSuffix(file, ".yaml"):
		return "Workflow name must end with .yml or .yaml"
	case strings.Contains(file, "/"):
		return "Workflow filename must be a filename only, without directories"
	}
	return ""
}

func environmentProblem(name string) string {
	control := func(ch rune) bool { return ch < ' ' || ch == 0x7f }
	switch {
	case len([]rune(name)) > maxEnvironment:
		return "Environment name is too long (maximum is 255 characters)"
	case strings.HasPrefix(name, " "):
		return "Environment name may not start with whitespace"
	case strings.HasSuffix(name, " "):
		return "Environment name may not end with whitespace"
	case strings.ContainsAny(name, forbiddenInEnvironment) || strings.ContainsFunc(name, control):
		return `Environment name must not contain non-printable characters or the characters "'", """, "` + "`" + `", ",", ";", "\"`
	}
	return ""
}

// lookupOwner asks GitHub for an owner, and says what is wrong with it.
func (s *Service) lookupOwner(ctx context.Context, owner string, into *Identity) string {
	if owner == "" {
		return "Specify GitHub repository owner (username or organization)"
	}
	if !validOwner.MatchString(owner) {
		return "Invalid GitHub user or organization name."
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.github.com/users/"+owner, nil)
	if err != nil {
		return "Unexpected error from GitHub. Try again."
	}
	r.Header.Set("Accept", "application/vnd.github.v3+json")
	r.Header.Set("User-Agent", s.Host)
	answer, err := s.client.Do(r)
	if err != nil {
		return "Unexpected connection error from GitHub. Try again in a few minutes."
	}
	defer func() { _ = answer.Body.Close() }()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return "Unknown GitHub user or organization."
	case http.StatusForbidden:
		return "GitHub has rate-limited this action. Try again in a few minutes."
	default:
		return "Unexpected error from GitHub. Try again."
	}
	var found struct {
		Login string
		ID    int
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, bodyLimit)).Decode(&found); err != nil || found.ID == 0 {
		return "Unexpected error from GitHub. Try again."
	}
	into.Owner, into.OwnerID = found.Login, strconv.Itoa(found.ID)
	return ""
}

// fields draws the form with what was typed and what is wrong with it.
func (f publisherForm) fields() []page.Field {
	field := func(name, label, hint string, required bool) page.Field {
		return page.Field{Name: name, Label: label, Value: f.typed.Get(name), Hint: hint, Error: f.problems[name], Required: required}
	}
	return []page.Field{
		field("owner", "Owner", "The GitHub organization name or GitHub username that owns the repository", true),
		field("repository", "Repository name", "The name of the GitHub repository that contains the publishing workflow", true),
		field("workflow_filename", "Workflow name", "The filename of the publishing workflow. This file should exist in the "+
			".github/workflows/ directory in the repository configured above.", true),
		field("environment", "Environment name", "The name of the GitHub Actions environment that the above workflow uses for publishing. "+
			"While not required, a dedicated publishing environment is strongly encouraged.", false),
	}
}

// registered counts an attempt to register a publisher, or refuses it because
// there were too many in a day.
func (s *Service) registered(u *User) bool {
	kept, count := s.db.Registrations[:0], 0
	for _, one := range s.db.Registrations {
		if s.now().Sub(one.At) < registrationsIn {
			kept = append(kept, one)
			if one.User == u.Username {
				count++
			}
		}
	}
	s.db.Registrations = kept
	if count >= maxRegistrations {
		return false
	}
	s.db.Registrations = append(s.db.Registrations, registration{User: u.Username, At: s.now()})
	return true
}

const tooManyRegistrations = "There have been too many attempted trusted publisher registrations. Try again later."

func tooMany(title string) page.Page {
	return page.Page{Status: http.StatusTooManyRequests, Title: title, Problem: tooManyRegistrations}
}

func identityRow(i Identity) []page.Link {
	environment := i.Environment
	if environment == "" {
		environment = "(Any)"
	}
	return []page.Link{
		{Text: "GitHub"}, {Text: i.repository(), URL: "https://github.com/" + i.repository()}, {Text: i.Workflow}, {Text: environment},
	}
}
