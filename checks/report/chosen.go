package report

import "github.com/trustpub/gh-trustpub/checks"

// chosen lists results of some verdicts, those first that stop a release.
func chosen(r checks.Report, verdicts ...checks.Verdict) []checks.Result {
	var list []checks.Result
	for _, level := range []checks.Level{checks.Works, checks.Safe, checks.Advice} {
		for _, v := range verdicts {
			for _, res := range r.Results {
				if res.Verdict == v && res.Level == level {
					list = append(list, res)
				}
			}
		}
	}
	return list
}
