package repair

import (
	"errors"
	"fmt"

	"github.com/trustpub/gh-trustpub/checks"
)

// key is what results are compared by.
type key struct{ check, subject string }

// rank orders verdicts by how bad they are; advice never is.
func rank(r checks.Result) int {
	switch {
	case r.Level == checks.Advice, r.Verdict == checks.OK, r.Verdict == checks.NotApplicable:
		return 0
	case r.Verdict == checks.Said, r.Verdict == checks.Waiting:
		return 1
	case r.Verdict == checks.Unknown:
		return 2
	}
	return 3
}

func worst(results []checks.Result) map[key]checks.Result {
	all := map[key]checks.Result{}
	for _, r := range results {
		k := key{r.Check.ID, r.Subject}
		if old, known := all[k]; !known || rank(r) > rank(old) {
			all[k] = r
		}
	}
	return all
}

// better says why results are no improvement on others: the problem must be
// gone, what was judged before no worse, and the problems fewer. What comes in
// where there was nothing to judge counts among the problems: a job that begins
// to exchange tokens is held to more than one that reads a secret.
func better(before, after []checks.Result, repaired checks.Result) error {
	for _, r := range after {
		if r.Check.ID == repaired.Check.ID && r.Subject == repaired.Subject && r.Verdict == checks.Wrong {
			return fmt.Errorf("an edit would leave it as it is: %s", r.Because)
		}
	}
	was := worst(before)
	for k, r := range worst(after) {
		if old, known := was[k]; known && rank(r) > rank(old) {
			return fmt.Errorf("an edit would break %s: %s", k.check, r.Because)
		}
	}
	w0, s0, a0 := count(before)
	w1, s1, a1 := count(after)
	switch {
	case w1 < w0, w1 == w0 && s1 < s0:
		return nil
	case w1 == w0 && s1 == s0 && repaired.Level == checks.Advice && a1 < a0:
		return nil
	}
	return errors.New("an edit would bring in as many problems as it takes away")
}

// count counts the problems of each level.
func count(results []checks.Result) (works, safe, advice int) {
	for _, r := range results {
		switch {
		case r.Verdict != checks.Wrong:
		case r.Level == checks.Works:
			works++
		case r.Level == checks.Safe:
			safe++
		default:
			advice++
		}
	}
	return works, safe, advice
}
