package report

import "github.com/trustpub/gh-trustpub/checks"

// ExitStatus is the process's exit status for a report: 0 ready, 1 something to
// fix, 8 nothing wrong, but not proven or not all of it seen. Status 4 (nothing
// could be read without signing in) is the caller's to decide.
func ExitStatus(r checks.Report) int {
	switch r.Verdict() {
	case checks.Ready:
		return 0
	case checks.Problems:
		return 1
	}
	return 8
}
