package github

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/practice/contract"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// double answers for api.github.com from a map, and holds every request
// against GitHub's own description of its API.
type double struct {
	t *testing.T
	// answers maps "path?query", or the path alone, to a status and a body:
	// "404 {…}" or just the body of a 200.
	answers map[string]string
	headers map[string]http.Header
	mu      sync.Mutex
	asked   map[string]int
	// auth is what each host saw as Authorization.
	auth map[string]string
}

func (d *double) RoundTrip(r *http.Request) (*http.Response, error) {
	api, err := contract.GitHub()
	if err != nil {
		d.t.Error(err)
	}
	if r.URL.Host == "api.github.com" && !strings.HasPrefix(r.URL.Path, "/repositories/") {
		if err := api.CheckRequest(r, nil); err != nil {
			d.t.Errorf("GitHub does not know this request: %v", err)
		}
	}
	if r.Method != http.MethodGet {
		d.t.Errorf("a collector only reads: %s %s", r.Method, r.URL)
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/")
	full := path + "?" + r.URL.RawQuery
	d.mu.Lock()
	d.asked[full]++
	d.auth[r.URL.Host] = r.Header.Get("Authorization")
	d.mu.Unlock()
	body, ok := d.answers[full]
	if !ok {
		body, ok = d.answers[path]
	}
	if !ok {
		body = `404 {"message":"Not Found"}`
	}
	status := 200
	if n, err := fmt.Sscanf(body, "%3d ", &status); n == 1 && err == nil {
		body = body[4:]
	} else {
		status = 200
	}
	h := http.Header{"Content-Type": {"application/json"}}
	for k, v := range d.headers[full] {
		h[k] = v
	}
	for k, v := range d.headers[path] {
		h[k] = v
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (d *double) reset() { d.asked, d.auth = map[string]int{}, map[string]string{} }

func (d *double) askedFor(part string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path := range d.asked {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

func (d *double) reader(token string) *rest.Reader {
	d.t.Helper()
	tr, err := transport.New(transport.Options{Base: d, Now: func() time.Time { return noon }})
	if err != nil {
		d.t.Fatal(err)
	}
	return rest.New(tr, "github.com", token).Reader(tr.Pass(d.t.Context()))
}

// collect runs the collector against the double and checks that nothing was
// asked twice.
func (d *double) collect(token string, request Request) Result {
	d.t.Helper()
	d.reset()
	if request.Repo.Name == "" {
		request.Repo = evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}
	}
	if request.Focus == nil {
		request.Focus = func(Judged) Focus {
			return Focus{Workflows: []string{".github/workflows/publish.yml"}, Environments: []string{"release"}}
		}
	}
	out := Collect(d.t.Context(), d.reader(token), request)
	for path, n := range d.asked {
		if n > 1 {
			d.t.Errorf("asked %d times for %s", n, path)
		}
	}
	return out
}

const workflowText = "on: push\njobs: {}\n"

func contents(path, text string) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	return fmt.Sprintf(`{"name":"x","path":%q,"type":"file","encoding":"base64","size":%d,"content":"%s\n"}`, path, len(text), encoded)
}

// acme is a repository with everything in it, as an admin sees it.
func acme(t *testing.T) *double {
	const r = "repos/acme/market-data"
	return &double{t: t, headers: map[string]http.Header{}, answers: map[string]string{
		"user": `{"login":"ana","id":11}`,
		r: `{"id":1,"name":"market-data","owner":{"login":"acme","id":2,"type":"Organization"},"private":false,"visibility":"public","archived":false,"fork":true,
			"default_branch":"main","permissions":{"admin":true,"maintain":true,"push":true,"pull":true}}`,
		r + "/branches/main":                                    `{"name":"main","commit":{"sha":"c0ffee"},"protected":true}`,
		r + "/branches/main/protection":                         `{"required_pull_request_reviews":{"required_approving_review_count":2},"enforce_admins":{"enabled":true},"allow_force_pushes":{"enabled":false}}`,
		r + "/rules/branches/main":                              `[{"type":"pull_request","ruleset_id":7,"ruleset_source_type":"Organization","ruleset_source":"acme","parameters":{"required_approving_review_count":1}},{"type":"non_fast_forward","ruleset_id":7}]`,
		r + "/rulesets":                                         `[{"id":7,"name":"tags","target":"tag","source":"acme/market-data","enforcement":"active"}]`,
		r + "/rulesets/7":                                       `{"id":7,"name":"tags","target":"tag","source_type":"Repository","source":"acme/market-data","current_user_can_bypass":"always","enforcement":"active","conditions":{"ref_name":{"include":["refs/tags/v*"],"exclude":[]}},"rules":[{"type":"creation"},{"type":"update"}],"bypass_actors":[{"actor_id":5,"actor_type":"RepositoryRole","bypass_mode":"always"}]}`,
		r + "/contents/.github/workflows?ref=c0ffee":            `[{"name":"publish.yml","path":".github/workflows/publish.yml","type":"file"},{"name":"ci.yaml","path":".github/workflows/ci.yaml","type":"file"},{"name":"README.md","path":".github/workflows/README.md","type":"file"},{"name":"old","path":".github/workflows/old","type":"dir"}]`,
		r + "/contents/.github/workflows/publish.yml":           contents(".github/workflows/publish.yml", workflowText),
		r + "/contents/.github/workflows/ci.yaml":               contents(".github/workflows/ci.yaml", "on: pull_request\n"),
		r + "/environments":                                     `{"total_count":2,"environments":[{"id":31,"name":"docs","protection_rules":[],"deployment_branch_policy":{"protected_branches":true,"custom_branch_policies":false}},{"id":30,"name":"release","can_admins_bypass":false,"protection_rules":[{"type":"wait_timer","wait_timer":5},{"type":"required_reviewers","prevent_self_review":true,"reviewers":[{"type":"User","reviewer":{"id":11,"login":"ana"}},{"type":"Team","reviewer":{"id":50,"slug":"core","name":"Core"}}]},{"type":"branch_policy"}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}]}`,
		r + "/environments/docs":                                `{"id":31,"name":"docs","can_admins_bypass":true}`,
		r + "/environments/docs/secrets":                        `{"total_count":0,"secrets":[]}`,
		r + "/environments/release/secrets":                     `{"total_count":1,"secrets":[{"name":"PYPI_TOKEN","created_at":"2024-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}]}`,
		r + "/environments/release/deployment-branch-policies":  `{"total_count":2,"branch_policies":[{"id":1,"name":"main","type":"branch"},{"id":2,"name":"v*","type":"tag"}]}`,
		"orgs/acme/teams/core/members":                          `[{"login":"ana"},{"login":"bo"}]`,
		r + "/teams":                                            `[{"id":50,"slug":"core","name":"Core","permission":"push"},{"id":51,"slug":"night","name":"Night","permission":"maintain"}]`,
		"orgs/acme/teams/night/members":                         `[{"login":"ana"}]`,
		r + "/collaborators":                                    `[{"login":"ana","id":11,"role_name":"admin"},{"login":"bo","id":12,"role_name":"write"}]`,
		r + "/actions/secrets":                                  `{"total_count":1,"secrets":[{"name":"CARGO_REGISTRY_TOKEN","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}]}`,
		r + "/dependabot/secrets":                               `{"total_count":1,"secrets":[{"name":"TWINE_PASSWORD","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"}]}`,
		r + "/collaborators/ana/permission":                     `{"permission":"admin","role_name":"admin","user":{"login":"ana"}}`,
		r + "/actions/oidc/customization/sub":                   `{"use_default":false,"include_claim_keys":["repo","context"],"use_immutable_subject":true,"sub_claim_prefix":"repo:acme@2/market-data@1"}`,
		"orgs/acme/actions/oidc/customization/sub":              `{"include_claim_keys":["repo"],"use_immutable_subject":false}`,
		r + "/immutable-releases":                               `{"enabled":true,"enforced_by_owner":true}`,
		r + "/environments/release/deployment_protection_rules": `{"total_count":1,"custom_deployment_protection_rules":[{"id":70,"node_id":"x","enabled":true,"app":{"id":5,"node_id":"y","slug":"gatekeeper","integration_url":"https://api.github.com/apps/gatekeeper"}}]}`,
		r + "/environments/docs/deployment_protection_rules":    `{"total_count":0,"custom_deployment_protection_rules":[]}`,
		r + "/actions/organization-secrets":                     `{"total_count":0,"secrets":[]}`,
		r + "/actions/permissions":                              `{"enabled":true,"allowed_actions":"selected","sha_pinning_required":true}`,
		r + "/actions/permissions/selected-actions":             `{"github_owned_allowed":true,"verified_allowed":false,"patterns_allowed":["pypa/*"]}`,
		r + "/actions/permissions/workflow":                     `{"default_workflow_permissions":"read","can_approve_pull_request_reviews":false}`,
		r + "/git/matching-refs/heads/trustpub/":                `[{"ref":"refs/heads/trustpub/publish-workflow","object":{"type":"commit","sha":"feed"}}]`,
		r + "/pulls":                                            `[{"number":7,"title":"Publish","state":"open","html_url":"https://github.com/acme/market-data/pull/7","merged_at":null,"user":{"login":"ana"}}]`,
		r + "/git/commits/feed":                                 `{"sha":"feed","message":"Publish\n\nMade","tree":{"sha":"7ee"}}`,
		r + "/git/trees/7ee":                                    `{"sha":"7ee","truncated":false,"tree":[{"path":"README.md","type":"blob","sha":"b1"},{"path":".github","type":"tree","sha":"7ef"},{"path":"src","type":"tree","sha":"7f0"}]}`,
		r + "/git/trees/7ef":                                    `{"sha":"7ef","truncated":false,"tree":[{"path":"workflows","type":"tree","sha":"7f1"},{"path":"workflows/publish.yml","type":"blob","sha":"b2"}]}`,
		r + "/actions/workflows":                                `{"total_count":1,"workflows":[{"id":9,"path":".github/workflows/publish.yml","state":"active"}]}`,
		r + "/actions/workflows/publish.yml/runs":               `{"total_count":3,"workflow_runs":[{"id":103,"run_number":3,"run_attempt":1,"path":".github/workflows/publish.yml","event":"workflow_dispatch","head_branch":"main","head_sha":"c0ffee","status":"waiting","conclusion":null,"created_at":"2026-11-22T10:00:00Z","actor":{"login":"ana"}},{"id":102,"run_number":2,"run_attempt":2,"event":"push","head_branch":"v0.2.0","head_sha":"0ld","status":"completed","conclusion":"failure","created_at":"2026-11-21T10:00:00Z","html_url":"https://github.com/acme/market-data/actions/runs/102","actor":{"login":"bo"}}]}`,
		r + "/actions/runs/103/jobs":                            `{"total_count":1,"jobs":[{"id":1031,"name":"publish","status":"waiting","conclusion":null,"steps":[]}]}`,
		r + "/actions/runs/103/pending_deployments":             `[{"environment":{"id":30,"name":"release"},"wait_timer":0,"current_user_can_approve":true,"reviewers":[{"type":"User","reviewer":{"id":11,"login":"ana"}}]}]`,
		r + "/actions/runs/102/jobs":                            `{"total_count":2,"jobs":[{"id":1021,"name":"build","status":"completed","conclusion":"success"},{"id":1022,"name":"publish","status":"completed","conclusion":"failure","steps":[{"number":1,"name":"Publish","status":"completed","conclusion":"failure"}]}]}`,
		r + "/contents/.github/workflows/publish.yml?ref=0ld":   contents(".github/workflows/publish.yml", "on: release\n"),
		r + "/actions/jobs/1022/logs":                           "302 ",
	}}
}

func seen[T any](t *testing.T, name string, f evidence.Fact[T]) T {
	t.Helper()
	v, ok := f.Get()
	if !ok {
		t.Fatalf("%s: not seen: %s", name, f.Reason())
	}
	if !f.Source().At.Equal(noon) {
		t.Errorf("%s: read at %v", name, f.Source().At)
	}
	if !strings.HasPrefix(f.Source().Name, "api.github.com/") {
		t.Errorf("%s: source %q", name, f.Source().Name)
	}
	if u, err := url.Parse("https://" + f.Source().Name); err != nil || u.RawQuery != "" {
		t.Errorf("%s: source %q", name, f.Source().Name)
	}
	return v
}
