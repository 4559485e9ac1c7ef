package report

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
)

// A workspace of a hundred crates gives a hundred equal results of each check.
// Of more than foldAbove like ones the text shows the first foldTo.
const (
	foldAbove = 5
	foldTo    = 3
)

// likeness is what results have in common that are folded.
type likeness struct {
	check   string
	level   checks.Level
	verdict checks.Verdict
	because string
}

// folds counts results by what they have in common.
type folds struct{ total, shown map[likeness]int }

func foldsOf(all []checks.Result) folds {
	f := folds{map[likeness]int{}, map[likeness]int{}}
	for _, res := range all {
		f.total[alike(res)]++
	}
	return f
}

// take says how many results are hidden behind this one, itself included, and
// whether this is the place to say so; 0 means that it is shown. A problem is
// never hidden: each is to be fixed.
func (f folds) take(res checks.Result) (hidden int, here bool) {
	key := alike(res)
	f.shown[key]++
	if res.Verdict == checks.Wrong || f.total[key] <= foldAbove || f.shown[key] <= foldTo {
		return 0, false
	}
	return f.total[key] - foldTo, f.shown[key] == foldTo+1
}

// alike leaves out what a result is about. What is ok needs no reason to be
// like another; all else is alike only for the same reason.
func alike(res checks.Result) likeness {
	key := likeness{check: res.Check.ID, level: res.Level, verdict: res.Verdict}
	if res.Verdict == checks.OK {
		return key
	}
	key.because = res.Because
	_, name, _ := strings.Cut(res.Subject, ":")
	for _, about := range []string{res.Subject, name} {
		if about != "" {
			key.because = strings.ReplaceAll(key.because, about, "…")
		}
	}
	return key
}
