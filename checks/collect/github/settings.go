package github

import (
	"context"
	"time"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// readSecrets lists the names of secrets below the repository.
func (l *look) readSecrets(ctx context.Context, below string) evidence.Fact[[]evidence.Secret] {
	path := l.base + "/" + below
	if !l.SignedIn() {
		return anonymous[[]evidence.Secret](l.Source(path), rightWrite)
	}
	type secret struct {
		Name      string
		UpdatedAt time.Time `json:"updated_at"`
	}
	list, src, err := rest.List[secret](ctx, l.Reader, path, "secrets")
	if err != nil {
		return withheld[[]evidence.Secret](ctx, l, src, err, rightWrite)
	}
	out := make([]evidence.Secret, len(list))
	for i, s := range list {
		out[i] = evidence.Secret(s)
	}
	return evidence.Seen(out, src)
}

// readOrganizationSecrets lists those of the organisation that the repository
// may use; a personal repository has none above it.
func (l *look) readOrganizationSecrets(ctx context.Context) evidence.Fact[[]evidence.Secret] {
	if l.repo.OwnerType == "User" {
		return evidence.Absent[[]evidence.Secret](l.Source(l.base))
	}
	return l.readSecrets(ctx, "actions/organization-secrets")
}

// readDefaultPermission reads what a job's token may do by default, and whether
// it may approve pull requests.
func (l *look) readDefaultPermission(ctx context.Context) (evidence.Fact[string], evidence.Fact[bool]) {
	path := l.base + "/actions/permissions/workflow"
	if !l.SignedIn() {
		return anonymous[string](l.Source(path), rightAdmin), anonymous[bool](l.Source(path), rightAdmin)
	}
	var p struct {
		Default string `json:"default_workflow_permissions"`
		Approve *bool  `json:"can_approve_pull_request_reviews"`
	}
	answer, err := l.Get(ctx, path, &p)
	if err != nil {
		return withheld[string](ctx, l, l.Source(path), err, rightAdmin), withheld[bool](ctx, l, l.Source(path), err, rightAdmin)
	}
	level := evidence.Seen(p.Default, answer.Source())
	if p.Default != "read" && p.Default != "write" {
		level = transport.Unknown[string](l.Source(path), answer.Shape("default_workflow_permissions is %q", p.Default))
	}
	if p.Approve == nil {
		return level, evidence.Unknown[bool](answer.Source(), "GitHub's answer does not tell")
	}
	return level, evidence.Seen(*p.Approve, answer.Source())
}

func (l *look) readActionsPolicy(ctx context.Context) evidence.Fact[evidence.ActionsPolicy] {
	path := l.base + "/actions/permissions"
	if !l.SignedIn() {
		return anonymous[evidence.ActionsPolicy](l.Source(path), rightAdmin)
	}
	var p struct {
		Enabled        bool
		AllowedActions string `json:"allowed_actions"`
		ShaPinning     bool   `json:"sha_pinning_required"`
	}
	answer, err := l.Get(ctx, path, &p)
	if err != nil {
		return withheld[evidence.ActionsPolicy](ctx, l, l.Source(path), err, rightAdmin)
	}
	out := evidence.ActionsPolicy{Enabled: p.Enabled, Allowed: p.AllowedActions, ShaPinning: p.ShaPinning,
		Selected: evidence.Absent[evidence.SelectedActions](answer.Source())}
	if p.AllowedActions == "selected" {
		out.Selected = l.readSelected(ctx, path+"/selected-actions")
	}
	return evidence.Seen(out, answer.Source())
}

func (l *look) readSelected(ctx context.Context, path string) evidence.Fact[evidence.SelectedActions] {
	var s struct {
		GitHubOwned bool     `json:"github_owned_allowed"`
		Verified    bool     `json:"verified_allowed"`
		Patterns    []string `json:"patterns_allowed"`
	}
	answer, err := l.Get(ctx, path, &s)
	if err != nil {
		return withheld[evidence.SelectedActions](ctx, l, l.Source(path), err, rightAdmin)
	}
	return evidence.Seen(evidence.SelectedActions(s), answer.Source())
}

func (l *look) readWorkflowStates(ctx context.Context) evidence.Fact[[]evidence.WorkflowState] {
	type workflow struct {
		ID          int64
		Path, State string
	}
	list, src, err := rest.List[workflow](ctx, l.Reader, l.base+"/actions/workflows", "workflows")
	if err != nil {
		return transport.Unknown[[]evidence.WorkflowState](src, err)
	}
	out := make([]evidence.WorkflowState, len(list))
	for i, w := range list {
		out[i] = evidence.WorkflowState(w)
	}
	return evidence.Seen(out, src)
}
