package github

import (
	"context"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// environment is one as the API describes it. can_admins_bypass is in GitHub's
// answers though not in its description of the API (go-github v92 reads it).
type environment struct {
	ID               int64
	Name             string
	CanAdminsBypass  *bool            `json:"can_admins_bypass"`
	ProtectionRules  []protectionRule `json:"protection_rules"`
	DeploymentPolicy *struct {
		ProtectedBranches    bool `json:"protected_branches"`
		CustomBranchPolicies bool `json:"custom_branch_policies"`
	} `json:"deployment_branch_policy"`
}

type protectionRule struct {
	Type              string
	WaitTimer         int   `json:"wait_timer"`
	PreventSelfReview *bool `json:"prevent_self_review"`
	Reviewers         []reviewer
}

type reviewer struct {
	Type     string
	Reviewer struct {
		ID                int64
		Login, Slug, Name string
	}
}

// listEnvironments reads all environments without what takes requests of its
// own. Absent: there is none.
func (l *look) listEnvironments(ctx context.Context) evidence.Fact[[]evidence.Environment] {
	list, src, err := rest.List[environment](ctx, l.Reader, l.base+"/environments", "environments")
	if err != nil {
		return l.noEnvironments(ctx, src, err)
	}
	if len(list) == 0 {
		return evidence.Absent[[]evidence.Environment](src)
	}
	out := make([]evidence.Environment, len(list))
	for i, e := range list {
		out[i] = e.evidence(l.environmentSource(e.Name, src))
	}
	return evidence.Seen(out, src)
}

func (l *look) environmentSource(name string, list evidence.Source) evidence.Source {
	src := l.Source(l.base + "/environments/" + rest.Path(name))
	src.At = list.At
	return src
}

func (e environment) evidence(src evidence.Source) evidence.Environment {
	out := evidence.Environment{Name: e.Name, ID: e.ID, Policy: evidence.RefsAll, Source: src,
		PreventSelfReview: evidence.Unknown[bool](src, "GitHub tells it only with required reviewers"),
		AdminsBypass:      evidence.Unknown[bool](src, "GitHub's answer does not tell"),
		Refs:              evidence.Absent[[]evidence.RefRule](src)}
	if e.CanAdminsBypass != nil {
		out.AdminsBypass = evidence.Seen(*e.CanAdminsBypass, src)
	}
	if p := e.DeploymentPolicy; p != nil && p.CustomBranchPolicies {
		out.Policy = evidence.RefsCustom
		out.Refs = evidence.Unknown[[]evidence.RefRule](src, "the policies were not looked at")
	} else if p != nil {
		out.Policy = evidence.RefsProtected
	}
	for _, rule := range e.ProtectionRules {
		rule.apply(&out)
	}
	return out
}

func (r protectionRule) apply(out *evidence.Environment) {
	switch r.Type {
	case "wait_timer":
		out.WaitMinutes = r.WaitTimer
	case "required_reviewers":
		if r.PreventSelfReview != nil {
			out.PreventSelfReview = evidence.Seen(*r.PreventSelfReview, out.Source)
		}
		for _, one := range r.Reviewers {
			out.Reviewers = append(out.Reviewers, one.evidence())
		}
	case "branch_policy": // told in full by deployment_branch_policy
	default:
		out.Others = append(out.Others, r.Type)
	}
}

func (r reviewer) evidence() evidence.Reviewer {
	name := r.Reviewer.Login
	if r.Type == "Team" {
		name = r.Reviewer.Slug
	}
	return evidence.Reviewer{Type: r.Type, ID: r.Reviewer.ID, Name: name}
}

// detail looks into environments: those that the publishing jobs name first,
// and no more than twenty, since previews can be hundreds.
func (l *look) detail(ctx context.Context, all evidence.Fact[[]evidence.Environment], first []string) evidence.Fact[[]evidence.Environment] {
	list, ok := all.Get()
	if !ok {
		return all
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	named := func(i int) bool {
		return slices.ContainsFunc(first, func(n string) bool { return strings.EqualFold(n, list[i].Name) })
	}
	slices.SortStableFunc(order, func(a, b int) int { return rank(named(a)) - rank(named(b)) })
	each(len(order), func(n int) {
		e := &list[order[n]]
		if n >= maxDetailed {
			e.Secrets = evidence.Unknown[[]evidence.Secret](e.Source, "there are more than %d environments", maxDetailed)
			e.Custom = evidence.Unknown[[]evidence.CustomRule](e.Source, "there are more than %d environments", maxDetailed)
			return
		}
		l.detailOne(ctx, e, named(order[n]))
	})
	return evidence.Seen(list, all.Source())
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

func (l *look) detailOne(ctx context.Context, e *evidence.Environment, named bool) {
	base := l.base + "/environments/" + rest.Path(e.Name)
	together(
		func() { e.Secrets = l.readSecrets(ctx, "environments/"+rest.Path(e.Name)+"/secrets") },
		func() { e.Custom = l.readCustomRules(ctx, base, named) },
		func() {
			if e.Policy == evidence.RefsCustom {
				e.Refs = l.readRefs(ctx, base)
			}
		},
		func() {
			if e.AdminsBypass.Unknown() {
				e.AdminsBypass = l.readBypass(ctx, base, e.AdminsBypass)
			}
		},
		func() {
			for i := range e.Reviewers {
				l.readMembers(ctx, &e.Reviewers[i])
			}
		},
	)
}

func (l *look) readRefs(ctx context.Context, base string) evidence.Fact[[]evidence.RefRule] {
	type policy struct {
		ID         int64
		Name, Type string
	}
	list, src, err := rest.List[policy](ctx, l.Reader, base+"/deployment-branch-policies", "branch_policies")
	if err != nil {
		return transport.Unknown[[]evidence.RefRule](src, err)
	}
	out := make([]evidence.RefRule, len(list))
	for i, p := range list {
		out[i] = evidence.RefRule{ID: p.ID, Type: p.Type, Pattern: p.Name}
		if p.Type == "" { // Enterprise Server before tag policies
			out[i].Type = "branch"
		}
	}
	return evidence.Seen(out, src)
}

// readCustomRules reads which apps must agree. Somebody who is not signed in has
// few requests: they are kept for the environments that publish.
func (l *look) readCustomRules(ctx context.Context, base string, named bool) evidence.Fact[[]evidence.CustomRule] {
	path := base + "/deployment_protection_rules"
	if !l.SignedIn() && !named {
		return evidence.Unknown[[]evidence.CustomRule](l.Source(path), "not signed in; the few requests that are left are kept for more")
	}
	var got struct {
		Rules *[]struct {
			ID      int64
			Enabled bool
			App     struct{ Slug string }
		} `json:"custom_deployment_protection_rules"`
	}
	answer, err := l.Get(ctx, path, &got)
	if err == nil && got.Rules == nil {
		err = answer.Shape("no list of rules in it")
	}
	if err != nil {
		return transport.Unknown[[]evidence.CustomRule](l.Source(path), err)
	}
	out := []evidence.CustomRule{}
	for _, r := range *got.Rules {
		out = append(out, evidence.CustomRule{ID: r.ID, App: r.App.Slug, Enabled: r.Enabled})
	}
	return evidence.Seen(out, answer.Source())
}

func (l *look) readBypass(ctx context.Context, base string, before evidence.Fact[bool]) evidence.Fact[bool] {
	var e environment
	answer, err := l.Get(ctx, base, &e)
	if err != nil {
		return transport.Unknown[bool](l.Source(base), err)
	}
	if e.CanAdminsBypass == nil {
		return before
	}
	return evidence.Seen(*e.CanAdminsBypass, answer.Source())
}
