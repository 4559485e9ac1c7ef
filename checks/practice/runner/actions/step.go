// Package actions holds what the practice runner does for a `uses:` step. Each
// action is known by its name, at any ref, and does what matters to publishing;
// those that only prepare a machine say that there is nothing to prepare. An
// action that is not known fails its step.
package actions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/exchange"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// Step is one use of an action.
type Step struct {
	// Uses is the reference as it is written, owner/name@ref.
	Uses string
	// Inputs are the `with:` values by lower-case name.
	Inputs map[string]string
	// Log gets the action's output, line by line; lines that are workflow
	// commands (`::add-mask::…`) are obeyed by the runner.
	Log io.Writer
	// Client reaches the practice world's hosts.
	Client *http.Client
	// Endpoint is where the job asks for identity tokens.
	Endpoint exchange.Endpoint
	// Place is the job's machine, Workspace the folder of GITHUB_WORKSPACE.
	Place     shell.Place
	Workspace string
	// Repository is what the workflow runs for.
	Repository Repository
	// Artifacts are the run's.
	Artifacts *Artifacts
	// SetOutput and SetEnv give values to later steps.
	SetOutput func(name, value string)
	SetEnv    func(name, value string)
	// Tool runs one of the runner's programs in the workspace and returns its
	// exit status.
	Tool func(ctx context.Context, dir string, args ...string) (int, error)
	// State carries values from the action to its post step.
	State map[string]string
}

// Repository is what checkout needs to know.
type Repository struct {
	// Owner and Name as spelled on GitHub.
	Owner, Name string
	Private     bool
	// CanRead tells whether the job's token has contents: read.
	CanRead bool
	// CanAttest tells whether it has attestations: write.
	CanAttest bool
	// Ref and SHA are the run's.
	Ref, SHA string
	// Locate finds the bare repository of owner/name.
	Locate func(owner, name string) (dir string, private bool, err error)
}

// Action is one action: Main, and Post if it has something to do when the job
// ends.
type Action struct {
	Main, Post func(ctx context.Context, s *Step) error
}

// Input is an input with its default where it is not given.
func (s *Step) Input(name, fallback string) string {
	if v, ok := s.Inputs[strings.ToLower(name)]; ok && v != "" {
		return v
	}
	return fallback
}

// Flag reads an input that is true or false, in the spellings that actions
// accept.
func (s *Step) Flag(name string, fallback bool) bool {
	switch strings.ToLower(s.Input(name, "")) {
	case "":
		return fallback
	case "true", "1", "yes":
		return true
	}
	return false
}

// Say writes lines to the log.
func (s *Step) Say(format string, args ...any) { fmt.Fprintf(s.Log, format+"\n", args...) }

// Find is the action of a reference owner/name[/path]@ref; ok is false for one
// that is not in practice.
func Find(uses string) (Action, bool) {
	name, _, _ := strings.Cut(uses, "@")
	a, ok := known[strings.ToLower(name)]
	return a, ok
}

var known map[string]Action

func init() { // some actions call others
	known = map[string]Action{
		"actions/checkout":                       {Main: checkout, Post: func(_ context.Context, s *Step) error { s.Say("Post job cleanup."); return nil }},
		"actions/upload-artifact":                {Main: uploadArtifact},
		"actions/download-artifact":              {Main: downloadArtifact},
		"rust-lang/crates-io-auth-action":        {Main: cratesIOAuth, Post: cratesIORevoke},
		"pypa/gh-action-pypi-publish":            {Main: pypiPublish},
		"pyo3/maturin-action":                    {Main: maturin},
		"messense/maturin-action":                {Main: maturin},
		"actions/attest":                         {Main: attest},
		"actions/attest-build-provenance":        {Main: attest},
		"actions/attest-sbom":                    {Main: attest},
		"actions/github-script":                  {Main: refuse("JavaScript is not run in practice")},
		"pypa/cibuildwheel":                      {Main: refuse("building wheels with a compiler is not in practice; use maturin or python -m build")},
		"softprops/action-gh-release":            {Main: refuse("making releases from a job is not in practice")},
		"release-plz/action":                     {Main: refuse("release-plz is not in practice")},
		"googleapis/release-please-action":       {Main: refuse("release-please is not in practice")},
		"marcoieni/release-plz-action":           {Main: refuse("release-plz is not in practice")},
		"docker/build-push-action":               {Main: refuse("containers are not in practice")},
		"peter-evans/create-pull-request":        {Main: refuse("making pull requests from a job is not in practice")},
		"katyo/publish-crates":                   {Main: refuse("use cargo publish in practice")},
		"actions/setup-python":                   {Main: prepares("Python")},
		"astral-sh/setup-uv":                     {Main: prepares("uv")},
		"swatinem/rust-cache":                    {Main: prepares("a cache of compiled crates")},
		"actions/cache":                          {Main: prepares("a cache")},
		"actions/cache/restore":                  {Main: prepares("a cache")},
		"actions/cache/save":                     {Main: prepares("a cache")},
		"dtolnay/rust-toolchain":                 {Main: prepares("Rust")},
		"actions-rs/toolchain":                   {Main: prepares("Rust")},
		"actions-rust-lang/setup-rust-toolchain": {Main: prepares("Rust")},
		"moonrepo/setup-rust":                    {Main: prepares("Rust")},
		"taiki-e/install-action":                 {Main: prepares("tools")},
		"actions/setup-go":                       {Main: prepares("Go")},
		"actions/setup-node":                     {Main: prepares("Node.js")},
		"step-security/harden-runner":            {Main: prepares("egress rules")},
		"docker/setup-qemu-action":               {Main: prepares("QEMU")},
		"docker/setup-buildx-action":             {Main: prepares("Buildx")},
		"hynek/build-and-inspect-python-package": {Main: inspectPackage},
	}
}

// prepares is an action that only makes a machine ready.
func prepares(what string) func(context.Context, *Step) error {
	return func(_ context.Context, s *Step) error {
		s.Say("practice runner: %s: nothing to prepare", what)
		return nil
	}
}

func refuse(why string) func(context.Context, *Step) error {
	return func(_ context.Context, s *Step) error { return fmt.Errorf("practice runner: %s: %s", s.Uses, why) }
}

// attest looks whether an attestation could be made, and records none: GitHub's
// are not what the registries show. Its texts are those of actions/attest 4.
func attest(_ context.Context, s *Step) error {
	if s.Endpoint.Token == "" {
		return fmt.Errorf("Failed to get ID token: %w. Is the `id-token: write` permission missing?", exchange.ErrNoPermission) //nolint:staticcheck // shown as it is
	}
	subject := s.Input("subject-path", "")
	if subject != "" {
		files, _, err := s.search(subject)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("Could not find subject at path %s", subject) //nolint:staticcheck // the action's own text
		}
		for _, f := range files {
			s.Say("Attestation for %s: practice runner: none is stored here", filepath.Base(f))
		}
	}
	if !s.Repository.CanAttest {
		return errors.New("Failed to persist attestation: Resource not accessible by integration") //nolint:staticcheck // the action's own text
	}
	return nil
}
