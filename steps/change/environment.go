package change

import (
	"context"
	"errors"
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
	for _, app := range e.Custom.Or(nil) {
		if app.Enabled {
			s.Apps = append(s.Apps, app.App)
		}
	}
	s.Others = e.Others
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
	path := t.environmentPath(wish.Name)
	h.progress("Reading the environment %s", wish.Name)
	now, asked, err := settled(ctx, api, path, wish)
	if err != nil {
		return err
	}
	h.progress("Writing the environment %s", wish.Name)
	refusal, err := t.store(ctx, api, wish.Name, now, asked)
	if err != nil {
		return err
	}
	h.progress("Reading back what GitHub stored")
	got, err := readEnvironment(ctx, api, path)
	if err != nil {
		return fmt.Errorf("read back the environment %s: %w", wish.Name, err)
	}
	return t.compare(wish.Name, asked, got, refusal)
}

// settled reads an environment until two reads in a row agree, and merges the
// wish into it. A write replaces all settings, and GitHub's API can tie it to no
// state that was read: what somebody changes between the last read and the write
// is lost unseen, so that the read stands right before the write.
func settled(ctx context.Context, api API, path string, wish EnvironmentWish) (now, asked EnvironmentState, err error) {
	read := func() (EnvironmentState, error) {
		s, err := readEnvironment(ctx, api, path)
		if err != nil {
			return s, fmt.Errorf("read the environment %s: %w", wish.Name, err)
		}
		return s, nil
	}
	if now, err = read(); err != nil {
		return now, asked, err
	}
	const most = 4
	for range most {
		if asked, err = Merge(now, wish); err != nil {
			return now, asked, err
		}
		again, err := read()
		if err != nil || equalEnvironments(now, again) {
			return again, asked, err
		}
		now = again
	}
	return now, asked, fmt.Errorf("the environment %s keeps changing while it is read: somebody else is at work on it; look again", wish.Name)
}

// compare holds what was read back against what was asked for.
func (t *Tools) compare(name string, asked, got EnvironmentState, refusal error) error {
	missing := lacking(asked, got)
	if len(missing) == 0 {
		return nil
	}
	page := fmt.Sprintf("see https://%s/%s/settings/environments", t.Repo.Host, t.Repo)
	if hard := lacking(planFree(asked), got); len(hard) > 0 {
		return fmt.Errorf("GitHub took the settings of %s and did not store %s: %s", name, strings.Join(missing, ", "), page)
	}
	short := &ShortError{Subject: "the environment " + name, Missing: missing, Why: "the plan of a private repository's owner may not have that; " + page}
	if refusal != nil {
		short.Why = refusal.Error() + "; required reviewers and wait timers of a private repository need GitHub Enterprise"
	}
	return short
}

// planFree is what of a state hangs on no plan and on no undescribed field.
func planFree(s EnvironmentState) EnvironmentState {
	s.Reviewers, s.PreventSelfReview, s.WaitMinutes, s.NoBypass = nil, false, 0, false
	return s
}

// store writes a state. Where GitHub refuses it for the plan's sake the rest is
// written without reviews and timer, and the refusal is given back; never where
// there are such rules, since what is left out is reset.
func (t *Tools) store(ctx context.Context, api API, name string, now, asked EnvironmentState) (refusal, err error) {
	err = t.writeEnvironment(ctx, api, name, now, asked)
	without := len(now.Reviewers) == 0 && now.WaitMinutes == 0 && !now.PreventSelfReview
	if err == nil || !refusedByPlan(err) || !without {
		return nil, err
	}
	rest := planFree(asked)
	rest.NoBypass = asked.NoBypass
	if again := t.writeEnvironment(ctx, api, name, now, rest); again != nil {
		return nil, again
	}
	return err, nil
}

// writeEnvironment lets more in before it lets less in, so that a release under
// way is not refused in between.
func (t *Tools) writeEnvironment(ctx context.Context, api API, name string, now, asked EnvironmentState) error {
	path := t.environmentPath(name)
	if !now.Exists || !sameButRefs(now, asked) {
		body := environmentBody(asked)
		if now.NoBypass && !asked.NoBypass {
			body["can_admins_bypass"] = true // what is left out may stay
		}
		if _, err := api.Do(ctx, http.MethodPut, path, body, nil); err != nil {
			return fmt.Errorf("write the environment %s: %w%s", name, err, planHint(err))
		}
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
	return t.narrow(ctx, api, name, now, asked)
}

// narrow takes rules for refs away that are not asked for: those that are to
// go, and those that a custom policy had before another took its place, if GitHub
// has kept them.
func (t *Tools) narrow(ctx context.Context, api API, name string, now, asked EnvironmentState) error {
	dropped := slices.ContainsFunc(now.Refs, func(r Ref) bool { return !slices.Contains(asked.Refs, r) })
	if asked.Policy != evidence.RefsCustom || now.Policy == evidence.RefsCustom && !dropped {
		return nil
	}
	return t.dropRefs(ctx, api, name, asked.Refs)
}

// sameButRefs says whether two states differ at most in their rules for refs,
// which have requests of their own.
func sameButRefs(a, b EnvironmentState) bool {
	a.Refs, b.Refs = nil, nil
	return equalEnvironments(a, b)
}

// alreadyThere: GitHub answers 303 for a rule whose name is there already (its
// API description, operation repos/create-deployment-branch-policy).
func alreadyThere(err error) bool { return transport.Is(err, transport.KindMoved) }

// refusedByPlan: "Failed to create the environment protection rule. Please ensure
// the billing plan supports the required reviewers protection rule."
func refusedByPlan(err error) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && e.Kind == transport.KindInvalid && strings.Contains(e.Message, "billing plan")
}

// planHint follows a 422: settings that the plan does not have are refused
// with it, and so are others; and a 404, which an admin gets where the plan has no
// environments.
func planHint(err error) string {
	if transport.Is(err, transport.KindForbidden, transport.KindScope) {
		return "; environments are an administrator's, a fine-grained token needs the permission “Administration: write” for them, and an organisation's policy can stand against it: ask its owners"
	}
	if transport.Is(err, transport.KindNotFound) {
		return "; environments are an administrator's, and a private repository has them on GitHub Pro, Team and Enterprise only"
	}
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
