package steps

import (
	"slices"

	"github.com/trustpub/gh-trustpub/checks"
)

// Lay gives the route as the evidence, its judgement and the memory say. It is
// pure: it reads and changes nothing.
func Lay(in Basis) *Route {
	l := newLayout(in)
	route := &Route{At: in.World.At, World: in.World, Report: in.Report}
	states := map[checks.Step]State{}
	for _, step := range All() {
		scene := Scene{Step: step, Results: l.results(step.ID)}
		scene.Now = tell(scene.Results)
		reason := l.draw(&scene, states)
		for i, w := range scene.Ways {
			if w.Prepare != nil {
				scene.Ways[i].Prepare = l.permitted(w.Prepare)
			}
		}
		states[step.ID] = scene.State
		l.skippable(&scene, &reason)
		route.Standings = append(route.Standings, Standing{Step: step, State: scene.State, Reason: reason})
		route.Scenes = append(route.Scenes, scene)
	}
	route.Current = slices.IndexFunc(route.Standings, func(s Standing) bool { return s.State != Done && s.State != Skipped })
	if route.Current < 0 {
		route.Current = len(route.Standings)
	}
	return route
}

// draw fills the scene of one step and gives the reason of its state. before
// holds the states of the steps before it.
func (l *layout) draw(s *Scene, before map[checks.Step]State) string {
	switch s.Step.ID {
	case checks.Survey:
		return l.survey(s)
	case checks.FirstRelease:
		return l.firstRelease(s)
	case checks.Workflow:
		reason := l.workflow(s)
		l.updates(s)
		return reason
	case checks.Environment:
		reason := l.environment(s)
		l.settings(s)
		return reason
	case checks.Publishers:
		return l.publishers(s)
	case checks.Rehearsal:
		return l.rehearsal(s)
	case checks.Proof:
		return l.proof(s)
	default:
		reason := l.lock(s, before)
		l.trustedOnly(s, before)
		s.Ways = append(s.Ways, l.stricter()...)
		return reason
	}
}

func (l *layout) results(step checks.Step) []checks.Result {
	var found []checks.Result
	for _, r := range l.Report.Results {
		if r.Check.Step == step && r.Verdict != checks.NotApplicable {
			found = append(found, r)
		}
	}
	return found
}

// skippable lets every step be passed by, and taken up again.
func (l *layout) skippable(s *Scene, reason *string) {
	why, skipped := l.Memory.Skips[string(s.Step.ID)]
	switch {
	case s.State == Done:
	case skipped:
		s.State, *reason = Skipped, why
		s.Ways = append([]Way{{Kind: Unskip, Label: "Take this step up again", Help: "It was passed by: " + why}}, s.Ways...)
	default:
		s.Ways = append(s.Ways, Way{Kind: Skip, Label: "Not now", Help: "Passes this step by, with a reason; it can be taken up again at any time."})
	}
}

// stand gives the state that results come to, and the reason. What is left out
// by the maintainer's own choice is not asked for. Without any result nothing
// was seen, and nothing is done.
func stand(results []checks.Result, leaveOut ...string) (State, string) {
	state, reason := Done, ""
	if !slices.ContainsFunc(results, func(r checks.Result) bool { return r.Level != checks.Advice }) {
		return Blind, "nothing was found that could be judged"
	}
	for _, r := range results {
		if r.Level == checks.Advice || slices.Contains(leaveOut, r.Check.ID) {
			continue
		}
		switch {
		case r.Verdict == checks.Wrong && state != Todo:
			state, reason = Todo, r.Because
		case r.Verdict == checks.Waiting && state == Done:
			state, reason = Waiting, r.Because
		case r.Verdict == checks.Unknown && (state == Done || state == Waiting):
			state, reason = Blind, r.Because
		}
	}
	return state, reason
}
