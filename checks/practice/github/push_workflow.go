package github

import (
	"context"
	"fmt"
	"strings"
)

// refusesWorkflows says why a token may not push what changes workflow files, in
// the words that git shows beside the ref (public reports, 2026-08).
func (g gitService) refusesWorkflows(ctx context.Context, objects quarantine, repo Repository, token *Token, c pushCommand) *pushRefusal {
	if c.new == NoCommit || token.mayWorkflows() {
		return nil
	}
	old := c.old
	if old == NoCommit {
		g.s.mu.Lock()
		branch := g.s.repoByID(repo.ID).DefaultBranch
		g.s.mu.Unlock()
		head, err := objects.resolve(ctx, "refs/heads/"+branch)
		if err != nil {
			return nil
		}
		old = head
	}
	out, err := objects.in(ctx, "", objects.env, "diff-tree", "-r", "--name-only", old, c.new, "--", workflowsDir+"/")
	if err != nil || out == "" {
		return nil
	}
	file, _, _ := strings.Cut(out, "\n")
	who, lacks := "a Personal Access Token", "`workflow` scope"
	switch {
	case token.Kind == JobToken:
		who, lacks = "a GitHub App", "`workflows` permission"
	case strings.HasPrefix(token.Value, "gho_"):
		who = "an OAuth App"
	}
	return &pushRefusal{reason: fmt.Sprintf("refusing to allow %s to create or update workflow `%s` without %s", who, file, lacks)}
}

// mayWorkflows says whether a token may change workflow files.
func (t *Token) mayWorkflows() bool {
	if t.Kind == Classic {
		for _, scope := range t.Scopes {
			if scope == "workflow" {
				return true
			}
		}
		return false
	}
	return t.Kind == FineGrained && t.Permissions["workflows"] == "write"
}
