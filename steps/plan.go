package steps

import (
	"errors"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// Plan is what lies between the world and the goal: the changes that can be
// made without a person, in the order of the route, and what is left to one.
type Plan struct {
	Route   *Route
	Changes []Planned
	Left    []Left
}

// Planned is a change with the step that it belongs to.
type Planned struct {
	Step   checks.Step
	Change change.Change
}

// Left is what only a person can do, or settle first.
type Left struct {
	Step checks.Step
	// Title says what is to be done; Why is why the program does not.
	Title, Why string
	// Page is where it is done; nil where that is no page.
	Page *PageLink
}

// byPerson are the steps whose acts last and are nobody's setting: a published
// version cannot be taken back, and a run is watched by somebody.
var byPerson = map[checks.Step]string{
	checks.FirstRelease: "a first version is published by a person, with a token that the program does not have",
	checks.Rehearsal:    "a rehearsal starts a run and may wait for a review: `gh trustpub` starts it and watches",
	checks.Proof:        "a release cannot be taken back: `gh trustpub` prepares it, shows it and asks",
}

// PlanOf lays the plan out from a route, with the answers that its questions
// are filled in with. It changes nothing; it may read the working tree.
func PlanOf(r *Route) Plan {
	p := Plan{Route: r}
	for _, s := range r.Scenes {
		if s.State != Skipped {
			p.add(s)
		}
	}
	return p
}

func (p *Plan) add(s Scene) {
	why, person := byPerson[s.Step.ID]
	switch {
	case s.Step.ID == checks.Survey:
		if s.State != Done {
			p.mend(s)
		}
		return
	case person:
		if s.State != Done {
			p.leave(s, why)
		}
		return
	case s.Step.ID == checks.Lock && !p.proven():
		p.await(s)
		return
	}
	taken := false
	for _, ways := range settling(s) {
		p.settle(s, ways)
		taken = true
	}
	if !taken && s.State != Done {
		p.leave(s, noInterface)
	}
}

// proven says whether a release without tokens was seen, or passed by.
func (p *Plan) proven() bool {
	return slices.ContainsFunc(p.Route.Standings, func(s Standing) bool {
		return s.Step.ID == checks.Proof && (s.State == Done || s.State == Skipped)
	})
}

// await leaves the lock until after the proof: what still publishes may be what
// a release needs today.
func (p *Plan) await(s Scene) {
	left := Left{Step: s.Step.ID, Title: s.Step.Title, Why: afterProof}
	if s.State == Todo {
		left.Title, left.Why = "Take the publishing secrets away", afterProof+": until then they may be the only way to publish"
	}
	p.Left = append(p.Left, left)
}

const noInterface = "no interface makes this change"

// settling groups the ways that a plan can take or leave to a person by what
// they settle. Of a step that is done only what is named is still to be taken.
func settling(s Scene) [][]Way {
	var names []string
	groups := map[string][]Way{}
	for _, w := range s.Ways {
		possible := !w.Offer && (w.Kind == Page || w.Kind == Do && !w.Choices)
		if !possible || s.State == Done && w.Settles == "" {
			continue
		}
		if groups[w.Settles] == nil {
			names = append(names, w.Settles)
		}
		groups[w.Settles] = append(groups[w.Settles], w)
	}
	var all [][]Way
	for _, name := range names {
		all = append(all, groups[name])
	}
	return all
}

// settle takes the first of some alternatives that a program can take, or, where
// that is not possible from this checkout, the next; without one their pages are
// a person's.
func (p *Plan) settle(s Scene, ways []Way) {
	i := slices.IndexFunc(ways, func(w Way) bool { return w.Kind == Do })
	if i < 0 {
		for _, w := range ways {
			p.page(s.Step.ID, w, noInterface)
		}
		return
	}
	way := ways[i]
	answers, open := way.filledIn()
	if open != "" {
		p.instead(s, ways, way, "it needs an answer: "+open)
		return
	}
	changes, err := way.Prepare(answers)
	if _, elsewhere := errors.AsType[notHere](err); elsewhere && slices.ContainsFunc(ways[i+1:], func(w Way) bool { return w.Kind == Do }) {
		p.settle(s, ways[i+1:])
		return
	}
	if err != nil {
		way.Label = leftBy(err, way.Label)
		p.instead(s, ways, way, err.Error())
		return
	}
	for _, c := range changes {
		p.Changes = append(p.Changes, Planned{s.Step.ID, c})
	}
}

// instead leaves to a person what a program would do if it could.
func (p *Plan) instead(s Scene, ways []Way, way Way, why string) {
	left := Left{Step: s.Step.ID, Title: way.Label, Why: why}
	if i := slices.IndexFunc(ways, func(w Way) bool { return w.Kind == Page }); i >= 0 {
		left.Page = ways[i].Open
	}
	p.Left = append(p.Left, left)
}

// mend names what the survey found wrong: manifests are their author's. That the
// choices are open is no matter here, since the plan is laid with the prefilled
// ones.
func (p *Plan) mend(s Scene) {
	for _, r := range s.Results {
		if r.Verdict == checks.Wrong && r.Level != checks.Advice {
			p.Left = append(p.Left, Left{Step: s.Step.ID, Title: r.Fix, Why: r.Check.ID + ": " + r.Because})
		}
	}
}

// leave puts a scene's pages into a person's hands; one that waits for what
// comes before it has none.
func (p *Plan) leave(s Scene, why string) {
	pages := false
	// The page of a run is where one waits; of one that has ended it is to be read.
	read := (s.Step.ID == checks.Rehearsal || s.Step.ID == checks.Proof) && s.State != Waiting
	for _, w := range s.Ways {
		if w.Kind == Page && !read {
			p.page(s.Step.ID, w, why)
			pages = true
		}
	}
	if pages {
		return
	}
	title := s.Step.Title
	if i := slices.IndexFunc(s.Ways, func(w Way) bool { return w.Kind == Do }); i >= 0 {
		title = s.Ways[i].Label
	}
	// What cannot be seen of a release or a rehearsal does not tell what to do.
	tells := s.State == Waiting || s.State == Blind && byPerson[s.Step.ID] == "" || why == noInterface
	if reason := p.reason(s.Step.ID); reason != "" && tells {
		why = reason
	}
	p.Left = append(p.Left, Left{Step: s.Step.ID, Title: title, Why: why})
}

// page leaves a page to a person, and those that go with it.
func (p *Plan) page(step checks.Step, w Way, why string) {
	title := w.Label
	if len(w.Also) > 0 {
		title = w.Open.Title
	}
	p.link(step, title, w.Open, why)
	for _, link := range w.Also {
		p.link(step, link.Title, link, why)
	}
}

// link leaves a page to a person, once: two steps can lead to the same one.
func (p *Plan) link(step checks.Step, title string, link *PageLink, why string) {
	if slices.ContainsFunc(p.Left, func(l Left) bool { return l.Page != nil && l.Page.URL == link.URL && l.Title == title }) {
		return
	}
	if link.Note != "" {
		why = link.Note
	}
	p.Left = append(p.Left, Left{Step: step, Title: title, Why: why, Page: link})
}

func (p *Plan) reason(step checks.Step) string {
	for _, s := range p.Route.Standings {
		if s.Step.ID == step {
			return s.Reason
		}
	}
	return ""
}

// filledIn gives the prefilled answers, or the title of the first question that
// has none that will do.
func (w Way) filledIn() (answers Answers, open string) {
	answers = Answers{}
	for _, q := range w.Questions {
		bad := q.Kind == Masked && q.Default == "" || q.Check != nil && q.Check(q.Default) != nil
		if bad {
			return nil, strings.ToLower(q.Title[:1]) + q.Title[1:]
		}
		answers[q.ID] = q.Default
	}
	return answers, ""
}
