package runner

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/gitrun"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/workflow"
)

// maxNesting is how many levels of reusable workflows GitHub connects, the
// first caller included (docs.github.com, "Reusing workflow configurations").
const maxNesting = 10

// place is where a workflow file was read: a repository, a ref, a commit.
type place struct {
	owner, name, ref, sha string
}

// called is a reusable workflow file that was found.
type called struct {
	file *workflow.File
	at   place
}

// lookup finds what a job's `uses:` names: a file of the same repository at the
// same commit, or one of another repository at a ref.
func (r *Runner) lookup(ctx context.Context, from place, uses string) (*called, error) {
	for _, prefix := range []string{"./", "$/"} {
		if p, ok := strings.CutPrefix(uses, prefix); ok {
			return r.readAt(ctx, from, p)
		}
	}
	spec, ref, ok := strings.Cut(uses, "@")
	parts := strings.SplitN(spec, "/", 3)
	if !ok || len(parts) != 3 || ref == "" {
		return nil, fmt.Errorf("invalid value workflow reference: '%s'", uses)
	}
	at := place{owner: parts[0], name: parts[1]}
	dir, err := r.host.GitDir(at.owner, at.name)
	if err != nil {
		return nil, fmt.Errorf("workflow was not found: '%s'", uses)
	}
	if at.ref, at.sha, err = resolve(ctx, dir, ref); err != nil {
		return nil, fmt.Errorf("failed to fetch workflow: reference to workflow should be either a valid branch, tag, or commit: '%s'", uses)
	}
	return r.readAt(ctx, at, parts[2])
}

// resolve finds a tag, a branch or a commit, in GitHub's order.
func resolve(ctx context.Context, dir, ref string) (full, sha string, err error) {
	for _, candidate := range []string{"refs/tags/" + ref, "refs/heads/" + ref, ref} {
		out, err := gitrun.Output(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", candidate+"^{commit}")
		if err == nil {
			return candidate, strings.TrimSpace(out), nil
		}
	}
	return "", "", errors.New("no such ref")
}

func (r *Runner) readAt(ctx context.Context, at place, file string) (*called, error) {
	file = path.Clean(file)
	if !workflow.IsWorkflowPath(file) {
		return nil, fmt.Errorf("invalid value workflow reference: workflows must be defined at the top level of the .github/workflows/ directory: '%s'", file)
	}
	dir, err := r.host.GitDir(at.owner, at.name)
	if err != nil {
		return nil, err
	}
	text, err := gitrun.Output(ctx, dir, "show", at.sha+":"+file)
	if err != nil {
		return nil, fmt.Errorf("workflow was not found: '%s/%s/%s@%s'", at.owner, at.name, file, at.ref)
	}
	f, err := workflow.Read(file, []byte(text))
	if err != nil {
		return nil, err
	}
	if f.On("workflow_call") == nil {
		return nil, fmt.Errorf("workflow '%s/%s/%s@%s' is not reusable as it is missing a `on.workflow_call` trigger", at.owner, at.name, file, at.ref)
	}
	return &called{f, at}, nil
}

// checkCalls goes through all the reusable workflows that a file calls, before
// anything runs: they must be there, and ask for no more than they are given.
func (r *Runner) checkCalls(c cause, file *workflow.File) ([]github.ReferencedWorkflow, error) {
	repo, err := r.host.Repository(c.owner, c.name)
	if err != nil {
		return nil, err
	}
	at := place{owner: repo.Owner, name: repo.Name, ref: c.event.Ref, sha: c.sha}
	w := &callWalk{r: r, repo: repo}
	err = w.walk(file, at, defaultPermissions(repo), 1)
	return w.found, err
}

func defaultPermissions(repo *github.Repository) *workflow.Permissions {
	if repo.Actions.WritableToken {
		return workflow.Default("write")
	}
	return workflow.Default("read")
}

type callWalk struct {
	r     *Runner
	repo  *github.Repository
	found []github.ReferencedWorkflow
}

func (w *callWalk) walk(file *workflow.File, at place, outer *workflow.Permissions, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("job calls reusable workflows more than %d levels deep", maxNesting)
	}
	for _, j := range file.Jobs {
		if err := allowed(w.repo, j); err != nil {
			return err
		}
		if j.Uses == "" {
			continue
		}
		next, err := w.r.lookup(w.r.ctx, at, j.Uses)
		if err != nil {
			return fmt.Errorf("error parsing called workflow %q: %w", j.Uses, err)
		}
		name := next.at.owner + "/" + next.at.name + "/" + next.file.Path
		w.found = append(w.found, github.ReferencedWorkflow{Path: name + "@" + next.at.ref, SHA: next.at.sha, Ref: next.at.ref})
		given := workflow.Effective(outer, file, j)
		if err := fits(next.file, given.Ceiling(strings.EqualFold(next.at.owner, w.repo.Owner))); err != nil {
			return fmt.Errorf("Error calling workflow '%s@%s'. %w", name, next.at.ref, err) //nolint:staticcheck // GitHub's own text
		}
		if err := w.walk(next.file, next.at, given, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fits refuses a called file that asks for more than its caller may give: the
// file as a whole, then its jobs.
func fits(f *workflow.File, ceiling *workflow.Permissions) error {
	if f.Permissions != nil {
		if asked, allowed, more := f.Permissions.Exceeds(ceiling); more {
			return fmt.Errorf("The workflow is requesting '%s', but is only allowed '%s'.", asked, allowed) //nolint:staticcheck // GitHub's own text
		}
	}
	for _, j := range f.Jobs {
		if j.Permissions == nil {
			continue
		}
		if asked, allowed, more := j.Permissions.Exceeds(ceiling); more {
			return fmt.Errorf("The nested job '%s' is requesting '%s', but is only allowed '%s'.", j.ID, asked, allowed) //nolint:staticcheck // GitHub's own text
		}
	}
	return nil
}

// allowed holds a job's actions against the repository's Actions settings.
func allowed(repo *github.Repository, j *workflow.Job) error {
	var refused []string
	uses := []string{}
	if j.Uses != "" {
		uses = append(uses, j.Uses)
	}
	for _, s := range j.Steps {
		if u, ok := s.Get("uses").(string); ok {
			uses = append(uses, u)
		}
	}
	for _, u := range uses {
		if !mayUse(repo, u) {
			refused = append(refused, u)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return fmt.Errorf("%s is not allowed to be used in %s. Actions in this workflow must be: within a repository that belongs to %s%s.",
		strings.Join(refused, ", "), repo.FullName(), repo.Owner, alsoAllowed(repo))
}

func alsoAllowed(repo *github.Repository) string {
	a := repo.Actions
	text := ""
	if a.Allowed == "selected" && a.GitHubOwned {
		text += ", created by GitHub"
	}
	if a.Allowed == "selected" && len(a.Patterns) > 0 {
		text += ", or matching the following: " + strings.Join(a.Patterns, ", ")
	}
	return text
}

func mayUse(repo *github.Repository, uses string) bool {
	a := repo.Actions
	owner, _, _ := strings.Cut(uses, "/")
	if a.Allowed == "" || a.Allowed == "all" || strings.HasPrefix(uses, "./") || strings.HasPrefix(uses, "$/") || strings.EqualFold(owner, repo.Owner) {
		return true
	}
	if a.Allowed != "selected" {
		return false
	}
	if a.GitHubOwned && (strings.EqualFold(owner, "actions") || strings.EqualFold(owner, "github")) {
		return true
	}
	return matchesAny(a.Patterns, uses)
}

// matchesAny holds owner/name@ref against patterns with `*`; a `!` pattern
// takes back.
func matchesAny(patterns []string, uses string) bool {
	in := false
	for _, p := range patterns {
		bare, negated := strings.CutPrefix(p, "!")
		if !strings.Contains(bare, "@") {
			bare += "@*"
		}
		if wild(strings.ToLower(bare), strings.ToLower(uses)) {
			in = !negated
		}
	}
	return in
}

// wild matches `*` with anything, slashes too.
func wild(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for i, p := range parts[1:] {
		if i == len(parts)-2 {
			return strings.HasSuffix(text, p)
		}
		at := strings.Index(text, p)
		if at < 0 {
			return false
		}
		text = text[at+len(p):]
	}
	return text == ""
}
