package repair

import (
	"errors"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// guardTags checks in runs of tags that the commit lies on the default branch;
// guardAll in all of them.
func guardTags(d *draft, r checks.Result) error {
	return d.guardOrigin(r, "startsWith(github.ref, 'refs/tags/')")
}
func guardAll(d *draft, r checks.Result) error { return d.guardOrigin(r, "") }

// guardOrigin asks git, behind the first checkout on the way to the upload,
// whether the commit lies on the default branch.
func (d *draft) guardOrigin(r checks.Result, condition string) error {
	path, job := place(r.Subject)
	f, j := d.job(path, job)
	if j == nil {
		return errors.New("the job is written in another repository")
	}
	at, index := checkedOut(f, j)
	if at == nil {
		at = j
		if err := d.checkOut(path, job); err != nil {
			return err
		}
	} else if err := d.wholeHistory(path, at.ID, index); err != nil {
		return err
	}
	if at.Container != "" {
		return errors.New("the job runs in a container, and whether git works in it the file does not show")
	}
	d.tell("check in the job %s that the commit lies on the default branch", at.ID)
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Insert(in(at.ID, "steps"), index+1, originStep(at, condition))
	})
}

func originStep(j *workflow.Job, condition string) yamltext.Snippet {
	lines := "- name: Check that the commit lies on the default branch"
	if condition != "" {
		lines += "\n  if: " + condition
	}
	if !unixShell(j) {
		lines += "\n  shell: bash"
	}
	return yamltext.Snippet(lines + "\n  env:\n  \tDEFAULT_BRANCH: ${{ github.event.repository.default_branch }}\n  run: git merge-base --is-ancestor HEAD \"origin/$DEFAULT_BRANCH\"")
}

// unixShell says whether the job's scripts are run by a shell that knows
// $VARIABLES.
func unixShell(j *workflow.Job) bool {
	return (j.Shell == "" || j.Shell == "bash" || j.Shell == "sh") && !slices.ContainsFunc(j.RunsOn, func(l string) bool {
		return !strings.HasPrefix(l, "ubuntu") && !strings.HasPrefix(l, "macos")
	})
}

// checkedOut is the job on the way to a job's upload that checks the repository
// out, and the index of that step: the first of those that it needs, else itself.
func checkedOut(f *workflow.File, j *workflow.Job) (*workflow.Job, int) {
	seen := []*workflow.Job{j}
	for i := 0; i < len(seen); i++ {
		for _, id := range seen[i].Needs {
			if need := f.Job(id); need != nil && !slices.Contains(seen, need) {
				seen = append(seen, need)
			}
		}
	}
	for _, job := range slices.Backward(seen) {
		for _, s := range job.Steps {
			if isCheckout(s) && s.If == "" && !job.Matrix {
				return job, s.Index
			}
		}
	}
	return nil, 0
}

func isCheckout(s *workflow.Step) bool {
	elsewhere := s.With["repository"] != "" || s.With["path"] != "" || s.With["ref"] != ""
	return strings.HasPrefix(strings.ToLower(s.Uses), "actions/checkout@") && !elsewhere
}

// wholeHistory lets a checkout fetch all branches.
func (d *draft) wholeHistory(path, job string, index int) error {
	at := in(job, "steps", index)
	d.tell("check out with the whole history")
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		switch {
		case t.Has(at.Of("with", "fetch-depth")):
			return t.Set(at.Of("with", "fetch-depth"), "0", "")
		case t.Has(at.Of("with")):
			return t.Append(at.Of("with"), "fetch-depth: 0")
		}
		return t.Add(at, "with:\n\tfetch-depth: 0", "uses")
	})
}

// checkOut puts a checkout before the steps of a job that has none.
func (d *draft) checkOut(path, job string) error {
	uses, err := d.step("actions/checkout")
	if err != nil {
		return err
	}
	if places := d.places(path, job); len(places) > 0 && d.hidden(places[0]) {
		if err := d.grant(path, job, permission{"contents", "read"}); err != nil {
			return err
		}
	}
	d.tell("check out in the job %s", job)
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		return t.Insert(in(job, "steps"), 0, yamltext.Snippet("- "+uses+"\n  with:\n  \tfetch-depth: 0\n  \tpersist-credentials: false"))
	})
}

// hidden says whether a place's job may not read the repository.
func (d *draft) hidden(p workflow.Publishing) bool {
	private := d.c.World.GitHub.Repository.Or(evidence.Repository{Private: true}).Private
	return private && p.Grant(d.c.World.GitHub.DefaultTokenPermission.Or("")).Contents.Level == "none"
}
