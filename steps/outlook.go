package steps

import "github.com/trustpub/gh-trustpub/checks"

// outlook answers the first question that a maintainer has: what would happen
// if the next release were pushed now.
func (l *layout) outlook() []Line {
	next := l.Case.NextRelease(l.tag)
	f := l.Case.Foresee(checks.Push{Ref: next.Ref, Origin: next.Origin, Release: next, Exists: l.Case.KnowsTag(next.Ref)})
	var lines []Line
	for _, sentence := range f.Gist() {
		lines = append(lines, Line{Mark: outlookMark(f), Text: sentence, Source: f.Judged.Source()})
	}
	return lines
}

func outlookMark(f checks.Forecast) checks.Verdict {
	switch f.Outlook() {
	case checks.WouldPublish:
		return checks.OK
	case checks.Uncertain:
		return checks.Waiting
	}
	return checks.Wrong
}
