package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/steps"
	"github.com/trustpub/gh-trustpub/steps/change"
)

// take goes the way with the given index.
func (w *wizard) take(i int) tea.Cmd {
	scene := w.scene()
	if i < 0 || i >= len(scene.Ways) {
		return nil
	}
	w.way, w.notice = i, ""
	way := scene.Ways[i]
	switch way.Kind {
	case steps.Do:
		return w.ask(way.Label, way.Questions, func(a steps.Answers) tea.Cmd { return w.propose(way, a) })
	case steps.Page:
		return open(&page{ctx: w.ctx, session: w.opts.Session, link: *way.Open, local: w.opts.Copy, values: shelf{fields: way.Open.Fields}})
	case steps.Commands:
		return open(&commands{title: way.Label, help: way.Help, lines: way.Lines, local: w.opts.Copy})
	case steps.Say:
		return settle("Noted as said. The rehearsal will show whether it holds.", func() error { return w.opts.Session.Say(way.Said...) })
	case steps.Unskip:
		return settle("The step is open again.", func() error { return w.opts.Session.Unskip(scene.Step.ID) })
	case steps.Skip:
		return w.ask(way.Label, []steps.Question{skipReason(way)}, func(a steps.Answers) tea.Cmd {
			return settle("Passed by. It can be taken up again at any time.", func() error { return w.opts.Session.Skip(scene.Step.ID, a["reason"]) })
		})
	}
	return nil
}

func skipReason(way steps.Way) steps.Question {
	if len(way.Questions) > 0 {
		return way.Questions[0]
	}
	return steps.Question{ID: "reason", Kind: steps.Input, Title: "Why not now?", Help: "One line, for whoever comes back to this.", Default: "later"}
}

// settle does something of our own and looks again.
func settle(text string, do func() error) tea.Cmd {
	return func() tea.Msg {
		if err := do(); err != nil {
			return noticeMsg{text: err.Error()}
		}
		return noticeMsg{text: text, again: true}
	}
}

// ask puts the questions, if there are any, and goes on with their answers.
func (w *wizard) ask(title string, questions []steps.Question, then func(steps.Answers) tea.Cmd) tea.Cmd {
	if len(questions) == 0 {
		return then(steps.Answers{})
	}
	return open(newForm(title, questions, w.theme, w.room, then))
}

// propose shows what would change, and makes it after a yes. Choices change
// nothing but our own memory, and need none.
func (w *wizard) propose(way steps.Way, answers steps.Answers) tea.Cmd {
	changes, err := way.Prepare(answers)
	if err != nil {
		return notice(err.Error())
	}
	if way.Choices {
		return w.perform(changes, nil)
	}
	if len(changes) == 0 {
		return notice("There is nothing to change.")
	}
	return open(&consent{title: way.Label, ask: change.Ask(changes), yes: w.perform})
}

func (w *wizard) perform(changes, leftOut []change.Change) tea.Cmd {
	work := newPerforming(w.ctx, w.opts.Session, changes)
	work.leftOut = leftOut
	return open(work)
}
