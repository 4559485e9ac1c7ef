package workflow

import "slices"

// Refusal is why GitHub refuses a whole run before any job of it starts: a called
// file asks for more than its caller may give.
type Refusal struct {
	// Text is GitHub's; "" when nothing is refused.
	Text string
	// Doubt says of a call before it why it cannot be told; "" when all can.
	Doubt string
	// File and Job are the call that is refused.
	File *File
	Job  *Job
}

// Refuses looks at every call that a run of a file makes, of files that publish
// nothing too, in the order of the jobs. defaultPermission is as in [Effective].
func Refuses(files []*File, f *File, defaultPermission string) Refusal {
	v := visit{files: files, policy: defaultPermission}
	v.calls(f, block{}, []*File{f})
	return v.out
}

// visit goes through calls until one is refused.
type visit struct {
	files  []*File
	policy string
	out    Refusal
	count  int
}

// calls looks at those of one file, which was given these permissions. above are
// the files on the way to it.
func (v *visit) calls(f *File, given block, above []*File) {
	for _, j := range f.Jobs {
		callee := Called(v.files, f, j)
		if callee == nil || slices.Contains(above, callee) || len(above) >= maxLevels || v.count >= maxRoutes {
			continue
		}
		v.count++
		inner := given
		if own := nearest(f, j); own.permissions != nil {
			inner = own
		}
		var g Grant
		g.hold(callee, ceiling{inner.permissions, v.policy, callee.Remote == ""})
		if g.Doubt != "" && v.out.Doubt == "" {
			v.out = Refusal{Doubt: g.Doubt, File: f, Job: j}
		}
		if g.Refusal != "" {
			v.out = Refusal{Text: g.Refusal, Doubt: v.out.Doubt, File: f, Job: j}
			return
		}
		if v.calls(callee, inner, append(slices.Clone(above), callee)); v.out.Text != "" {
			return
		}
	}
}
