package github

import (
	"net/http"
	"strings"
)

const branchPath = "/repos/{owner}/{repo}/branches"

var branchEndpoints = []endpoint{
	{pattern: "GET " + branchPath, need: need{Read, "contents", "read"}, do: (*call).branches},
	// A branch may have slashes, so that what follows it is found by hand.
	{pattern: "GET " + branchPath + "/{branch...}", need: need{Read, "contents", "read"}, do: (*call).branch},
	{pattern: "PUT " + branchPath + "/{branch...}", need: need{Admin, "administration", "write"}, do: ruled((*call).protect)},
	{pattern: "DELETE " + branchPath + "/{branch...}", need: need{Admin, "administration", "write"}, do: (*call).unprotect},
	{pattern: "GET /repos/{owner}/{repo}/tags", need: need{Read, "contents", "read"}, do: (*call).tags},
	{pattern: "GET /repos/{owner}/{repo}/rules/branches/{branch...}", need: need{Read, "metadata", "read"}, do: ruled((*call).branchRules)},
}

func (c *call) branches() (answer, error) {
	refs, err := c.s.git(c.repo).refs(c.r.Context(), "refs/heads/")
	if err != nil {
		return answer{}, err
	}
	return list(c, refs, func(r gitRef) obj {
		name := strings.TrimPrefix(r.Name, "refs/heads/")
		return obj{
			"name": name, "protected": c.s.refProtected(c.repo, r.Name),
			"commit":         obj{"sha": r.Commit, "url": c.repo.url() + "/commits/" + r.Commit},
			"protection_url": c.repo.url() + "/branches/" + name + "/protection",
		}
	})
}

func (c *call) branch() (answer, error) {
	name, protection := strings.CutSuffix(c.r.PathValue("branch"), "/protection")
	ref, err := c.s.git(c.repo).ref(c.r.Context(), "refs/heads/"+name)
	if err != nil {
		return refuse(http.StatusNotFound, "Branch not found")
	}
	if protection {
		return ruled(func(c *call) (answer, error) { return c.protection(name) })(c)
	}
	commit, err := c.s.git(c.repo).commit(c.r.Context(), ref.Commit)
	if err != nil {
		return answer{}, err
	}
	url := c.repo.url() + "/branches/" + name
	classic := c.repo.protectionOf(name) != nil
	return ok(obj{
		"name": name, "commit": c.drawCommit(commit), "protected": c.s.refProtected(c.repo, ref.Name),
		"protection":     obj{"enabled": classic, "required_status_checks": obj{"enforcement_level": "off", "contexts": []string{}, "checks": []obj{}}},
		"protection_url": url + "/protection", "_links": obj{"self": url, "html": c.repo.page() + "/tree/" + name},
	})
}

func (c *call) protection(name string) (answer, error) {
	if err := c.allow(need{Admin, "administration", "read"}); err != nil {
		return answer{}, err
	}
	p := c.repo.protectionOf(name)
	if p == nil {
		return refuse(http.StatusNotFound, "Branch not protected")
	}
	return ok(c.drawProtection(name, p))
}

func (c *call) drawProtection(name string, p *Protection) obj {
	url := c.repo.url() + "/branches/" + name + "/protection"
	enabled := func(on bool) obj { return obj{"enabled": on} }
	o := obj{
		"url": url, "enforce_admins": obj{"url": url + "/enforce_admins", "enabled": p.EnforceAdmins},
		"required_signatures":     obj{"url": url + "/required_signatures", "enabled": p.Signatures},
		"required_linear_history": enabled(p.LinearHistory), "allow_force_pushes": enabled(p.AllowForcePushes),
		"allow_deletions": enabled(p.AllowDeletions), "block_creations": enabled(false), "lock_branch": enabled(p.LockBranch),
		"required_conversation_resolution": enabled(false), "allow_fork_syncing": enabled(false),
	}
	if p.Reviews != nil {
		o["required_pull_request_reviews"] = obj{
			"url": url + "/required_pull_request_reviews", "dismiss_stale_reviews": false,
			"require_code_owner_reviews": false, "required_approving_review_count": *p.Reviews, "require_last_push_approval": false,
		}
	}
	if p.StatusChecks != nil {
		o["required_status_checks"] = obj{
			"url": url + "/required_status_checks", "contexts_url": url + "/required_status_checks/contexts", "strict": false,
			"contexts": p.StatusChecks,
			"checks":   drawAll(p.StatusChecks, func(context string) obj { return obj{"context": context, "app_id": nil} }),
		}
	}
	return o
}

// protectBody is what of PUT protection the practice world keeps; the rest is
// taken and not kept.
type protectBody struct {
	StatusChecks *struct {
		Strict   bool     `json:"strict"`
		Contexts []string `json:"contexts"`
		Checks   any      `json:"checks"`
	} `json:"required_status_checks"`
	EnforceAdmins *bool `json:"enforce_admins"`
	Reviews       *struct {
		Count     int  `json:"required_approving_review_count"`
		Stale     bool `json:"dismiss_stale_reviews"`
		Owners    bool `json:"require_code_owner_reviews"`
		LastPush  bool `json:"require_last_push_approval"`
		Dismiss   any  `json:"dismissal_restrictions"`
		Allowance any  `json:"bypass_pull_request_allowances"`
	} `json:"required_pull_request_reviews"`
	Restrictions  any   `json:"restrictions"`
	LinearHistory bool  `json:"required_linear_history"`
	ForcePushes   *bool `json:"allow_force_pushes"`
	Deletions     bool  `json:"allow_deletions"`
	Creations     bool  `json:"block_creations"`
	Conversations bool  `json:"required_conversation_resolution"`
	Lock          bool  `json:"lock_branch"`
	ForkSyncing   bool  `json:"allow_fork_syncing"`
}

func (c *call) protect() (answer, error) {
	name, protection := strings.CutSuffix(c.r.PathValue("branch"), "/protection")
	if !protection {
		return notFound()
	}
	var body protectBody
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	p := &Protection{
		EnforceAdmins: body.EnforceAdmins != nil && *body.EnforceAdmins, AllowForcePushes: body.ForcePushes != nil && *body.ForcePushes,
		AllowDeletions: body.Deletions, LinearHistory: body.LinearHistory, LockBranch: body.Lock,
	}
	if body.Reviews != nil {
		p.Reviews = &body.Reviews.Count
	}
	if body.StatusChecks != nil {
		p.StatusChecks = orEmpty(body.StatusChecks.Contexts)
	}
	if c.repo.Protection == nil {
		c.repo.Protection = map[string]*Protection{}
	}
	c.repo.Protection[name] = p
	return c.saved(ok(c.drawProtection(name, p)))
}

func (c *call) unprotect() (answer, error) {
	name, protection := strings.CutSuffix(c.r.PathValue("branch"), "/protection")
	if !protection || c.repo.Protection[name] == nil {
		return refuse(http.StatusNotFound, "Branch not protected")
	}
	delete(c.repo.Protection, name)
	return c.saved(noContent())
}

func (c *call) tags() (answer, error) {
	refs, err := c.s.git(c.repo).refs(c.r.Context(), "refs/tags/")
	if err != nil {
		return answer{}, err
	}
	return list(c, refs, c.drawListedTag)
}

func (c *call) drawListedTag(r gitRef) obj {
	return obj{
		"name": strings.TrimPrefix(r.Name, "refs/tags/"), "node_id": nodeID("Ref", r.Name),
		"commit":      obj{"sha": r.Commit, "url": c.repo.url() + "/commits/" + r.Commit},
		"zipball_url": c.repo.url() + "/zipball/" + r.Name, "tarball_url": c.repo.url() + "/tarball/" + r.Name,
	}
}

// branchRules lists active rules from every level; the branch need not exist.
func (c *call) branchRules() (answer, error) {
	rules := c.s.rulesFor(c.repo, "refs/heads/"+c.r.PathValue("branch"))
	return list(c, rules, func(r activeRule) obj {
		o := obj{
			"type": r.Type, "ruleset_source_type": r.From.sourceType(), "ruleset_source": r.From.source(c.repo), "ruleset_id": r.From.ID,
		}
		if len(r.Parameters) > 0 {
			o["parameters"] = r.Parameters
		}
		return o
	})
}
