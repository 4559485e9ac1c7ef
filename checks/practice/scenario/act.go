package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/trustpub/gh-trustpub/checks/practice/github"
)

// Stage is a world whose servers run, for what happens in it.
type Stage struct {
	Place
	Setting
}

// Git runs git in the working tree, one command after the other.
func (s Stage) Git(ctx context.Context, commands ...[]string) error {
	for _, args := range commands {
		if err := git(ctx, s.Setting, args...); err != nil {
			return err
		}
	}
	return nil
}

// Release pushes a tag at HEAD and waits for the run of publish.yml that it
// starts, which another person approves.
func (s Stage) Release(ctx context.Context, tag string) (*github.Run, error) {
	return s.ReleaseBy(ctx, publishPath, tag)
}

// ReleaseBy is [Stage.Release] where another file publishes.
func (s Stage) ReleaseBy(ctx context.Context, path, tag string) (*github.Run, error) {
	if err := s.Git(ctx, []string{"tag", tag}, []string{"push", "--quiet", "origin", tag}); err != nil {
		return nil, err
	}
	for {
		if err := s.GitHub.Scan(ctx); err != nil {
			return nil, err
		}
		runs := s.GitHub.Runs(s.Owner, s.Name)
		i := slices.IndexFunc(runs, func(r *github.Run) bool { return r.WorkflowPath == path && r.Ref == "refs/tags/"+tag })
		if i >= 0 {
			return s.Finish(ctx, runs[i].ID)
		}
		if err := s.pause(ctx); err != nil {
			return nil, err
		}
	}
}

// Bump commits the next version on main.
func (s Stage) Bump(ctx context.Context, version, next string) error {
	for _, file := range []string{"Cargo.toml", "Cargo.lock", "pyproject.toml"} {
		err := s.replace(file, `version = "`+version+`"`, `version = "`+next+`"`)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.Commit(ctx, "Version "+next)
}

// Rehearse dispatches a workflow file at a branch or tag, and waits for the run,
// which another person approves where there is one.
func (s Stage) Rehearse(ctx context.Context, file, ref string) (*github.Run, error) {
	id, err := s.Dispatch(ctx, file, ref)
	if err != nil {
		return nil, err
	}
	return s.Finish(ctx, id)
}

// Dispatch starts a workflow file at a branch or tag through GitHub's API, and
// returns the id of its run.
func (s Stage) Dispatch(ctx context.Context, file, ref string) (int64, error) {
	body, err := json.Marshal(map[string]any{"ref": ref, "return_run_details": true})
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://api.github.com/repos/"+s.Owner+"/"+s.Name+"/actions/workflows/"+file+"/dispatches", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.Client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	var answer struct {
		Message string
		RunID   int64 `json:"workflow_run_id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return 0, err
	}
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("dispatching at %s: %s: %s", ref, res.Status, answer.Message)
	}
	return answer.RunID, nil
}

// Finish waits for the end of a run; the first who reviews approves.
func (s Stage) Finish(ctx context.Context, id int64) (*github.Run, error) {
	for {
		run, err := s.GitHub.Run(id)
		if err != nil || run.Status == github.Completed {
			return run, err
		}
		for _, p := range run.Pending {
			if p.Approved {
				continue
			}
			answer := github.Answer{Login: s.Reviewers()[0], Environments: []string{p.Environment}, State: "approved"}
			if _, err := s.GitHub.Review(id, answer); err != nil {
				return nil, err
			}
		}
		if err := s.pause(ctx); err != nil {
			return nil, err
		}
	}
}

// pause waits for a change of anything on GitHub, or a moment.
func (s Stage) pause(ctx context.Context) error {
	select {
	case <-s.GitHub.Changed():
		return nil
	case <-time.After(100 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Edit changes a file of the working tree and pushes it to main.
func (s Stage) Edit(ctx context.Context, file string, change func(text string) string) error {
	path := filepath.Join(s.Checkout, filepath.FromSlash(file))
	before, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	after := change(string(before))
	if after == string(before) {
		return fmt.Errorf("%s has not what is to be changed", file)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(after), 0o644); err != nil {
		return err
	}
	return s.Commit(ctx, "Change "+file)
}

// Commit puts all that differs in the working tree on main.
func (s Stage) Commit(ctx context.Context, message string) error {
	return s.Git(ctx, []string{"add", "--all"}, []string{"commit", "--quiet", "-m", message}, []string{"push", "--quiet", "origin", "main"})
}

// inJob replaces the first old of one job in a workflow's text.
func inJob(text, job, old, replacement string) string {
	head, body, ok := strings.Cut(text, "\n  "+job+":\n")
	if !ok {
		return text
	}
	return head + "\n  " + job + ":\n" + strings.Replace(body, old, replacement, 1)
}
