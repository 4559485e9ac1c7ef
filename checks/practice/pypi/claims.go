package pypi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/trustpub/gh-trustpub/checks/practice/oidc"
)

// claims are all claims of a token that has been verified.
type claims map[string]any

// get is a claim's text, and whether it is there at all.
func (c claims) get(name string) (string, bool) {
	text, _ := c[name].(string)
	return text, c[name] != nil
}

func (c claims) text(name string) string {
	text, _ := c.get(name)
	return text
}

// peekIssuer reads the issuer of a token that nobody has verified yet.
func peekIssuer(token string) (string, bool) {
	seen, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		return "", false
	}
	issuer, ok := seen.Claims.(jwt.MapClaims)["iss"].(string)
	return issuer, ok
}

// verify returns the claims of a token that GitHub signed for this index alone.
func (s *Service) verify(ctx context.Context, token string) (claims, *oidc.Claims, bool) {
	signed, err := s.verifier.Verify(ctx, token)
	if err != nil {
		return nil, nil, false
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, nil, false
	}
	var all claims
	if json.Unmarshal(payload, &all) != nil || all["aud"] != s.Audience {
		return nil, nil, false
	}
	return all, signed, true
}

// required are the claims that must be there
// (warehouse/oidc/models/github.py).
var required = []string{
	"repository", "repository_owner", "repository_owner_id", "job_workflow_ref", "jti", "event_name", "ref", "sha",
}

func (c claims) missing() error {
	for _, name := range required {
		if _, there := c.get(name); !there {
			return because("Missing claim '%s'", name)
		}
	}
	return nil
}

var workflowInRef = regexp.MustCompile(`([^/]+\.(yml|yaml))@`)

// lookup is the first stage: the publishers whose repository, owner, owner's id
// and file are those of the token, all with case; of them the one that names
// the token's environment, else one that names none.
func lookup[T any](all []T, of func(T) Identity, c claims) (T, error) {
	var none T
	owner, name, _ := strings.Cut(c.text("repository"), "/")
	file := workflowInRef.FindStringSubmatch(c.text("job_workflow_ref"))
	if file == nil {
		return none, because("Could not job extract workflow filename from OIDC claims")
	}
	environment := strings.ToLower(c.text("environment"))
	fits := func(environment string) func(T) bool {
		return func(t T) bool {
			return of(t) == Identity{
				Owner: owner, OwnerID: c.text("repository_owner_id"), Repository: name, Workflow: file[1], Environment: environment,
			}
		}
	}
	if environment != "" {
		if at := slices.IndexFunc(all, fits(environment)); at >= 0 {
			return all[at], nil
		}
	}
	if at := slices.IndexFunc(all, fits("")); at >= 0 {
		return all[at], nil
	}
	return none, because("Publisher with matching claims was not found")
}

// errReused says that a token has been exchanged before.
var errReused = errors.New("already used")

// check is the second stage: what the lookup did not look at, claim by claim.
func (s *Service) check(i Identity, c claims) error {
	if !strings.EqualFold(c.text("repository"), i.repository()) {
		return failed("required", "repository")
	}
	if c.text("repository_owner") != i.Owner {
		return failed("required", "repository_owner")
	}
	if c.text("repository_owner_id") != i.OwnerID {
		return failed("required", "repository_owner_id")
	}
	if err := checkJobWorkflow(i, c); err != nil {
		return err
	}
	if s.used(c.text("jti")) {
		return errReused
	}
	if c.text("event_name") == "pull_request_target" {
		return because("Publishing from a workflow invoked via 'pull_request_target' is not supported.")
	}
	if i.Environment != "" && !strings.EqualFold(i.Environment, c.text("environment")) {
		return failed("optional", "environment")
	}
	return nil
}

func failed(kind, name string) error {
	return because("Check failed for %s claim '%s'", kind, name)
}

// checkJobWorkflow wants the file that the job is written in to be the
// publisher's own, at the very ref or commit of the run. A reusable workflow of
// another repository never is.
func checkJobWorkflow(i Identity, c claims) error {
	got := c.text("job_workflow_ref")
	if got == "" {
		return because("The job_workflow_ref claim is empty")
	}
	var expected []string
	for _, at := range []string{c.text("ref"), c.text("sha")} {
		if at != "" {
			expected = append(expected, i.repository()+"/.github/workflows/"+i.Workflow+"@"+at)
		}
	}
	if len(expected) == 0 {
		return because("The ref and sha claims are empty")
	}
	if slices.Contains(expected, got) {
		return nil
	}
	slices.Sort(expected)
	expected = slices.Compact(expected)
	for n := range expected {
		expected[n] = repr(expected[n])
	}
	return because("The job_workflow_ref claim does not match, expecting one of [%s], got %s", strings.Join(expected, ", "), repr(got))
}

func (s *Service) used(id string) bool {
	return slices.ContainsFunc(s.db.Used, func(u usedJWT) bool { return u.ID == id && u.Expires.After(s.now()) })
}
