package github

import (
	"context"
	"errors"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

const workflowsDir = ".github/workflows"

// discover brings the records of workflow files up to what the default branch
// holds. The lock is held.
func (s *Store) discover(ctx context.Context, repo *Repository) error {
	g := s.git(repo)
	commit, err := g.resolve(ctx, "refs/heads/"+repo.DefaultBranch)
	if errors.Is(err, errNoObject) {
		return nil // nothing has been pushed yet
	}
	if err != nil {
		return err
	}
	entries, err := g.list(ctx, commit, workflowsDir+"/", false)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, e := range entries {
		if ext := path.Ext(e.Path); e.Type != "blob" || (ext != ".yml" && ext != ".yaml") {
			continue
		}
		there[e.Path] = true
		w := s.workflow(repo, e.Path)
		if w.State == "deleted" {
			w.State = "active"
		}
		if text, err := g.blob(ctx, e.SHA); err == nil {
			w.Name = workflowName(text, e.Path)
		}
	}
	for _, w := range repo.Workflows {
		if !there[w.Path] {
			w.State = "deleted"
		}
	}
	return nil
}

// workflowName is the name that a workflow file gives itself, or its path; a
// file that is not YAML has its path as name on GitHub too.
func workflowName(text []byte, file string) string {
	var head struct {
		Name string `yaml:"name"`
	}
	if yaml.Unmarshal(text, &head) == nil && strings.TrimSpace(head.Name) != "" {
		return head.Name
	}
	return file
}

// findWorkflow finds a workflow by its id or its file name.
func (r *Repository) findWorkflow(idOrFile string) *Workflow {
	for _, w := range r.Workflows {
		if w.State == "deleted" {
			continue
		}
		if decimal(w.ID) == idOrFile || path.Base(w.Path) == idOrFile || w.Path == idOrFile {
			return w
		}
	}
	return nil
}
