// Package walktest gives the tests of the user interfaces a session with
// handmade scenes: a small world of its own, in which each step is done by
// taking its first way.
package walktest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/trustpub/gh-trustpub/checks"
	"github.com/trustpub/gh-trustpub/checks/evidence"
	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// At is the time of every look.
var At = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)

// Session is a walk.Session without a world behind it.
type Session struct {
	mu sync.Mutex
	// Open is the index of the open step.
	OpenStep int
	// Skipped holds reasons by step.
	Skipped map[checks.Step]string
	// Fail is returned by the next Perform.
	Fail error
	// During is called by the next Perform; nil is nothing.
	During func(context.Context, change.Hands) error
	// Opened collects the addresses of pages that were opened.
	Opened []string
	// Answers are those that the last Prepare was given.
	Answers steps.Answers
}

// Look lays out the route as it stands.
func (s *Session) Look(context.Context) (*steps.Route, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	world := &evidence.World{At: At, Mode: evidence.Live,
		Repo: evidence.Seen(evidence.RepoName{Host: "github.com", Owner: "acme", Name: "market-data"}, evidence.Source{Name: "git remote origin", At: At})}
	route := &steps.Route{At: At, World: world, Current: s.OpenStep, Report: checks.Report{World: world, Results: s.results()}}
	for i, step := range steps.All() {
		state := s.state(i, step.ID)
		route.Standings = append(route.Standings, steps.Standing{Step: step, State: state, Reason: s.Skipped[step.ID]})
		route.Scenes = append(route.Scenes, s.scene(i, step, state))
	}
	return route, nil
}

func (s *Session) state(i int, id checks.Step) steps.State {
	switch {
	case s.Skipped[id] != "":
		return steps.Skipped
	case i < s.OpenStep:
		return steps.Done
	}
	return steps.Todo
}

func (s *Session) results() []checks.Result {
	var all []checks.Result
	for i, step := range steps.All() {
		v := checks.Unknown
		if i < s.OpenStep {
			v = checks.OK
		} else if i == s.OpenStep {
			v = checks.Wrong
		}
		all = append(all, checks.Result{Check: checks.Check{ID: "check-" + string(step.ID), Step: step.ID, Level: checks.Works},
			Finding: checks.Finding{Level: checks.Works, Verdict: v, Because: "seen", Seen: []evidence.Source{{Name: "api.github.com/repos/acme/market-data", At: At}}}})
	}
	return all
}

func (s *Session) scene(i int, step steps.Step, state steps.State) steps.Scene {
	scene := steps.Scene{Step: step, State: state}
	github := evidence.Source{Name: "api.github.com", At: At.Add(-2 * time.Second)}
	scene.Now = []steps.Line{{Mark: checks.Wrong, Text: "the environment exists, without rules", Source: github}}
	scene.Wanted = []steps.Line{{Text: "review by 1 of 2 people, not by the one who started it"}, {Text: "only branch main and tags v*"}}
	scene.Preview = []change.DiffLine{
		{Op: '+', Text: "reviewers            ana, bo", Origin: "admins"},
		{Op: '+', Text: "prevent self-review  yes", Origin: "two can approve"},
		{Op: '-', Text: "deployment policy    all refs"},
		{Op: '+', Text: "deployment policy    tag v*", Origin: "publish.yml:4"},
	}
	scene.Ways = []steps.Way{
		{Kind: steps.Do, Label: "Do it for me", Help: "Through gh's login; read back afterwards.", Questions: Questions(), Prepare: s.prepare(i)},
		{Kind: steps.Page, Label: "Open the settings page", Open: &steps.PageLink{Title: "Environment release", URL: "https://github.com/acme/market-data/settings/environments",
			Fields: []steps.Field{{Label: "Owner", Value: "acme", Origin: "git remote origin"}, {Label: "Environment", Value: "release"}}}},
		{Kind: steps.Commands, Label: "Show me the commands", Lines: []string{"gh api -X PUT repos/acme/market-data/environments/release"}},
		{Kind: steps.Skip, Label: "Not now"},
	}
	return scene
}

// Questions are one of each kind.
func Questions() []steps.Question {
	return []steps.Question{
		{ID: "reviewers", Kind: steps.Several, Title: "Who may approve a release?", Help: "One of them is enough.", Origin: "admins", Default: "ana,bo",
			Options: []steps.Option{{Value: "ana", Label: "ana"}, {Value: "bo", Label: "bo"}, {Value: "cy", Label: "cy"}}},
		{ID: "self", Kind: steps.Choice, Title: "May one approve one's own release?", Default: "no", Options: []steps.Option{{Value: "no", Label: "no"}, {Value: "yes", Label: "yes"}}},
		{ID: "pattern", Kind: steps.Input, Title: "Which tags release?", Origin: "tags v0.1.0, v0.2.0", Default: "v*", Check: func(v string) error {
			if v == "" {
				return errors.New("a pattern is needed")
			}
			return nil
		}},
		{ID: "token", Kind: steps.Masked, Title: "crates.io token"},
	}
}

func (s *Session) prepare(i int) func(steps.Answers) ([]change.Change, error) {
	return func(a steps.Answers) ([]change.Change, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.Answers = a
		return []change.Change{{ID: "environment:release", Title: "Harden the environment release", Lasting: "a mail is sent",
			Preview: []change.DiffLine{{Op: '+', Text: "reviewers " + a["reviewers"]}},
			Perform: func(ctx context.Context, h change.Hands) error {
				h.Progress("Asking GitHub")
				if s.During != nil {
					if err := s.During(ctx, h); err != nil {
						return err
					}
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if s.Fail != nil {
					return s.Fail
				}
				s.OpenStep = i + 1
				return nil
			}}}, nil
	}
}

// Perform makes the changes one by one.
func (s *Session) Perform(ctx context.Context, changes []change.Change, hands change.Hands) error {
	for _, c := range changes {
		if err := c.Perform(ctx, hands); err != nil {
			return err
		}
	}
	return nil
}

// Say does nothing: nobody reads it back here.
func (s *Session) Say(...evidence.Said) error { return nil }

// Skip passes a step by.
func (s *Session) Skip(step checks.Step, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Skipped == nil {
		s.Skipped = map[checks.Step]string{}
	}
	s.Skipped[step] = reason
	s.OpenStep++
	return nil
}

// Unskip takes that back.
func (s *Session) Unskip(step checks.Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.Skipped, step)
	return nil
}

// Open notes the address.
func (s *Session) Open(_ context.Context, page steps.PageLink, _ change.Hands) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Opened = append(s.Opened, page.URL)
	return page.URL, nil
}
