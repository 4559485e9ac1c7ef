// Package repair finds the smallest edits that put existing workflow files
// right. It is pure: it is given what was seen and judged, and returns texts.
//
// Every edit replaces a range of bytes; all other bytes stay. It is offered only
// if the same checks, run over a world that has the edited file, find that what
// it repairs is gone and that nothing else of level works or safe became worse.
// Where no edit leads there, the proposal says what is to be done by hand.
package repair

import (
	"errors"
	"slices"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// Basis is what repairs are found from.
type Basis struct {
	// World holds the files of the judged commit.
	World *evidence.World
	// Pin gives the commit that a version of an action is at: for ref "v1" the
	// newest of that line, for "" the newest that is known. ok is false where no
	// source tells; then nothing is pinned.
	Pin func(action, ref string) (commit, version string, ok bool)
}

// Proposal is what can be repaired and what is left.
type Proposal struct {
	// Files are the files that change, by path.
	Files []File
	// ByHand are the findings that no edit repairs.
	ByHand []ByHand
	// Publishers are those that must stand at the registries once the files are
	// repaired.
	Publishers []identity.Publisher
}

// File is a workflow file with its repairs.
type File struct {
	Path          string
	Before, After []byte
	// Mended are the repairs in the order in which they were made.
	Mended []Mended
	// Added names the checks that a line of After answers, Dropped those for which
	// a line of Before went; lines count from 1.
	Added, Dropped map[int]string
}

// Mended is one finding that the edits repair.
type Mended struct {
	// Check and Subject name the finding.
	Check, Subject string
	// Done says what the edit does; Notes are what somebody has to know beside it.
	Done  string
	Notes []string
}

// ByHand is a finding that no safe edit repairs.
type ByHand struct {
	Result checks.Result
	// Why says why there is none; Do what to do.
	Why, Do string
}

// attempts bounds how many edits are tried.
const attempts = 120

// Propose finds the repairs of all problems that the workflow checks see.
func Propose(in Basis) Proposal {
	b := newBench(in)
	failed := map[finding]string{}
	for range attempts {
		r, ok := b.next(failed)
		if !ok {
			break
		}
		if why := b.mend(r); why != "" {
			failed[findingOf(r)] = why
			continue
		}
		clear(failed) // what could not be repaired before may be now
	}
	return b.proposal(failed)
}

// finding names a problem.
type finding struct{ check, subject, because string }

func findingOf(r checks.Result) finding { return finding{r.Check.ID, r.Subject, r.Because} }

// next is the first problem that was not tried on the files as they are.
func (b *bench) next(failed map[finding]string) (checks.Result, bool) {
	for _, m := range menders {
		for _, r := range b.results {
			if _, tried := failed[findingOf(r)]; r.Check.ID == m.check && r.Verdict == checks.Wrong && !tried {
				return r, true
			}
		}
	}
	return checks.Result{}, false
}

// errOther says that a way is for another kind of job.
var errOther = errors.New("the job publishes in a way for which no edit is known")

// mend tries the ways to repair a problem, and says why none of them does it.
func (b *bench) mend(r checks.Result) string {
	i := slices.IndexFunc(menders, func(m mender) bool { return m.check == r.Check.ID })
	why := ""
	for _, way := range menders[i].ways {
		d := b.draft()
		err := way(d, r)
		if err == nil {
			err = b.take(d, r)
		}
		if err == nil {
			return ""
		}
		if why == "" || !errors.Is(err, errOther) && why == errOther.Error() {
			why = err.Error()
		}
	}
	return why
}

func (b *bench) proposal(failed map[finding]string) Proposal {
	p := Proposal{Publishers: b.c.Publishers}
	for _, path := range b.paths() {
		if f := b.files[path]; len(f.mended) > 0 {
			p.Files = append(p.Files, f.done(path))
		}
	}
	for _, r := range b.results {
		if r.Verdict != checks.Wrong {
			continue
		}
		why := failed[findingOf(r)]
		if why == "" {
			why = byHand[r.Check.ID]
		}
		p.ByHand = append(p.ByHand, ByHand{Result: r, Why: why, Do: r.Fix})
	}
	return p
}
