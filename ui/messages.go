package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/trustpub/gh-trustpub/steps"
)

// tickMsg comes once a second: ages grow, and looks fall due.
type tickMsg time.Time

// lookedMsg is the end of a look at the world.
type lookedMsg struct {
	route *steps.Route
	err   error
	at    time.Time
}

// noticeMsg is one sentence to show; again asks for a look at once.
type noticeMsg struct {
	text  string
	again bool
}

// openMsg puts a screen on top; closeMsg takes it off and goes on with then.
type openMsg struct{ screen screen }
type closeMsg struct{ then tea.Cmd }

// screen is what can lie on top of a step.
type screen interface {
	start() tea.Cmd
	update(tea.Msg) tea.Cmd
	// view draws the screen into the given room.
	view(width, height int, t theme) string
	// hints are the keys in force, for the footer.
	hints(theme, keys) string
}

func send(msg tea.Msg) tea.Cmd       { return func() tea.Msg { return msg } }
func open(s screen) tea.Cmd          { return send(openMsg{s}) }
func closeThen(then tea.Cmd) tea.Cmd { return send(closeMsg{then}) }
func notice(text string) tea.Cmd     { return send(noticeMsg{text: text}) }
func changed(text string) tea.Cmd    { return send(noticeMsg{text: text, again: true}) }

func tick() tea.Cmd {
	return tea.Tick(time.Second, func(t time.Time) tea.Msg { return tickMsg(t) })
}
