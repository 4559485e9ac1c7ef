package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// reference is what a step or a job uses.
type reference struct {
	file *workflow.File
	job  *workflow.Job
	uses string
	line int
	// reusable is whether it is a workflow that the job calls.
	reusable bool
	// depth counts the actions by which it is used.
	depth int
}

// mayUse judges one action or reusable workflow by the Actions settings of the
// repository (docs.github.com, "Managing GitHub Actions settings for a
// repository", read 2026-08): references into the repository itself are always
// let in and need no pin, those of the same owner are let in, and reusable
// workflows may be named by a tag where actions must be pinned.
func (c *Case) mayUse(policy evidence.ActionsPolicy, r reference) (Verdict, string) {
	local, image := strings.HasPrefix(r.uses, "./") || strings.HasPrefix(r.uses, "$/"), strings.HasPrefix(r.uses, "docker://")
	switch {
	case r.reusable:
		return c.mayCall(policy, r, local)
	case image:
		return Unknown, "whether these settings hold for an image is not documented"
	case local:
		if a := c.action(r.uses); a != nil {
			return c.mayUseInside(policy, r, a)
		}
		return Unknown, r.uses + " is let in; what it uses in turn was not read"
	case policy.ShaPinning && !commitID.MatchString(r.uses):
		return Wrong, "GitHub would refuse " + r.uses + ": all actions " + notPinned
	}
	if v, why := c.letIn(policy, r.uses); v != OK {
		return v, why
	}
	return c.mayUseInside(policy, r, c.action(r.uses))
}

// maxDepth is how deep actions may use each other at GitHub.
const maxDepth = 10

// mayUseInside judges what a composite action uses in turn, as far as it was
// read. What an action of another repository finds in the workspace is its own
// making.
func (c *Case) mayUseInside(policy evidence.ActionsPolicy, r reference, a *workflow.Action) (Verdict, string) {
	if a == nil || r.depth >= maxDepth {
		return OK, ""
	}
	verdict, why := OK, ""
	for _, s := range a.Steps {
		if s.Uses == "" || strings.Contains(s.Uses, "${{") || strings.Contains(a.Ref, "@") && !strings.Contains(s.Uses, "@") {
			continue
		}
		v, reason := c.mayUse(policy, reference{file: r.file, job: r.job, uses: s.Uses, line: r.line, depth: r.depth + 1})
		if v == Wrong || v == Unknown && verdict == OK {
			verdict, why = v, usedBy(reason, r.uses)
		}
	}
	return verdict, why
}

// usedBy names the innermost action that uses what the reason is about.
func usedBy(reason, uses string) string {
	if strings.HasSuffix(reason, ")") && strings.Contains(reason, " (used by ") {
		return reason
	}
	return reason + " (used by " + uses + ")"
}

func (c *Case) mayCall(policy evidence.ActionsPolicy, r reference, local bool) (Verdict, string) {
	callee, uses := workflow.Called(c.Files, r.file, r.job), r.uses
	if callee != nil && callee.Remote != "" {
		uses, local = callee.Remote, false // "./" in a file of another repository is that one
	}
	if !local {
		if v, why := c.letIn(policy, uses); v != OK {
			return v, why
		}
	}
	if callee == nil {
		return Unknown, uses + " is let in; what it uses in turn was not read"
	}
	return OK, ""
}

// letIn judges a reference into another repository.
func (c *Case) letIn(policy evidence.ActionsPolicy, uses string) (Verdict, string) {
	switch policy.Allowed {
	case "all":
		return OK, ""
	case "selected", "local_only":
		return c.mayUseForeign(policy, uses)
	}
	return Unknown, fmt.Sprintf("the settings allow %q, which is not known here", policy.Allowed)
}

// NotLetIn begins the reason of a result of actions-allowed about an action that
// a longer list would let in.
const NotLetIn = "the settings do not let in "

func (c *Case) mayUseForeign(policy evidence.ActionsPolicy, uses string) (Verdict, string) {
	owner, _, _ := strings.Cut(uses, "/")
	repo := c.World.GitHub.Repository.Or(evidence.Repository{})
	if strings.EqualFold(owner, repo.Name.Owner) {
		return OK, ""
	}
	selected, seen := policy.Selected.Get()
	if policy.Allowed == "selected" {
		if !seen {
			return Unknown, "which actions are selected: " + c.reason(policy.Selected)
		}
		if v, why := selectedAdmits(selected, owner, uses); v != Wrong || why != "" {
			return v, why
		}
	}
	if repo.OwnerType == "Organization" && !published(owner) {
		return Unknown, "the settings let in what is local, and " + owner + " may belong to the same enterprise"
	}
	return Wrong, fmt.Sprintf(NotLetIn+"%s: they allow %s", uses, allowedText(policy, repo.Name.Owner))
}

// published are organisations whose actions are made for everybody, and which
// are therefore in nobody's enterprise but their own.
func published(owner string) bool {
	return slices.Contains([]string{"actions", "github", "pypa", "rust-lang", "pyo3", "astral-sh", "release-plz", "marcoieni",
		"dtolnay", "swatinem", "taiki-e", "softprops", "googleapis"}, strings.ToLower(owner))
}

// selectedAdmits judges by the list. What is blocked with ! is blocked whatever
// allows it (GitHub changelog, 2025-08-15). A refusal without a reason means that
// nothing in the list covers the reference.
func selectedAdmits(s evidence.SelectedActions, owner, uses string) (Verdict, string) {
	verdict, why, doubt := Wrong, "", ""
	if s.Verified {
		verdict, why = Unknown, "creators whom the Marketplace has verified are let in, and whether "+owner+" is one cannot be looked up"
	}
	if s.GitHubOwned && slices.Contains([]string{"actions", "github"}, strings.ToLower(owner)) {
		verdict, why = OK, ""
	}
	for _, pattern := range s.Patterns {
		bare, blocks := strings.CutPrefix(pattern, "!")
		switch hit := matchUses(bare, uses); {
		case blocks && hit == OK:
			return Wrong, "the settings block " + uses + " by " + pattern
		case blocks && hit == Unknown:
			doubt = "whether the pattern " + pattern + " blocks it is not documented"
		case hit == OK:
			verdict, why = OK, ""
		case hit == Unknown && verdict == Wrong:
			verdict, why = Unknown, "whether the pattern "+pattern+" covers it is not documented"
		}
	}
	if verdict == OK && doubt != "" {
		return Unknown, doubt
	}
	return verdict, why
}

// matchUses holds a pattern of the list against a reference: * stands for any
// characters, "*" alone for everything. Whether a pattern without a version
// covers all versions, or one of a repository what lies in its folders, is not
// documented: then it is unknown.
func matchUses(pattern, uses string) Verdict {
	pattern, uses = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(pattern)), "*", "**"), strings.ToLower(uses)
	if workflow.MatchFilter(pattern, uses) {
		return OK
	}
	path, version, _ := strings.Cut(uses, "@")
	repo := path
	if parts := strings.SplitN(path, "/", 3); len(parts) > 2 {
		repo = parts[0] + "/" + parts[1]
	}
	for _, doubtful := range []string{path, repo, repo + "@" + version} {
		if workflow.MatchFilter(pattern, doubtful) {
			return Unknown
		}
	}
	return Wrong
}

func allowedText(policy evidence.ActionsPolicy, owner string) string {
	parts := []string{"what belongs to " + owner}
	s := policy.Selected.Or(evidence.SelectedActions{})
	if s.GitHubOwned {
		parts = append(parts, "GitHub's own")
	}
	if len(s.Patterns) > 0 {
		parts = append(parts, strings.Join(s.Patterns, ", "))
	}
	return strings.Join(parts, "; ")
}
