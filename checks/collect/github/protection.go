package github

import (
	"context"
	"strconv"

	"github.com/trustpub/gh-trustpub/checks/collect/github/rest"
	"github.com/trustpub/gh-trustpub/checks/collect/transport"
	"github.com/trustpub/gh-trustpub/checks/evidence"
)

// maxRulesets is how many rulesets are read in full.
const maxRulesets = 30

type rule struct {
	Type       string
	RulesetID  int64  `json:"ruleset_id"`
	SourceType string `json:"ruleset_source_type"`
	Source     string `json:"ruleset_source"`
	Parameters struct {
		Approvals int `json:"required_approving_review_count"`
	}
}

func (r rule) evidence() evidence.Rule {
	return evidence.Rule{Type: r.Type, Approvals: r.Parameters.Approvals, RulesetID: r.RulesetID, Level: r.SourceType, Owner: r.Source}
}

// readProtection reads what guards the default branch, from rulesets and from
// the older branch protection.
func (l *look) readProtection(ctx context.Context, b branch) evidence.Fact[evidence.BranchProtection] {
	out := evidence.BranchProtection{Branch: l.repo.DefaultBranch}
	switch {
	case transport.Is(b.err, transport.KindNotFound):
		out.Protected = evidence.Unknown[bool](b.src, "the branch does not exist yet")
	case b.err != nil:
		out.Protected = transport.Unknown[bool](b.src, b.err)
	case b.Protected == nil:
		out.Protected = evidence.Unknown[bool](b.src, "GitHub's answer does not tell")
	default:
		out.Protected = evidence.Seen(*b.Protected, b.src)
	}
	together(
		func() { out.Rules = l.readBranchRules(ctx) },
		func() { out.Classic = l.readClassic(ctx, out.Protected) },
	)
	return evidence.Seen(out, b.src)
}

func (l *look) readBranchRules(ctx context.Context) evidence.Fact[[]evidence.Rule] {
	list, src, err := rest.List[rule](ctx, l.Reader, l.base+"/rules/branches/"+rest.Path(l.repo.DefaultBranch), "")
	if err != nil {
		return transport.Unknown[[]evidence.Rule](src, err)
	}
	out := make([]evidence.Rule, len(list))
	for i, r := range list {
		out[i] = r.evidence()
	}
	return evidence.Seen(out, src)
}

type enabled struct{ Enabled bool }

type classic struct {
	Reviews *struct {
		Approvals int `json:"required_approving_review_count"`
	} `json:"required_pull_request_reviews"`
	EnforceAdmins  enabled `json:"enforce_admins"`
	AllowForcePush enabled `json:"allow_force_pushes"`
	AllowDeletion  enabled `json:"allow_deletions"`
	Restrictions   *struct{}
}

// readClassic asks only where the branch says that it is protected. GitHub
// answers 404 "Branch not protected" where rulesets alone protect it.
func (l *look) readClassic(ctx context.Context, protected evidence.Fact[bool]) evidence.Fact[evidence.ClassicProtection] {
	path := l.base + "/branches/" + rest.Path(l.repo.DefaultBranch) + "/protection"
	if on, seen := protected.Get(); seen && !on {
		return evidence.Absent[evidence.ClassicProtection](protected.Source())
	}
	if !l.SignedIn() {
		return anonymous[evidence.ClassicProtection](l.Source(path), rightAdmin)
	}
	var c classic
	answer, err := l.Get(ctx, path, &c)
	if err != nil {
		if transport.Is(err, transport.KindNotFound) && l.repo.Admin && reasonMentions(err, "Branch not protected") {
			return evidence.Absent[evidence.ClassicProtection](l.Source(path))
		}
		return withheld[evidence.ClassicProtection](ctx, l, l.Source(path), err, rightAdmin)
	}
	out := evidence.ClassicProtection{PullRequests: c.Reviews != nil, EnforceAdmins: c.EnforceAdmins.Enabled,
		AllowForcePush: c.AllowForcePush.Enabled, AllowDeletion: c.AllowDeletion.Enabled, RestrictsPushes: c.Restrictions != nil}
	if c.Reviews != nil {
		out.Approvals = c.Reviews.Approvals
	}
	return evidence.Seen(out, answer.Source())
}

type ruleset struct {
	ID                        int64
	Name, Target, Enforcement string
	SourceType                string `json:"source_type"`
	Owner                     string `json:"source"`
	YouBypass                 string `json:"current_user_can_bypass"`
	Conditions                *struct {
		RefName struct{ Include, Exclude []string } `json:"ref_name"`
	}
	Rules        []rule
	BypassActors *[]struct {
		ID   int64  `json:"actor_id"`
		Type string `json:"actor_type"`
		Mode string `json:"bypass_mode"`
	} `json:"bypass_actors"`
}

// readRulesets reads every ruleset in full; when one of them cannot be read the
// whole list is unknown, since the one may be what matters.
func (l *look) readRulesets(ctx context.Context) evidence.Fact[[]evidence.Ruleset] {
	list, src, err := rest.List[ruleset](ctx, l.Reader, l.base+"/rulesets?includes_parents=true", "")
	if err != nil {
		return transport.Unknown[[]evidence.Ruleset](src, err)
	}
	if len(list) > maxRulesets {
		return evidence.Unknown[[]evidence.Ruleset](src, "there are more than %d rulesets, which is more than we read", maxRulesets)
	}
	out, errs := make([]evidence.Ruleset, len(list)), make([]error, len(list))
	each(len(list), func(i int) { out[i], errs[i] = l.readRuleset(ctx, list[i].ID) })
	for _, err := range errs {
		if err != nil {
			return transport.Unknown[[]evidence.Ruleset](src, err)
		}
	}
	return evidence.Seen(out, src)
}

func (l *look) readRuleset(ctx context.Context, id int64) (evidence.Ruleset, error) {
	var r ruleset
	answer, err := l.Get(ctx, l.base+"/rulesets/"+strconv.FormatInt(id, 10)+"?includes_parents=true", &r)
	if err != nil {
		return evidence.Ruleset{}, err
	}
	src := answer.Source()
	out := evidence.Ruleset{ID: r.ID, Name: r.Name, Target: r.Target, Enforcement: r.Enforcement, Level: r.SourceType, YouBypass: r.YouBypass, Source: src,
		Bypass: evidence.Unknown[[]evidence.BypassActor](src, "GitHub shows it only to those who may edit the ruleset")}
	if r.Conditions != nil {
		out.Include, out.Exclude = r.Conditions.RefName.Include, r.Conditions.RefName.Exclude
	}
	for _, one := range r.Rules {
		one.RulesetID, one.SourceType, one.Source = r.ID, r.SourceType, r.Owner
		out.Rules = append(out.Rules, one.evidence())
	}
	if r.BypassActors != nil {
		actors := make([]evidence.BypassActor, 0, len(*r.BypassActors))
		for _, a := range *r.BypassActors {
			actors = append(actors, evidence.BypassActor{Type: a.Type, ID: a.ID, Mode: a.Mode})
		}
		out.Bypass = evidence.Seen(actors, src)
	}
	return out, nil
}
