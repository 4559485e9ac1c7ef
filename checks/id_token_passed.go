package checks

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks/workflow"
)

// passing is what becomes of an identity that a job hands to the workflow that
// it calls: what uses it there, or why that cannot be told.
type passing struct {
	use, doubt string
	// taken is false when the permissions blocks there leave it out everywhere.
	taken bool
}

// passedOn looks into the workflow that a job calls, and into those that it
// calls in turn; above are the files on the way there.
func (c *Case) passedOn(f *workflow.File, j *workflow.Job, above []*workflow.File) passing {
	callee := workflow.Called(c.Files, f, j)
	switch {
	case j.Uses == "":
		return passing{}
	case callee == nil:
		return passing{doubt: j.Uses + ", which was not read", taken: true}
	case slices.Contains(above, callee):
		return passing{}
	}
	var found passing
	for _, inner := range callee.Jobs {
		p := c.usedIn(callee, inner, append(above, f))
		if p.use != "" {
			return p
		}
		found.taken = found.taken || p.taken
		if found.doubt == "" {
			found.doubt = p.doubt
		}
	}
	return found
}

// usedIn says what one job of a called workflow does with the identity. A job
// whose own block leaves it out gets none.
func (c *Case) usedIn(f *workflow.File, j *workflow.Job, above []*workflow.File) passing {
	if limits(f, j) && workflow.Effective(f, j, c.defaultPermission()).IDToken.Level == "none" {
		return passing{}
	}
	if use := otherUse(j); use != "" {
		return passing{use: use, taken: true}
	}
	if other := foreignAction(j); other != "" && j.Permissions != nil {
		return passing{doubt: f.Base() + ", where " + j.ID + " asks for it by itself; whether " + other + " needs it the file does not show", taken: true}
	}
	if j.Uses != "" {
		return c.passedOn(f, j, above)
	}
	return passing{taken: true}
}

// limits says whether a permissions block of the called file applies to a job:
// without one it has what the caller gives.
func limits(f *workflow.File, j *workflow.Job) bool {
	return j.Permissions != nil || f.Permissions != nil
}
