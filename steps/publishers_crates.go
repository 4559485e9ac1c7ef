package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/checks/identity"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// mostPublishers is how many publishers crates.io takes for a crate (commit
// 57fa000, controllers/trustpub/github_configs/create.rs, 2026-08-21).
const mostPublishers = 5

// cratesWays are the ways to the publishers of crates: through the API where a
// token shows what is there, else the pages; and what no run can present any more
// is taken away.
func (l *layout) cratesWays(s *Scene, open []identity.Publisher) {
	var lacking, unseen, full []identity.Publisher
	for _, p := range l.of(identity.CratesIO) {
		list, seen := l.listed(p).Get()
		isOpen := slices.ContainsFunc(open, func(q identity.Publisher) bool { return subject(q) == subject(p) })
		switch {
		case !isOpen || l.project(p).Absent() && !(l.allAbsent() && len(unseen) == 0): // their turn comes after the first release
		case !seen:
			unseen = append(unseen, p)
		case l.covered(p, list):
		case len(list) >= mostPublishers && len(l.stale(p)) == 0:
			full = append(full, p)
		default:
			lacking = append(lacking, p)
		}
	}
	if len(lacking)+len(unseen) > 0 {
		l.want(s, append(slices.Clone(lacking), unseen...)[0])
		s.Now = append(s.Now, l.elsewhere()...)
	}
	crowded := slices.ContainsFunc(lacking, func(p identity.Publisher) bool { return len(l.listed(p).Or(nil)) >= mostPublishers })
	if crowded {
		l.staleWay(s) // makes room
	}
	l.registerWays(s, lacking, false)
	l.registerWays(s, unseen, true)
	for _, p := range full {
		page := &PageLink{Title: "Settings of " + p.Package + " on crates.io", URL: registry(identity.CratesIO).Pages.Settings(p.Package),
			Note: fmt.Sprintf("crates.io takes %d publishers for a crate, and %s has as many, none of which is seen to be stale: take one away that nothing needs.", mostPublishers, p.Package)}
		s.Ways = append(s.Ways, Way{Kind: Page, Settles: "publisher:" + subject(p), Label: "crates.io: make room for the publisher of " + p.Package, Help: page.Note, Open: page})
	}
	if !crowded {
		l.staleWay(s)
	}
}

func (l *layout) allAbsent() bool {
	return !slices.ContainsFunc(l.of(identity.CratesIO), func(p identity.Publisher) bool { return !l.project(p).Absent() })
}

// covered says whether one of the registered publishers takes the wanted identity:
// as it is, or whatever the environment.
func (l *layout) covered(p identity.Publisher, list []identity.Publisher) bool {
	loose := p
	loose.Environment = ""
	return slices.ContainsFunc(list, func(q identity.Publisher) bool { return change.SamePublisher(p, q) || change.SamePublisher(loose, q) })
}

// registerWays register publishers: of one crate the page comes first where no
// token is at hand, of many the API.
func (l *layout) registerWays(s *Scene, crates []identity.Publisher, asks bool) {
	if len(crates) == 0 {
		return
	}
	pages := l.registration(crates[0])
	if why := l.tokenRefused(crates[0]); asks && why != "" {
		s.Now = append(s.Now, Line{Mark: checks.Unknown, Text: why})
		pages[0].Open.Note = why + ". " + pages[0].Open.Note
	}
	settles := pages[0].Settles
	for i, p := range crates[1:] {
		settles = "publisher:" + string(identity.CratesIO)
		pages[0].Also = append(pages[0].Also, l.publisherPage(p))
		pages[1].Said = append(pages[1].Said, evidence.Said{What: whatPublisher, Publisher: p})
		pages[0].Label = fmt.Sprintf("crates.io: open the publisher page of %s (and %d more)", crates[0].Package, i+1)
		pages[1].Label = fmt.Sprintf("crates.io: I have registered all %d", i+2)
	}
	pages[0].Settles, pages[1].Settles = settles, settles
	if crates[0].Owner == "" || l.project(crates[0]).Absent() {
		s.Ways = append(s.Ways, pages...)
		return
	}
	api := l.registerWay(settles, crates, asks)
	if !asks || len(crates) > 1 {
		s.Ways = append(append(s.Ways, api), pages...)
		for _, c := range l.Tools.RegisterPublishers(crates[:1], "", nil) {
			s.Preview = append(s.Preview, c.Preview...)
		}
		return
	}
	s.Ways = append(append(s.Ways, pages...), api)
}

// tokenRefused says why a token that was given is of no use for a crate; "" where
// none was given, or the crate is not there.
func (l *layout) tokenRefused(p identity.Publisher) string {
	if !l.Offered || !l.project(p).Seen() {
		return ""
	}
	return "The token that was given does not show the publishers of " + p.Package + ": " + l.listed(p).Reason() + "; one with the scope trusted-publishing is made at " + registry(identity.CratesIO).Pages.NewToken
}

// stale are the publishers of a crate that no run can present any more.
func (l *layout) stale(p identity.Publisher) []checks.Beside {
	return slices.DeleteFunc(l.Case.Beside(p), func(b checks.Beside) bool { return !b.Stale })
}

// staleWay takes away what no run can present any more, and names what is left.
func (l *layout) staleWay(s *Scene) {
	removals := map[string]change.Change{}
	var names, labels []string
	for _, p := range l.of(identity.CratesIO) {
		for _, b := range l.Case.Beside(p) {
			q := b.Publisher
			text := fmt.Sprintf("%s: %s/%s, %s, environment %s", p.Package, q.Owner, q.Repository, q.Workflow, orAny(q.Environment))
			if !b.Stale {
				s.Now = append(s.Now, Line{Text: "A publisher beside ours is left: " + text + " (" + b.Why + ")", Source: l.listed(p).Source()})
				continue
			}
			c := l.Tools.RemovePublisher(q, b.Why, l.lostWith(q))
			names, labels = append(names, c.ID), append(labels, text+" ("+b.Why+")")
			removals[c.ID] = c
		}
	}
	if len(names) == 0 {
		return
	}
	q := several("stale", "Publishers to take away", names, names)
	for i := range q.Options {
		q.Options[i].Label = labels[i]
	}
	s.Ways = append(s.Ways, Way{Kind: Do, Settles: "publisher-removal:" + string(identity.CratesIO), Label: "crates.io: take away what no run can present any more",
		Help: "Each publisher is one more name under which somebody may publish, once a file or a repository of that name is there again.", Questions: []Question{q},
		Prepare: func(a Answers) ([]change.Change, error) {
			var changes []change.Change
			for _, id := range list(a["stale"]) {
				changes = append(changes, removals[id])
			}
			return changes, nil
		}})
}

func orAny(environment string) string {
	if environment == "" {
		return "any"
	}
	return environment
}

// lostWith says what of a publisher cannot be registered again: crates.io looks an
// owner's id up at GitHub by itself.
func (l *layout) lostWith(q identity.Publisher) string {
	repo, ok := l.World.GitHub.Repository.Get()
	if ok && strings.EqualFold(q.Owner, repo.Name.Owner) && q.OwnerID != repo.OwnerID {
		return fmt.Sprintf("crates.io registers an owner as GitHub shows it now, so that the owner id %d cannot be registered again", q.OwnerID)
	}
	return ""
}
