// Package oidc is the identity provider of GitHub Actions in the practice
// world: it signs the tokens that jobs ask for, and verifies them for the
// registries as the registries do, by the keys that it publishes.
package oidc

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Host serves the issuer's documents.
const Host = "token.actions.githubusercontent.com"

// IssuerURL is the `iss` claim of every token.
const IssuerURL = "https://" + Host

// Life is how long a token can be used, and EarlyBy how far before its making
// it is already valid, as in the example token of GitHub's documentation
// ("OpenID Connect reference", read August 2026).
const (
	Life    = 5 * time.Minute
	EarlyBy = 10 * time.Minute
)

// Claims are what GitHub says about a job. All of GitHub's own claims are
// strings, numbers too; one without a value is an empty string or left out,
// as GitHub has it.
type Claims struct {
	jwt.RegisteredClaims

	Repository           string `json:"repository"`
	RepositoryID         string `json:"repository_id"`
	RepositoryOwner      string `json:"repository_owner"`
	RepositoryOwnerID    string `json:"repository_owner_id"`
	RepositoryVisibility string `json:"repository_visibility"`

	// Workflow is the name of the workflow; the refs are
	// "OWNER/REPO/.github/workflows/FILE@REF".
	Workflow       string `json:"workflow"`
	WorkflowRef    string `json:"workflow_ref"`
	WorkflowSHA    string `json:"workflow_sha"`
	JobWorkflowRef string `json:"job_workflow_ref"`
	JobWorkflowSHA string `json:"job_workflow_sha"`

	// Environment is left out for a job that names none.
	Environment string `json:"environment,omitempty"`

	EventName    string `json:"event_name"`
	Ref          string `json:"ref"`
	RefType      string `json:"ref_type"`
	RefProtected string `json:"ref_protected"`
	BaseRef      string `json:"base_ref"`
	HeadRef      string `json:"head_ref"`
	SHA          string `json:"sha"`

	Actor   string `json:"actor"`
	ActorID string `json:"actor_id"`

	RunID      string `json:"run_id"`
	RunNumber  string `json:"run_number"`
	RunAttempt string `json:"run_attempt"`

	RunnerEnvironment string `json:"runner_environment"`
}
