package steps

import "github.com/trustpub/gh-trustpub/checks"

// outlook answers the first question that a maintainer has: what would happen
// if the next release were pushed now.
func (l *layout) outlook() []Line {
	push := l.Case.NextPush(l.tag)
	push.Exists = l.Case.KnowsTag(push.Ref)
	f := l.Case.Foresee(push)
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
