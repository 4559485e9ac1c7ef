package workflow

import "strings"

// scopes are the permissions in the order in which GitHub compares them
// (github.com/actions/runner commit 18f53d3, src/Sdk/WorkflowParser/Permissions.cs).
var scopes = []string{
	"actions", "artifact-metadata", "attestations", "checks", "contents", "deployments", "discussions", "issues", "packages",
	"pages", "pull-requests", "repository-projects", "statuses", "security-events", "id-token", "models",
}

// level is what a block gives of one scope.
func (p *Permissions) level(scope string) string {
	switch p.All {
	case "write-all":
		if scope == "models" {
			return "read"
		}
		return "write"
	case "read-all":
		if scope == "id-token" { // there is nothing to read
			return "none"
		}
		return "read"
	case "":
		if level, ok := p.Scopes[scope]; ok {
			return level
		}
	}
	return "none"
}

// ceiling is the most that a called workflow may ask for: what the callers'
// blocks give, else what the repository's default allows. The default of read
// and write lends id-token to files of the same owner; the read-only one lends
// contents and packages alone (github.com/actions/runner commit 18f53d3,
// src/Sdk/WorkflowParser/Conversion/PermissionsHelper.cs).
type ceiling struct {
	explicit *Permissions
	policy   string
	// own is whether the called file is one of the repository's. One of another
	// repository may or may not have the same owner.
	own bool
}

// bounds is the least and the most that the ceiling can turn out to be.
func (c ceiling) bounds(scope string) (least, most string) {
	if c.explicit != nil {
		level := c.explicit.level(scope)
		return level, level
	}
	least, most = "none", "write"
	if scope == "contents" || scope == "packages" {
		least = "read"
	}
	if scope == "models" {
		most = "read"
	}
	switch {
	case c.policy == "read":
		most = least
	case c.policy == "write" && (scope != "id-token" || c.own):
		least = most
	}
	return least, most
}

// exceeded tells in GitHub's words what a block asks for beyond the ceiling;
// doubt is what it asks for that the ceiling may or may not allow.
func (c ceiling) exceeded(p *Permissions) (refused, doubt string) {
	if p == nil {
		return "", ""
	}
	var asked, allowed, open []string
	for _, scope := range scopes {
		level := p.level(scope)
		least, most := c.bounds(scope)
		switch {
		case rank[level] > rank[most]:
			asked, allowed = append(asked, scope+": "+level), append(allowed, scope+": "+most)
		case rank[level] > rank[least]:
			open = append(open, scope+": "+level)
		}
	}
	if len(asked) > 0 {
		return "'" + strings.Join(asked, ", ") + "', but is only allowed '" + strings.Join(allowed, ", ") + "'.", ""
	}
	if len(open) > 0 {
		return "", strings.Join(open, ", ") + ", and no calling workflow has a permissions: block, so " + c.decides()
	}
	return "", ""
}

func (c ceiling) decides() string {
	if c.policy == "" {
		return "the repository's default decides: with a read-only one GitHub refuses the run"
	}
	return "GitHub allows it only if both repositories have the same owner"
}

var rank = map[string]int{"none": 0, "read": 1, "write": 2}
