package change

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// environmentAnswer is what GET environment tells (GitHub's API description,
// schema environment; can_admins_bypass is answered and not described).
type environmentAnswer struct {
	ProtectionRules []struct {
		Type              string `json:"type"`
		WaitTimer         int    `json:"wait_timer"`
		PreventSelfReview bool   `json:"prevent_self_review"`
		Reviewers         []struct {
			Type     string `json:"type"`
			Reviewer struct {
				ID    int64  `json:"id"`
				Login string `json:"login"`
				Slug  string `json:"slug"`
			} `json:"reviewer"`
		} `json:"reviewers"`
	} `json:"protection_rules"`
	DeploymentBranchPolicy *struct {
		ProtectedBranches    bool `json:"protected_branches"`
		CustomBranchPolicies bool `json:"custom_branch_policies"`
	} `json:"deployment_branch_policy"`
	CanAdminsBypass *bool `json:"can_admins_bypass"`
}

// readEnvironment reads an environment whole; one that is not there is a state
// too.
func readEnvironment(ctx context.Context, api API, path string) (EnvironmentState, error) {
	var answer environmentAnswer
	_, err := api.Do(ctx, http.MethodGet, path, nil, &answer)
	if transport.Is(err, transport.KindNotFound) {
		return StateOf(nil), nil
	}
	if err != nil {
		return EnvironmentState{}, err
	}
	s := answer.state()
	if s.Policy == evidence.RefsCustom {
		if s.Refs, err = readRefs(ctx, api, path); err != nil {
			return s, err
		}
	}
	s.Apps, err = readApps(ctx, api, path)
	return s, err
}

// readApps reads which apps must agree; none on a server that does not have such
// rules.
func readApps(ctx context.Context, api API, path string) ([]string, error) {
	var answer struct {
		Rules []struct {
			Enabled bool
			App     struct{ Slug string }
		} `json:"custom_deployment_protection_rules"`
	}
	if _, err := api.Do(ctx, http.MethodGet, path+"/deployment_protection_rules", nil, &answer); err != nil && !transport.Is(err, transport.KindNotFound) {
		return nil, fmt.Errorf("read the protection rules of apps: %w", err)
	}
	var apps []string
	for _, r := range answer.Rules {
		if r.Enabled {
			apps = append(apps, r.App.Slug)
		}
	}
	return apps, nil
}

func (a environmentAnswer) state() EnvironmentState {
	s := EnvironmentState{Exists: true, Policy: evidence.RefsAll, NoBypass: a.CanAdminsBypass != nil && !*a.CanAdminsBypass}
	if p := a.DeploymentBranchPolicy; p != nil {
		s.Policy = evidence.RefsProtected
		if p.CustomBranchPolicies {
			s.Policy = evidence.RefsCustom
		}
	}
	for _, rule := range a.ProtectionRules {
		switch rule.Type {
		case "wait_timer":
			s.WaitMinutes = rule.WaitTimer
		case "required_reviewers":
			s.PreventSelfReview = rule.PreventSelfReview
			for _, r := range rule.Reviewers {
				s.Reviewers = append(s.Reviewers, Reviewer{r.Type, r.Reviewer.ID, r.Reviewer.Login + r.Reviewer.Slug})
			}
		case "branch_policy": // told in full by deployment_branch_policy
		default:
			s.Others = append(s.Others, rule.Type)
		}
	}
	return s
}

// refsPage is how many rules a page holds; a longer list is read page by page.
const refsPage = 100

func readRefs(ctx context.Context, api API, path string) ([]Ref, error) {
	policies, err := listPolicies(ctx, api, path+"/deployment-branch-policies")
	var refs []Ref
	for _, p := range policies {
		refs = append(refs, p.Ref)
	}
	return refs, err
}

// policy is a rule for refs with GitHub's number of it.
type policy struct {
	Ref
	ID int64
}

func listPolicies(ctx context.Context, api API, path string) ([]policy, error) {
	var policies []policy
	for page := 1; page <= 10; page++ {
		var answer struct {
			Total    int `json:"total_count"`
			Policies []struct {
				ID   int64
				Name string `json:"name"`
				Type string `json:"type"`
			} `json:"branch_policies"`
		}
		if _, err := api.Do(ctx, http.MethodGet, fmt.Sprintf("%s?per_page=%d&page=%d", path, refsPage, page), nil, &answer); err != nil {
			return nil, fmt.Errorf("read the rules for refs: %w", err)
		}
		for _, p := range answer.Policies {
			kind := p.Type
			if kind == "" {
				kind = "branch" // servers from before tag rules
			}
			policies = append(policies, policy{Ref{kind, p.Name}, p.ID})
		}
		if len(answer.Policies) < refsPage {
			return policies, nil
		}
	}
	return nil, errors.New("read the rules for refs: there are more than a thousand")
}
