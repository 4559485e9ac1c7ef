package github

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

const rulesetsPath = "/repos/{owner}/{repo}/rulesets"

var rulesetEndpoints = []endpoint{
	{pattern: "GET " + rulesetsPath, need: need{Read, "metadata", "read"}, do: ruled((*call).rulesets)},
	{pattern: "POST " + rulesetsPath, need: need{Admin, "administration", "write"}, do: ruled((*call).addRuleset)},
	{pattern: "GET " + rulesetsPath + "/{id}", need: need{Read, "metadata", "read"}, do: ruled((*call).ruleset)},
	{pattern: "PUT " + rulesetsPath + "/{id}", need: need{Admin, "administration", "write"}, do: ruled((*call).putRuleset)},
	{pattern: "DELETE " + rulesetsPath + "/{id}", need: need{Admin, "administration", "write"}, do: ruled((*call).deleteRuleset)},
}

// hasRules tells whether the owner's plan has rulesets and branch protection for
// a repository: Free has them for public ones only (GitHub's description of the
// API, read August 2026).
func (s *Store) hasRules(repo *Repository) bool {
	return !repo.Private || s.account(repo.Owner).Plan != PlanFree
}

// ruled answers as GitHub does where the plan has no rules.
func ruled(do func(*call) (answer, error)) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		if !c.s.hasRules(c.repo) {
			return refuse(http.StatusForbidden, "Upgrade to GitHub Pro or make this repository public to enable this feature.")
		}
		return do(c)
	}
}

func (set *Ruleset) sourceType() string {
	if set.Organization != "" {
		return "Organization"
	}
	return "Repository"
}

func (set *Ruleset) source(repo *Repository) string { return cmp.Or(set.Organization, repo.FullName()) }

func drawRulesetHead(repo *Repository, set *Ruleset) obj {
	return obj{
		"id": set.ID, "node_id": nodeID("RepositoryRuleset", set.ID), "name": set.Name, "target": set.Target,
		"source_type": set.sourceType(), "source": set.source(repo), "enforcement": set.Enforcement,
		"created_at": stamp(set.CreatedAt), "updated_at": stamp(set.UpdatedAt),
		"_links": obj{
			"self": obj{"href": fmt.Sprintf("%s/rulesets/%d", repo.url(), set.ID)},
			"html": obj{"href": fmt.Sprintf("%s/rules/%d", repo.page(), set.ID)},
		},
	}
}

func (c *call) rulesets() (answer, error) {
	q := c.r.URL.Query()
	var fits []*Ruleset
	for _, set := range c.repo.Rulesets {
		inherited := set.Organization != ""
		wanted := q.Get("targets") == "" || slices.Contains(strings.Split(q.Get("targets"), ","), set.Target)
		if wanted && (!inherited || q.Get("includes_parents") != "false") {
			fits = append(fits, set)
		}
	}
	return list(c, fits, func(set *Ruleset) obj { return drawRulesetHead(c.repo, set) })
}

func (c *call) drawRuleset(set *Ruleset) obj {
	o := drawRulesetHead(c.repo, set)
	o["conditions"] = obj{"ref_name": obj{"include": orEmpty(set.Include), "exclude": orEmpty(set.Exclude)}}
	o["rules"] = orEmpty(set.Rules)
	o["current_user_can_bypass"] = c.s.bypass(set, c.repo, c.login)
	if c.allow(need{Admin, "administration", "write"}) == nil {
		o["bypass_actors"] = orEmpty(set.Bypass)
	}
	return o
}

func (c *call) findRuleset() *Ruleset {
	for _, set := range c.repo.Rulesets {
		if decimal(set.ID) == c.r.PathValue("id") {
			return set
		}
	}
	return nil
}

func (c *call) ruleset() (answer, error) {
	set := c.findRuleset()
	if set == nil {
		return notFound()
	}
	return ok(c.drawRuleset(set))
}

// rulesetBody is the request; what is left out of a PUT stays.
type rulesetBody struct {
	Name        string         `json:"name"`
	Target      string         `json:"target"`
	Enforcement string         `json:"enforcement"`
	Bypass      *[]BypassActor `json:"bypass_actors"`
	Conditions  *struct {
		RefName struct {
			Include []string `json:"include"`
			Exclude []string `json:"exclude"`
		} `json:"ref_name"`
	} `json:"conditions"`
	Rules *[]Rule `json:"rules"`
}

func (b *rulesetBody) apply(set *Ruleset) {
	set.Name = cmp.Or(b.Name, set.Name)
	set.Target = cmp.Or(b.Target, set.Target, "branch")
	set.Enforcement = cmp.Or(b.Enforcement, set.Enforcement)
	if b.Bypass != nil {
		set.Bypass = *b.Bypass
	}
	if b.Conditions != nil {
		set.Include, set.Exclude = b.Conditions.RefName.Include, b.Conditions.RefName.Exclude
	}
	if b.Rules != nil {
		set.Rules = *b.Rules
	}
}

func (c *call) checkRuleset(set *Ruleset) error {
	var fault string
	switch {
	case set.Name == "":
		fault = "Name can't be blank"
	case !slices.Contains([]string{"branch", "tag", "push"}, set.Target):
		fault = "Target is invalid"
	case !slices.Contains([]string{"active", "disabled", "evaluate"}, set.Enforcement):
		fault = "Enforcement is invalid"
	}
	for _, other := range c.repo.Rulesets {
		if other.ID != set.ID && other.Name == set.Name && other.Organization == "" {
			fault = "Name must be unique"
		}
	}
	for _, a := range set.Bypass {
		if owner := c.s.account(c.repo.Owner); a.ActorType == "OrganizationAdmin" && !owner.Organization {
			fault = "Actor OrganizationAdmin does not apply to personal repositories"
		}
	}
	if fault == "" {
		return nil
	}
	return &Refusal{
		Status: http.StatusUnprocessableEntity, Message: "Validation Failed",
		Errors: []FieldError{{Resource: "Ruleset", Code: "custom", Message: fault}},
	}
}

func (c *call) addRuleset() (answer, error) {
	var body rulesetBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	set := &Ruleset{}
	body.apply(set)
	if err := c.checkRuleset(set); err != nil {
		return answer{}, err
	}
	c.repo.Rulesets = append(c.repo.Rulesets, set)
	c.s.number(c.repo)
	return c.saved(created(c.drawRuleset(set)))
}

func (c *call) putRuleset() (answer, error) {
	var body rulesetBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	set := c.findRuleset()
	if set == nil || set.Organization != "" {
		return notFound()
	}
	wanted := *set
	body.apply(&wanted)
	if err := c.checkRuleset(&wanted); err != nil {
		return answer{}, err
	}
	wanted.UpdatedAt = c.s.now()
	*set = wanted
	return c.saved(ok(c.drawRuleset(set)))
}

func (c *call) deleteRuleset() (answer, error) {
	set := c.findRuleset()
	if set == nil || set.Organization != "" {
		return notFound()
	}
	c.repo.Rulesets = slices.DeleteFunc(c.repo.Rulesets, func(o *Ruleset) bool { return o == set })
	return c.saved(noContent())
}

// organizationRulesets: an organisation's rulesets are kept with the
// repositories that they cover, and listed once.
func (c *call) organizationRulesets() (answer, error) {
	org := c.org()
	if org == nil || c.token == nil || org.Members[c.login] == "" {
		return notFound()
	}
	var sets []obj
	seen := map[int64]bool{}
	for _, repo := range c.s.w.Repositories {
		for _, set := range repo.Rulesets {
			if set.Organization == org.Login && !seen[set.ID] {
				seen[set.ID] = true
				sets = append(sets, drawRulesetHead(repo, set))
			}
		}
	}
	return list(c, sets, func(o obj) obj { return o })
}
