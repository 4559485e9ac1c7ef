package change

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// Environment makes a change that creates or hardens an environment. seen is
// how it stood when the change was made, for the preview; the change reads
// again before it writes, and merges into what it reads then.
func (t *Tools) Environment(seen EnvironmentState, wish EnvironmentWish) (Change, error) {
	asked, err := Merge(seen, wish)
	if err != nil {
		return Change{}, err
	}
	verb := "Create"
	if seen.Exists {
		verb = "Harden"
	}
	return Change{
		ID:      "environment:" + wish.Name,
		Title:   verb + " the environment " + wish.Name,
		Preview: previewEnvironment(seen, asked, wish),
		Before:  seen, After: asked,
		Perform: func(ctx context.Context, h Hands) error { return t.harden(ctx, h, wish) },
	}, nil
}

// StateOf is an environment as it was seen, nil for one that is not there.
func StateOf(e *evidence.Environment) EnvironmentState {
	if e == nil {
		return EnvironmentState{Policy: evidence.RefsAll}
	}
	s := EnvironmentState{Exists: true, WaitMinutes: e.WaitMinutes, Policy: e.Policy,
		PreventSelfReview: e.PreventSelfReview.Or(false), NoBypass: !e.AdminsBypass.Or(true)}
	for _, r := range e.Reviewers {
		s.Reviewers = append(s.Reviewers, Reviewer{r.Type, r.ID, r.Name})
	}
	for _, r := range e.Refs.Or(nil) {
		s.Refs = append(s.Refs, Ref{r.Type, r.Pattern})
	}
	return s
}

func (t *Tools) environmentPath(name string) string {
	return fmt.Sprintf("repos/%s/%s/environments/%s", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name), url.PathEscape(name))
}

func (t *Tools) harden(ctx context.Context, h Hands, wish EnvironmentWish) error {
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Reading the environment %s", wish.Name)
	now, err := readEnvironment(ctx, api, t.environmentPath(wish.Name))
	if err != nil {
		return fmt.Errorf("read the environment %s: %w", wish.Name, err)
	}
	asked, err := Merge(now, wish)
	if err != nil {
		return err
	}
	h.progress("Writing the environment %s", wish.Name)
	if err := t.writeEnvironment(ctx, api, wish.Name, now, asked); err != nil {
		return err
	}
	h.progress("Reading back what GitHub stored")
	got, err := readEnvironment(ctx, api, t.environmentPath(wish.Name))
	if err != nil {
		return fmt.Errorf("read back the environment %s: %w", wish.Name, err)
	}
	if missing := lacking(asked, got); len(missing) > 0 {
		return fmt.Errorf("GitHub took the settings of %s and did not store %s. On private repositories the plan may not have that: see https://github.com/%s/settings/environments", wish.Name, strings.Join(missing, ", "), t.Repo)
	}
	return nil
}

func (t *Tools) writeEnvironment(ctx context.Context, api API, name string, now, asked EnvironmentState) error {
	path := t.environmentPath(name)
	body := environmentBody(asked)
	if now.NoBypass && !asked.NoBypass {
		body["can_admins_bypass"] = true // what is left out may stay
	}
	if _, err := api.Do(ctx, http.MethodPut, path, body, nil); err != nil {
		return fmt.Errorf("write the environment %s: %w%s", name, err, planHint(err))
	}
	for _, r := range asked.Refs {
		if now.Policy == evidence.RefsCustom && slices.Contains(now.Refs, r) {
			continue
		}
		_, err := api.Do(ctx, http.MethodPost, path+"/deployment-branch-policies", map[string]string{"name": r.Pattern, "type": r.Type}, nil)
		if err != nil && !alreadyThere(err) {
			return fmt.Errorf("let %s deploy to %s: %w", r, name, err)
		}
	}
	return nil
}

// alreadyThere: GitHub answers 303 for a rule whose name is there already (its
// API description, operation repos/create-deployment-branch-policy).
func alreadyThere(err error) bool { return transport.Is(err, transport.KindMoved) }

// planHint follows a 422: settings that the plan does not have are refused
// with it, and so are others.
func planHint(err error) string {
	if transport.Is(err, transport.KindInvalid) {
		return "; for a private repository GitHub's plan may not include it (required reviewers and wait timers need Enterprise there)"
	}
	return ""
}

// environmentBody is the request for a state. GitHub resets what is left out,
// so that all is sent that is set; and on plans without a feature refuses even
// its default, so that what is not set is left out.
func environmentBody(s EnvironmentState) map[string]any {
	body := map[string]any{"deployment_branch_policy": policyBody(s.Policy)}
	if s.WaitMinutes > 0 {
		body["wait_timer"] = s.WaitMinutes
	}
	if s.PreventSelfReview {
		body["prevent_self_review"] = true
	}
	if s.NoBypass {
		// GitHub's description of the API lacks the field; go-github and the
		// Terraform provider send it.
		body["can_admins_bypass"] = false
	}
	var reviewers []map[string]any
	for _, r := range s.Reviewers {
		reviewers = append(reviewers, map[string]any{"type": r.Type, "id": r.ID})
	}
	if len(reviewers) > 0 {
		body["reviewers"] = reviewers
	}
	return body
}

func policyBody(p evidence.RefPolicy) any {
	if p == evidence.RefsAll {
		return nil
	}
	return map[string]bool{"protected_branches": p == evidence.RefsProtected, "custom_branch_policies": p == evidence.RefsCustom}
}
