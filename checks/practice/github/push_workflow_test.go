package github

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A token without the scope pushes everything but changes of workflow files.
func TestTheRealGitNeedsTheScopeForWorkflows(t *testing.T) {
	p := newPractice(t)
	for as, token := range map[string]Token{
		"personal": {Login: "ana", Scopes: []string{"repo"}}, "app": {Login: "ana", Value: "gho_x", Scopes: []string{"repo"}},
		"fine-grained": {Login: "ana", Kind: FineGrained, Permissions: map[string]string{"contents": "write"}},
		"both":         {Login: "ana", Kind: FineGrained, Permissions: map[string]string{"contents": "write", "workflows": "write"}},
	} {
		p.token(as, token)
	}
	dir, push := p.clone()
	p.git(dir, "commit", "--quiet", "--allow-empty", "-m", "Two")
	if out, err := push("personal", "main", "main:topic"); err != nil {
		t.Errorf("no workflow changes: %v: %s", err, out)
	}
	p.must(os.WriteFile(filepath.Join(dir, workflowsDir, "new.yml"), []byte("on: push\n"), 0o600))
	p.git(dir, "add", ".")
	p.git(dir, "commit", "--quiet", "-m", "Three")
	for as, says := range map[string]string{
		"personal":     "(refusing to allow a Personal Access Token to create or update workflow `.github/workflows/new.yml` without `workflow` scope)",
		"app":          "(refusing to allow an OAuth App to create or update workflow `.github/workflows/new.yml` without `workflow` scope)",
		"fine-grained": "(refusing to allow a Personal Access Token to",
	} {
		for _, ref := range []string{"main", "main:fresh"} {
			if out, err := push(as, ref); err == nil || !strings.Contains(out, says) {
				t.Errorf("%s %s: %v, no %q in\n%s", as, ref, err, says, out)
			}
		}
	}
	if out, err := push("both", "main"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
