package repair

import (
	"fmt"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/workflow"
	"github.com/trustpub/gh-trustpub/steps/repair/yamltext"
)

// withdrawIDToken takes the permission out of a block that gives it to a job
// without need. From the workflow's block it moves to the jobs that do need it.
func withdrawIDToken(d *draft, r checks.Result) error {
	path, job := place(r.Subject)
	f, j := d.job(path, job)
	if j == nil {
		return fmt.Errorf("%s has no job %s", path, job)
	}
	if j.Permissions != nil {
		d.tell("take id-token out of the permissions of the job %s", job)
		return d.withdraw(path, in(job, "permissions"))
	}
	for _, other := range f.Jobs {
		if other.Permissions == nil && d.needsIDToken(f, other) {
			if err := d.ownBlock(path, other.ID, inherited(d.texts[path])); err != nil {
				return err
			}
			d.tell("grant id-token: write to the job %s itself", other.ID)
		}
	}
	d.tell("take id-token out of the permissions of the workflow")
	return d.withdraw(path, yamltext.Path{"permissions"})
}

// needsIDToken says whether a job that has the permission from the workflow is
// one that was not found to hold it without need.
func (d *draft) needsIDToken(f *workflow.File, j *workflow.Job) bool {
	subject := f.Path + "#" + j.ID
	for _, r := range d.results {
		if r.Check.ID == "id-token-only-where-needed" && r.Subject == subject {
			return r.Verdict != checks.Wrong
		}
	}
	return false
}

// withdraw takes id-token out of a block. One that would be empty becomes {}:
// without a block the default would come back.
func (d *draft) withdraw(path string, block yamltext.Path) error {
	return d.edit(path, func(t *yamltext.Text) (*yamltext.Text, error) {
		if all := t.Value(block); all != "" {
			return nil, fmt.Errorf("`permissions: %s` gives everything: name what is needed instead", all)
		}
		if keys := t.Order(block); len(keys) == 1 && keys[0] == "id-token" {
			return t.Empty(block)
		}
		return t.Drop(block, "id-token")
	})
}
