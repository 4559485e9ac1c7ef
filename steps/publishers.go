package steps

import (
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/identity"
)

// publishers has each registry told whom it may trust.
func (l *layout) publishers(s *Scene) string {
	var open []identity.Publisher
	blind := ""
	for _, p := range l.Report.Publishers {
		verdict, because := l.registered(p)
		if verdict == checks.OK || verdict == checks.Said {
			continue
		}
		if l.project(p).Unknown() {
			blind = because
		}
		open = append(open, p)
	}
	state, reason := stand(l.Report.Of("publisher-matches"))
	if state == Todo {
		open = append(open, l.mismatched()...)
	}
	s.State = Done
	switch {
	case state == Todo:
		s.State = Todo
	case len(open) > 0 && blind != "":
		s.State, reason = Blind, blind
	case len(open) > 0:
		s.State, reason = Todo, plural(len(open), "publisher is", "publishers are")+" not known to be registered"
	case len(l.Report.Publishers) == 0:
		s.State, reason = Blind, "no package is known that goes to a registry"
	default:
		reason = ""
	}
	l.publisherWays(s, open)
	return reason
}

func (l *layout) publisherWays(s *Scene, open []identity.Publisher) {
	l.cratesWays(s, open)
	open = slices.DeleteFunc(slices.Clone(open), func(p identity.Publisher) bool { return p.Registry == identity.CratesIO })
	for _, p := range firstOfEach(open) {
		l.want(s, p)
		s.Ways = append(s.Ways, l.registration(p)...)
	}
	if s.State != Done && len(l.of(identity.CratesIO)) > 0 && !l.listsAll() {
		s.Ways = append(s.Ways, l.offers()...)
	}
}

// want names the fields of a publisher with their origins.
func (l *layout) want(s *Scene, p identity.Publisher) {
	for _, f := range l.fields(p) {
		s.Wanted = append(s.Wanted, wanted(p.Registry.Title()+", "+strings.ToLower(f.Label)+":", f.Value, f.Origin))
	}
}

// registered is the verdict on one publisher.
func (l *layout) registered(p identity.Publisher) (checks.Verdict, string) {
	for _, r := range l.Report.Of("publisher-registered") {
		if r.Subject == subject(p) {
			return r.Verdict, r.Because
		}
	}
	return checks.Unknown, "it was not looked for"
}

// mismatched are the publishers that differ from what the job presents.
func (l *layout) mismatched() []identity.Publisher {
	var found []identity.Publisher
	for _, p := range l.Report.Publishers {
		for _, r := range l.Report.Of("publisher-matches") {
			if r.Verdict == checks.Wrong && (r.Subject == subject(p) || r.Subject == string(p.Registry)) {
				found = append(found, p)
			}
		}
	}
	return found
}

// subject is how the checks name a publisher.
func subject(p identity.Publisher) string { return string(p.Registry) + ":" + p.Package }
